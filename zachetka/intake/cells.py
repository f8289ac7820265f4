"""What a sheet is before anyone knows what its columns mean: values with their places in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, NamedTuple

from zachetka.core.errors import RuleViolation

CLAUSE: Final = "2.1"

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
MAX_LIST_ROWS: Final = 10_000
"""People in one file."""
MAX_FILLED_ROWS: Final = MAX_LIST_ROWS + 500
"""Rows with any value in one file: people, titles, headers, totals."""
LAST_ROW: Final = 20_000
LAST_COLUMN: Final = 200
MAX_FILLED_CELLS: Final = 500_000
MAX_AREA: Final = 2_000_000
"""Rows × columns of one sheet, empty cells included: a reader holds them all."""
MAX_CELL_CHARACTERS: Final = 32_767
MAX_TEXT_CHARACTERS: Final = 8_000_000
"""Characters in all cells of a file, repeats counted."""


class Formula(NamedTuple):
    """A cell that computes its value: the value stored beside the formula may be old and is not taken."""

    cached: str


class Broken(NamedTuple):
    """A cell whose value cannot be known, and why."""

    sentence: str


Value = str | float | bool | date | datetime | time | Formula | Broken | None


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row.

    Attributes:
        number: as the spreadsheet program shows it, from 1.
        cells: values from column A on.
        hidden: the row is hidden in the file, for instance by a filter.
    """

    number: int
    cells: tuple[Value, ...]
    hidden: bool = False


class Merge(NamedTuple):
    """A merged range: rows from 1, columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its filled rows.

    Attributes:
        hidden_columns: indexes from 0; their values are read and marked.
        from_1904: numbers that stand for days count from 1904.
    """

    name: str
    rows: tuple[Row, ...]
    hidden_columns: frozenset[int] = frozenset()
    merges: tuple[Merge, ...] = ()
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: its sheets and what was left out, in Russian sentences."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def column_letter(index: int) -> str:
    """Return the letter of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(value: Value) -> str:
    """Return a cell as text for the screen and for the file of refused rows."""
    if isinstance(value, str):
        return value
    match value:
        case None | Broken():
            return ""
        case Formula(cached):
            return cached
        case bool():
            return "да" if value else "нет"
        case datetime():
            return f"{value:%d.%m.%Y}" if value.time() == time.min else f"{value:%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case time():
            return f"{value:%H:%M}"
    return f"{value:.0f}" if value.is_integer() else str(value)


def refusal(sentence: str) -> RuleViolation:
    """Return the refusal of a whole file."""
    return RuleViolation(CLAUSE, sentence, field="file")
