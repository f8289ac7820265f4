"""Refused rows of a list as a file: corrected and uploaded again, it is read by the same rules (п. 2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from zachetka.intake.cells import shown
from zachetka.intake.layout import at
from zachetka.intake.refused import PLACE, REASON, RefusedRow, RefusedTable, refused_book
from zachetka.people.intake.columns import TITLES, Field, by_title, is_refused_title
from zachetka.people.intake.header import Column
from zachetka.people.intake.people import Checked, Result, Verdict, reason


def refused_xlsx(result: Result) -> bytes:
    """Return an XLSX file with a sheet for each list that has refused rows: its own columns, the place, the reason."""
    return refused_book(_tables(result))


def _tables(result: Result) -> Iterator[RefusedTable]:
    wrong = result.having(Verdict.WRONG)
    for layout in result.layouts:
        mine = [row for row in wrong if row.sheet == layout.sheet.name]
        if mine:
            columns = [column for column in layout.columns if _is_kept(column)]
            yield RefusedTable(layout.sheet.name, [*map(_title, columns)], [_row(row, columns) for row in mine])


def _is_kept(column: Column) -> bool:
    """True unless the column was set aside and yet its title would be taken on the next reading."""
    if column.title in (REASON, PLACE) or column.field is Field.ROW_NUMBER:
        return False
    return column.field is not None or (is_refused_title(column.title) and by_title(column.title) is None)


def _title(column: Column) -> str:
    """Return the column's own title when it says what the column is, else ours."""
    if column.field is None or by_title(column.title) is column.field:
        return column.title
    return TITLES[column.field]


def _row(row: Checked, columns: list[Column]) -> RefusedRow:
    values = [shown(at(row.row, column.index)) for column in columns]
    return RefusedRow(map(reason, row.problems), row.row.number, values)
