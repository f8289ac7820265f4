"""Resits by the law: whom, how often, until when, with which commission; held by the database too (273-ФЗ ст. 58)."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.pages import signed_in
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, Stale
from zachetka.learning.actions.excuses import cancel_excuse, record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.models import Enrolment, Excuse, Mark, SheetMember
from zachetka.learning.queries import debt_tasks
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import sheet_of
from zachetka.learning.tests.make import teacher_of
from zachetka.learning.tests.make_debts import FAILED, Debtors, noon, refused
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.models import Event
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_employee

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 58 ч. 5")]


def test_t12_a_third_resit_and_a_resit_after_the_year_are_refused_and_illness_moves_the_year():
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    without = refused(lambda: debtors.appoint(date(2026, 4, 15)))
    assert (without.clause, "комиссия" in without.sentence) == ("273-ФЗ ст. 58 ч. 6", True)
    late = refused(lambda: debtors.appoint(date(2027, 2, 11), **debtors.panel()))
    assert (late.clause, late.field) == ("273-ФЗ ст. 58 ч. 5", "held_on")
    assert "10 февраля 2027" in late.sentence.replace("\u00a0", " ")
    record_excuse(
        debtors.people[0], kind="illness", first_day=date(2026, 6, 1), last_day=date(2026, 7, 10),
        basis="справка № 118", actor=debtors.methodist, at=noon(date(2026, 7, 11)),
    )  # fmt: skip
    assert refused(lambda: debtors.appoint(date(2027, 3, 23), **debtors.panel())).clause == "273-ФЗ ст. 58 ч. 5"
    debtors.sit(date(2027, 3, 22), **debtors.panel())
    third = refused(lambda: debtors.appoint(date(2027, 3, 22), **debtors.panel()))
    assert (third.clause, "две пересдачи использованы" in third.sentence) == ("273-ФЗ ст. 58 ч. 5", True)


@pytest.mark.clause("273-ФЗ ст. 58 ч. 6")
def test_the_second_resit_is_taken_by_three_different_people_none_of_whom_sits_it():
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    chair, other = debtors.sheet.teacher, make_employee(unit=debtors.sheet.teacher.unit)
    own = Employee.objects.create(
        person=debtors.people[0].learner.person, unit=chair.unit, position="ассистент", hired_on=date(2026, 1, 1)
    )
    basis = "приказ № 41-к"
    for panel in ([], [other], [other, chair], [other, other]):
        assert refused(partial(debtors.appoint, date(2026, 4, 15), commission=panel, basis=basis)).clause == (
            "273-ФЗ ст. 58 ч. 6"
        )
    assert refused(lambda: debtors.appoint(date(2026, 4, 15), commission=[other, own], basis=basis)).clause == "3.8"
    assert refused(lambda: debtors.appoint(date(2026, 4, 15), **debtors.panel() | {"basis": ""})).field == "basis"
    sheet = debtors.appoint(date(2026, 4, 15), **debtors.panel())
    assert (sheet.attempt, sheet.commissioners.count(), sheet.commissioners.get(is_chair=True).employee) == (
        3,
        3,
        chair,
    )


def test_a_first_resit_needs_no_commission_and_takes_none():
    debtors = Debtors()
    assert refused(lambda: debtors.appoint(date(2026, 3, 1), **debtors.panel())).field == "commission"
    assert debtors.appoint(date(2026, 3, 1)).attempt == 2


def test_only_those_whom_it_names_sit_a_resit():
    debtors = Debtors(learners=2)
    first, second = debtors.people
    sheet = debtors.appoint(date(2026, 3, 1), enrolments=[first])
    teacher = teacher_of(sheet)
    both = [Cell(first.pk, "4", None), Cell(second.pk, "4", None)]
    assert isinstance(refused(lambda: set_marks(sheet, both, actor=teacher, at=noon(date(2026, 3, 1)))), Forbidden)
    (taken,) = set_marks(sheet, both[:1], actor=teacher, at=noon(date(2026, 3, 1)))
    assert str(taken.mark) == "хорошо"
    close_sheet(sheet, actor=teacher, at=noon(date(2026, 3, 2)))  # it waits for nobody else
    assert [one.enrolment for one in debts_of([debtors.cohort])] == [second]


def test_whoever_owes_nothing_or_is_appointed_already_is_refused_by_name():
    debtors = Debtors(learners=2)
    first, second = debtors.people
    debtors.appoint(date(2026, 3, 1), enrolments=[first])
    again = refused(lambda: debtors.appoint(date(2026, 3, 8), enrolments=debtors.people))
    assert "уже назначена на 1 марта" in again.sentence.replace("\u00a0", " ")
    assert str(first.learner) in again.sentence
    debtors.sit(date(2026, 3, 2), "5", enrolments=[second])
    assert (
        "задолженности по этой дисциплине нет"
        in refused(lambda: debtors.appoint(date(2026, 3, 9), enrolments=[second])).sentence
    )


def test_asked_twice_for_the_same_resit_opens_one_sheet():
    debtors = Debtors()
    first, second = debtors.appoint(date(2026, 3, 1)), debtors.appoint(date(2026, 3, 1))
    assert first == second
    assert (SheetMember.objects.count(), Event.objects.filter(type="sheet_member.named").count()) == (1, 1)


@pytest.mark.clause("3.8")
def test_a_methodist_of_another_unit_and_a_teacher_appoint_nothing():
    debtors = Debtors()
    for actor in (make_account("methodist", unit=make_employee().unit), teacher_of(debtors.sheet)):
        assert isinstance(refused(partial(debtors.appoint, date(2026, 3, 1), actor=actor)), Forbidden)


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_an_absence_for_a_good_reason_is_sat_anew_as_the_first_attempt():
    debtors = Debtors(text="н")
    (one,) = debtors.people
    assert [row.is_debt for row in headways([one])[one.pk].before_final] == [True]
    excuse = record_excuse(
        one, kind="other", first_day=FAILED, last_day=FAILED, basis="повестка", actor=debtors.methodist,
        at=noon(date(2026, 2, 12)),
    )  # fmt: skip
    (row,) = headways([one])[one.pk].before_final
    assert (row.is_debt, "по уважительной причине" in row.sentence) == (False, True)
    assert sheet_of(debtors.cohort, actor=debtors.methodist, today=date(2026, 2, 12)).lines[0].debts == 0
    sheet = debtors.appoint(date(2026, 3, 1))
    assert (sheet.attempt, sheet.serial, sheet.occasion) == (1, 2, "сдача отдельно")
    cancel_excuse(excuse, why="не тот слушатель", actor=debtors.methodist, at=noon(date(2026, 2, 13)))
    assert [row.is_debt for row in headways([one])[one.pk].before_final] == [True]


@pytest.mark.clause("2.5")
def test_the_book_tells_the_debt_its_moved_term_and_its_resits_as_of_any_day():
    debtors = Debtors()
    (one,) = debtors.people
    debtors.sit(date(2026, 3, 1))
    record_excuse(
        one, kind="illness", first_day=date(2026, 6, 1), last_day=date(2026, 7, 10), basis="справка",
        actor=debtors.methodist, at=noon(date(2026, 7, 11)),
    )  # fmt: skip
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=one.pk)
    at = noon(date(2026, 8, 1))
    terms = [
        (book.debts[0].until, book.debts[0].retakes_used)
        for book in (
            record_book(enrolment, at=at, seen_at=noon(day))
            for day in (date(2026, 2, 20), date(2026, 3, 2), date(2026, 7, 12))
        )
    ]
    assert terms == [(date(2027, 2, 10), 0), (date(2027, 2, 10), 1), (date(2027, 3, 22), 1)]
    assert record_book(enrolment, at=at).lines[0].obstacle == headways([one])[one.pk].before_final[0]


@pytest.mark.clause("2.1")
def test_a_good_reason_is_recorded_once_and_never_over_another_nor_about_oneself():
    debtors = Debtors()
    (one,) = debtors.people
    given: dict[str, Any] = {
        "kind": "illness",
        "first_day": date(2026, 6, 1),
        "last_day": date(2026, 6, 9),
        "basis": "справка № 1",
    }

    def record(actor: Account = debtors.methodist, **other: Any) -> Excuse:
        return record_excuse(one, **(given | other), actor=actor, at=noon(date(2026, 6, 10)))

    assert record() == record()
    assert "уже учтены" in refused(lambda: record(first_day=date(2026, 6, 9), last_day=date(2026, 6, 10))).sentence
    assert refused(lambda: record(last_day=date(2026, 5, 1))).field == "last_day"
    assert refused(lambda: record(first_day=date(2026, 7, 1), last_day=date(2026, 7, 2))).field == "last_day"
    assert refused(lambda: record(basis="")).field == "basis"
    own = make_account("methodist", unit=debtors.methodist.assignments[0].unit, person_uid=one.subject_uid)
    assert refused(lambda: record(actor=own)).clause == "3.8"
    cancel_excuse(Excuse.objects.get(), why="ошибка", actor=debtors.methodist, at=noon(date(2026, 6, 11)))
    assert isinstance(
        refused(
            lambda: cancel_excuse(
                Excuse.objects.get(cancels=None), why="ещё раз", actor=debtors.methodist, at=noon(date(2026, 6, 11))
            )
        ),
        Stale,
    )
    assert Excuse.objects.count() == 2
    assert not Excuse.objects.in_force().exists()


# --- The database -----------------------------------------------------------------------------------------------------

NAME = """
INSERT INTO learning_sheetmember (sheet_id, enrolment_id, named_by_id, named_by_person, named_at)
SELECT %s, %s, named_by_id, named_by_person, named_at FROM learning_sheetmember ORDER BY id DESC LIMIT 1
"""


def test_the_database_names_nobody_to_a_resit_that_the_law_does_not_give():
    debtors = Debtors(learners=2)
    first, second = debtors.people
    sheet = debtors.appoint(date(2026, 3, 1), enrolments=[first])
    refuses("Поимённо", NAME, debtors.sheet.pk, second.pk)
    run(NAME, sheet.pk, second.pk)  # the control: a debtor fits
    debtors_of_two = Debtors()
    foreign = debtors_of_two.people[0]
    refuses("обучается в группе", NAME, sheet.pk, foreign.pk)
    passed = Debtors(learners=2)
    again = passed.appoint(date(2026, 3, 1), enrolments=[passed.people[0]])
    passed.sit(date(2026, 3, 2), "5", enrolments=[passed.people[1]])
    refuses("Попытка 2 не по закону", NAME, again.pk, passed.people[1].pk)


@pytest.mark.clause("273-ФЗ ст. 58 ч. 6")
def test_the_database_opens_no_second_resit_without_a_commission():
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    sheet = debtors.appoint(date(2026, 4, 15), **debtors.panel())
    copy = """
    WITH made AS (
        INSERT INTO learning_marksheet (cohort_id, module_id, attempt, serial, commission_basis, teacher_id, held_on, due_on, state)
        SELECT cohort_id, module_id, 3, 9, 'приказ', teacher_id, held_on, due_on, 'open' FROM learning_marksheet WHERE id = %s
        RETURNING id)
    SELECT * FROM made
    """
    refuses("поимённо", copy, sheet.pk)
    refuses(
        "sheet_of_the_second_resit_has_a_commission",
        copy.replace("'приказ'", "''"),
        sheet.pk,
    )


def test_the_database_takes_no_mark_of_whoever_the_resit_does_not_name():
    debtors = Debtors(learners=2)
    first, second = debtors.people
    sheet = debtors.appoint(date(2026, 3, 1), enrolments=[first])
    mark = """
    INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, reason, basis, recorded_by_id,
        recorded_by_person, recorded_at)
    SELECT %s, %s, m.grade_id, %s, m.teacher_id, '', '', m.recorded_by_id, m.recorded_by_person, now()
    FROM learning_mark m WHERE m.enrolment_id = %s LIMIT 1
    """
    refuses("не направляли", mark, sheet.pk, second.pk, sheet.held_on, first.pk)
    run(mark, sheet.pk, first.pk, sheet.held_on, first.pk)


def test_the_term_of_the_database_is_the_term_of_the_rules():
    debtors = Debtors()
    (one,) = debtors.people
    for first, last, kind in (
        (date(2026, 6, 1), date(2026, 7, 10), "illness"),
        (date(2026, 12, 1), date(2026, 12, 9), "other"),
        (date(2027, 2, 5), date(2027, 3, 20), "academic_leave"),
    ):
        record_excuse(
            one, kind=kind, first_day=first, last_day=last, basis="документ", actor=debtors.methodist,
            at=noon(date(2027, 4, 1)),
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT learning_debt_until(%s, %s)", [one.pk, FAILED])
        (until,) = cursor.fetchone()
    assert debts_of([debtors.cohort])[0].owed.until == until > date(2027, 3, 22)  # type: ignore[union-attr]


def test_a_good_reason_only_grows_in_the_database():
    debtors = Debtors()
    record_excuse(
        debtors.people[0], kind="illness", first_day=date(2026, 6, 1), last_day=date(2026, 6, 2), basis="справка",
        actor=debtors.methodist, at=noon(date(2026, 6, 3)),
    )  # fmt: skip
    with pytest.raises(Exception, match=r"permission denied|только пополняется"), transaction.atomic():
        run("UPDATE learning_excuse SET last_day = last_day + 1")


# --- Pages ------------------------------------------------------------------------------------------------------------


def form(**given: Any) -> dict[str, Any]:
    return {"held_on": "01.03.2027", "due_on": "04.03.2027"} | given


@pytest.mark.usefixtures("collected_statics")
@time_machine.travel(noon(date(2026, 2, 11)), tick=True)
def test_the_methodist_walks_from_the_task_to_the_resit():
    debtors = Debtors(learners=2)
    client = signed_in(debtors.methodist)
    (task,) = debt_tasks.tasks(debtors.methodist, noon(date(2026, 2, 11)))
    assert (task.title.replace("\u00a0", " "), task.term) == ("Пересдача: 2 человека", date(2027, 2, 10))
    where = f"/cohorts/{debtors.cohort.pk}/debts/"
    assert "Назначить: первая пересдача" in client.get(where).content.decode()
    page = client.get(task.url).content.decode()
    assert page.count('name="people"') == 2
    wrong = client.post(task.url, form(teacher=debtors.sheet.teacher_id, held_on="05.02.2026"))
    assert wrong.status_code == 422
    assert "Отметьте, кто пересдаёт" in wrong.content.decode()
    people = [one.pk for one in debtors.people]
    late = client.post(task.url, form(teacher=debtors.sheet.teacher_id, people=people))
    assert (late.status_code, "истекает" in late.content.decode()) == (422, True)
    good = form(teacher=debtors.sheet.teacher_id, people=people, held_on="01.03.2026", due_on="04.03.2026")
    assert client.post(task.url, good).headers["Location"] == where
    assert "назначена" in client.get(where).content.decode()
    assert debt_tasks.tasks(debtors.methodist, noon(date(2026, 2, 11))) == []


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("3.8")
def test_strangers_see_neither_debts_nor_reasons_and_each_look_at_reasons_is_recorded():
    debtors = Debtors()
    (one,) = debtors.people
    where = (f"/cohorts/{debtors.cohort.pk}/debts/", f"/record-books/{one.pk}/excuses/")
    for page in where:
        assert signed_in(make_account("methodist", unit=make_employee().unit)).get(page).status_code == 404
        assert signed_in(teacher_of(debtors.sheet)).get(page).status_code == 403
    assert not Event.objects.filter(type="record_book.read").exists()
    client = signed_in(debtors.methodist)
    given = {"kind": "illness", "first_day": "01.06.2026", "last_day": "09.06.2026", "basis": "справка № 1"}
    assert client.post(where[1], given).status_code == 302
    page = client.get(where[1]).content.decode()
    assert "справка" in page
    assert Event.objects.filter(type="record_book.read", subject_uid=one.subject_uid).exists()
    cancel = f"/excuses/{Excuse.objects.get().pk}/cancel/"
    assert client.post(cancel, {"why": ""}).status_code == 422
    assert client.post(cancel, {"why": "ошибка"}).status_code == 302
    assert "отозвана" in client.get(where[1]).content.decode()


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("2.4")
def test_the_page_of_debts_asks_the_same_however_many_owe():
    asked = []
    for learners in (1, 9):
        debtors = Debtors(learners=learners)
        client = signed_in(debtors.methodist)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/cohorts/{debtors.cohort.pk}/debts/").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 15
    assert Mark.objects.count() == 10
