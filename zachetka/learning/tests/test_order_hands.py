"""Whose hands an order has been through, and whom and when it may name (273-ФЗ ст. 53, 61; п. 3.8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Refusal, Stale
from zachetka.learning.actions.orders import approve_order, change_order, return_order, submit_order
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.orders import tasks
from zachetka.learning.tests.make import ENROLLED, NOON, make_cohort, make_order
from zachetka.lifecycle.hands import seen_of
from zachetka.people.tests.make import make_learners


def methodist_of(cohort: Cohort) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit)


def as_head(account: Account) -> Account:
    """Return a head's account of the same natural person."""
    return make_account("head", person_uid=account.person_uid)


def refused_issue(order: Order, head: Account) -> Refusal:
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        approve_order(order, seen=seen_of(order), actor=head, at=ENROLLED)
    assert Order.objects.get(pk=order.pk).state == "submitted"
    return refusal.value


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("how", ["basis", "people"])
def test_whoever_rewrote_a_draft_does_not_issue_it_and_neither_does_its_first_author(db: None, how: str) -> None:
    cohort, people = make_cohort(), make_learners(3)
    order = make_order(cohort, people, approved=False)
    first, second = order.drafted_by, methodist_of(cohort)
    given: dict[str, Any] = {"effective_on": order.effective_on, "basis": order.basis, "actor": second, "at": ENROLLED}
    given["seen"] = seen_of(order)
    if how == "basis":
        change_order(order, learners=people, **given | {"basis": "иной договор"})
    else:
        change_order(order, learners=people[1:], **given)
    order = submit_order(order, actor=first, at=ENROLLED)
    assert order.drafted_by == second
    for author in (first, second):
        assert refused_issue(order, as_head(author)).clause == "3.8"
        assert tasks(as_head(author), ENROLLED) == []
    assert approve_order(order, seen=seen_of(order), actor=make_account("head"), at=ENROLLED).number == "1-з"


@pytest.mark.clause("3.8")
def test_whoever_submitted_another_persons_draft_does_not_issue_it(db: None) -> None:
    cohort = make_cohort()
    order = make_order(cohort, make_learners(1), approved=False)
    clerk = methodist_of(cohort)
    order = submit_order(order, actor=clerk, at=ENROLLED)
    assert order.drafted_by != clerk
    assert refused_issue(order, as_head(clerk)).clause == "3.8"


@pytest.mark.clause("3.8")
def test_a_draft_saved_without_a_change_keeps_its_author(db: None) -> None:
    cohort, people = make_cohort(), make_learners(1)
    order = make_order(cohort, people, approved=False)
    other = methodist_of(cohort)
    given: dict[str, Any] = {"effective_on": order.effective_on, "basis": order.basis, "seen": ""}
    change_order(order, learners=people, **given, actor=other, at=ENROLLED)
    order = submit_order(order, actor=order.drafted_by, at=ENROLLED)
    assert approve_order(order, seen=seen_of(order), actor=as_head(other), at=ENROLLED).state == "approved"


@pytest.mark.clause("3.8")
def test_nobody_issues_an_order_about_themselves(db: None) -> None:
    people = make_learners(2)
    order = make_order(make_cohort(), people, approved=False)
    order = submit_order(order, actor=order.drafted_by, at=ENROLLED)
    named = make_account("head", person_uid=people[1].person.uid)
    assert refused_issue(order, named).sentence.startswith("Вы названы")


@pytest.mark.clause("273-ФЗ ст. 61")
@pytest.mark.parametrize("day", [date(2026, 9, 6), date(2027, 11, 22)])
def test_an_order_about_those_who_study_is_of_a_believable_day(db: None, day: date) -> None:
    cohort = make_cohort(learners=1)
    learner = Enrolment.objects.get(cohort=cohort).learner
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        make_order(cohort, [learner], kind="withdrawal", ground="own_wish", effective_on=day, approved=False, at=NOON)
    assert refusal.value.field == "effective_on"
    given: dict[str, Any] = {"kind": "withdrawal", "ground": "own_wish", "approved": False, "at": NOON}
    for fit in (date(2026, 9, 7), date(2027, 11, 20)):
        assert make_order(cohort, [learner], effective_on=fit, **given).effective_on == fit


@pytest.mark.django_db
@pytest.mark.clause("3.8")
def test_an_order_changed_after_it_was_read_is_not_issued():
    """security.md E22: what is signed is what was read."""
    cohort = make_cohort()
    author, head = methodist_of(cohort), make_account("head")
    order = submit_order(make_order(cohort, make_learners(2), approved=False), actor=author, at=ENROLLED)
    read = seen_of(order)
    order = return_order(order, remark="проверьте состав", actor=make_account("head"), at=ENROLLED)
    order = change_order(
        order,
        learners=make_learners(1),
        effective_on=order.effective_on,
        basis="другое",
        seen=seen_of(order),
        actor=author,
        at=ENROLLED,
    )
    order = submit_order(order, actor=author, at=ENROLLED)
    with pytest.raises(Stale) as refusal:
        approve_order(order, seen=read, actor=head, at=ENROLLED)
    assert "изменили" in refusal.value.sentence
    assert approve_order(order, seen=seen_of(order), actor=head, at=ENROLLED).number == "1-з"


@pytest.mark.django_db
@pytest.mark.clause("3.8")
def test_the_page_of_an_order_carries_what_was_read_and_a_bare_post_issues_nothing(client: Client):
    order = make_order(make_cohort(), make_learners(1), approved=False)
    order = submit_order(order, actor=order.drafted_by, at=ENROLLED)
    client.force_login(make_account("head"))
    assert f'name="seen" value="{seen_of(order)}"' in client.get(f"/orders/{order.pk}/").content.decode()
    bare = client.post(f"/orders/{order.pk}/approve/")
    assert (bare.status_code, "Откройте страницу заново" in bare.content.decode()) == (422, True)
    assert client.post(f"/orders/{order.pk}/approve/", {"seen": "1"}).status_code == 409
    assert client.post(f"/orders/{order.pk}/approve/", {"seen": seen_of(order)}).status_code == 302
