"""The press: a filled sheet in, PDF/A-2a + PDF/UA-1 bytes out (п. 2.5).

One child process for each web or worker process, started at the first job and replaced when it dies (`child.py` says
what it may not do). The same sheet, template and moment give the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import select
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pikepdf

from zachetka.core.canonical import canonical, plain
from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.errors import Busy, Refusal
from zachetka.core.hashing import sha256
from zachetka.core.russian import moment_digits
from zachetka.rendering import child, manuscript
from zachetka.rendering.forms import TEMPLATES, Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from zachetka.core.canonical import Plain

log = logging.getLogger(__name__)

JOB_SECONDS: Final = 20
MEMORY: Final = 1 << 30
"""Address space of the child, bytes."""
START_SECONDS: Final = 20
JOBS_PER_CHILD: Final = 1000
"""The child is replaced after so many jobs, so that whatever Typst remembers cannot grow without end."""
LARGEST_FRAME: Final = 256 << 20

FONTS: Final = tuple(
    Path(__file__).parent.parent.parent / "node_modules" / "@expo-google-fonts" / family
    for family in ("pt-serif", "pt-sans")
)
_MISSING_GLYPH: Final = re.compile(r"the text `?\"(?P<text>.*)\"`? could not be displayed with font")
_TYPST_ESCAPE: Final = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


class NotPrinted(Refusal):
    """The sheet was given up: it took too long or too much memory (п. 2.5). Nothing was issued."""

    status = 422


class TemplateFault(RuntimeError):
    """The template itself does not compile with this sheet; names the form and what Typst says, never the contents."""


class _ChildLost(Exception):
    """The child process ended before it answered."""


class _ChildSlow(Exception):
    """The child process did not answer in time."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A printed sheet and what it was printed with; keep all of it beside an issued document.

    Attributes:
        content: the file; ends with a line feed, so that a signature can be added later without breaking PDF/A.
        data_sha256: hash of the canonical JSON of the sheet, printed in the footer; not of this file.
    """

    content: bytes
    pages: int
    form: str
    edition: str
    data_sha256: str
    template_sha256: str
    fonts_sha256: str
    typst_version: str

    @property
    def sha256(self) -> str:
        """Hash of the file itself, 64 hexadecimal digits."""
        return sha256(self.content).hex()


class Press:
    """Prints sheets, one at a time, in a child process of its own. Safe for threads and for a fork.

    Args:
        templates: folder of the forms; the child may read nothing else but the fonts.
        fonts: folders with the fonts of paper.
        job_seconds: wall clock and processor time for one sheet.
        memory: address space of the child, bytes.
    """

    def __init__(
        self,
        templates: Path = TEMPLATES,
        fonts: tuple[Path, ...] = FONTS,
        *,
        job_seconds: int = JOB_SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self.templates, self.fonts = templates.resolve(), tuple(folder.resolve() for folder in fonts)
        self.job_seconds, self.memory = job_seconds, memory
        self._turn = threading.Lock()
        self._child: _Child | None = None
        _PRESSES.add(self)

    @cached_property
    def fonts_sha256(self) -> str:
        """Hash of the names and contents of all fonts that paper may use."""
        faces = sorted(face for folder in self.fonts for face in folder.rglob("*.ttf"))
        if not faces:
            message = f"No fonts of paper in {', '.join(map(str, self.fonts))}: run «make setup»."
            raise FileNotFoundError(message)
        return sha256("".join(f"{sha256(face.read_bytes()).hex()}  {face.name}\n" for face in faces).encode()).hex()

    def render(self, form: Form, data: Mapping[str, object], at: datetime) -> Pdf:
        """Print `data` on `form` as formed at the moment `at`.

        Raises:
            RuleViolation: a character cannot be printed; names it and its field.
            NotPrinted: the sheet took too long or too much memory.
            Busy: other sheets kept the press busy for the whole time one sheet may take.
            TemplateFault: the template does not fit the sheet; a fault of the program, not of the data.
            ValueError: `at` has no zone, or `data` has no canonical form.
        """
        if at.tzinfo is None:
            message = "A sheet is formed at an aware moment."
            raise ValueError(message)
        sheet = plain(data)
        manuscript.refuse_unprintable(sheet, form)
        data_sha256 = sha256(canonical(data)).hex()
        request = {
            "template": form.template,
            "at": int(at.timestamp()),
            "inputs": {
                "data": json.dumps(manuscript.prepared(sheet, form), ensure_ascii=False),
                "print": json.dumps(
                    {
                        "code": form.code,
                        "edition": form.edition,
                        "title": form.document_title.format_map(data),
                        "formed_at": f"{moment_digits(at.astimezone(LEGAL_ZONE))} МСК",
                        "data_sha256": data_sha256,
                    },
                    ensure_ascii=False,
                ),
            },
        }
        fonts_sha256 = self.fonts_sha256
        answer, version = self._answer(request, form)
        if answer[:1] == child.REFUSED:
            raise _explained(json.loads(answer[1:]), sheet, form)
        content = answer[1:] + b"\n"
        return Pdf(
            content=content,
            pages=_pages(content),
            form=form.slug,
            edition=form.edition,
            data_sha256=data_sha256,
            template_sha256=form.template_sha256,
            fonts_sha256=fonts_sha256,
            typst_version=version,
        )

    def fence(self) -> dict[str, bool]:
        """Say which layers of the fence this machine provides; starts the child when there is none."""
        with self._taking_turn():
            return dict(self._ready().fence)

    @property
    def child_pid(self) -> int | None:
        """Process of the child, None when there is none at the moment."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child; the next job starts another."""
        with self._turn:
            self._drop()

    def forget(self) -> None:
        """After a fork: leave the parent's child to the parent."""
        self._turn = threading.Lock()
        if self._child:
            self._child.disown()
            self._child = None

    # The child ------------------------------------------------------------------------------------------------------

    def _answer(self, request: dict[str, Any], form: Form) -> tuple[bytes, str]:
        """Ask the child; one that has died is replaced and asked once more, one that is slow is killed."""
        body = json.dumps(request).encode()
        with self._taking_turn():
            for last in (False, True):
                worker = self._ready()
                try:
                    return worker.ask(body, self.job_seconds), worker.typst
                except _ChildLost as lost:
                    log.warning("press: child ended on form %s: %s", form.slug, lost)
                    self._drop()
                    if last:
                        raise NotPrinted(form.clause, _TOO_LARGE.format(form.title)) from lost
                except _ChildSlow as slow:
                    log.warning("press: child killed on form %s after %s s", form.slug, self.job_seconds)
                    self._drop()
                    raise NotPrinted(form.clause, _TOO_LONG.format(form.title, self.job_seconds)) from slow
        raise AssertionError

    @contextlib.contextmanager
    def _taking_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self.job_seconds):
            raise Busy("2.5", "Печать занята другими формами. Повторите через минуту.")
        try:
            yield
        finally:
            self._turn.release()

    def _ready(self) -> _Child:
        if self._child and self._child.jobs >= JOBS_PER_CHILD:
            self._drop()
        if self._child is None:
            self._child = _Child(self.templates, self.fonts, self.memory, self.job_seconds)
        return self._child

    def _drop(self) -> None:
        if self._child:
            self._child.stop()
            self._child = None


_TOO_LONG: Final = "Форма «{}» не напечатана за {} с: в ней слишком много записей. Напечатайте её по частям."
_TOO_LARGE: Final = "Форма «{}» не поместилась в отведённую память. Напечатайте её по частям."


class _Child:
    """One running child and the pipes to it."""

    def __init__(self, templates: Path, fonts: tuple[Path, ...], memory: int, seconds: int) -> None:
        self.jobs = 0
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        given = {"templates": str(templates), "fonts": [*map(str, fonts)], "memory": memory, "seconds": seconds}
        self._process = subprocess.Popen(
            [sys.executable, "-I", child.__file__, json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={},
            cwd=templates,
            bufsize=0,
        )
        self._end = weakref.finalize(self, _end, self._process, self._complaints)
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(_fileno(pipe), False)
        try:
            greeting = json.loads(self._read(time.monotonic() + START_SECONDS))
        except (_ChildLost, _ChildSlow) as fault:
            self.stop()
            message = "The press did not start."
            raise RuntimeError(message) from fault
        self.typst: str = greeting["typst"]
        self.fence: dict[str, bool] = greeting["fence"]

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    def ask(self, body: bytes, seconds: float) -> bytes:
        """Send one job and return the answer."""
        self.jobs += 1
        deadline = time.monotonic() + seconds
        self._write(child.LENGTH.pack(len(body)) + body, deadline)
        return self._read(deadline)

    def stop(self) -> None:
        """Kill the process and reap it."""
        self._end()

    def disown(self) -> None:
        """Close the copies of the pipes that a fork has made; the process is another's child."""
        self._end.detach()
        self._process.returncode = 0  # it is not ours to wait for
        for file in (self._process.stdin, self._process.stdout, self._complaints):
            if file:
                file.close()

    def _write(self, body: bytes, deadline: float) -> None:
        pipe = _fileno(self._process.stdin)
        rest = memoryview(body)
        while rest:
            _await(pipe, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(pipe, rest) :]
            except BrokenPipeError as broken:
                raise _ChildLost(self._complaint()) from broken

    def _read(self, deadline: float) -> bytes:
        (size,) = child.LENGTH.unpack(self._read_exactly(child.LENGTH.size, deadline))
        if size > LARGEST_FRAME:
            message = f"a frame of {size} bytes"
            raise _ChildLost(message)
        return self._read_exactly(size, deadline)

    def _read_exactly(self, size: int, deadline: float) -> bytes:
        pipe = _fileno(self._process.stdout)
        received = io.BytesIO()
        while size:
            _await(pipe, select.POLLIN, deadline)
            part = os.read(pipe, min(size, 1 << 20))
            if not part:
                raise _ChildLost(self._complaint())
            size -= received.write(part)
        return received.getvalue()

    def _complaint(self) -> str:
        """Return how the child ended and the last it said; Typst and Python print no contents there."""
        self._process.wait(timeout=5)
        self._complaints.seek(0)
        said = self._complaints.read()[-2000:].decode("utf-8", "replace").strip()
        return f"exit {self._process.returncode}: {said}"


def _fileno(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        message = "The pipe to the press was not opened."
        raise RuntimeError(message)
    return pipe.fileno()


def _await(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise _ChildSlow


def _end(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for file in (process.stdin, process.stdout, complaints):
        if file:
            file.close()


# --- What Typst says, in our words ------------------------------------------------------------------------------------


def _explained(account: dict[str, Any], sheet: Plain, form: Form) -> Exception:
    """Turn a Typst error into a refusal that names the character and the field, or into a fault of the template."""
    if missing := _MISSING_GLYPH.search(account["message"]):
        fragment = _TYPST_ESCAPE.sub(lambda code: chr(int(code[1], 16)), missing["text"])
        if found := manuscript.locate(fragment, sheet):
            path, text = found
            char = next(char for char in fragment if char in text)
            return manuscript.unprintable(char, path, form)
    hints = "; ".join(map(str, account["hints"]))
    trace = "; ".join(map(str, account["trace"]))
    return TemplateFault(f"form {form.slug} {form.edition}: {account['message']} [{hints}] {trace}".rstrip())


def _pages(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


_PRESSES: Final[weakref.WeakSet[Press]] = weakref.WeakSet()


def _forget_all() -> None:
    for one in _PRESSES:
        one.forget()


os.register_at_fork(after_in_child=_forget_all)

press: Final = Press()
"""The press of this process."""
