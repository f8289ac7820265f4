"""Refused marks as a file: corrected and uploaded again, it is read by the same rules (п. 2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from zachetka.intake.cells import shown
from zachetka.intake.layout import at
from zachetka.intake.refused import RefusedRow, RefusedTable, refused_book
from zachetka.learning.gradebook.checking import Line, Result, Verdict
from zachetka.learning.gradebook.columns import TITLES, Field, by_title
from zachetka.learning.gradebook.layout import Column, Target


def refused_xlsx(result: Result) -> bytes:
    """Return an XLSX file with a sheet for each table that has refused marks: its rows, the place, the reason.

    Of a row whose other marks enter, only the refused ones are in the file: the others are in the sheets already.
    """
    return refused_book(_tables(result))


def _tables(result: Result) -> Iterator[RefusedTable]:
    targets = {target.key: target for target in result.targets}
    for layout in result.layouts:
        wrong = [
            line
            for line in result.lines
            if line.sheet == layout.sheet.name and any(entry.verdict is Verdict.WRONG for entry in line.entries)
        ]
        if wrong:
            columns = [column for column in layout.columns if column.role is not None]
            titles = [_title(column, targets) for column in columns]
            yield RefusedTable(layout.sheet.name, titles, [_row(line, columns) for line in wrong])


def _title(column: Column, targets: dict[int, Target]) -> str:
    """Return the column's own title when it says what the column is, else ours."""
    if isinstance(column.role, Field):
        return column.title if by_title(column.title) is column.role else TITLES[column.role]
    return column.title or (str(targets[column.role]) if column.role in targets else "Оценка")


def _row(line: Line, columns: list[Column]) -> RefusedRow:
    wrong = {entry.column: entry for entry in line.entries if entry.verdict is Verdict.WRONG}
    reasons = dict.fromkeys(entry.problem for entry in wrong.values())
    values = [
        shown(at(line.row, column.index)) if isinstance(column.role, Field) or column.index in wrong else ""
        for column in columns
    ]
    return RefusedRow(reasons, line.row.number, values)
