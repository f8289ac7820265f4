"""XLSX → sheets of cells with their places (п. 2.1). Structure is read by expat, values by calamine.

Decided: hidden sheets are left out and named in the notes; hidden rows and columns are read and marked, because a
filter or a narrow column hides people by accident. A formula is not a value, even when the file keeps its last
result. Days before March 1900 are refused: Excel counts a 29 February 1900 that never was.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

import python_calamine

from zachetka.intake import cells, container
from zachetka.intake.cells import Broken, Formula, Merge, Row, Sheet, Table, Value, refusal

MAX_SHEETS: Final = 100
MAX_MERGES: Final = 10_000
MAX_STYLES: Final = 66_000
"""Excel itself keeps at most 65 490 cell formats."""
FIRST_SURE_DAY: Final = date(1900, 3, 1)

_PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ODD_DAY: Final = Broken("До марта 1900 года Excel считает дни с ошибкой: запишите дату текстом, 14.03.1984.")
_ERROR: Final = Broken("В ячейке ошибка Excel вместо значения: исправьте её.")


@dataclass(slots=True)
class Structure:
    """What expat saw in one sheet."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    filled: int = 0
    filled_rows: int = 0
    last_row: int = 0
    last_column: int = 0


@dataclass(slots=True)
class _Listing:
    """Sheets as the workbook lists them: (name, relation, visible)."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False


def read_workbook(content: bytes) -> Table:
    """Return the visible sheets of an XLSX file.

    Raises:
        RuleViolation: the file is not a safe workbook, or larger than a list of people can be.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refusal("Файл повреждён и не читается: откройте его в Excel и сохраните заново.") from error
    with archive:
        container.inspect(archive)
        container.inspect_links(archive)
        listing = _listing(archive)
        targets = _targets(archive)
        structures = {name: _structure(archive, targets.get(link, "")) for name, link, seen in listing.sheets if seen}
        _other_parts(archive, set(targets.values()))
    if sum(one.filled_rows for one in structures.values()) > cells.MAX_FILLED_ROWS:
        raise refusal(f"В файле больше {cells.MAX_LIST_ROWS} строк: разделите список на части.")
    hidden = [name for name, _, seen in listing.sheets if not seen]
    notes = tuple(f"Лист «{name}» скрыт и не читается. Нужен — сделайте его видимым." for name in hidden)
    return Table(tuple(_sheets(content, structures, from_1904=listing.from_1904)), notes)


def _listing(archive: zipfile.ZipFile) -> _Listing:
    found = _Listing()

    def look(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            found.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            name = attributes.get("name", "")
            if any(name.casefold() == one.casefold() for one, _, _ in found.sheets):
                raise refusal("Файл собран неправильно: два листа с одним именем. Скопируйте лист в новую книгу.")
            link = next((value for key, value in attributes.items() if key.rpartition(" ")[2] == "id"), "")
            found.sheets.append((name, link, attributes.get("state", "visible") == "visible"))
            if len(found.sheets) > MAX_SHEETS:
                raise refusal(f"В книге больше {MAX_SHEETS} листов: оставьте листы со списками.")

    container.walk(archive, "xl/workbook.xml", start=look)
    return found


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    found: dict[str, str] = {}

    def look(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            found[attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            )

    container.walk(archive, "xl/_rels/workbook.xml.rels", start=look)
    return found


def _other_parts(archive: zipfile.ZipFile, sheets: set[str]) -> None:
    """Walk the parts that calamine will read too, for document types, bombs and a million styles."""
    formats = 0

    def count(tag: str, _: Mapping[str, str]) -> None:
        nonlocal formats
        formats += tag == "xf"
        if formats > MAX_STYLES:
            raise refusal("В книге слишком много стилей: скопируйте лист в новую книгу «только значения».")

    for name in archive.namelist():
        if name.casefold().endswith(".xml") and name not in sheets:
            container.walk(archive, name, start=count)


def _structure(archive: zipfile.ZipFile, part: str) -> Structure:
    seen = Structure()
    if not part:
        return seen
    row = column = 0
    full_row = 0
    is_error = False

    def look(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, column, full_row, is_error
        if tag == "c":
            told = attributes.get("r", "")
            place = _PLACE.fullmatch(told)
            if told and not place:  # two readers would put it in two places, and a formula would pass for a value
                raise refusal("Файл собран неправильно: у ячейки нет места на листе. Скопируйте лист в новую книгу.")
            column = _index(place[1]) if place else column + 1
            row = int(place[2]) if place else row
            is_error = attributes.get("t") == "e"
        elif tag in ("v", "is", "f"):
            _within(seen, row, column)
            full_row = _count(seen, row, full_row)
            if tag == "f":
                seen.formulas.add((row, column))
            elif is_error:
                seen.errors.add((row, column))
        elif tag == "row":
            number = attributes.get("r", "")
            row, column = int(number) if number.isdecimal() else row + 1, -1
            if attributes.get("hidden") in ("1", "true"):
                seen.hidden_rows.add(row)
        elif tag == "col":
            _hide(seen, attributes)
        elif tag == "mergeCell":
            _merge(seen, attributes.get("ref", ""))

    container.walk(archive, part, start=look)
    return seen


def _within(seen: Structure, row: int, column: int) -> None:
    if row > cells.LAST_ROW or column >= cells.LAST_COLUMN:
        place = f"{cells.column_letter(column)}{row}"
        raise refusal(f"Ячейка {place} лежит далеко за списком: удалите лишнее и сохраните заново.")
    seen.last_row, seen.last_column = max(seen.last_row, row), max(seen.last_column, column)
    if seen.last_row * (seen.last_column + 1) > cells.MAX_AREA:
        raise refusal("Лист слишком велик: оставьте только нужные столбцы.")


def _count(seen: Structure, row: int, full_row: int) -> int:
    seen.filled += 1
    seen.filled_rows += row != full_row
    if seen.filled > 2 * cells.MAX_FILLED_CELLS:
        raise refusal("На листе слишком много ячеек: оставьте только список и сохраните заново.")
    if seen.filled_rows > cells.MAX_FILLED_ROWS:
        raise refusal(f"В файле больше {cells.MAX_LIST_ROWS} строк: разделите список на части.")
    return row


def _hide(seen: Structure, attributes: Mapping[str, str]) -> None:
    if attributes.get("hidden") in ("1", "true") or attributes.get("width") in ("0", "0.0"):
        first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
        seen.hidden_columns.update(range(first - 1, min(last, cells.LAST_COLUMN)))


def _merge(seen: Structure, reference: str) -> None:
    if len(seen.merges) >= MAX_MERGES:
        raise refusal("На листе слишком много объединённых ячеек: скопируйте список на новый лист.")
    ends = [_PLACE.fullmatch(end) for end in reference.split(":")]
    if len(ends) == 2 and ends[0] and ends[1]:
        (left, top), (right, bottom) = ends[0].groups(), ends[1].groups()
        seen.merges.append(Merge(int(top), _index(left), int(bottom), _index(right)))


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _sheets(content: bytes, structures: Mapping[str, Structure], *, from_1904: bool) -> Iterable[Sheet]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        kinds = {one.name: one.typ for one in book.sheets_metadata}
        characters = 0
        for name, structure in structures.items():
            if not structure.filled or kinds.get(name) != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            rows: list[Row] = []
            for number, raw in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1):
                values = _values(number, raw, structure, from_1904=from_1904)
                characters += sum(len(value) for value in values if isinstance(value, str))
                if characters > cells.MAX_TEXT_CHARACTERS:
                    raise refusal("В ячейках слишком много текста: оставьте только список.")
                if any(value is not None for value in values):
                    rows.append(Row(number, values, number in structure.hidden_rows))
            yield Sheet(
                name, tuple(rows), frozenset(structure.hidden_columns), tuple(structure.merges), from_1904=from_1904
            )
    except python_calamine.CalamineError as error:
        raise refusal("Файл повреждён и не читается: откройте его в Excel и сохраните заново.") from error


def _values(number: int, raw: Iterable[object], structure: Structure, *, from_1904: bool) -> tuple[Value, ...]:
    values = [_value(one, from_1904=from_1904) for one in raw]
    if structure.errors or structure.formulas:
        for column, value in enumerate(values):
            if (number, column) in structure.formulas:
                values[column] = Formula(cells.shown(value))
            elif (number, column) in structure.errors:
                values[column] = _ERROR
    while values and values[-1] is None:
        values.pop()
    return tuple(values)


def _value(raw: object, *, from_1904: bool) -> Value:
    match raw:
        case str():
            return raw[: cells.MAX_CELL_CHARACTERS] if raw.strip() else None
        case datetime():
            return raw if from_1904 or raw.date() >= FIRST_SURE_DAY else _ODD_DAY
        case date():
            return raw if from_1904 or raw >= FIRST_SURE_DAY else _ODD_DAY
        case bool() | float() | int():
            return raw
        case None:
            return None
    return Broken("Это не текст, не число и не дата: запишите значение текстом.")
