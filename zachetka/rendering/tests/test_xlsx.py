"""Spreadsheets out (security.md G21–G28)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from zachetka.core.errors import RuleViolation
from zachetka.rendering import xlsx

COMPUTED = ["=1+1", "+7 812 000-00-00", "-cmd", "@home", "\tтаб", "\rвозврат", "＝1+1", '=HYPERLINK("http://x")']
HEADS = [xlsx.Head("Значение")]


def _read(content: bytes) -> Sequence[Sequence[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.clause("2.5")
@pytest.mark.parametrize("text", COMPUTED)
def test_text_that_looks_like_a_formula_stays_text_in_xlsx(text: str) -> None:
    content = xlsx.xlsx("Список", HEADS, [[text]])
    assert _read(content)[1][0] == text.replace("\r", "\r")
    assert b"<f>" not in _sheet_xml(content)


@pytest.mark.clause("2.5")
@pytest.mark.parametrize("text", [*COMPUTED, "'уже в кавычке", "обычное"])
def test_csv_guards_what_a_spreadsheet_would_compute_and_reads_back_the_same(text: str) -> None:
    content = xlsx.csv_file(HEADS, [[text]])
    assert content.startswith(b"\xef\xbb\xbf")
    (_, row) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert not row[0].startswith(xlsx.COMPUTED)
    assert xlsx.restored(row[0]) == text


@pytest.mark.clause("2.5")
def test_numbers_and_days_stay_numbers_and_days() -> None:
    at = datetime(2026, 6, 25, 13, 42, tzinfo=UTC)
    row: list[xlsx.Value] = [-5, Decimal("4.33"), date(2026, 9, 18), at, True, None, 12_345_678_901_234_567]
    read = _read(xlsx.xlsx("Список", [xlsx.Head(str(n)) for n in range(7)], [row]))[1]
    assert read == [-5.0, 4.33, date(2026, 9, 18), datetime(2026, 6, 25, 16, 42), "да", "", "12345678901234567"]  # noqa: DTZ001


@pytest.mark.clause("2.5")
def test_a_negative_number_is_not_guarded_in_csv() -> None:
    assert xlsx.csv_file(HEADS, [[-5], [Decimal("-4.5")]]).decode("utf-8-sig").splitlines()[1:] == ["-5", "-4,5"]


@pytest.mark.clause("2.5")
def test_a_list_longer_than_one_file_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    with pytest.raises(RuleViolation, match="Сузьте список"):
        xlsx.xlsx("Список", HEADS, [["а"]] * 3)


@pytest.mark.clause("2.5")
def test_a_text_longer_than_a_cell_is_refused() -> None:
    with pytest.raises(RuleViolation, match="в ячейку не помещается"):
        xlsx.xlsx("Список", HEADS, [["а" * 32_768]])


def test_a_name_that_excel_forbids_is_mended() -> None:
    content = xlsx.xlsx("Книга [1]: приказы / зачисление и отчисление", HEADS, [])
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["Книга  1   приказы   зачисление"]


def _sheet_xml(content: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml")
