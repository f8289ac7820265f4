"""A transfer and a mark at the same moment: the mark goes along, or it is not set (273-ФЗ ст. 57; п. 2.1)."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import transaction

from tests.at_once import at_once
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Busy, Refusal
from zachetka.learning.actions.marks import Cell, set_marks
from zachetka.learning.actions.orders import approve_order, submit_order
from zachetka.learning.models import Carried, Cohort, Enrolment, Mark, Order
from zachetka.learning.tests.make import make_enrolments, make_order, sheet, teacher_of
from zachetka.learning.tests.make_transfers import MOVED, TYPED, make_other, two
from zachetka.lifecycle.hands import seen_of
from zachetka.lifecycle.steps import lock
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("273-ФЗ ст. 57", "2.1")]


def test_a_mark_typed_while_the_transfer_is_issued_is_carried_or_refused(fresh_database: Place) -> None:
    learner, _ = two()
    order = make_order(
        learner.cohort, [learner.learner], kind=Order.Kind.TRANSFER, target=make_other(learner.cohort), approved=False,
        effective_on=MOVED.date(), basis="заявление", at=MOVED,
    )  # fmt: skip
    order = _submitted(order)
    main, head = sheet(learner.cohort, 1), make_account("head")
    teacher = teacher_of(main)
    came = at_once(
        lambda: set_marks(main, [Cell(learner.pk, "5", None)], actor=teacher, at=TYPED),
        lambda: approve_order(order, seen=seen_of(order), actor=head, at=MOVED),
    )
    new = Enrolment.objects.get(continues=learner)
    written = Mark.objects.filter(enrolment=learner, grade__isnull=False).count()
    assert Carried.objects.filter(enrolment=new).count() == written
    assert isinstance(came[0], Refusal) == (written == 0)


def test_two_who_issue_one_transfer_at_once_begin_one_book(fresh_database: Place) -> None:
    learner, _ = two()
    order = _submitted(
        make_order(
            learner.cohort, [learner.learner], kind=Order.Kind.TRANSFER, target=make_other(learner.cohort),
            approved=False, effective_on=MOVED.date(), basis="заявление", at=MOVED,
        )
    )  # fmt: skip
    heads = [make_account("head"), make_account("head")]
    came = at_once(
        *[lambda head=head: approve_order(order, seen=seen_of(order), actor=head, at=MOVED) for head in heads]
    )
    assert sum(isinstance(one, Refusal) for one in came) == 1
    assert Enrolment.objects.filter(learner=learner.learner).count() == 2


def test_two_transfers_into_each_others_group_wait_in_one_line(
    fresh_database: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = two()
    target = make_other(one.cohort)
    (other,) = make_enrolments(target, 1)
    orders = [
        _submitted(
            make_order(
                book.cohort, [book.learner], kind=Order.Kind.TRANSFER, target=into, approved=False,
                effective_on=MOVED.date(), basis="заявление", at=MOVED,
            )
        )
        for book, into in ((one, target), (other, one.cohort))
    ]  # fmt: skip
    monkeypatch.setattr("zachetka.learning.actions.orders.lock", _paced(Barrier(2, timeout=1)))
    head = make_account("head")
    came = at_once(
        *[lambda order=order: approve_order(order, seen=seen_of(order), actor=head, at=MOVED) for order in orders]
    )
    assert [one for one in came if isinstance(one, Refusal)] == []
    assert Enrolment.objects.filter(continues__in=[one.pk, other.pk]).count() == 2


def test_of_two_who_wait_for_each_other_one_is_told_to_come_again(fresh_database: Place) -> None:
    one, _ = two()
    first, second = one.cohort, make_other(one.cohort)
    paced = _paced(Barrier(2, timeout=5))

    def both(*cohorts: Cohort) -> None:
        with transaction.atomic():
            for cohort in cohorts:
                paced(cohort)

    came = at_once(lambda: both(first, second), lambda: both(second, first))
    assert [type(one) for one in came if one is not None] == [Busy]


def _paced(gate: Barrier) -> Any:
    """Return `lock` that after the first cohort gives the other thread time to lock its own."""
    is_open: list[bool] = []

    def paced(record: Any) -> Any:
        row = lock(record)
        if isinstance(record, Cohort) and not is_open:
            with suppress(BrokenBarrierError):
                gate.wait()
            is_open.append(True)
        return row

    return paced


def _submitted(order: Order) -> Order:
    return order if order.state == Order.State.SUBMITTED else submit_order(order, actor=order.drafted_by, at=MOVED)
