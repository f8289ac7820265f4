"""Where the list is, which column is what, and what is not a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from zachetka.intake.cells import Merge, Value
from zachetka.intake.layout import Confidence
from zachetka.intake.tests.make import HEADER, make_table
from zachetka.people.intake.columns import TITLES, Field, by_title
from zachetka.people.intake.header import Correction, Layout, lay_out
from zachetka.people.intake.tests.make import make_person


def laid(*rows: Sequence[Value], told: Correction | None = None, **given: Any) -> Layout:
    """Return the layout of a sheet of `rows`; there must be a list on it."""
    layout = lay_out(make_table(*rows, **given).sheets[0], told)
    assert layout is not None
    return layout


def people(count: int) -> list[list[Value]]:
    """Return right rows."""
    return [make_person(number) for number in range(1, count + 1)]


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(("field", "title"), TITLES.items())
def test_every_title_we_write_is_recognised_again(field: Field, title: str) -> None:
    assert by_title(title) is field


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Фамилия, имя, отчество (полностью)", Field.FULL_NAME), ("Ф.И.О. слушателя", Field.FULL_NAME),
        ("LastName", Field.LAST_NAME), ("first_name", Field.FIRST_NAME), ("Middle name", Field.PATRONYMIC),
        ("Фамилия получателя", Field.LAST_NAME), ("Дата\nрождения", Field.BIRTH_DATE), ("ДР", Field.BIRTH_DATE),
        ("снилс", Field.SNILS), ("Образование (ВО/СПО)", Field.EDUCATION), ("Серия и № диплома", Field.DIPLOMA),
        ("Диплом о ВО / СПО: серия", Field.DIPLOMA_SERIES), ("фамилия в дипломе", Field.DIPLOMA_LAST_NAME),
        ("Фамилия указанная в дипломе о ВО или СПО", Field.DIPLOMA_LAST_NAME), ("№ п/п", Field.ROW_NUMBER),
        ("Гражданство получателя (код страны по ОКСМ)", Field.CITIZENSHIP), ("Моб. телефон", Field.PHONE),
        ("Паспорт: серия", None), ("Место рождения", None), ("Дата выдачи диплома", None), ("Должность", None),
        ("Примечание", None), ("Телефон организации", None), ("Номер документа", None), ("ИНН", None),
    ],
)  # fmt: skip
def test_columns_are_known_by_the_titles_people_write(title: str, field: Field | None) -> None:
    assert by_title(title) is field


@pytest.mark.clause("2.1")
def test_titles_above_blank_rows_repeats_totals_and_signatures_are_left_out_and_said_why() -> None:
    layout = laid(
        ["АНО ДПО «Академия»"], ["Список слушателей. Программа: «Охрана труда»"], [], HEADER,
        ["1", "2", "3", "4", "5"], *people(2), [], HEADER, make_person(3), [],
        [None, "Итого: 3 чел."], ["Методист ______________ /Смирнова О. В./"], ["Директор", "Петров П. П."],
        merges=(Merge(1, 0, 1, 8), Merge(2, 0, 2, 8)),
    )  # fmt: skip
    assert layout.header_row == 4
    assert [row.number for row in layout.rows] == [6, 7, 10]
    assert [(one.row, one.why) for one in layout.skipped] == [
        (1, "заголовок над списком"), (2, "заголовок над списком"), (4, "шапка"), (5, "номера столбцов"),
        (9, "повтор шапки"), (12, "итог или подпись"), (13, "итог или подпись"), (14, "итог или подпись"),
    ]  # fmt: skip


@pytest.mark.clause("2.1")
def test_a_person_called_like_a_signature_is_a_person() -> None:
    row = make_person(1, last_name="Директор")
    assert [one.number for one in laid(HEADER, row, make_person(2)).rows] == [2, 3]


@pytest.mark.clause("2.1")
def test_rows_with_a_number_only_are_not_people() -> None:
    rows = [[str(number), *make_person(number)] for number in (1, 2)]
    layout = laid(["№ п/п", *HEADER], *rows, ["3"], ["4"])
    assert len(layout.rows) == 2
    assert {one.why for one in layout.skipped[1:]} == {"только порядковый номер"}


@pytest.mark.clause("2.1")
def test_a_header_of_two_rows_is_read_as_one() -> None:
    layout = laid(
        ["ФИО", "Дата рождения", "Диплом", None, "Паспорт", None],
        [None, None, "серия", "номер", "серия", "номер"],
        ["Иванов Пётр Ильич", "01.02.1980", "107704", "0031822", "4000", "123456"],
        merges=(Merge(1, 0, 2, 0), Merge(1, 1, 2, 1), Merge(1, 2, 1, 3), Merge(1, 4, 1, 5)),
    )
    assert layout.header_row == 2
    assert [column.field for column in layout.columns] == [
        Field.FULL_NAME, Field.BIRTH_DATE, Field.DIPLOMA_SERIES, Field.DIPLOMA_NUMBER, None, None,
    ]  # fmt: skip


@pytest.mark.clause("2.1")
def test_a_bare_number_after_a_series_is_the_number_of_the_diploma() -> None:
    titles = ["ФИО", "ДР", "Диплом о ВО / СПО: серия", "номер", "Паспорт серия", "номер"]
    layout = laid(titles, ["Иванов Пётр", "01.02.1980", "1", "2", "3", "4"])
    assert [column.field for column in layout.columns[2:]] == [Field.DIPLOMA_SERIES, Field.DIPLOMA_NUMBER, None, None]


@pytest.mark.clause("2.1")
def test_a_list_without_a_header_is_known_by_its_values_and_asks_to_check() -> None:
    layout = laid(*people(5))
    assert layout.header_row == 0
    assert [column.field for column in layout.columns] == [
        Field.LAST_NAME, Field.FIRST_NAME, Field.PATRONYMIC, Field.BIRTH_DATE, Field.SNILS,
    ]  # fmt: skip
    assert {column.confidence for column in layout.columns} == {Confidence.CHECK}
    assert len(layout.rows) == 5


@pytest.mark.clause("2.1")
def test_a_title_that_its_values_deny_asks_to_check() -> None:
    rows = [[last, first, patronymic, number, born] for last, first, patronymic, born, number in people(3)]
    layout = laid(HEADER, *rows)
    told = {column.field: column.confidence for column in layout.columns}
    assert told[Field.SNILS] is Confidence.CHECK
    assert told[Field.LAST_NAME] is Confidence.RECOGNISED


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("titles", "said"),
    [
        ([*HEADER[:4], "СНИЛС", "СНИЛС слушателя"], "Столбцы E и F оба «СНИЛС»"),  # G14
        (["ФИО", "Фамилия", "Дата рождения"], "оставьте одно"),
        (["Имя", "Дата рождения", "СНИЛС"], "столбец с фамилией"),
        (["Фамилия", "Дата рождения", "СНИЛС"], "столбец с именем"),
        (["ФИО", "СНИЛС", "Пол"], "датой рождения"),
    ],
)
def test_a_sheet_that_cannot_be_read_one_way_says_what_to_choose(titles: list[str], said: str) -> None:
    layout = laid(titles, [f"значение {n}" for n in range(len(titles))], ["x"] * len(titles))
    assert said in layout.problem


@pytest.mark.clause("2.1")
def test_a_second_table_with_another_order_of_columns_stops_the_sheet() -> None:  # G14
    layout = laid(HEADER, make_person(1), ["СНИЛС", "Фамилия", "Имя", "Дата рождения"], make_person(2))
    assert "другим порядком" in layout.problem


@pytest.mark.clause("2.1")
def test_the_person_may_correct_every_guess() -> None:
    rows: list[list[Value]] = [["Список"], ["Ф", "И", "О", "родился", "Пометка"], *people(2)]
    assert lay_out(make_table(*rows).sheets[0], Correction(taken=False)) is None
    told = Correction(
        header_row=2,
        fields={0: Field.LAST_NAME, 1: Field.FIRST_NAME, 2: Field.PATRONYMIC, 3: Field.BIRTH_DATE, 4: None},
    )
    layout = laid(*rows, told=told)
    assert layout.problem == ""
    assert [column.field for column in layout.columns][:4] == [*told.fields.values()][:4]
    assert {column.confidence for column in layout.columns} == {Confidence.CHOSEN}
    assert len(layout.rows) == 2


@pytest.mark.clause("2.1")
def test_a_sheet_without_people_is_no_list() -> None:
    assert lay_out(make_table(["Инструкция"], ["Заполните лист 2 и пришлите"]).sheets[0]) is None
    assert lay_out(make_table(["Код", "Страна"], ["643", "Россия"], ["398", "Казахстан"]).sheets[0]) is None
