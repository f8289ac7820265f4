"""A checked list as a page shows it: columns with their choices, rows with reasons in the cells (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from zachetka.core.text import tidy
from zachetka.intake.cells import Table, shown
from zachetka.intake.layout import Confidence, Skipped
from zachetka.people.intake.columns import TITLES, Field
from zachetka.people.intake.header import Layout
from zachetka.people.intake.people import NOTHING, Checked, Result, Verdict, reason

PAGE_ROWS: Final = 200
LONGEST_CELL: Final = 60

FILTERS: Final = {
    "": tuple(Verdict),
    "new": (Verdict.NEW,),
    "known": (Verdict.KNOWN, Verdict.CHANGED),
    "changed": (Verdict.CHANGED,),
    "wrong": (Verdict.WRONG,),
}
STANDS_FOR: Final = {
    "last_name": (Field.LAST_NAME, Field.FULL_NAME),
    "first_name": (Field.FIRST_NAME, Field.GIVEN_NAMES, Field.FULL_NAME),
    "patronymic": (Field.PATRONYMIC, Field.GIVEN_NAMES, Field.FULL_NAME),
    "diploma": (Field.DIPLOMA, Field.DIPLOMA_NUMBER, Field.EDUCATION),
    "sex": (Field.SEX, Field.PATRONYMIC, Field.FULL_NAME),
}
"""Field → the columns in which it is looked for, the first that the list has."""

BADGES: Final = {Verdict.NEW: "new", Verdict.KNOWN: "known", Verdict.CHANGED: "known", Verdict.WRONG: "refused"}
CHOICES: Final = [("", "не брать"), *((kind.value, title) for kind, title in TITLES.items())]


@dataclass(slots=True)
class Cell:
    """One cell: tone "bad", "warn" or ""; what is said under the value; left: its column is not taken."""

    text: str
    label: str
    is_left: bool = False
    tone: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row: its badge, cells, and what is said of the row as a whole."""

    number: int
    badge: str
    cells: list[Cell]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column with its choice."""

    name: str
    letter: str
    title: str
    chosen: str
    needs_check: bool
    is_hidden: bool
    why: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter over the rows of a sheet, with its count."""

    key: str
    icon: str
    tone: str
    count: int
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet of the file."""

    label: str
    url: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One sheet of a checked list, one filter, one page of rows."""

    heads: list[Head]
    rows: list[RowShown]
    chips: list[Chip]
    skipped: Sequence[Skipped]
    problem: str
    columns_told: str
    has_hidden_columns: bool
    number: int
    last: int
    asks_level: bool


def tabs(table: Table, result: Result, current: int) -> list[Tab]:
    """Return the sheets of the file; one that is no list, or is left out, has no count."""
    counts = {layout.sheet.name: len(layout.rows) for layout in result.layouts}
    return [
        Tab(sheet.name, f"?sheet={place}", counts.get(sheet.name), place == current)
        for place, sheet in enumerate(table.sheets)
    ]


def show(result: Result, layout: Layout, *, chosen: str, number: int) -> Shown:
    """Return what the page draws of one sheet.

    Args:
        result: the whole file checked.
        layout: the sheet.
        chosen: a key of `FILTERS`.
        number: page of rows, from 1; one past the end is the last.
    """
    mine = [row for row in result.rows if row.sheet == layout.sheet.name]
    found = [row for row in mine if row.verdict in FILTERS[chosen]]
    last = max(1, -(-len(found) // PAGE_ROWS))
    number = min(max(number, 1), last)
    return Shown(
        heads=[_head(layout, place) for place in range(len(layout.columns))],
        rows=[_row(row, layout) for row in found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]],
        chips=list(_chips(mine, chosen)),
        skipped=layout.skipped,
        problem=layout.problem,
        columns_told=_columns_told(layout),
        has_hidden_columns=any(column.hidden for column in layout.columns),
        number=number,
        last=last,
        asks_level=Field.EDUCATION not in layout.places
        and any(kind in layout.places for kind in (Field.DIPLOMA, Field.DIPLOMA_NUMBER)),
    )


def _head(layout: Layout, place: int) -> Head:
    column = layout.columns[place]
    return Head(
        name=f"column-{column.index}",
        letter=column.letter,
        title=column.title,
        chosen=column.field.value if column.field else "",
        needs_check=column.confidence is Confidence.CHECK,
        is_hidden=column.hidden,
        why=column.why,
    )


def _chips(rows: Sequence[Checked], chosen: str) -> Sequence[Chip]:
    def count(key: str) -> int:
        return sum(row.verdict in FILTERS[key] for row in rows)

    told = (
        ("", "list", "", "всего"),
        ("new", "plus", "ok", "новых"),
        ("known", "user-check", "", "уже есть в системе"),
        ("changed", "pencil", "warn", "изменится"),
        ("wrong", "x", "bad", "с ошибкой, не войдут"),
    )
    chips = [Chip(key, icon, tone, count(key), words, key == chosen) for key, icon, tone, words in told]
    return [chip for chip in chips if chip.key != "changed" or chip.count]


def _columns_told(layout: Layout) -> str:
    sure = sum(column.confidence in (Confidence.RECOGNISED, Confidence.CHOSEN) and column.field is not None
               for column in layout.columns)  # fmt: skip
    check = sum(column.confidence is Confidence.CHECK for column in layout.columns)
    left = sum(column.field is None for column in layout.columns)
    parts = [f"столбцов узнано {sure}"]
    if check:
        parts.append(f"проверьте {check}")
    if left:
        parts.append(f"не берём {left}")
    return ", ".join(parts)


def _row(row: Checked, layout: Layout) -> RowShown:
    places = {column.index: place for place, column in enumerate(layout.columns)}
    values = row.row.cells
    cells = [
        Cell(
            _short(shown(values[column.index])) if column.index < len(values) else "",
            _label(column.title, column.field),
            column.field is None,
        )
        for column in layout.columns
    ]
    notes: list[str] = []

    def at(name: str) -> Cell | None:
        kinds = STANDS_FOR.get(name, (name,))
        index = next((layout.places[Field(kind)] for kind in kinds if kind and Field(kind) in layout.places), None)
        return None if index is None else cells[places[index]]

    def say(name: str, sentence: str, tone: str, whole: str) -> None:
        cell = at(name)
        if cell is None:
            notes.append(whole)
            return
        cell.notes.append(sentence)
        cell.tone = "bad" if "bad" in (tone, cell.tone) else tone or cell.tone

    for problem in row.problems:
        if problem.field:
            say(problem.field, problem.sentence, "bad", reason(problem))
    for change in row.changes:
        was = "добавим" if change.was == NOTHING else f"было «{change.was}»"
        say(change.field, was, "warn", f"{was}: {change.becomes}")
    for notice in row.notices:
        say(notice.field, notice.sentence, "", notice.sentence)
    return RowShown(row.row.number, BADGES[row.verdict], cells, notes)


def _label(title: str, kind: Field | None) -> str:
    return TITLES[kind] if kind else title


def _short(text: str) -> str:
    clean = tidy(text)
    return clean if len(clean) <= LONGEST_CELL else f"{clean[: LONGEST_CELL - 1]}…"
