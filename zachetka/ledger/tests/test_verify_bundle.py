"""The stranger's program: whatever it is given, it answers in words and by its exit code (п. 2.5, 3.3)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zachetka.core.canonical import canonical
from zachetka.ledger import verify_bundle
from zachetka.ledger.sealer import Sealer
from zachetka.ledger.signing import Signer
from zachetka.ledger.tests.bundles import forged, refusal_of
from zachetka.ledger.verify_bundle import SIZE_LIMIT, main

pytestmark = pytest.mark.clause("3.3")

SCRIPT = Path(verify_bundle.__file__)


def test_any_byte_changed_is_refused(made, tmp_path):
    assert refusal_of(made.file, tmp_path) == ""  # negative control
    accepted = []
    for at in range(0, len(made.file), 7):
        for bit in (1, 0x20):
            file = bytearray(made.file)
            file[at] ^= bit
            if refusal_of(bytes(file), tmp_path) == "":
                accepted.append(at)
    assert not accepted


def test_any_cut_insertion_or_doubling_is_refused(made, tmp_path):
    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(made.file) - 1), st.integers(0, 12), st.binary(max_size=8))
    def damaged(at: int, cut: int, added: bytes) -> None:
        file = made.file[:at] + added + made.file[at + cut :]
        if file != made.file:
            assert refusal_of(file, tmp_path)

    damaged()


@pytest.mark.parametrize("how", [lambda raw: raw + b"\n", lambda raw: b" " + raw, lambda raw: b"\xef\xbb\xbf" + raw])
def test_whitespace_and_order_are_part_of_the_file(made, tmp_path, how):
    assert refusal_of(how(made.file), tmp_path)
    assert refusal_of(json.dumps(json.loads(made.file), indent=1, ensure_ascii=False).encode(), tmp_path)
    assert refusal_of(made.file.replace(b'"format"', b'"format":"x","format"', 1), tmp_path)


def test_a_bundle_is_refused_under_another_key_and_accepted_under_the_one_on_paper(made, tmp_path, capsys):
    path = tmp_path / "bundle.json"
    path.write_bytes(made.file)
    key = Signer.kept(Sealer().keys)
    pem, raw, printed = tmp_path / "key.pem", tmp_path / "key.raw", tmp_path / "key.txt"
    pem.write_bytes(key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    raw.write_bytes(key.public)
    printed.write_text(verify_bundle.grouped(key.key_id) + "\n")
    for trusted in (key.key_id, key.key_id.upper(), verify_bundle.grouped(key.key_id), pem, raw, printed):
        assert main([str(path), "--key", str(trusted)]) == 0
        assert "Ключ тот" in capsys.readouterr().out
    raw.write_bytes(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    (tmp_path / "rubbish").write_bytes(b"%PDF-1.7\0\xff" * 100)
    (tmp_path / "itself").write_text(str(tmp_path / "itself"))
    rsa = generate_private_key(65537, 2048).public_key()
    (tmp_path / "rsa").write_bytes(rsa.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "broken").write_bytes(pem.read_bytes().replace(b"MC", b"MD", 1))
    files = [tmp_path / name for name in ("rubbish", "itself", "rsa", "broken", "none")]
    for foreign in ("0" * 64, key.key_id[:31], raw, "12ab", "", " ", tmp_path, *files):
        assert main([str(path), f"--key={foreign}"]) == 1
        assert capsys.readouterr().out.startswith("НЕ ПОДТВЕРЖДЕНО. ")
    assert main([str(path), "--quiet", "--key", "0" * 64]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ({"field": "score", "value": "94.0"}, "94"),
        ({"field": "mark.score", "value": "72.50"}, "72,5"),
        ({"field": "score", "value": "100.00"}, "100"),
        ({"field": "score", "value": "0.0"}, "0"),
        ({"field": "score", "value": None}, "—"),
        ({"field": "number", "value": "12.10"}, "12.10"),  # the number of an order is no quantity
        ({"field": "control", "value": "exam", "word": "экзамен"}, "экзамен (exam)"),
        ({"field": "control", "value": "exam", "word": "\x1b[2J"}, "�[2J (exam)"),
        ({"field": "control", "value": "exam", "word": ""}, "exam"),
    ],
)
def test_a_value_reads_as_on_paper_and_a_code_stands_behind_its_word(line, reads):
    assert verify_bundle.as_on_paper(line) == reads


def test_what_is_printed_cannot_steer_a_terminal():
    assert verify_bundle.shown("\x1b[2Jотлично\r\n") == "�[2Jотлично��"
    assert [verify_bundle.shown(value) for value in (None, True, 5, "2026-03-01")] == ["—", "да", "5", "01.03.2026"]
    assert verify_bundle.shown("2026-03-01T21:30:00.000000Z") == "02.03.2026 00:30 по Москве"
    for never in ("2026-13-01T21:30:00.000000Z", "9999-12-31T23:30:00.000000Z"):
        assert verify_bundle.shown(never) == never


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"{}", b"[]", b"null", b"\xff", b"1e5", b"NaN", b'{"a":1.5}', b'{"a":NaN}', b"9" * 5000, b'"\\ud800"'),
        *(b"[" * 100_000, b"[" * 900 + b"]" * 900, b'{"a":' * 100_000, b"%PDF-1.7", b" " * (SIZE_LIMIT + 1)),
        *(b'{"\\ud800":1}', b'{"a":"\\u0000"}', b'{"a":-0}', b'{"a":9007199254740993}'),
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_anything_else_is_refused_in_words(tmp_path, raw):
    assert refusal_of(raw, tmp_path)


def as_stranger(*given: object, without: str = "-I") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", without, str(SCRIPT), *map(str, given)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("given", [[], ["--key"], ["a", "b"], ["a", "--kye", "x"]])
def test_a_wrong_call_is_told_how_to_call(given):
    answer = as_stranger(*given)
    assert (answer.returncode, answer.stdout, "Traceback" in answer.stderr) == (1, "", False)
    assert answer.stderr.startswith("Напишите так: python verify_bundle.py ФАЙЛ")


def test_what_is_no_file_that_can_be_read_is_refused_in_words(tmp_path):
    for place in (tmp_path / "нет", tmp_path, "/dev/zero", tmp_path / ("a" * 300)):
        answer = as_stranger(place)
        assert (answer.returncode, answer.stderr) == (1, "")
        assert answer.stdout.startswith("НЕ ПОДТВЕРЖДЕНО. Файл ")


def test_without_its_one_package_the_program_says_how_to_get_it(tmp_path):
    answer = as_stranger(tmp_path, without="-S")
    assert (answer.returncode, answer.stdout, "Traceback" in answer.stderr) == (1, "", False)
    assert "python -m pip install cryptography" in answer.stderr


OTHERS: Final[tuple[Any, ...]] = (None, True, 7, "слово", [], {}, [[]])


def test_a_part_left_out_or_of_another_type_is_refused_wherever_it_stands(made, tmp_path):
    whole = json.loads(made.file)
    accepted = []
    for *above, last in every_place(whole):
        spoilt = json.loads(made.file)
        at = spoilt
        for step in above:
            at = at[step]
        kept = at.pop(last)
        if refusal_of(canonical(spoilt), tmp_path) == "":
            accepted.append((*above, last, "left out"))
        for other in OTHERS:
            if other == kept and type(other) is type(kept):
                continue
            at.insert(last, other) if isinstance(at, list) else at.update({last: other})
            if refusal_of(canonical(spoilt), tmp_path) == "":
                accepted.append((*above, last, other))
            at.pop(last)
    assert not accepted
    assert refusal_of(canonical(whole), tmp_path) == ""  # negative control


def every_place(value: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    """Every key and index of a value; of hashes in a row, the first."""
    for step in value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0):
        yield (*above, step)
        if not (isinstance(value, list) and isinstance(value[step], str)):
            yield from every_place(value[step], *above, step)


def test_a_document_of_any_depth_is_refused_before_the_stack_ends(made, tmp_path):
    note = json.dumps(made.document["note"], ensure_ascii=False).encode()
    assert made.file.count(note) == 1
    for depth in (1, 28, 29, 30, 31, 32, 64, *range(850, 1000, 7), 100_000):
        assert refusal_of(made.file.replace(note, b"[" * depth + b"]" * depth), tmp_path)


LINE: Final = {"label": "Оценка", "record": "trial.mark:1", "field": "grade.name", "value": "отлично", "word": "пять"}
RECORDS: Final = {"trial.mark:1": {"grade": "trial.grade:2"}, "trial.grade:2": {"name": "отлично"}}
DOCUMENT: Final = {"kind": "record_book", "title": "Зачётка", "academy": "Академия", "holder": [], "lines": [LINE]}
JUNK: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["", "trial.mark:1", "people.person:1", "\x1b[2J"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*LINE, "note"]), inner, max_size=3),
    max_leaves=6,
)


def test_whoever_makes_a_file_with_a_key_of_their_own_is_found_out_by_the_key(tmp_path, capsys):
    path = tmp_path / "forged.json"
    path.write_bytes(forged(DOCUMENT, RECORDS))
    assert main([str(path)]) == 0  # a file that agrees with itself, as the second line of the answer warns
    verdict, warning, *_ = capsys.readouterr().out.splitlines()
    assert verdict.startswith("ПОДТВЕРЖДЕНО")
    assert "Сверьте отпечаток" in warning
    assert main([str(path), "--key", "ab" * 32]) == 1
    assert "Подписано другим ключом" in capsys.readouterr().out


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from([*DOCUMENT, *LINE, "all", "name", "grade"]), JUNK)
def test_whatever_is_signed_the_program_answers(tmp_path, place, junk):
    """The forger has a key and any skill: there is an answer all the same, never a trace."""
    document: Any = {**DOCUMENT, place: junk} if place in DOCUMENT else DOCUMENT
    if place in LINE:
        document = {**DOCUMENT, "lines": [{**LINE, place: junk}]}
    if place == "all":
        document = junk
    records = {name: {field: junk if field == place else value for field, value in fields.items()}
               for name, fields in RECORDS.items()}  # fmt: skip
    path = tmp_path / "forged.json"
    path.write_bytes(forged(document, records))
    assert main([str(path), "--quiet"]) in {0, 1}
    assert main([str(path)]) == main([str(path), "--quiet"])


@pytest.mark.parametrize(
    ("word", "opened", "why"),
    [
        ("Снегирёв Илья", {"last_name": "Снегирёв", "first_name": "Илья", "patronymic": ""}, ""),
        ("Снегирёв Пётр", {"last_name": "Снегирёв", "first_name": "Илья", "patronymic": ""}, "«Снегирёв Пётр» нет"),
        ("", {"last_name": "Снегирёв", "first_name": "Илья", "patronymic": ""}, "имени «» нет"),
        ("Снегирёв", {"last_name": "Снегирёв"}, "«Снегирёв» нет"),
        ("Снегирёв Илья", {}, "«Снегирёв Илья» нет"),
    ],
)
@pytest.mark.parametrize("kind", ["people.personname", "trial.personname"])
def test_a_name_before_the_code_of_a_person_is_one_that_their_own_records_give(tmp_path, word, opened, why, kind):
    fields = {"person_id": "people.person:1", **opened}
    lines = [{"label": "", "record": f"{kind}:5", "field": name, "value": value} for name, value in fields.items()]
    lines[0]["word"] = word
    told = refusal_of(forged({**DOCUMENT, "lines": lines}, {f"{kind}:5": fields}), tmp_path)
    expected = why if kind == "people.personname" else f"имени «{word}» нет"
    assert expected in told
    assert bool(told) == bool(expected)
