"""A resit is appointed before it is sat, by somebody else than whoever sits it (273-ФЗ ст. 58 ч. 5; п. 3.8)."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.learning.actions.marks import Cell, confirm_correction, set_marks
from zachetka.learning.models import Mark, MarkSheet, SheetMember
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.tests.make import make_correction, teacher_of
from zachetka.learning.tests.make_debts import Debtors, noon, refused
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.models import Event
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_teacher

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 58 ч. 5")]

LOST = date(2027, 8, 2)
"""Long after the year of the debt has run out."""
IN_TIME = date(2027, 2, 9)


def test_a_debt_whose_year_ran_out_is_not_closed_by_a_resit_of_a_day_that_has_passed():
    debtors = Debtors()
    (lost,) = debts_of([debtors.cohort])
    assert lost.is_lost(LOST)
    before = Event.objects.count()
    refusal = refused(lambda: debtors.appoint(IN_TIME, at=noon(LOST)))
    assert (refusal.clause, refusal.field) == ("273-ФЗ ст. 58 ч. 5", "held_on")
    assert "09.02.2027 уже прошло" in refusal.sentence
    assert "исправьте оценку" in refusal.sentence
    assert (SheetMember.objects.count(), Event.objects.count()) == (0, before)
    assert debts_of([debtors.cohort])[0].is_lost(LOST)


def test_what_was_sat_in_time_and_never_entered_is_a_correction_by_two_with_a_document():
    debtors = Debtors()
    found = make_correction(
        Mark.objects.get(sheet=debtors.sheet), text="4", at=noon(LOST), basis="лист пересдачи от 09.02.2027 № 3"
    )
    assert debts_of([debtors.cohort])  # nothing holds until the second person
    confirm_correction(found, actor=debtors.methodist, at=noon(LOST))
    assert debts_of([debtors.cohort]) == []


def test_a_resit_is_appointed_on_its_own_day_and_not_the_day_after():
    debtors = Debtors()
    day = date(2026, 3, 2)
    assert refused(lambda: debtors.appoint(day, at=noon(date(2026, 3, 3)))).field == "held_on"
    assert debtors.appoint(day, at=noon(day)).held_on == day


NAME = """
INSERT INTO learning_sheetmember (sheet_id, enrolment_id, named_by_id, named_by_person, named_at)
SELECT %s, %s, id, person_uid, %s FROM access_account WHERE id = %s
"""


def test_the_database_names_nobody_to_a_resit_whose_day_has_passed_in_moscow():
    debtors = Debtors(learners=2)
    first, second = debtors.people
    sheet = debtors.appoint(date(2026, 3, 1), enrolments=[first])
    by = debtors.methodist.pk
    refuses("прошедшим днём", NAME, sheet.pk, second.pk, "2026-03-01T21:00:00Z", by)  # midnight in Moscow
    run(NAME, sheet.pk, second.pk, "2026-03-01T20:59:59Z", by)


@pytest.mark.clause("3.8")
def test_nobody_appoints_their_own_resit():
    debtors = Debtors(learners=2)
    own = make_account("methodist", unit=debtors.methodist.assignments[0].unit, person_uid=debtors.people[0].human_uid)
    refusal = refused(lambda: debtors.appoint(date(2026, 3, 1), actor=own))
    assert (refusal.clause, "назначает другой человек" in refusal.sentence) == ("3.8", True)
    assert debtors.appoint(date(2026, 3, 1), enrolments=debtors.people[1:], actor=own).attempt == 2  # of a colleague


@pytest.mark.clause("3.8")
def test_the_database_takes_no_name_from_whoever_it_is():
    debtors = Debtors(learners=2)
    first, second = debtors.people
    sheet = debtors.appoint(date(2026, 3, 1), enrolments=[first])
    own = make_account("methodist", person_uid=second.human_uid)
    refuses("Свою пересдачу", NAME, sheet.pk, second.pk, noon(date(2026, 2, 20)), own.pk)
    another = NAME.replace("person_uid,", "gen_random_uuid(),")
    refuses("под своей учётной записью", another, sheet.pk, second.pk, noon(date(2026, 2, 20)), debtors.methodist.pk)
    run(NAME, sheet.pk, second.pk, noon(date(2026, 2, 20)), debtors.methodist.pk)


def _works_here(debtors: Debtors) -> Employee:
    return make_teacher_of(
        Employee.objects.create(
            person=debtors.people[0].learner.person,
            unit=debtors.sheet.teacher.unit,
            position="ассистент",
            hired_on=date(2026, 1, 1),
        )
    )


def make_teacher_of(employee: Employee) -> Employee:
    make_teacher(employee)
    return employee


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("attempt", [2, 3])
def test_whoever_sits_a_resit_does_not_take_it_alone_nor_in_the_commission(attempt: int):
    debtors = Debtors(learners=2)
    if attempt == 3:
        debtors.sit(date(2026, 3, 1))
    day = date(2026, 4, 15)
    own, panel = _works_here(debtors), debtors.panel() if attempt == 3 else {}
    refusal = refused(lambda: debtors.appoint(day, teacher=own, **panel))
    assert (refusal.clause, refusal.field) == ("3.8", "teacher")
    assert debtors.appoint(day, teacher=own, enrolments=debtors.people[1:], **panel).attempt == attempt


@pytest.mark.clause("3.8")
def test_the_database_names_nobody_to_a_resit_that_they_take():
    debtors = Debtors(learners=2)
    sheet = debtors.appoint(date(2026, 3, 1), enrolments=debtors.people[1:], teacher=_works_here(debtors))
    named = partial(refuses, "Свою пересдачу", NAME, sheet.pk)
    named(debtors.people[0].pk, noon(date(2026, 2, 20)), debtors.methodist.pk)


@pytest.mark.usefixtures("collected_statics")
def test_the_page_refuses_a_day_that_has_passed_at_its_field():
    debtors = Debtors()
    client = Client()
    client.force_login(debtors.methodist)
    given = {"people": [debtors.people[0].pk], "teacher": debtors.sheet.teacher_id}
    page = client.post(
        f"/cohorts/{debtors.cohort.pk}/resits/{debtors.sheet.module_id}/2/",
        given | {"held_on": "01.03.2026", "due_on": "04.03.2026"},
    )
    assert page.status_code == 422
    assert "уже прошло" in page.content.decode()
    assert not MarkSheet.objects.filter(attempt=2).exists()


def test_who_named_them_and_when_is_proved_with_the_row():
    debtors = Debtors()
    sheet = debtors.appoint(date(2026, 3, 1))
    (row,) = SheetMember.objects.filter(sheet=sheet)
    assert (row.named_by, row.named_by_person) == (debtors.methodist, debtors.methodist.person_uid)
    assert row.named_at == noon(date(2026, 2, 24))
    set_marks(sheet, [Cell(debtors.people[0].pk, "4", None)], actor=teacher_of(sheet), at=noon(date(2026, 3, 1)))
    assert {"named_by_id", "named_by_person", "named_at"} <= set(SheetMember.proven_fields)
