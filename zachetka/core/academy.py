"""Whose papers they are: name, city and address of the academy, dated, from the file that its administrator keeps (п. 2.5, 3.2).

A paper says what the academy was called on its day. Nothing is invented: without the file papers say that no name is set, the start
says it in a sentence, and what a paper may not lack is refused (приказ № 179).
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Academy:
    """What the academy is called from a day on.

    Attributes:
        since: the first day.
        lines: the full name as papers set it, line by line.
        short: as people call it; screens and the feet of papers.
        city: where papers are dated.
        address: of the operator of personal data, in full.
        is_named: False where nobody has said it.
    """

    since: date
    lines: tuple[str, ...]
    short: str
    city: str
    address: str
    is_named: bool = True

    @property
    def name(self) -> str:
        """The full name in one line."""
        return " ".join(self.lines)


UNNAMED: Final = Academy(date.min, ("Название организации не задано",), "Академия", "", "", is_named=False)
FIELDS: Final = ("since", "lines", "short", "city", "address")
ASK: Final = (
    "Название, город и адрес организации не заданы: впишите их в файл {file} — образец в docs/academy.md. До тех пор бумаги выходят "
    "без них, а акт об уничтожении не составить."
)


_LAST: dict[Path, tuple[Academy, ...]] = {}


class Misread(Exception):
    """The file does not say what it has to; its words name the file and the fault."""


def academy_on(day: date) -> Academy:
    """Return what the academy is called on `day`; before the first day what it was called first."""
    known = academies()
    return next((one for one in reversed(known) if one.since <= day), known[0])


def academies() -> tuple[Academy, ...]:
    """Return every edition, the earliest first; the file is read again when it has changed.

    While it cannot be read, names stay as they were read last: the fault is logged, and pages go on. Where there is no file,
    nobody is named.
    """
    path = Path(settings.ACADEMY_FILE)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return (UNNAMED,)
    return _kept(path, changed)


@lru_cache(maxsize=1)
def _kept(path: Path, _changed: int) -> tuple[Academy, ...]:
    try:
        _LAST[path] = read(path)
    except Misread as misread:
        logger.error("%s", misread)
    return _LAST.get(path, (UNNAMED,))


def read(path: Path) -> tuple[Academy, ...]:
    """Return the editions that the file at `path` tells, the earliest first.

    Raises:
        Misread: it cannot be read, or lacks something.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        found = sorted((_edition(one) for one in given["academy"]), key=lambda one: one.since)
    except (OSError, KeyError, TypeError, ValueError) as fault:
        raise Misread(f"Файл {path} не читается: {fault}. Образец — в docs/academy.md.") from fault
    if not found:
        raise Misread(f"В файле {path} нет ни одного названия. Образец — в docs/academy.md.")
    return tuple(found)


def _edition(given: dict[str, Any]) -> Academy:
    if missing := [name for name in FIELDS if not given.get(name)]:
        raise ValueError(f"не заполнено: {', '.join(missing)}")
    since, lines = given["since"], given["lines"]
    if type(since) is not date:
        raise ValueError("since — день: 2025-01-09")
    if not isinstance(lines, list) or not all(isinstance(line, str) and line.strip() for line in lines):
        raise ValueError('lines — строки полного названия: ["…", "…"]')
    short, city, address = (str(given[name]).strip() for name in ("short", "city", "address"))
    return Academy(since, tuple(line.strip() for line in lines), short, city, address)
