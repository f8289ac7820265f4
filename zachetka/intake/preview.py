"""A checked table as a page shows it: columns with their choices, rows with reasons in the cells (п. 2.1, 2.2).

What a column may be and what is said of a row, the caller knows; how it is shown is the same for every table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from zachetka.core.text import tidy
from zachetka.intake.cells import Row, Sheet, Table
from zachetka.intake.layout import Confidence, Skipped

PAGE_ROWS: Final = 200
LONGEST_CELL: Final = 60
Checked = TypeVar("Checked")
Badge = tuple[str, str, str]
"""Tone, icon, word."""


class Column(Protocol):
    """One column as its room has read it."""

    @property
    def index(self) -> int:
        """From 0."""

    @property
    def letter(self) -> str:
        """What the spreadsheet program shows."""

    @property
    def title(self) -> str:
        """As it stands in the file, one line."""

    @property
    def confidence(self) -> Confidence:
        """How sure we are of it."""

    @property
    def hidden(self) -> bool:
        """True when the file hides it."""

    @property
    def why(self) -> str:
        """A sentence when the person should look at it."""


class Layout(Protocol):
    """One sheet as its room has read it."""

    @property
    def sheet(self) -> Sheet:
        """The sheet of the file."""

    @property
    def rows(self) -> Sequence[Row]:
        """Its rows."""

    @property
    def problem(self) -> str:
        """Why nothing of it enters until it is mended, or ""."""


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
    badge: Badge
    cells: list[Cell]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column with its choice; `readings` is empty where there is one way to read it.

    Attributes:
        chosen: the value of its choice, "" when it is not taken.
        trouble: why nothing of the column enters, or "".
    """

    index: int
    letter: str
    title: str
    chosen: str
    needs_check: bool
    is_hidden: bool
    why: str
    trouble: str = ""
    reading: str = ""
    readings: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """How the page names what the file holds, Russian.

    Attributes:
        rows: what stays out with its sheet, nominative plural: «строки».
        them: forms after a number, accusative: «строку,строки,строк».
        nothing: a sheet holds no table of the kind.
        foreign: filled rows that are no rows of it.
        act: the verb of the button, `busy` what it says while it works.
        none: instead of the button when nothing enters.
    """

    rows: str
    them: str
    nothing: str
    foreign: str
    act: str
    busy: str
    none: str


@dataclass(frozen=True, slots=True)
class Told:
    """A filter over what was checked, as it is offered: key, icon, tone, words after the count."""

    key: str
    icon: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter with its count."""

    told: Told
    count: int
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
    """One sheet of a checked file, one filter, one page of rows."""

    heads: list[Head]
    choices: Sequence[tuple[str, str]]
    rows: list[RowShown]
    chips: list[Chip]
    skipped: Sequence[Skipped]
    problem: str
    columns_told: str
    number: int
    last: int


def tabs(table: Table, layouts: Iterable[Layout], current: int) -> list[Tab]:
    """Return the sheets of the file; one that is no table of the kind, or is left out, has no count."""
    counts = {layout.sheet.name: len(layout.rows) for layout in layouts}
    return [
        Tab(sheet.name, f"?sheet={place}", counts.get(sheet.name), place == current)
        for place, sheet in enumerate(table.sheets)
    ]


def show(
    layout: Layout,
    heads: list[Head],
    rows: Sequence[Checked],
    draw: Callable[[Checked], RowShown],
    *,
    choices: Sequence[tuple[str, str]],
    chips: list[Chip],
    skipped: Sequence[Skipped],
    number: int,
) -> Shown:
    """Return what the page draws of one sheet.

    Args:
        layout: the sheet.
        heads: of its columns.
        rows: those that the chosen filter leaves.
        draw: how one of them is shown; asked for those of the page alone.
        choices: what a column may be.
        chips: the filters.
        skipped: filled rows that are no rows of the table.
        number: page of rows, from 1; one past the end is the last.
    """
    last = max(1, -(-len(rows) // PAGE_ROWS))
    number = min(max(number, 1), last)
    return Shown(
        heads=heads,
        choices=choices,
        rows=[draw(row) for row in rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]],
        chips=chips,
        skipped=skipped,
        problem=layout.problem,
        columns_told=_columns_told(heads),
        number=number,
        last=last,
    )


def head_of(
    column: Column,
    chosen: str,
    *,
    trouble: str = "",
    reading: str = "",
    readings: Sequence[tuple[str, str]] = (),
) -> Head:
    """Return the head of `column`, which is taken for `chosen`."""
    return Head(
        index=column.index,
        letter=column.letter,
        title=column.title,
        chosen=chosen,
        needs_check=column.confidence is Confidence.CHECK or bool(trouble),
        is_hidden=column.hidden,
        why=column.why,
        trouble=trouble,
        reading=reading,
        readings=readings,
    )


def chips_of(told: Iterable[Told], count: Callable[[str], int], chosen: str, *, always: Collection[str]) -> list[Chip]:
    """Return the filters: those of `always`, the chosen one, and those that leave something."""
    chips = [Chip(one, count(one.key), one.key == chosen) for one in told]
    return [chip for chip in chips if chip.count or chip.is_current or chip.told.key in always]


def short(text: str) -> str:
    """Return a value as a cell has room for it, one line."""
    clean = tidy(text)
    return clean if len(clean) <= LONGEST_CELL else f"{clean[: LONGEST_CELL - 1]}…"


def _columns_told(heads: Sequence[Head]) -> str:
    check = sum(head.needs_check for head in heads)
    left = sum(not head.chosen for head in heads)
    parts = [f"столбцов узнано {sum(bool(head.chosen) and not head.needs_check for head in heads)}"]
    if check:
        parts.append(f"проверьте {check}")
    if left:
        parts.append(f"не берём {left}")
    return ", ".join(parts)
