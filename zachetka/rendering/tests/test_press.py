"""The press: the same sheet gives the same bytes, text is never source, and a bad job ends alone (п. 2.5)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zachetka.core.canonical import canonical
from zachetka.core.errors import Busy, RuleViolation
from zachetka.core.hashing import sha256
from zachetka.rendering.forms.mentions import Name
from zachetka.rendering.forms.record_book import FORM, printed
from zachetka.rendering.press import NotPrinted, Press, TemplateFault
from zachetka.rendering.tests import make, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from zachetka.rendering.forms import Form

    Workshop = Callable[..., tuple[Press, Form]]

pytestmark = pytest.mark.clause("2.5")

AT = make.AT
PAGE = '#set document(title: "Проба")\n#set text(font: "PT Serif", fallback: false, lang: "ru")\n= Проба\n'
ECHO = PAGE + "#let data = json(bytes(sys.inputs.data))\n#data.text\n"
ENDLESS = (
    PAGE + "#let f(n) = { let s = 0; for i in range(2000000) { s += i }; s }\n#for i in range(9000) { let _ = f(i) }\n"
)
GREEDY = PAGE + '#let s = "А" * 900000000\n#s.len()\n'

INJECTIONS = (
    '#read("/etc/passwd")',
    '#include "template.typ"',
    '#import "@preview/cetz:0.3.0": *',
    '#("A" * 2000000)',
    "#for i in range(20000) { pagebreak() }",
    "#sys.inputs",
    '#image("/house/sheet.typ")',
    '#link("javascript:alert(1)")[x]',
    '#set page(width: 1pt); #panic("x")',
    "#{ let f() = f(); f() }",
    '"); #read("x") //',
    "$ sum_(i=0)^n # $",
    "```raw``` `unclosed [ * _ < $",
    "= Заголовок /* комментарий */ // и ещё",
    "\\u{41} \\ #h(1fr) ~ --- ... @ссылка <метка>",
    "{{ 7*7 }} ${7*7} {% load x %} %s {0} {number}",
    '<script>alert(1)</script>"><svg onload=x>',
    "'; DROP TABLE learners; --",
    "file:///etc/passwd ../../secret.png",
)


# --- The same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_sheet_is_the_same_bytes_in_another_process_too(press: Press) -> None:
    """H11."""
    sheet = printed(make.make_rich_sheet(), AT)
    other = Press()
    first, again, elsewhere = (one.render(FORM, sheet, AT) for one in (press, press, other))
    other.close()
    assert first.content == again.content == elsewhere.content
    assert first == elsewhere


def test_another_moment_is_another_file_of_the_same_data(press: Press) -> None:
    sheet = printed(make.make_sheet(), AT)
    now, later = (press.render(FORM, sheet, at) for at in (AT, AT + timedelta(minutes=1)))
    assert now.content != later.content
    assert now.data_sha256 == later.data_sha256
    assert "25.06.202616:43МСК" in read.text(later.content)


def test_the_file_says_what_it_was_printed_with(press: Press) -> None:
    sheet = printed(make.make_sheet(), AT)
    pdf = press.render(FORM, sheet, AT)
    assert pdf.data_sha256 == sha256(canonical(sheet)).hex()
    assert pdf.data_sha256 in read.text(pdf.content)
    assert pdf.template_sha256 == FORM.template_sha256
    assert (pdf.form, pdf.edition, pdf.pages) == ("record_book", "2026.6", 1)
    assert pdf.typst_version.startswith("0.15")
    assert len(bytes.fromhex(pdf.fonts_sha256)) == 32


def test_the_file_ends_with_a_line_feed_so_that_a_signature_can_follow(press: Press) -> None:
    pdf = press.render(FORM, printed(make.make_sheet(), AT), AT)
    assert pdf.content.endswith(b"%%EOF\n")


def test_a_moment_without_a_zone_is_refused(press: Press) -> None:
    with pytest.raises(ValueError, match="aware"):
        press.render(FORM, printed(make.make_sheet(), AT), datetime(2026, 6, 25))  # noqa: DTZ001


# --- Text is data (corpus H) ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_a_person_typed_is_printed_letter_for_letter(press: Press, text: str) -> None:
    """H1–H4, H10, H12: as a name, a title, a teacher and a reason at once."""
    rich = make.make_rich_sheet()
    correction = replace(rich.corrections[0], basis=text, entered_by=Name(text, ""))
    module = make.make_module(title=text, attempts=(make.make_attempt(teacher=Name(text, "")),))
    sheet = replace(rich, holder=Name(text, ""), programme=text, modules=(module,), corrections=(correction,))
    pdf = press.render(FORM, printed(sheet, AT), AT)
    assert read.text(pdf.content).count(read.seen(text)) >= 6
    assert pdf.pages <= 3


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=[*map(chr, range(0x20, 0x7F)), *"АБВабвЁёЙй№«»„“’—–…×₽\u00a0"], min_size=1, max_size=120))
def test_any_text_is_printed_letter_for_letter(press: Press, text: str) -> None:
    sheet = make.make_sheet(modules=(make.make_module(title=f"({text})"),))
    assert read.seen(f"({text})") in read.text(press.render(FORM, printed(sheet, AT), AT).content)


@pytest.mark.parametrize("letters", [",".join("абвгд" * 1000), "щ" * 10_000, "слово " * 1600])
def test_a_ten_kilobyte_title_survives(press: Press, letters: str) -> None:
    """H5, H8: nothing is lost, whatever the length of a word."""
    sheet = make.make_sheet(modules=(make.make_module(title=letters[:5000]),), programme=letters)
    text = read.text(press.render(FORM, printed(sheet, AT), AT).content)
    assert read.seen(letters.strip()[:900]) in text


@pytest.mark.parametrize("name", ["О'Коннор", "Д’Артаньян-Иванова", "Э", "Ёлкина", "Şükür-Öğüt", "А" * 120])
def test_rare_names_are_printed_as_they_are(press: Press, name: str) -> None:
    pdf = press.render(FORM, printed(make.make_sheet(holder=Name(name, "Ян", "Вели оглы")), AT), AT)
    assert read.seen(f"{name}ЯнВели оглы") in read.text(pdf.content)


def test_soft_hyphens_and_hard_spaces_are_not_seen(press: Press) -> None:
    """H7."""
    sheet = make.make_sheet(programme="Охра\u00adна\u00a0труда")
    assert "«Охранатруда»" in read.text(press.render(FORM, printed(sheet, AT), AT).content)


# --- Refusals before issue --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("char", "code"),
    [("☃", "U+2603"), ("日", "U+65E5"), ("𝕏", "U+1D54F"), ("₸", "U+20B8"), ("\u202e", "U+202E"), ("\x07", "U+0007")],
)
def test_a_character_without_a_glyph_is_named_with_its_field(press: Press, char: str, code: str) -> None:
    """H6: a refusal, never an empty box; A15, A18: nothing that turns or hides the text."""
    modules = (make.make_module(0), make.make_module(1, title=f"Основы {char} труда"))
    with pytest.raises(RuleViolation) as refusal:
        press.render(FORM, printed(make.make_sheet(modules=modules), AT), AT)
    assert refusal.value.field == "modules.1.title"
    assert code in refusal.value.sentence
    assert "наименование дисциплины, строка 2" in refusal.value.sentence


@pytest.mark.parametrize("char", ["\x00", "\ud800"])
def test_what_is_not_text_does_not_reach_the_press(press: Press, char: str) -> None:
    with pytest.raises(ValueError, match=r"in a string|surrogates not allowed"):
        press.render(FORM, printed(make.make_sheet(programme=f"а{char}б"), AT), AT)


def test_a_template_that_does_not_fit_its_sheet_is_named(workshop: Workshop) -> None:
    press, form = workshop(ECHO)
    with pytest.raises(TemplateFault, match='form trial 1: dictionary does not contain key "text"'):
        press.render(form, {"other": "x"}, AT)


def test_missing_fonts_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make setup"):
        Press(fonts=(tmp_path,)).render(FORM, printed(make.make_sheet(), AT), AT)


# --- The fence --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("3.9")
@pytest.mark.parametrize(
    "attempt",
    ['#read("/../../../../etc/passwd")', '#import "@preview/cetz:0.3.0": *', '#read("../../form.toml")'],
)
def test_even_a_template_reads_nothing_outside_its_folder(workshop: Workshop, attempt: str) -> None:
    press, form = workshop(PAGE + attempt)
    started = time.monotonic()
    with pytest.raises(TemplateFault):
        press.render(form, {}, AT)
    assert time.monotonic() - started < 5


@pytest.mark.clause("3.9")
def test_the_child_has_no_environment_and_the_fence_it_claims(workshop: Workshop) -> None:
    press, _ = workshop(ECHO)
    process = Path("/proc") / str(child_of(press))
    fence = press.fence()
    try:
        assert (process / "environ").read_bytes() == b""
        assert ((process / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()) is fence["network"]
    except PermissionError:
        assert os.geteuid() != 0  # hidden from the account it runs under, as asked
    assert "NoNewPrivs:\t1" in (process / "status").read_text()
    assert set(fence) == {"network", "files"}


@pytest.mark.clause("3.9")
def test_a_fenced_process_opens_only_its_folders_and_no_connection(tmp_path: Path) -> None:
    """The two layers of the kernel, tried from inside; a kernel without them must say so."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "seen").write_text("1")
    (tmp_path / "outside").write_text("secret")
    trial = f"""if True:
        import ctypes, socket
        from zachetka.rendering import child
        libc = ctypes.CDLL(None)
        network = child.leave_network(libc)
        libc.prctl(38, 1, 0, 0, 0)
        files = child.see_only(libc, [{str(tmp_path / "inside")!r}])
        assert open({str(tmp_path / "inside" / "seen")!r}).read() == "1"
        try:
            open({str(tmp_path / "outside")!r}).read()
            assert not files
        except PermissionError:
            assert files
        try:
            socket.socket().connect(("127.0.0.1", 9))
        except OSError as error:
            assert not network or error.errno == 101, error  # the network is unreachable, not the port closed
    """
    done = subprocess.run([sys.executable, "-c", trial], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr


# --- A bad job ends alone ---------------------------------------------------------------------------------------------


def gone(pid: int) -> bool:
    return not (Path("/proc") / str(pid)).exists()


def child_of(press: Press) -> int:
    press.fence()
    assert press.child_pid
    return press.child_pid


def test_a_job_that_does_not_end_is_killed_and_the_next_one_is_printed(workshop: Workshop) -> None:
    """R26."""
    press, form = workshop(ENDLESS, job_seconds=1)
    slow = child_of(press)
    started = time.monotonic()
    with pytest.raises(NotPrinted) as refusal:
        press.render(form, {}, AT)
    assert time.monotonic() - started < 5
    assert "за 1 с" in refusal.value.sentence
    assert gone(slow)
    press, form = workshop(ECHO)
    assert press.render(form, {"text": "дальше"}, AT).pages == 1


def test_a_job_that_eats_memory_dies_in_the_child(workshop: Workshop) -> None:
    """R26."""
    press, form = workshop(GREEDY, memory=512 << 20)
    with pytest.raises(NotPrinted) as refusal:
        press.render(form, {}, AT)
    assert "в отведённую память" in refusal.value.sentence
    assert press.child_pid is None


def test_a_child_that_was_killed_is_replaced_within_the_same_call(workshop: Workshop) -> None:
    press, form = workshop(ECHO)
    before = press.render(form, {"text": "раз"}, AT)
    killed = child_of(press)
    os.kill(killed, signal.SIGKILL)
    assert press.render(form, {"text": "раз"}, AT) == before
    assert press.child_pid != killed
    assert gone(killed)


def test_nothing_is_left_after_closing(workshop: Workshop) -> None:
    press, form = workshop(ECHO)
    press.render(form, {"text": "раз"}, AT)
    pid = child_of(press)
    press.close()
    assert press.child_pid is None
    assert gone(pid)


def test_the_child_goes_when_its_process_goes() -> None:
    """Killed outright, a server leaves no child behind."""
    trial = """if True:
        from zachetka.rendering.press import Press
        import os, signal
        press = Press()
        press.fence()
        print(press.child_pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", trial], capture_output=True, text=True, check=False, timeout=30)
    status, deadline = Path(f"/proc/{int(done.stdout)}/status"), time.monotonic() + 5
    while (left := status.exists() and "State:\tZ" not in status.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def test_threads_share_one_child_and_never_each_others_sheets(press: Press) -> None:
    sheets = [printed(make.make_sheet(number=f"ЗК-26-{number:04}"), AT) for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        printouts = list(threads.map(lambda sheet: press.render(FORM, sheet, AT), sheets))
    for sheet, pdf in zip(sheets, printouts, strict=True):
        assert read.seen(f"КНИЖКА № {sheet['number']}") in read.text(pdf.content)


def test_whoever_waits_too_long_is_told_so(workshop: Workshop) -> None:
    press, form = workshop(ENDLESS, job_seconds=1)
    press.fence()
    waiting, told = threading.Barrier(3), []

    def print_one() -> None:
        waiting.wait()
        try:
            press.render(form, {}, AT)
        except (Busy, NotPrinted) as refusal:
            told.append(type(refusal))

    threads = [threading.Thread(target=print_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    waiting.wait()
    for thread in threads:
        thread.join()
    assert NotPrinted in told
    assert len(told) == 2


def test_a_fork_starts_a_child_of_its_own(workshop: Workshop) -> None:
    press, form = workshop(ECHO)
    before = press.render(form, {"text": "раз"}, AT)
    pid = press.child_pid
    fork = os.fork()
    if fork == 0:
        same = press.render(form, {"text": "раз"}, AT) == before and press.child_pid != pid
        press.close()
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    assert press.render(form, {"text": "раз"}, AT) == before
    assert press.child_pid == pid


def test_the_clock_of_the_paper_is_moscow(press: Press) -> None:
    at = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    text = read.text(press.render(FORM, printed(make.make_sheet(), at), at).content)
    assert "сформировано01.01.202700:30МСК" in text
