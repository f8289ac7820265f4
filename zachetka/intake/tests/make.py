"""Builders of files of tables, good and hostile."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from zachetka.intake.cells import Row, Sheet, Table, Value

HEADER: Final = ("Фамилия", "Имя", "Отчество", "Дата рождения", "СНИЛС")


def make_row(number: int = 1, **given: Value) -> list[Value]:
    """Return a row under `HEADER`; what it says is nobody's."""
    row: dict[str, Value] = {
        "last_name": f"Иванов{'абвгдежзиклмн'[number % 13]}",
        "first_name": "Пётр",
        "patronymic": "Ильич",
        "birth_date": f"{1 + number % 28:02d}.03.{1960 + number % 40}",
        "snils": f"900-{number // 1000:03d}-{number % 1000:03d} 00",
    }
    return [*{**row, **given}.values()]


def make_xlsx(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    finish: Callable[[xlsxwriter.Workbook], None] | None = None,
    **options: Any,
) -> bytes:
    """Return an XLSX file; `finish` may still change the book before it is closed."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, **options})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date | datetime):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)
    if finish:
        finish(book)
    book.close()
    return target.getvalue()


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """Return a workbook with parts added or replaced; `__` in a name is `/`, `_dot_` is a dot."""
    names = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    return rebuilt(content, names.pop, names)


def rebuilt(content: bytes, change: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None) -> bytes:
    """Return the same archive with each part passed through `change` and `more` parts at the end."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
        for name, added in (more or {}).items():
            new.writestr(name, added)
    return target.getvalue()


def make_table(*rows: Sequence[Value], name: str = "Лист1", **given: Any) -> Table:
    """Return a table of one sheet whose rows are numbered from 1; blank rows are left out."""
    numbered = tuple(Row(number, tuple(row)) for number, row in enumerate(rows, start=1) if row)
    return Table((Sheet(name, numbered, **given),))
