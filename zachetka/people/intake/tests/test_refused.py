"""Refused rows go out, are corrected, and come in again."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from zachetka.intake.reading import read_table
from zachetka.intake.refused import PLACE, REASON
from zachetka.intake.tests.make import HEADER, make_table
from zachetka.people.intake.checking import Circumstances, check
from zachetka.people.intake.people import Nobody
from zachetka.people.intake.refused import refused_xlsx
from zachetka.people.intake.tests.make import TODAY, make_person

NOW = Circumstances(TODAY)
TITLES = ("№", *HEADER, "Примечание")
WRONG = [
    ["1", *make_person(1), "по договору"],
    ["2", *make_person(2, birth_date="31.02.1990"), '=HYPERLINK("http://example.ru")'],
    ["3", *make_person(3, last_name="Иванoв"), "@SUM(1)"],
]


@pytest.mark.clause("2.1")
def test_refused_rows_are_written_with_reasons_and_read_again_by_the_same_rules() -> None:
    first = check(make_table(TITLES, *WRONG), Nobody(), NOW)
    content = refused_xlsx(first)
    (sheet,) = read_table(content, "Не вошли.xlsx").sheets
    assert sheet.rows[0].cells == (REASON, PLACE, *HEADER, "Примечание")
    assert sheet.rows[1].cells[:2] == ("Дата рождения: Такой даты нет: проверьте день и месяц.", "3")
    assert sheet.rows[1].cells[-1] == WRONG[1][-1]

    again = check(read_table(content, "Не вошли.xlsx"), Nobody(), NOW).contract()
    assert (again["people"], again["new"]) == (2, 0)


@pytest.mark.clause("3.8")
def test_no_text_of_a_stranger_becomes_a_formula() -> None:  # G21–G27
    first = check(make_table(TITLES, *WRONG), Nobody(), NOW)
    with ZipFile(BytesIO(refused_xlsx(first))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.clause("2.1")
def test_a_column_that_we_named_for_the_person_keeps_its_meaning() -> None:
    table = make_table(("Прозвище", *HEADER[1:]), make_person(1, birth_date="31.02.1990"))
    from zachetka.people.intake.columns import Field
    from zachetka.people.intake.header import Correction

    told = {"Лист1": Correction(header_row=1, fields={0: Field.LAST_NAME})}
    content = refused_xlsx(check(table, Nobody(), NOW, told))
    (sheet,) = read_table(content, "a.xlsx").sheets
    assert sheet.rows[0].cells[2:4] == ("Фамилия", "Имя")
