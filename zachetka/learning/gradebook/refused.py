"""Refused rows as a file: corrected and uploaded again, it is read by the same rules (п. 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zachetka.intake.cells import shown
from zachetka.intake.layout import at
from zachetka.learning.gradebook.checking import Line, Result, Verdict
from zachetka.learning.gradebook.columns import TITLES, Field, by_title
from zachetka.learning.gradebook.layout import Column, Layout, Target
from zachetka.rendering.xlsx import Head, Sheet, Value, xlsx_book

REASON: Final = "Почему не вошла"
PLACE: Final = "Строка в файле"


def refused_xlsx(result: Result) -> bytes:
    """Return an XLSX file with a sheet for each table that has refused marks: its rows, the place, the reason.

    Of a row whose other marks enter, only the refused ones are in the file: the others are in the sheets already.
    """
    targets = {target.key: target for target in result.targets}
    return xlsx_book(Sheet(layout.sheet.name, heads, rows) for layout, heads, rows in _tables(result, targets))


def _tables(result: Result, targets: dict[int, Target]) -> Iterator[tuple[Layout, list[Head], list[list[Value]]]]:
    for layout in result.layouts:
        wrong = [
            line
            for line in result.lines
            if line.sheet == layout.sheet.name and any(entry.verdict is Verdict.WRONG for entry in line.entries)
        ]
        if wrong:
            columns = [column for column in layout.columns if column.role is not None]
            heads = [Head(REASON, 60), Head(PLACE, 16), *(Head(_title(column, targets)) for column in columns)]
            yield layout, heads, [_row(line, columns) for line in wrong]


def _title(column: Column, targets: dict[int, Target]) -> str:
    """Return the column's own title when it says what the column is, else ours."""
    if isinstance(column.role, Field):
        return column.title if by_title(column.title) is column.role else TITLES[column.role]
    return column.title or (str(targets[column.role]) if column.role in targets else "Оценка")


def _row(line: Line, columns: list[Column]) -> list[Value]:
    wrong = {entry.column: entry for entry in line.entries if entry.verdict is Verdict.WRONG}
    reasons = dict.fromkeys(entry.problem for entry in wrong.values())
    values = [
        shown(at(line.row, column.index)) if isinstance(column.role, Field) or column.index in wrong else ""
        for column in columns
    ]
    return [" ".join(reasons), f"{line.row.number}", *values]
