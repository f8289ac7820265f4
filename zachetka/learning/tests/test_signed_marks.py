"""Whose hands set a mark and of which edition, held by the database against plain SQL too (п. 2.1, 2.3, 3.8)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.learning.models import Correction, Enrolment, Order
from zachetka.learning.queries import orders, sheet_tasks
from zachetka.learning.tests.make import (
    ENROLLED,
    NOON,
    enrolments_of,
    make_cohort,
    make_correction,
    make_mark,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_learners
from zachetka.programs.models import Grade, ScaleVersion

pytestmark = pytest.mark.django_db

SET = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, reason, basis, recorded_by_id,
    recorded_by_person, confirmed_by_id, confirmed_by_person, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, '', '', %s, %s, NULL, NULL, now())
"""


def a_mark(scale: str = "five_point", symbol: str = "4") -> dict[str, Any]:
    sheet = make_sheet(learners=2, scale=scale)
    account = teacher_of(sheet)
    grade = Grade.objects.filter(version__scale=sheet.module.scale, symbol=symbol).get()
    return {
        "sheet": sheet.pk,
        "enrolment": enrolments_of(sheet)[0].pk,
        "grade": grade.pk,
        "score": None,
        "held_on": sheet.held_on,
        "teacher": sheet.teacher_id,
        "by": account.pk,
        "person": account.person_uid,
    }


@pytest.mark.clause("3.8")
def test_a_mark_is_signed_by_whoever_the_account_belongs_to():
    given = a_mark()
    refuses("под своей учётной записью", SET, *(given | {"person": uuid4()}).values())
    run(SET, *given.values())


@pytest.mark.clause("3.8")
def test_the_database_takes_no_mark_from_whoever_it_is_about():
    given = a_mark()
    uid = Enrolment.objects.get(pk=given["enrolment"]).subject_uid
    own = make_account("teacher", person_uid=uid)
    refuses("Свою оценку не вносят", SET, *(given | {"by": own.pk, "person": own.person_uid}).values())
    run(SET, *given.values())  # negative control: anybody else


@pytest.mark.clause("2.3")
def test_the_database_takes_no_grade_of_an_edition_that_another_has_replaced():
    given = a_mark()
    old = Grade.objects.get(pk=given["grade"]).version
    ScaleVersion.objects.filter(pk=old.pk).update(valid_to=date(2026, 9, 30))
    newer = ScaleVersion.objects.create(scale=old.scale, valid_from=date(2026, 10, 1), basis="Положение о шкалах")
    refuses("из редакции шкалы", SET, *given.values())
    run(SET, *(given | {"grade": _grade_of(newer, "4").pk}).values())


def _grade_of(version: ScaleVersion, symbol: str) -> Grade:
    Grade.objects.create(version=version, ordinal=3, symbol="н", label="неявка", is_passing=False, is_absence=True)
    Grade.objects.create(version=version, ordinal=2, symbol="2", label="плохо", is_passing=False, points=2)
    return Grade.objects.create(
        version=version, ordinal=1, symbol=symbol, label="хорошо", is_passing=True, is_absence=False, points=4
    )


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(("score", "fits"), [("94.4", True), ("101.0", False), ("12.0", False)])
def test_the_database_takes_no_points_outside_the_grade_they_stand_for(score: str, fits: bool):  # noqa: FBT001
    given = a_mark("hundred_point", "5")
    if fits:
        run(SET, *(given | {"score": score}).values())
    else:
        refuses("в её пределах|within_a_hundred", SET, *(given | {"score": score}).values())


@pytest.mark.clause("3.8")
def test_the_database_lets_nobody_decide_on_their_own_mark():
    correction = make_correction()
    own = make_account("methodist", person_uid=correction.mark.enrolment.learner.person.uid)
    refuses(
        "предлагают и решают другие",
        "UPDATE learning_correction SET state = 'refused', refusal = 'нет', decided_by_id = %s, decided_by_person = %s,"
        " decided_at = now() WHERE id = %s",
        own.pk, own.person_uid, correction.pk,
    )  # fmt: skip
    other = make_account("methodist")
    run(
        "UPDATE learning_correction SET state = 'refused', refusal = 'нет', decided_by_id = %s, decided_by_person = %s,"
        " decided_at = now() WHERE id = %s",
        other.pk, other.person_uid, correction.pk,
    )  # fmt: skip
    assert Correction.objects.get().state == "refused"


@pytest.mark.clause("3.8")
def test_no_task_and_no_button_lead_to_what_will_be_refused(client: Client, collected_statics: None):
    correction = make_correction()
    unit = correction.mark.sheet.cohort.program_version.program.unit
    own = make_account("methodist", unit=unit, person_uid=correction.mark.enrolment.learner.person.uid)
    assert "Решить" not in [task.verb for task in sheet_tasks.tasks(own, NOON)]
    client.force_login(own)
    page = client.get(f"/corrections/{correction.pk}/").content.decode()
    assert "Это ваша оценка" in page
    assert f'action="/corrections/{correction.pk}/confirm/"' not in page
    other = make_account("methodist", unit=unit)
    assert "Решить" in [task.verb for task in sheet_tasks.tasks(other, NOON)]

    named = make_learners(1)[0]
    order = make_order(make_cohort(), [named], approved=False)
    Order.objects.filter(pk=order.pk).update(state=Order.State.SUBMITTED)
    head = make_account("head", person_uid=named.person.uid)
    assert orders.tasks(head, ENROLLED) == []
    client.force_login(head)
    assert "вы названы в приказе" in client.get(f"/orders/{order.pk}/").content.decode()
    assert len(orders.tasks(make_account("head"), ENROLLED)) == 1


@pytest.mark.clause("3.8")
def test_looking_at_the_history_of_a_mark_leaves_the_trace_of_looking_at_the_book(
    client: Client, collected_statics: None
):
    mark = make_mark(closed=True)
    unit = mark.sheet.cohort.program_version.program.unit
    looks = Event.objects.filter(type="record_book.read", subject_uid=mark.enrolment.subject_uid)
    client.force_login(make_account("methodist", unit=unit))
    assert client.get(f"/marks/{mark.pk}/history/").status_code == 200
    assert looks.get().body["section"] == "history"
    client.force_login(make_account("learner", person_uid=mark.enrolment.subject_uid))
    assert client.get(f"/marks/{mark.pk}/history/").status_code == 200
    assert looks.count() == 1  # one's own book is read without a trace
