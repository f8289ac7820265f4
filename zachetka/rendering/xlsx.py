"""Spreadsheets out: XLSX and CSV in which a value stays what it was (security.md G21–G28; п. 2.5).

Text is written as text: «=1+1», «+7 812…», «@home» never become formulas. Numbers and days stay numbers and days. CSV is
what Excel opens in Russia: UTF-8 with a mark, `;` between cells, and a `'` before text that Excel would compute.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any, Final

from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import ROW, counted

Value = str | int | Decimal | date | datetime | bool | None

MOST_ROWS: Final = 50_000
"""Rows of one file; more is refused whole rather than cut."""
LONGEST_TEXT: Final = 32_767
"""Characters of one cell: the limit of the format."""
LARGEST_EXACT: Final = 999_999_999_999_999
"""A spreadsheet keeps fifteen digits; a longer number goes as text so that no digit is lost."""
COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Beginnings of text that a spreadsheet would take for a formula."""

OPTIONS: Final[dict[str, object]] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
LOOKS: Final[dict[str, dict[str, object]]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top"},
    "day": {"num_format": "dd.mm.yyyy"},
    "moment": {"num_format": "dd.mm.yyyy hh:mm"},
}

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column; `width` in characters of the ordinary font."""

    label: str
    width: int = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name, heads and rows, consumed once."""

    title: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Value]]


def xlsx(title: str, heads: Sequence[Head], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a workbook with one sheet: the head frozen and filterable, typed cells, rows as they come.

    Args:
        title: name of the sheet; what Excel forbids in it is left out.
        heads: at least one column.
        rows: consumed once, kept out of memory.

    Raises:
        RuleViolation: there are more than `MOST_ROWS` rows, or a text is longer than the format holds.
    """
    return xlsx_book([Sheet(title, heads, rows)])


def xlsx_book(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook with several sheets, each as `xlsx` writes its one; names that repeat get a number.

    Raises:
        RuleViolation: as `xlsx`.
    """
    import xlsxwriter  # the child that reads a list (`intake`) uses this page and writes no workbook

    target = io.BytesIO()
    names: set[str] = set()
    with TemporaryDirectory(prefix="zachetka-xlsx-") as place:  # rows wait on disk; a refusal leaves none of them there
        book = xlsxwriter.Workbook(target, OPTIONS | {"tmpdir": place})
        looks = {kind: book.add_format(look) for kind, look in LOOKS.items()}
        try:
            for sheet in sheets:
                _fill(book.add_worksheet(_sheet_name(sheet.title, names)), sheet, looks)
        finally:
            book.close()
    return target.getvalue()


def _fill(target: Any, sheet: Sheet, looks: Mapping[str, Any]) -> None:
    for column, head in enumerate(sheet.heads):
        target.set_column(column, column, head.width)
        target.write_string(0, column, head.label, looks["head"])
    count = 0
    for count, row in enumerate(_limited(sheet.rows), start=1):
        for column, value in enumerate(row):
            _write(target, looks, count, column, value)
    target.freeze_panes(1, 0)
    if sheet.heads:
        target.autofilter(0, 0, max(count, 1), len(sheet.heads) - 1)


def _write(sheet: Any, looks: Mapping[str, Any], row: int, column: int, value: Value) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(row, column, _yes(value))
        case datetime():
            sheet.write_datetime(row, column, value.astimezone(LEGAL_ZONE).replace(tzinfo=None), looks["moment"])
        case date():
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), looks["day"])  # noqa: DTZ001
        case int() if abs(value) <= LARGEST_EXACT:
            sheet.write_number(row, column, value)
        case Decimal() if abs(value) <= LARGEST_EXACT:
            sheet.write_number(row, column, float(value))
        case _:
            sheet.write_string(row, column, _fitting(str(value)))


def csv_file(heads: Sequence[Head], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return CSV that Excel opens by a double click; text that it would compute gets a `'` in front.

    Raises:
        RuleViolation: there are more than `MOST_ROWS` rows.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([_guarded(head.label) for head in heads])
    for row in _limited(rows):
        writer.writerow([_as_text(value) for value in row])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def restored(text: str) -> str:
    """Take off the `'` that `csv_file` put before a value: what was written is read back the same."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*COMPUTED, "'")) else text


def _as_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _yes(value)
        case datetime():
            return f"{value.astimezone(LEGAL_ZONE):%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case int():
            return str(value)
        case Decimal():
            return str(value).replace(".", ",")
        case _:
            return _guarded(str(value))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith((*COMPUTED, "'")) else text


def _yes(value: bool) -> str:  # noqa: FBT001 — the value of a cell
    return "да" if value else "нет"


def _fitting(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise RuleViolation("2.5", f"Значение длиннее {LONGEST_TEXT} знаков в ячейку не помещается.")
    return text


def _limited(rows: Iterable[Sequence[Value]]) -> Iterable[Sequence[Value]]:
    for n, row in enumerate(rows):
        if n >= MOST_ROWS:
            raise RuleViolation(
                "2.5", f"В один файл входит не больше {counted(MOST_ROWS, ROW)}. Сузьте список фильтром."
            )
        yield row


def _sheet_name(title: str, taken: set[str]) -> str:
    kept = "".join(" " if char in "[]:*?/\\" else char for char in title).strip().strip("'")
    base = kept[:31] or "Список"
    name, again = base, 2
    while name.casefold() in taken:
        name = f"{base[:27]} {again}"
        again += 1
    taken.add(name.casefold())
    return name
