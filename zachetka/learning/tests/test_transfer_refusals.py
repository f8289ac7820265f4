"""Who cannot be transferred, whither, and who is told (273-ФЗ ст. 57)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from zachetka.core.errors import Forbidden, Refusal, RuleViolation
from zachetka.learning.actions.marks import confirm_correction
from zachetka.learning.actions.orders import change_order, draft_order
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.debts import examinees_in
from zachetka.learning.tests.make import make_cohort, make_correction, make_order, methodist_of, sheet, teacher_of
from zachetka.learning.tests.make_transfers import MOVED, TYPED, make_other, make_transfer, moved, two, typed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.lifecycle.hands import seen_of
from zachetka.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 57")]


def refused(enrolment: Enrolment, target: Cohort, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        make_transfer(enrolment, target, **given)
    return refusal.value


def test_whoever_is_to_sit_an_appointed_control_sits_it_first():
    learner, _ = two()
    typed(learner, 1, "2")
    main = sheet(learner.cohort, 1)
    appoint_resit(
        learner.cohort, main.module, enrolments=[learner], teacher=main.teacher, held_on=date(2026, 10, 22),
        due_on=date(2026, 10, 24), actor=methodist_of(learner), at=TYPED,
    )  # fmt: skip
    assert "сначала она должна пройти" in refused(learner, make_other(learner.cohort)).sentence


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_a_resit_that_a_correction_has_made_needless_holds_nobody_back():
    learner, _ = two()
    typed(learner, 1, "2")
    main = sheet(learner.cohort, 1)
    methodist = methodist_of(learner)
    appoint_resit(
        learner.cohort, main.module, enrolments=[learner], teacher=main.teacher, held_on=date(2026, 10, 22),
        due_on=date(2026, 10, 24), actor=methodist, at=TYPED,
    )  # fmt: skip
    failed = Mark.objects.get(sheet=main, enrolment=learner)
    assert examinees_in(main.module, [learner])[learner.pk].appointed == date(2026, 10, 22)
    confirm_correction(make_correction(failed, text="3", at=TYPED), actor=methodist, at=TYPED)
    assert examinees_in(main.module, [learner])[learner.pk].appointed is None
    new = moved(learner)
    assert headways([new])[new.pk].passed == 1


def test_nobody_is_moved_into_a_group_that_is_over_or_the_same_one():
    learner, _ = two()
    over = make_other(
        learner.cohort, ends_on=date(2026, 10, 9), attestation_on=None,
        held_on=[date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)],
    )  # fmt: skip
    assert refused(learner, over).field == "effective_on"
    there = make_other(learner.cohort)
    make_order(there, [learner.learner])
    assert "уже есть" in refused(learner, there).sentence


def test_nobody_is_moved_ahead_of_the_day_of_issue():
    learner, _ = two()
    target = make_other(learner.cohort)
    with pytest.raises(RuleViolation, match="сегодняшний или прошедший") as refused:
        make_transfer(learner, target, effective_on=MOVED.date() + timedelta(days=1), approved=False)
    assert refused.value.field == "effective_on"
    assert Order.objects.filter(kind="transfer").count() == 0
    moved(learner, target)


def test_nobody_is_moved_who_is_not_learning():
    learner, _ = two()
    new = moved(learner)
    assert "обучение прекращено переводом" in refused(learner, make_other(learner.cohort)).sentence
    assert new.state == "active"


def test_a_transfer_leads_somewhere_and_only_where_its_drafter_drafts():
    learner, _ = two()
    given: dict[str, Any] = {
        "kind": "transfer", "learners": [learner.learner], "effective_on": MOVED.date(), "basis": "заявление",
        "request_key": uuid4(), "at": MOVED,
    }  # fmt: skip
    actor = methodist_of(learner)
    with pytest.raises(RuleViolation, match="Выберите группу"):
        draft_order(learner.cohort, actor=actor, **given)
    with pytest.raises(Forbidden):
        draft_order(learner.cohort, target=make_cohort(), actor=actor, **given)


def test_the_same_form_sent_twice_makes_one_draft_and_a_draft_may_lead_elsewhere():
    learner, _ = two()
    first, second = make_other(learner.cohort), make_other(learner.cohort)
    order = make_transfer(learner, first, approved=False)
    given: dict[str, Any] = {
        "learners": [learner.learner], "effective_on": MOVED.date(), "basis": "заявление слушателя от 09.10.2026",
        "actor": order.drafted_by, "at": MOVED,
    }  # fmt: skip
    again = draft_order(learner.cohort, kind="transfer", target=first, request_key=order.request_key, **given)
    assert again == order
    assert change_order(order, target=second, seen=seen_of(order), **given).target == second
    learner.refresh_from_db()
    assert learner.state == "active"


def test_the_learner_and_the_teachers_of_both_groups_are_told():
    learner, _ = two()
    mine = owner_of(learner)
    target = make_other(learner.cohort)
    teachers = {teacher_of(sheet(learner.cohort, 1)).pk, teacher_of(sheet(target, 1)).pk}
    moved(learner, target)
    told = Notice.objects.filter(kind="enrolment.moved")
    assert {one.account_id for one in told} == {mine.pk, *teachers}
    assert not [one for one in told if learner.learner.person.last_name in one.title]


def test_whoever_teaches_both_groups_is_told_of_a_transfer_once_and_led_to_the_new_one():
    learner, _ = two()
    target = make_other(learner.cohort)
    teacher = teacher_of(sheet(learner.cohort, 1))
    MarkSheet.objects.filter(cohort=target).update(teacher=sheet(learner.cohort, 1).teacher)
    moved(learner, target)
    told = Notice.objects.get(kind="enrolment.moved", account=teacher)
    assert told.url == reverse("learning:cohort-sheet", args=[target.code])
