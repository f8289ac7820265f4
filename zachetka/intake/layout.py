"""Where the header of a table is on a sheet, and which filled rows are no rows of it (п. 2.4).

What a title means, the caller knows: `find_header` asks it by a score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zachetka.core.text import tidy
from zachetka.intake.cells import Row, Sheet, Value, shown

HEADER_WITHIN: Final = 60
"""Filled rows at the top of a sheet among which the header is looked for."""
SAMPLE: Final = 60
"""Rows by which the content of a column is judged."""

REPEAT: Final = "повтор шапки"
SIGNATURE: Final = "итог или подпись"
COLUMN_NUMBERS: Final = "номера столбцов"

_TOTAL: Final = re.compile(
    r"^(?:итого|всего|методист|директор|ректор|руководител|начальник|зам\.|заместител|ответственн|исполнител|составил|"
    r"проверил|куратор|председател|секретар|подпись|дата\b|м\.? ?п\.?$|специалист по|total)"
)
_BLANK_LINE: Final = re.compile(r"_{3,}|\.{5,}")

Titles = Mapping[int, str]
"""Column → its title, one line."""


class Confidence(StrEnum):
    """How sure we are of a column."""

    RECOGNISED = "recognised"
    CHECK = "check"
    NOT_TAKEN = "not taken"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A filled row that is no row of the table, and why we think so."""

    row: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Header:
    """The rows of the header, from 1, and the titles; (0, 0, {}) when there is none."""

    top: int
    bottom: int
    titles: Titles

    def above(self, sheet: Sheet) -> list[Skipped]:
        """Return the rows down to the end of the header: titles of the document and the header itself."""
        return [
            Skipped(row.number, text_of(row), "заголовок над списком" if row.number < self.top else "шапка")
            for row in sheet.rows
            if row.number <= self.bottom
        ]


def find_header(sheet: Sheet, score: Callable[[Titles], int], *, told: int | None = None) -> Header:
    """Return the header: the first row, or two rows with merged cells, whose titles score 2 or more.

    Args:
        sheet: the sheet.
        score: how many columns the titles name; 0 when they cannot be a header.
        told: the number of the header row as a person said it; 0 means that there is none.
    """
    if told is not None:
        row = next((row for row in sheet.rows if row.number == told), None)
        return Header(told, told, titles_of(row)) if row else Header(0, 0, {})
    for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        titles = titles_of(row)
        found = score(titles)
        below = sheet.rows[place + 1] if place + 1 < len(sheet.rows) else None
        if below is not None and below.number == row.number + 1 and _is_two_storeyed(sheet, row, below):
            joined = _joined(sheet, row, below)
            if score(joined) >= max(2, found):
                return Header(row.number, below.number, joined)
        if found >= 2:
            return Header(row.number, row.number, titles)
    return Header(0, 0, {})


def titles_of(row: Row) -> Titles:
    """Return the texts of a row by column."""
    return {place: tidy(value) for place, value in enumerate(row.cells) if isinstance(value, str)}


def text_of(row: Row) -> str:
    """Return a row as one line, for saying what was left out."""
    return " · ".join(tidy(shown(value)) for value in row.cells if value is not None)[:200]


def at(row: Row, place: int | None) -> Value:
    """Return the cell of a column; None past the end of the row, or for no column."""
    return None if place is None or place >= len(row.cells) else row.cells[place]


def is_numbering(row: Row) -> bool:
    """True for «1 2 3 …» under the titles."""
    numbers = [value for value in row.cells if value is not None]
    return len(numbers) > 2 and [shown(value) for value in numbers] == [str(one + 1) for one in range(len(numbers))]


def is_total(first: str) -> bool:
    """True when the first word of a row, in its search form, is that of a total or of a signature."""
    return bool(_TOTAL.search(first))


def has_blank_line(values: Mapping[int, Value]) -> bool:
    """True when a cell holds a line for a signature: «____»."""
    return any(_BLANK_LINE.search(shown(value)) for value in values.values())


def header_choices(sheet: Sheet, found: int = 0) -> list[tuple[str, str]]:
    """Return the rows that may be the header, for a choice: number and beginning of the text."""
    rows = [
        (str(row.number), f"{row.number}: " + " · ".join(tidy(shown(one)) for one in row.cells if one is not None)[:60])
        for row in sheet.rows[:20]
    ]
    return [("", f"нашли сами: строка {found}" if found else "нашли сами"), ("0", "названий нет"), *rows]


def _is_two_storeyed(sheet: Sheet, row: Row, below: Row) -> bool:
    """True when cells of the header row are merged, and the row below holds titles, not people."""
    merged = any(merge.top == row.number and (merge.bottom > merge.top or 1 <= merge.right - merge.left <= 8)
                 for merge in sheet.merges)  # fmt: skip
    return merged and all(isinstance(value, str) for value in below.cells if value is not None)


def _joined(sheet: Sheet, row: Row, below: Row) -> Titles:
    upper, lower = dict(titles_of(row)), titles_of(below)
    for merge in sheet.merges:
        if merge.top == row.number and merge.left in upper:
            upper.update(dict.fromkeys(range(merge.left, merge.right + 1), upper[merge.left]))
    return {place: tidy(f"{upper.get(place, '')} {lower.get(place, '')}") for place in sorted(upper.keys() | lower)}
