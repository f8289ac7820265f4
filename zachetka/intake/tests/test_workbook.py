"""XLSX: every cell with its place, and what is not a value said so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from zachetka.core.errors import RuleViolation
from zachetka.intake.cells import Broken, Formula, Merge
from zachetka.intake.reading import read_table, read_table_safely
from zachetka.intake.tests.make import HEADER, make_row, make_xlsx, rebuilt


@pytest.mark.clause("2.1")
def test_values_keep_their_places_and_their_kinds() -> None:
    content = make_xlsx({"Список": [[], ["текст", 61740931997, date(1980, 6, 11), True], [], [None, "  ", "0012"]]})
    (sheet,) = read_table(content, "a.xlsx").sheets
    assert [row.number for row in sheet.rows] == [2, 4]
    assert sheet.rows[0].cells == ("текст", 61740931997.0, date(1980, 6, 11), True)
    assert sheet.rows[1].cells == (None, None, "0012")  # G13: a number kept as text


@pytest.mark.clause("2.1")
def test_a_dimension_larger_than_the_list_costs_nothing_g6() -> None:
    given = make_xlsx({"Список": [HEADER, make_row()]})
    told = re.compile(rb'<dimension ref="[^"]*"/>')

    def lie(name: str, content: bytes) -> bytes:
        return told.sub(b'<dimension ref="A1:XFD1048576"/>', content) if name.endswith("sheet1.xml") else content

    lying = rebuilt(given, lie)
    assert lying != given
    begun = process_time()
    assert read_table(lying, "a.xlsx").sheets == read_table(given, "a.xlsx").sheets
    assert process_time() - begun < 2


@pytest.mark.clause("2.1")
def test_the_child_process_reads_exactly_what_we_read(tmp_path: Path) -> None:
    def finish(book: Any) -> None:
        sheet = book.get_worksheet_by_name("А")
        sheet.write_formula(5, 0, "=1+1", None, 2)
        sheet.merge_range(7, 0, 7, 3, "Итого")
        sheet.set_column(3, 3, None, None, {"hidden": True})

    content = make_xlsx({"А": [HEADER, make_row()], "Б": [["x", 1.5, date(1990, 1, 2)]]}, finish=finish)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert read_table_safely(path) == read_table(content, "a.xlsx")


@pytest.mark.clause("2.1")
def test_a_formula_is_not_a_value_even_with_a_result_beside_it() -> None:  # G10
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("А").write_formula(1, 1, '="Пётр"', None, "Пётр")

    (sheet,) = read_table(make_xlsx({"А": [["a", "b"], ["x"]]}, finish=finish), "a.xlsx").sheets
    assert sheet.rows[1].cells == ("x", Formula("Пётр"))


def forged() -> bytes:
    """A workbook with a formula in B2 whose last result is kept beside it."""
    return make_xlsx(
        {"А": [["a", "b"], ["x"]], "Б": [["c"]]},
        finish=lambda book: book.get_worksheet_by_name("А").write_formula(1, 1, '="Пётр"', None, "Пётр"),
    )


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("place", ["AAAB2", "b2", "$B$2", "B", "2", "Б2", "B2:C2", "B99999999"])
def test_a_cell_at_no_place_is_refused_so_that_no_formula_passes_for_a_value_g6_g10(place: str) -> None:
    content = rebuilt(forged(), lambda _, part: part.replace(b'r="B2"', f'r="{place}"'.encode()))
    with pytest.raises(RuleViolation, match="Файл собран неправильно: у ячейки нет места"):
        read_table(content, "a.xlsx")


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("twin", ['name="Б" sheetId="1" state="hidden"', 'name="б" sheetId="1"'])
def test_of_two_sheets_with_one_name_neither_is_read_g9(twin: str) -> None:
    def rename(name: str, part: bytes) -> bytes:
        return part.replace('name="А" sheetId="1"'.encode(), twin.encode())

    content = rebuilt(forged(), rename)
    assert content != forged()
    with pytest.raises(RuleViolation, match="два листа с одним именем"):
        read_table(content, "a.xlsx")


@pytest.mark.clause("2.1")
def test_cells_that_do_not_say_their_place_follow_each_other_g6() -> None:
    for told in (rb'(?<=<c) r="[A-Z]+[0-9]+"', rb'(?<=<row) r="[0-9]+"'):
        sheet = read_table(rebuilt(forged(), without(re.compile(told))), "a.xlsx").sheets[0]
        assert sheet.rows[1].cells == ("x", Formula("Пётр"))


def without(told: re.Pattern[bytes]) -> Callable[[str, bytes], bytes]:
    return lambda _, part: told.sub(b"", part)


@pytest.mark.clause("2.1")
def test_a_cell_with_an_error_is_not_blank() -> None:
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("А").write_formula(0, 1, "=NA()", None, "#N/A")

    (sheet,) = read_table(make_xlsx({"А": [["a"]]}, finish=finish), "a.xlsx").sheets
    assert isinstance(sheet.rows[0].cells[1], Formula | Broken)


@pytest.mark.clause("2.1")
def test_hidden_sheets_are_left_out_and_named_hidden_rows_and_columns_are_read_and_marked() -> None:  # G9
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("Скрытый").hide()
        sheet = book.get_worksheet_by_name("А")
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(2, 3, None, None, {"hidden": True})

    table = read_table(make_xlsx({"А": [HEADER, make_row()], "Скрытый": [["x"]]}, finish=finish), "a.xlsx")
    (sheet,) = table.sheets
    assert [row.hidden for row in sheet.rows] == [False, True]
    assert sheet.hidden_columns == {2, 3}
    assert table.notes == ("Лист «Скрытый» скрыт и не читается. Нужен — сделайте его видимым.",)


@pytest.mark.clause("2.1")
def test_both_systems_of_days_give_the_day_that_was_typed() -> None:  # G11
    for system in (False, True):
        content = make_xlsx({"А": [[date(1980, 6, 11)]]}, date_1904=system)
        (sheet,) = read_table(content, "a.xlsx").sheets
        assert sheet.rows[0].cells == (date(1980, 6, 11),)
        assert sheet.from_1904 is system


@pytest.mark.clause("2.1")
def test_the_29th_of_february_1900_is_said_to_be_no_day() -> None:  # G11
    def finish(book: Any) -> None:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for row, number in enumerate((59, 60, 61)):
            book.get_worksheet_by_name("А").write_number(row, 0, number, day)

    (sheet,) = read_table(make_xlsx({"А": []}, finish=finish), "a.xlsx").sheets
    early, never, first = (row.cells[0] for row in sheet.rows)
    assert isinstance(early, Broken)
    assert isinstance(never, Broken)
    assert first == date(1900, 3, 1)


@pytest.mark.clause("2.1")
def test_merged_ranges_are_known() -> None:
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("А").merge_range("A1:C2", "Список")

    (sheet,) = read_table(make_xlsx({"А": []}, finish=finish), "a.xlsx").sheets
    assert sheet.merges == (Merge(1, 0, 2, 2),)


@pytest.mark.clause("3.8")
def test_one_row_more_than_the_limit_is_refused() -> None:  # G15
    with pytest.raises(RuleViolation, match="больше 10000 строк"):
        read_table(make_xlsx({"А": [[str(n)] for n in range(10_501)]}), "a.xlsx")


@pytest.mark.clause("3.8")
def test_a_cell_far_below_the_list_is_refused_with_its_place() -> None:
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("А").write(1_000_000, 2, "x")

    with pytest.raises(RuleViolation, match="C1000001"):
        read_table(make_xlsx({"А": [HEADER]}, finish=finish), "a.xlsx")
