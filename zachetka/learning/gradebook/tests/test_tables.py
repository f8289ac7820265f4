"""Tables of marks as people and other systems keep them: whose, which column, what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest

from zachetka.core.errors import RuleViolation
from zachetka.intake.cells import Broken, Formula, Merge, Value
from zachetka.intake.reading import read_table
from zachetka.intake.tests.make import make_table, make_xlsx
from zachetka.learning.gradebook.checking import Entry, Result, Verdict, read
from zachetka.learning.gradebook.columns import TITLES, Field, by_title, is_never_marks, mark_title, speaks_of_marks
from zachetka.learning.gradebook.layout import Correction, Target
from zachetka.learning.gradebook.people import Learner, Roster
from zachetka.learning.gradebook.refused import refused_xlsx
from zachetka.people.intake.tests.make import make_snils

pytestmark = pytest.mark.clause("2.2")

LAW = Target(1, "Правовые основы охраны труда", "Право", 1, date(2026, 10, 5), is_scored=False)
FIRE = Target(2, "Пожарная безопасность", "Пожарная", 1, date(2026, 10, 6), is_scored=False)
POINTS = Target(3, "Контракт", "Контракт", 1, date(2026, 10, 7), is_scored=True, labels={"5": "отлично", "4": "хорошо"})
ANNA = Learner(
    11, "Королёва", "Анна", "Павловна", "ЗК-26-0001", make_snils(1).replace("-", "").replace(" ", ""), "a@example.ru"
)
IVAN = Learner(12, "Иванов", "Иван", "Петрович", "ЗК-26-0002", "", "i@example.ru")
IGOR = Learner(13, "Иванов", "Игорь", "Павлович", "ЗК-26-0003", "", "shared@example.ru")
OLGA = Learner(14, "Петрова", "Ольга", "", "ЗК-26-0004", "", "shared@example.ru")
GROUP = (ANNA, IVAN, IGOR, OLGA)


def check(*rows: Sequence[Value], targets: Sequence[Target] = (LAW,), told: Any = None, **given: Any) -> Result:
    return read(make_table(*rows, **given), Roster(GROUP), targets, {"Лист1": told} if told else None)


def marks(result: Result) -> dict[int, str]:
    """Enrolment → what a teacher would have typed."""
    return {entry.learner.enrolment_id: entry.text for entry in result.entries if entry.learner and not entry.problem}


def problem(result: Result) -> str:
    (entry,) = [entry for entry in result.entries if entry.problem]
    return entry.problem


# --- Whose ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "cell", "whose"),
    [
        ("№ зачётной книжки", "ЗК-26-0001", ANNA),
        ("Номер зачетной книжки", "зк 26 0001", ANNA),
        ("Зачётка №", "ЗК-26-0001", ANNA),
        ("СНИЛС", make_snils(1), ANNA),
        ("ФИО", "Королева Анна Павловна", ANNA),
        ("Ф.И.О.", "КОРОЛЁВА  АННА", ANNA),
        ("Слушатель", "Королёва А. П.", ANNA),
        ("Слушатель", "Королёва А.П.", ANNA),
        ("Слушатель", "А. П. Королёва", ANNA),
        ("ФИО", "Анна Королёва", ANNA),
        ("ФИО", "Иванов И. П.", None),
        ("ФИО", "Иванов Иван", IVAN),
        ("ФИО", "Петрова О.", OLGA),
        ("E-mail", "A@example.ru", ANNA),
        ("Адрес электронной почты", "shared@example.ru", None),
        ("Индивидуальный номер", "ЗК-26-0002", IVAN),
        ("ID number", make_snils(1), ANNA),
        ("ФИО", "Сидоров Пётр Петрович", None),
    ],
)
def test_a_learner_is_known_by_any_of_the_ways_in_which_tables_name_them(title: str, cell: str, whose: Any) -> None:
    result = check((title, "Оценка"), (cell, "5"))
    assert marks(result) == ({whose.enrolment_id: "5"} if whose else {})


def test_namesakes_are_told_apart_by_a_number_and_refused_without_one() -> None:
    header = ("ФИО", "№ зачётной книжки", "Оценка")
    assert "несколько таких людей" in problem(check(header[::2], ("Иванов И. П.", "4")))
    assert marks(check(header, ("Иванов И. П.", "ЗК-26-0003", "4"))) == {13: "4"}


@pytest.mark.parametrize(
    ("number", "name", "sentence"),
    [
        ("ЗК-26-0001", "Иванов Иван", "разных людей"),
        ("ЗК-26-9999", "Иванов Иван", "таким номером в группе нет"),
        ("ЗК-26-0001", "Королёва-Зуева Анна", ""),
    ],
)
def test_a_number_and_a_name_of_different_people_are_refused_a_changed_surname_is_not(number, name, sentence) -> None:
    result = check(("№ зачётной книжки", "ФИО", "Оценка"), (number, name, "4"))
    assert sentence in problem(result) if sentence else marks(result) == {11: "4"}


def test_a_number_of_a_person_is_checked_before_anybody_is_looked_for_g12() -> None:
    lost = float(make_snils(1).replace("-", "").replace(" ", "")) + 1
    assert "СНИЛС: Контрольное число" in problem(check(("СНИЛС", "Оценка"), (lost, "5")))
    assert "другой СНИЛС" in problem(check(("ФИО", "СНИЛС", "Оценка"), ("Королёва Анна", make_snils(2), "5")))
    assert marks(check(("ФИО", "СНИЛС", "Оценка"), ("Иванов Иван", make_snils(2), "5"))) == {12: "5"}


def test_one_learner_in_two_rows_is_refused_in_both_g16() -> None:
    result = check(("ФИО", "Оценка"), ("Иванов Иван", "4"), ("Королёва Анна", "5"), ("Иванов Иван Петрович", "5"))
    assert [entry.verdict for entry in result.entries] == [Verdict.WRONG, Verdict.NEW, Verdict.WRONG]
    assert "строка\u00a04" in result.entries[0].problem


# --- Which columns --------------------------------------------------------------------------------------------------


def test_our_own_titles_are_known_again() -> None:
    assert {kind: by_title(title) for kind, title in TITLES.items()} == {kind: kind for kind in Field}


@pytest.mark.parametrize(
    ("title", "subject", "is_points", "most"),
    [
        ("Тест: Контрольная работа (Значение)", "контрольная работа", True, None),
        ("Quiz: Safety basics (Real)", "safety basics", True, None),
        ("Итог курса (Проценты)", "итог курса", True, "100"),
        ("Course total (Percentage)", "course total", True, "100"),
        ("Тест: Право (Буква)", "право", False, None),
        ("Оценка/10,00", "оценка", True, "10.00"),
        ("Grade/10.00", "grade", True, "10.00"),
        ("Баллы (макс. 50)", "баллы", True, "50"),
        ("Практика (из 20)", "практика", True, "20"),
        ("Оценка", "оценка", False, None),
    ],
)
def test_a_title_says_what_is_under_it(title: str, subject: str, is_points: bool, most: str | None) -> None:  # noqa: FBT001
    said = mark_title(title)
    assert (said.subject, said.is_points, None if said.most is None else str(said.most)) == (subject, is_points, most)


@pytest.mark.parametrize(
    "title",
    ["Последние загруженные из этого курса", "Last downloaded from this course", "Отдел", "Учреждение (организация)",
     "Institution", "Department", "Подпись", "Тест: Право (Отзыв)", "Группа", "№"],
)  # fmt: skip
def test_columns_of_other_things_are_never_marks(title: str) -> None:
    assert is_never_marks(title)
    assert not speaks_of_marks(title)


def test_titles_above_totals_numbering_and_repeats_are_no_marks_and_are_said() -> None:
    result = check(
        ("Ведомость группы",), ("№", "ФИО", "Оценка"), (1.0, 2.0, 3.0), (1.0, "Иванов Иван", 4.0),
        ("№", "ФИО", "Оценка"), (2.0, "Королёва Анна", 5.0), (None, "Итого", 9.0), (None, "Преподаватель ______", None),
    )  # fmt: skip
    assert marks(result) == {12: "4", 11: "5"}
    assert {skipped.row: skipped.why for skipped in result.layouts[0].skipped} == {
        1: "заголовок над списком", 2: "шапка", 3: "номера столбцов", 5: "повтор шапки", 7: "итог или подпись",
        8: "итог или подпись",
    }  # fmt: skip


def test_a_header_of_two_rows_is_read_as_one() -> None:
    result = check(
        ("ФИО", "Право", None), (None, "балл", "оценка"), ("Иванов Иван", 70.0, 4.0), ("Королёва Анна", 90.0, 5.0),
        merges=(Merge(1, 0, 2, 0), Merge(1, 1, 1, 2)),
    )  # fmt: skip
    assert [column.title for column in result.layouts[0].columns] == ["ФИО", "Право балл", "Право оценка"]
    assert result.layouts[0].problem.startswith("Не видно, какой столбец")


def test_of_several_columns_that_could_be_meant_none_is_taken_and_the_person_chooses() -> None:
    rows = (("ФИО", "Тест 1", "Тест 2"), ("Иванов Иван", "4", "5"))
    result = check(*rows)
    assert "выберите ведомость" in result.layouts[0].problem
    assert not result.having(Verdict.NEW)
    assert marks(check(*rows, told=Correction(roles={2: 1}))) == {12: "5"}


def test_the_module_names_its_column_among_others() -> None:
    result = check(("ФИО", "Пожарная безопасность", "Право", "Средний балл"), ("Иванов Иван", "3", "4", "3,5"))
    assert marks(result) == {12: "4"}


def test_a_gradebook_of_a_cohort_fills_several_sheets() -> None:
    rows = (
        ("ФИО", "Право", "Пожарная безопасность", "Экзамен"),
        ("Иванов Иван", "4", "зач", "5"),
        ("Королёва Анна", "5", "", "4"),
    )
    result = check(*rows, targets=(LAW, FIRE))
    assert [(entry.target, entry.row, entry.text) for entry in result.entries] == [
        (1, 2, "4"),
        (2, 2, "зач"),
        (1, 3, "5"),
    ]


def test_a_second_attempt_is_not_filled_by_the_column_of_the_first() -> None:
    again = Target(9, LAW.title, LAW.short, 2, date(2026, 11, 5), is_scored=False)
    header = ("ФИО", "Право", "Право, пересдача")
    result = check(header, ("Иванов Иван", "2", "4"), targets=(LAW, again))
    assert [(entry.target, entry.text) for entry in result.entries] == [(1, "2"), (9, "4")]
    ((_, key),) = check(header[:2], ("Иванов Иван", "2"), targets=(again, LAW)).layouts[0].marks
    assert key == LAW.key


def test_a_day_above_a_column_names_the_control() -> None:
    result = check(("ФИО", "05.10.2026", "12.10.2026"), ("Иванов Иван", "4", "5"))
    assert marks(result) == {12: "4"}


def test_two_columns_for_one_sheet_or_one_person_are_a_problem_g14() -> None:
    rows = (("ФИО", "Оценка", "Ещё"), ("Иванов Иван", "4", "5"))
    assert "одной ведомости" in check(*rows, told=Correction(roles={1: 1, 2: 1})).layouts[0].problem
    told = Correction(roles={2: Field.FULL_NAME, 1: 1})
    assert "Два столбца названы «ФИО»" in check(*rows, told=told).layouts[0].problem


def test_columns_in_any_order_and_others_between_them_are_fine_g14() -> None:
    header = ("Телефон", "Оценка", "Отдел", "Отчество", "Имя", "Фамилия")
    assert marks(check(header, ("8 900", "4", "ОТ", "Петрович", "Иван", "Иванов"))) == {12: "4"}


def test_a_short_list_without_titles_is_read_and_asked_to_be_checked() -> None:
    rows = (("Иванов Иван", "4"), ("Королёва Анна", "5"))
    result = check(*rows, told=Correction(header_row=0))
    assert marks(result) == {12: "4", 11: "5"}
    assert all(column.why for column in result.layouts[0].columns)


def test_a_file_without_marks_is_refused_as_a_whole() -> None:
    with pytest.raises(RuleViolation, match="нет таблицы оценок"):
        check(("Товар", "Цена"), ("Стол", 5.0))


# --- What was meant ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [(5.0, "5"), ("5", "5"), ("5,00", "5"), ("отл", "отл"), (" зачтено ", "зачтено"), ("н/я", "н/я"), (4.5, "4,5")],
)
def test_a_cell_is_what_a_teacher_would_have_typed(cell: Value, text: str) -> None:
    assert marks(check(("ФИО", "Оценка"), ("Иванов Иван", cell))) == {12: text}


@pytest.mark.parametrize("cell", [None, "-", "—", "–", " ", "- "])
def test_no_mark_in_the_file_takes_no_mark_back(cell: Value) -> None:
    result = check(("ФИО", "Оценка"), ("Иванов Иван", cell), ("Королёва Анна", "5"))
    assert marks(result) == {11: "5"}
    assert len(result.entries) == 1


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (Formula("5"), "формула"),
        (Broken("В ячейке ошибка Excel вместо значения: исправьте её."), "ошибка Excel"),
        (datetime(2026, 4, 5), "Excel принял оценку за день"),  # noqa: DTZ001 - a cell has no zone
        ("85 %", "не переводит проценты"),
    ],
)
def test_what_is_no_mark_is_refused_with_the_way_out_g10(cell: Value, sentence: str) -> None:
    assert sentence in problem(check(("ФИО", "Оценка"), ("Иванов Иван", cell)))


@pytest.mark.parametrize(
    ("title", "cell", "text"),
    [
        ("Оценка/10,00", "8,55", "85,5"),
        ("Grade/20.00", 13.0, "65,0"),
        ("Итог курса (Проценты)", "72,50 %", "72,5"),
        ("Course total (Percentage)", "100.00 %", "100,0"),
        ("Контракт (Значение)", 85.0, "85,0"),
        ("Контракт", "5,0", "5"),
        ("Баллы (из 60)", 59.0, "98,3"),
    ],
)
def test_points_of_another_maximum_become_points_of_a_hundred(title: str, cell: Value, text: str) -> None:
    assert marks(check(("ФИО", title), ("Иванов Иван", cell), targets=(POINTS,))) == {12: text}


def test_points_without_a_maximum_are_not_guessed() -> None:
    rows = (("ФИО", "Тест: Контракт (Значение)"), ("Иванов Иван", "9,5"), ("Королёва Анна", "8"))
    result = check(*rows, targets=(POINTS,))
    assert not marks(result)
    assert "Самый большой балл — 9,5" in result.entries[0].problem
    assert marks(check(*rows, targets=(POINTS,), told=Correction(readings={1: "10"}))) == {12: "95,0", 11: "80,0"}
    assert (
        "больше наибольшего" in check(*rows, targets=(POINTS,), told=Correction(readings={1: "5"})).entries[0].problem
    )


def test_whole_numbers_are_grades_where_the_person_says_so() -> None:
    rows = (("ФИО", "Контракт"), ("Иванов Иван", 5.0), ("Королёва Анна", 4.0))
    assert marks(check(*rows, targets=(POINTS,))) == {12: "5", 11: "4"}  # which the scale refuses as two-sided
    told = Correction(readings={1: "grade"})
    assert marks(check(*rows, targets=(POINTS,), told=told)) == {12: "отлично", 11: "хорошо"}


# --- Moodle -----------------------------------------------------------------------------------------------------------

RUSSIAN = (
    "Имя", "Фамилия", "Индивидуальный номер", "Учреждение (организация)", "Отдел", "Адрес электронной почты",
    "Тест: Правовые основы охраны труда (Значение)", "Задание: Реферат (Значение)", "Итог курса (Значение)",
    "Последние загруженные из этого курса",
)  # fmt: skip
ENGLISH = (
    "First name", "Last name", "ID number", "Institution", "Department", "Email address",
    "Quiz: Правовые основы охраны труда (Real)", "Assignment: Essay (Real)", "Course total (Real)",
    "Last downloaded from this course",
)  # fmt: skip


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("header", [RUSSIAN, ENGLISH])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_gradebook_export_of_moodle_is_known_by_its_header(header: Sequence[str], form: str) -> None:
    rows = [
        ["Иван", "Иванов", "", "", "", "i@example.ru", "4,00", "-", "8,00", "1764450000"],
        ["Анна", "Королёва", "ЗК-26-0001", "", "", "a@example.ru", "5,00", "3,00", "9,00", "1764450000"],
        ["Ольга", "Петрова", "", "", "", "o@example.ru", "-", "-", "-", "1764450000"],
    ]
    if form == "xlsx":
        content = make_xlsx({"Оценки": [header, *rows]})
    else:
        content = "\n".join(",".join(f'"{one}"' for one in row) for row in (header, *rows)).encode()
    result = read(read_table(content, f"Оценки.{form}"), Roster(GROUP), (LAW,))
    assert marks(result) == {12: "4", 11: "5"}
    assert [column.title for column, _ in result.layouts[0].marks] == [header[6]]


@pytest.mark.clause("2.4")
def test_the_columns_of_moodle_are_offered_when_no_title_names_the_module() -> None:
    rows = (
        (*RUSSIAN[:6], "Тест: Вопросы (Значение)", "Итог курса (Значение)"),
        ("Иван", "Иванов", "", "", "", "", "77,00", "80,00"),
    )
    result = check(*rows, targets=(POINTS,))
    assert result.layouts[0].problem
    assert marks(check(*rows, targets=(POINTS,), told=Correction(roles={7: 3}))) == {12: "80,0"}


@pytest.mark.clause("2.4")
def test_percentages_and_letters_of_moodle_are_read_as_what_they_are() -> None:
    header = ("Имя", "Фамилия", "Тест: Контракт (Проценты)")
    assert marks(check(header, ("Иван", "Иванов", "59,50 %"), targets=(POINTS,))) == {12: "59,5"}
    header = ("First name", "Last name", "Quiz: Контракт (Letter)")
    assert marks(check(header, ("Иван", "Иванов", "отлично"), targets=(POINTS,))) == {12: "отлично"}


# --- Refused rows -----------------------------------------------------------------------------------------------------


def test_refused_rows_come_back_as_a_file_that_is_read_again() -> None:
    header = ("ФИО", "Право", "Пожарная безопасность", "Отдел")
    result = check(header, ("Иванов Иван", "4", "=1", "ОТ"), ("Сидоров Пётр", "5", "зач", ""), targets=(LAW, FIRE))
    result.entries[1].refuse("Оценки «=1» нет в шкале.")
    (sheet,) = read_table(refused_xlsx(result), "a.xlsx").sheets
    assert [list(row.cells) for row in sheet.rows] == [
        ["Почему не вошла", "Строка в файле", "ФИО", "Право", "Пожарная безопасность"],
        ["Оценки «=1» нет в шкале.", "2", "Иванов Иван", None, "=1"],
        ["ФИО: Такого слушателя в группе нет: сверьте имя.", "3", "Сидоров Пётр", "5", "зач"],
    ]
    again = read(read_table(refused_xlsx(result), "a.xlsx"), Roster(GROUP), (LAW, FIRE))
    assert [(entry.target, entry.text) for entry in again.entries] == [(2, "=1"), (1, "5"), (2, "зач")]


def test_a_refusal_keeps_its_first_reason() -> None:
    entry = Entry("Лист1", 2, 1, 1)
    entry.refuse("Первая.")
    entry.refuse("Вторая.")
    assert (entry.verdict, entry.problem) == (Verdict.WRONG, "Первая.")


def test_a_fault_stands_at_the_column_in_which_it_is() -> None:
    result = check(("ФИО", "Право"), ("Никто Никем", "5"), ("Королева Анна Павловна", "5"))
    assert [one["field"] for one in result.refused()] == ["ФИО"]
    result.entries[1].refuse("Такой оценки нет.")
    assert [one["field"] for one in result.refused()] == ["ФИО", "Право"]
