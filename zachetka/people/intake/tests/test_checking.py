"""Rows → people: new, known, changed, wrong, and the reason at the cell."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from zachetka.core.errors import RuleViolation
from zachetka.core.text import search_key
from zachetka.intake.cells import Formula, Row, Sheet, Table, Value
from zachetka.intake.tests.make import HEADER, make_table
from zachetka.people.intake.checking import Circumstances, check
from zachetka.people.intake.columns import Field
from zachetka.people.intake.header import Correction
from zachetka.people.intake.people import Change, Found, Known, NameKey, Nobody, Paper, Result, Verdict
from zachetka.people.intake.tests.make import TODAY, make_person, make_snils

NOW = Circumstances(TODAY)
FULL = (*HEADER, "Пол", "Гражданство", "Образование", "Серия и № диплома", "E-mail", "Телефон")


@dataclass
class Recorded:
    """People recorded already, counting how often it is asked."""

    people: Sequence[Known] = ()
    asked: int = field(default=0)

    def find(self, snils: Collection[str], names: Collection[NameKey]) -> Found:  # noqa: ARG002 — asked for by name only
        """See `KnownPeople`."""
        self.asked += 1
        by_name: dict[NameKey, list[Known]] = {}
        for one in self.people:
            if one.birth_date:
                key = NameKey(search_key(one.last_name), search_key(one.first_name), one.birth_date)
                by_name.setdefault(key, []).append(one)
        return Found({one.snils: one for one in self.people if one.snils in snils}, by_name)


def make_known(number: int = 1, **given: Any) -> Known:
    """Return the recorded person of `make_person(number)`."""
    last, first, patronymic, born, number_ = make_person(number)
    day, month, year = str(born).split(".")
    digits = "".join(filter(str.isdigit, str(number_)))
    values = {
        "key": number, "last_name": last, "first_name": first, "patronymic": patronymic,
        "birth_date": date(int(year), int(month), int(day)), "snils": digits,
    }  # fmt: skip
    return Known(**{**values, **given})


def checked(*rows: Sequence[Value], known: Recorded | None = None, header: Sequence[str] = HEADER) -> Result:
    """Return the check of a list under `header`."""
    return check(make_table(header, *rows), known or Nobody(), NOW)


def refused(result: Result) -> list[tuple[int, str, str]]:
    """Return (row, field, sentence) of every problem."""
    return [(row.row.number, str(one.field), one.sentence) for row in result.rows for one in row.problems]


@pytest.mark.clause("2.1")
def test_a_list_gives_the_promised_counts() -> None:
    result = checked(
        make_person(1), make_person(2, birth_date="31.02.1990"), make_person(3), known=Recorded([make_known(3)])
    )
    assert result.contract() == {
        "people": 3,
        "new": 1,
        "known": 1,
        "refused": [
            {
                "sheet": "Лист1", "row": 3, "field": "birth_date",
                "reason": "Дата рождения: Такой даты нет: проверьте день и месяц.",
            }
        ],
    }  # fmt: skip


@pytest.mark.clause("2.1")
def test_every_value_comes_to_its_normal_form() -> None:
    row = [*make_person(1), "жен.", "РФ", "СПО", "100968 № 9486739", "A@Example.ru", "8 900 346-21-80"]
    row[2] = "Ильинична"
    (only,) = checked(row, header=FULL).rows
    assert only.problems == []
    person = only.person
    assert (person.sex, person.citizenship, person.education) == ("f", "643", "secondary_vocational")
    assert (person.diploma_series, person.diploma_number) == ("100968", "9486739")
    assert (person.email, person.phone) == ("a@example.ru", "+79003462180")


@pytest.mark.clause("2.1")
def test_each_wrong_cell_has_its_own_reason() -> None:
    row = [*make_person(1, first_name="Ив4н", birth_date="31.04.1990", snils="1"), "?", "Нарния", "ум", "<>", "a", "1"]
    result = checked(row, header=FULL)
    assert {one for _, one, _ in refused(result)} == {
        "first_name", "birth_date", "snils", "sex", "citizenship", "education", "diploma", "email", "phone",
    }  # fmt: skip
    assert len(result.contract()["refused"]) == 1


@pytest.mark.clause("2.1")
def test_a_name_in_capitals_is_repaired_and_shown() -> None:
    result = check(make_table(["ФИО", "Дата рождения"], ["БЕЛОВ ДМИТРИЙ", "01.02.1980"]), Nobody(), NOW)
    (only,) = result.rows
    assert only.person.full_name == "Белов Дмитрий"
    assert "Запишем «Белов Дмитрий»." in [notice.sentence for notice in only.notices]


@pytest.mark.clause("2.1")
def test_the_second_row_of_one_person_is_refused_and_both_show_it() -> None:  # G16, B4
    last, first, patronymic, born, number = make_person(1)
    result = checked(make_person(1), make_person(2), [last, first, patronymic, born, str(number).replace("-", "")])
    assert refused(result) == [(4, "snils", "Повтор строки\u00a02.")]
    assert "Повторяется в строке\u00a04: та не войдёт." in [notice.sentence for notice in result.rows[0].notices]


@pytest.mark.clause("2.1")
def test_a_repeat_on_another_sheet_names_the_sheet() -> None:
    sheets = [Sheet(name, (Row(1, HEADER), Row(2, tuple(make_person(1))))) for name in ("ПК", "ПП")]
    result = check(Table(tuple(sheets)), Nobody(), NOW)
    assert refused(result) == [(2, "snils", "Повтор строки\u00a02 листа «ПК».")]


@pytest.mark.clause("2.1")
def test_a_right_row_after_a_wrong_row_of_the_same_person_is_taken() -> None:
    result = checked(make_person(1, birth_date="31.02.1990"), make_person(1))
    assert [row.verdict for row in result.rows] == [Verdict.WRONG, Verdict.NEW]


@pytest.mark.clause("2.1")
def test_one_snils_of_two_people_refuses_both() -> None:
    result = checked(make_person(1), make_person(2, snils=make_snils(1)))
    assert [(number, one) for number, one, _ in refused(result)] == [(2, "snils"), (3, "snils")]


@pytest.mark.clause("2.1")
def test_people_without_snils_are_told_apart_by_name_and_birth_date() -> None:
    result = checked(make_person(1, snils=None), make_person(1, snils=None), make_person(2, snils=None))
    assert [row.verdict for row in result.rows] == [Verdict.NEW, Verdict.WRONG, Verdict.NEW]


@pytest.mark.clause("3.8")
def test_a_snils_of_another_person_is_refused_without_saying_whose() -> None:  # B5
    other = make_known(7, snils="".join(filter(str.isdigit, make_snils(1))), last_name="Секретов", first_name="Тихон")
    ((number, at, sentence),) = refused(checked(make_person(1), known=Recorded([other])))
    assert (number, at) == (2, "snils")
    assert "другим человеком" in sentence
    assert "Секретов" not in sentence
    assert checked(make_person(1), known=Recorded([other])).rows[0].known is None


@pytest.mark.clause("2.1")
def test_a_known_person_shows_what_was_and_what_will_be() -> None:
    recorded = Recorded([make_known(1, patronymic="Андреевич", papers=frozenset({Paper("higher", "1", "2")}))])
    result = checked([*make_person(1), "ВО", "1 № 2"], known=recorded, header=(*HEADER, "Образование", "Диплом"))
    (row,) = result.rows
    assert row.verdict is Verdict.CHANGED
    assert row.changes == [Change("patronymic", "Андреевич", "Ильич")]
    assert checked(make_person(1), known=Recorded([make_known(1)])).rows[0].verdict is Verdict.KNOWN


@pytest.mark.clause("2.1")
def test_a_known_person_without_snils_gets_one_and_a_birth_date_is_never_changed() -> None:
    (row,) = checked(make_person(1), known=Recorded([make_known(1, snils="")])).rows
    assert row.changes == [Change("snils", "—", make_snils(1))]
    ((_, at, _),) = refused(checked(make_person(1), known=Recorded([make_known(1, birth_date=date(1970, 1, 1))])))
    assert at == "birth_date"


@pytest.mark.clause("2.1")
def test_two_rows_that_mean_one_recorded_person_are_a_repeat() -> None:
    recorded = Recorded([make_known(1)])
    result = checked(make_person(1), make_person(1, snils=None), known=recorded)
    assert [row.verdict for row in result.rows].count(Verdict.WRONG) == 1


@pytest.mark.clause("2.1")
def test_several_namesakes_need_a_snils() -> None:
    recorded = Recorded([make_known(1, key=1, snils=""), make_known(1, key=2, snils="")])
    ((_, at, _),) = refused(checked(make_person(1, snils=None), known=recorded))
    assert at == "snils"


@pytest.mark.clause("2.1")
def test_a_formula_matters_only_in_a_column_that_is_taken() -> None:  # G10
    result = checked(
        [*make_person(1), Formula("x")], make_person(2, snils=Formula("1")), header=(*HEADER, "Примечание")
    )
    assert [(number, one) for number, one, _ in refused(result)] == [(3, "snils")]


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
def test_general_education_is_a_notice_because_a_trade_needs_no_other() -> None:
    (row,) = checked([*make_person(1), "среднее общее"], header=(*HEADER, "Образование")).rows
    assert row.verdict is Verdict.NEW
    assert [notice.field for notice in row.notices] == [Field.EDUCATION]


@pytest.mark.clause("2.1")
def test_a_hidden_row_is_read_and_said_to_be_hidden() -> None:  # G9
    sheet = Sheet("А", (Row(1, HEADER), Row(2, tuple(make_person(1)), hidden=True)))
    (row,) = check(Table((sheet,)), Nobody(), NOW).rows
    assert row.verdict is Verdict.NEW
    assert any("скрыта" in notice.sentence for notice in row.notices)


@pytest.mark.clause("2.1")
def test_a_sheet_with_a_problem_refuses_all_its_rows_until_it_is_corrected() -> None:
    table = make_table((*HEADER, "СНИЛС (копия)"), [*make_person(1), make_snils(1)])
    assert check(table, Nobody(), NOW).contract()["new"] == 0
    corrected = check(table, Nobody(), NOW, {"Лист1": Correction(fields={5: None})})
    assert corrected.contract()["new"] == 1


@pytest.mark.clause("2.1")
def test_a_file_without_a_list_is_refused() -> None:
    with pytest.raises(RuleViolation, match="нет списка людей"):
        check(make_table(["Инструкция"]), Nobody(), NOW)


@pytest.mark.clause("3.8")
def test_ten_thousand_people_are_read_and_one_more_is_refused() -> None:  # G15
    rows = [make_person(1) for _ in range(10_001)]
    with pytest.raises(RuleViolation, match="больше 10000"):
        checked(*rows)


@pytest.mark.clause("2.1")
def test_a_thousand_rows_take_less_than_a_second_and_one_question() -> None:
    rows = [
        [*make_person(n), "М", "РФ", "ВО", "100968 № 9486739", f"a{n}@example.ru", "+79003462180"]
        for n in range(1, 1001)
    ]
    recorded = Recorded()
    begun = time.process_time()
    result = checked(*rows, known=recorded, header=FULL)
    assert time.process_time() - begun < 1
    assert recorded.asked == 1
    assert result.contract()["new"] == 1000
