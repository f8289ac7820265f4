"""What the database holds of individual plans, whoever comes past the actions (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from zachetka.access.tests.make import make_account
from zachetka.core.errors import IllegalStep
from zachetka.learning.actions import study_plans
from zachetka.learning.actions.orders import approve_order, change_order, submit_order
from zachetka.learning.actions.study_plans import PlanSaid
from zachetka.learning.models import StudyPlan
from zachetka.learning.tests.make import NOON, make_cohort, make_mark, sheet
from zachetka.learning.tests.make_plans import credited, make_plan
from zachetka.learning.tests.test_study_plans import two
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.lifecycle.hands import seen_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3")]


def test_an_issued_plan_is_changed_by_nobody():
    learner, _ = two()
    order = make_plan(learner, {1: credited()})
    with pytest.raises(IllegalStep):
        change_order(
            order, learners=[learner.learner], effective_on=order.effective_on, basis="x",
            plan=PlanSaid(date(2027, 2, 1), {}), seen=seen_of(order), actor=order.drafted_by, at=NOON,
        )  # fmt: skip


COPY_PLAN = """
INSERT INTO learning_studyplan (order_id, enrolment_id, ends_on, written_by_id, written_by_person, written_at)
SELECT %s, %s, ends_on, written_by_id, written_by_person, written_at FROM learning_studyplan LIMIT 1
"""
COPY_MARK = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, reason, basis, recorded_by_id,
    recorded_by_person, recorded_at)
SELECT sheet_id, %s, grade_id, held_on, teacher_id, reason, basis, recorded_by_id, recorded_by_person, recorded_at
FROM learning_mark WHERE id = %s
"""


def test_the_database_takes_no_plan_outside_the_draft_of_its_order():
    learner, other = two()
    issued = make_plan(learner, {1: credited()})
    draft = make_plan(other, {1: credited()}, approved=False)
    refuses("в черновике приказа", COPY_PLAN, issued.pk, learner.pk)
    refuses("кто назван в приказе", COPY_PLAN, draft.pk, learner.pk)
    line = "INSERT INTO learning_planline (plan_id, module_id, way, held_by, basis) VALUES (%s, %s, %s, %s, %s)"
    module = sheet(learner.cohort, 2).module
    refuses("вместе с ним", line, learner.study_plan_id, module.pk, "needs", None, "x")
    mine = StudyPlan.objects.get(order=draft)
    foreign = make_cohort().program_version.modules.get(ordinal=1)
    refuses("дисциплины программы", line, mine.pk, foreign.pk, "needs", None, "x")
    refuses("дисциплины программы", line, mine.pk, module.pk, "apart", date(2027, 5, 1), "")
    run(line, mine.pk, module.pk, "apart", date(2026, 12, 1), "")  # the negative control: what is lawful passes


def test_the_database_brings_into_force_only_what_an_order_set():
    learner, other = two()
    make_plan(learner, {1: credited()})
    draft = make_plan(other, {1: credited()}, approved=False)
    put = "UPDATE learning_enrolment SET study_plan_id = %s WHERE id = %s"
    refuses("вводит в действие изданный приказ", put, StudyPlan.objects.get(order=draft).pk, other.pk)
    refuses("вводит в действие изданный приказ", put, learner.study_plan_id, other.pk)
    refuses("вводит в действие изданный приказ", put, None, learner.pk)


@pytest.mark.clause("273-ФЗ ст. 58")
def test_the_database_lets_no_plan_wash_a_mark_away(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    order = make_plan(learner, {1: credited()}, approved=False)
    order = submit_order(order, actor=order.drafted_by, at=NOON)
    make_mark(learner, sheet(learner.cohort, 1), text="2")
    monkeypatch.setattr(study_plans, "_judge", lambda *_: None)
    with pytest.raises(IntegrityError, match="оценку, назначенную сдачу и закрытую ведомость план не отменяет"):
        approve_order(order, seen=seen_of(order), actor=make_account("head"), at=NOON)


def test_the_database_takes_no_mark_of_the_group_from_whoever_sits_apart():
    learner, other = two()
    make_plan(learner, {1: credited()})
    mark = make_mark(other, sheet(learner.cohort, 1))
    refuses("не сдаёт эту дисциплину с группой", COPY_MARK, learner.pk, mark.pk)
