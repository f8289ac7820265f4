"""Refused rows as a file: corrected and uploaded again, it is read by the same rules (п. 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from zachetka.rendering.xlsx import Head, Sheet, Value, xlsx_book

REASON: Final = "Почему не вошла"
PLACE: Final = "Строка в файле"


class RefusedRow(NamedTuple):
    """A row that does not enter: why, its number in the file, its values under the titles."""

    reasons: Iterable[str]
    number: int
    values: Sequence[Value]


class RefusedTable(NamedTuple):
    """The refused rows of one sheet of the file."""

    name: str
    titles: Sequence[str]
    rows: Sequence[RefusedRow]


def refused_book(tables: Iterable[RefusedTable]) -> bytes:
    """Return an XLSX file with a sheet for each table: the reason, the place, then its own columns."""
    return xlsx_book(
        Sheet(
            table.name,
            [Head(REASON, 60), Head(PLACE, 16), *map(Head, table.titles)],
            [[" ".join(row.reasons), f"{row.number}", *row.values] for row in table.rows],
        )
        for table in tables
    )
