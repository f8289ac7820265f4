"""A checked file of marks as `intake.preview` shows it: what a column may be, what is said of each mark (п. 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from zachetka.intake.cells import Sheet, Value, shown
from zachetka.intake.layout import at, header_choices
from zachetka.intake.preview import Badge, Cell, Chip, Head, RowShown, Shown, Told, Words, chips_of, head_of, short
from zachetka.intake.preview import show as show_sheet
from zachetka.learning.gradebook.checking import Entry, Line, Result, Verdict
from zachetka.learning.gradebook.columns import TITLES, Field, Reading
from zachetka.learning.gradebook.layout import Column, Layout, Target
from zachetka.people.rules import masks

WORDS: Final = Words(
    rows="оценки",
    them="оценку,оценки,оценок",
    nothing="На этом листе нет таблицы оценок",
    foreign="Не оценки",
    act="Внести",
    busy="Вносим…",
    none="Вносить нечего",
)
FILTERS: Final = {
    "": tuple(Verdict),
    "new": (Verdict.NEW,),
    "replaced": (Verdict.REPLACED,),
    "same": (Verdict.SAME,),
    "wrong": (Verdict.WRONG,),
}
TOLD: Final = (
    Told("", "list", "", "всего оценок"),
    Told("new", "plus", "ok", "новых"),
    Told("replaced", "replace", "warn", "заменят прежние"),
    Told("same", "equal", "", "те же, что в ведомости"),
    Told("wrong", "x", "bad", "не войдут"),
)
ALWAYS: Final = ("", "new")
BADGES: Final[dict[Verdict, Badge]] = {
    Verdict.WRONG: ("bad", "x", "не войдёт"),
    Verdict.REPLACED: ("warn", "replace", "заменит"),
    Verdict.NEW: ("ok", "plus", "новая"),
    Verdict.SAME: ("neutral", "equal", "та же"),
}
"""By weight: a row has the badge of the heaviest of its marks."""
BLANK: Final[Badge] = ("neutral", "minus", "без оценки")
_NUMBER: Final = re.compile(r"[0-9](?:[0-9\s\-]{7,})[0-9]")
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")
POINTS: Final = (5, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Absent:
    """Who of a sheet of ours gets no mark by the file and has none."""

    title: str
    names: Sequence[str]


def absent(result: Result) -> list[Absent]:
    """Return, for each sheet of ours that the file fills, who is left without a mark."""
    return [
        Absent(str(target), names)
        for target in result.targets
        if (names := [one.name for one in result.missing if one.target == target.key])
    ]


def header_rows(sheet: Sheet, layout: Layout | None, told: int | None) -> list[tuple[str, str]]:
    """Return the rows that may be the header, for a choice."""
    found = layout.header_row if layout is not None and told is None else 0
    return [(value, veiled(words)) for value, words in header_choices(sheet, found)]


def choices(targets: Iterable[Target]) -> list[tuple[str, str]]:
    """Return what a column may be chosen to be; the value of a sheet of ours is its number."""
    whose = [(kind.value, title) for kind, title in TITLES.items()]
    return [("", "не брать"), *((str(target.key), f"Оценки: {target}") for target in targets), *whose]


def readings(column: Column) -> list[tuple[str, str]]:
    """Return how the marks of a column may be read, for a scale that knows points."""
    points = sorted({*map(str, POINTS), *([column.reading] if column.reading[:1].isdigit() else [])}, key=float)
    return [
        (Reading.WRITTEN, "как написано"),
        (Reading.GRADE, "оценки 2–5"),
        *((most, f"баллы из {most.replace('.', ',')}") for most in points),
    ]


def show(result: Result, layout: Layout, *, chosen: str, number: int) -> Shown:
    """Return what the page draws of one sheet.

    Args:
        result: the whole file checked.
        layout: the sheet.
        chosen: a key of `FILTERS`.
        number: page of rows, from 1; one past the end is the last.
    """
    mine = [line for line in result.lines if line.sheet == layout.sheet.name]
    scored = {target.key for target in result.targets if target.is_scored}
    return show_sheet(
        layout,
        [_head(layout, column, scored) for column in layout.columns],
        [line for line in mine if not chosen or any(entry.verdict in FILTERS[chosen] for entry in line.entries)],
        partial(_row, layout=layout),
        choices=choices(result.targets),
        chips=_chips(mine, chosen),
        skipped=[replace(one, text=veiled(one.text)) for one in layout.skipped],
        number=number,
    )


def _head(layout: Layout, column: Column, scored: set[int]) -> Head:
    return head_of(
        column,
        "" if column.role is None else str(column.role),
        trouble=layout.troubles.get(column.index, ""),
        reading=column.reading,
        readings=readings(column) if column.role in scored else (),
    )


def _chips(lines: Sequence[Line], chosen: str) -> list[Chip]:
    entries = [entry for line in lines for entry in line.entries]
    return chips_of(TOLD, lambda key: sum(entry.verdict in FILTERS[key] for entry in entries), chosen, always=ALWAYS)


def _row(line: Line, layout: Layout) -> RowShown:
    entries = {entry.column: entry for entry in line.entries}
    cells = [_cell(column, at(line.row, column.index), entries.get(column.index)) for column in layout.columns]
    notes = [line.notice] if line.notice else []
    if line.trouble is not None:
        place = layout.people.get(Field(line.trouble.field)) if line.trouble.field else None
        cell = next((cell for cell, column in zip(cells, layout.columns, strict=True) if column.index == place), None)
        if cell is None:
            notes.append(line.trouble.sentence)
        else:
            cell.tone = "bad"
            cell.notes.append(line.trouble.sentence)
    elif line.learner is not None and not {Field.FULL_NAME, Field.LAST_NAME} & layout.people.keys():
        notes.append(line.learner.full_name)
    verdicts = {entry.verdict for entry in line.entries}
    badge = next((look for verdict, look in BADGES.items() if verdict in verdicts), BLANK)
    return RowShown(line.row.number, badge, cells, notes)


def _cell(column: Column, value: Value, entry: Entry | None) -> Cell:
    label = TITLES[column.role] if isinstance(column.role, Field) else column.title
    cell = Cell(short(_masked(column, value)), label, is_left=column.role is None)
    if entry is None:
        return cell
    if entry.verdict is Verdict.WRONG:
        cell.tone = "bad"
        if entry.learner is not None:  # else the reason stands at the name
            cell.notes.append(entry.problem)
    elif entry.verdict is Verdict.REPLACED:
        cell.tone = "warn"
        cell.notes.append(f"было «{entry.was}», станет «{entry.becomes}»")
    elif entry.becomes and entry.becomes != cell.text:
        cell.notes.append(entry.becomes)
    return cell


def _masked(column: Column, value: Value) -> str:
    """Return the cell as a page may show it: particulars hidden, as everywhere (п. 3.8)."""
    text = shown(value)
    if column.role is Field.SNILS or (column.role is Field.ANY_NUMBER and sum(map(str.isdigit, text)) >= 9):
        return masks.snils(text) if text else ""
    return masks.email(text) if column.role is Field.EMAIL and text else text


def veiled(text: str) -> str:
    """Return a line of the file without numbers of people and addresses: which column it is from is not known (п. 3.8)."""
    return _ADDRESS.sub(lambda found: masks.email(found[0]), _NUMBER.sub("•••", text))
