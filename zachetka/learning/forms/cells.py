"""The cells that the sheet sends: JSON from the keyboard, or a plain form of one column (п. 2.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.marks import Cell

MOST_CELLS: Final = 1000
"""Cells of one request: a whole column of the largest cohort."""
LONGEST_TEXT: Final = 40
"""Characters of one cell; the longest word of a scale is «неудовлетворительно»."""
LARGEST_KEY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Sent:
    """What was asked: the cells, and whether they are only to be looked at."""

    cells: list[Cell]
    only_check: bool


def read_cells(body: bytes) -> Sent:
    """Return what a sheet sent: `{"cells": [{"enrolment": 1, "text": "4", "seen": null}], "check": false}`.

    Raises:
        RuleViolation: it is not that, is too long, or names a learner twice.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        _refuse("это не JSON")
    if not isinstance(given, dict) or given.keys() - {"cells", "check"}:
        _refuse("нужен объект с полями cells и check")
    cells, check = given.get("cells"), given.get("check", False)
    if not isinstance(cells, list) or not isinstance(check, bool):
        _refuse("cells — список, check — да или нет")
    if not 1 <= len(cells) <= MOST_CELLS:
        _refuse(f"клеток от 1 до {MOST_CELLS}")
    read = [_cell(cell) for cell in cells]
    if len({cell.enrolment_id for cell in read}) < len(read):
        _refuse("слушатель назван дважды")
    return Sent(read, check)


def _cell(given: Any) -> Cell:
    if not isinstance(given, dict) or given.keys() != {"enrolment", "text", "seen"}:
        _refuse("в клетке нужны enrolment, text и seen")
    text, seen = given["text"], given["seen"]
    if not _is_key(given["enrolment"]) or not (seen is None or _is_key(seen)):
        _refuse("enrolment и seen — номера записей")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        _refuse(f"text — строка до {LONGEST_TEXT} знаков")
    return Cell(given["enrolment"], text, seen)


def _is_key(value: object) -> bool:
    return type(value) is int and 0 < value <= LARGEST_KEY


def _refuse(what: str) -> NoReturn:
    raise RuleViolation("2.2", f"Ведомость не разобрала запрос: {what}. Обновите страницу и повторите.")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of the plain form said: the text, and the mark that the form had shown."""

    text: str
    seen: int | None


def read_column(posted: Mapping[str, str], enrolments: Iterable[int]) -> dict[int, Entry]:
    """Return enrolment → entry for those of `enrolments` whom the form names; what is not theirs is not looked at."""
    entries = {}
    for pk in enrolments:
        text, seen = posted.get(f"mark-{pk}"), posted.get(f"seen-{pk}", "")
        if text is not None:
            known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
            entries[pk] = Entry(text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…", known)
    return entries
