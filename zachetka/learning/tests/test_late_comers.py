"""Who joins a group late, and whom an order names while a mark is typed (п. 2.2; 273-ФЗ ст. 53, 61)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from tests.at_once import at_once, meanwhile
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation, Stale
from zachetka.core.russian import date_words
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.orders import approve_order, submit_order
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.tests.make import (
    ENROLLED,
    NOON,
    enrolments_of,
    fill_sheet,
    make_enrolments,
    make_mark,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.lifecycle.hands import seen_of
from zachetka.people.tests.make import make_learners
from zachetka.postgres.address import Place

pytestmark = pytest.mark.clause("2.2")
DAY = timedelta(days=1)


def waiting(sheet: MarkSheet) -> Order:
    """An order of enrolment in the sheet's cohort that waits for its signature."""
    order = make_order(sheet.cohort, make_learners(1), approved=False)
    return submit_order(order, actor=order.drafted_by, at=ENROLLED)


def test_nobody_is_enrolled_where_a_sheet_is_closed(db: None) -> None:
    sheet = make_sheet(learners=1)
    fill_sheet(sheet)
    (second,) = make_enrolments(sheet.cohort)
    make_mark(second, sheet, "5")
    late = waiting(sheet)
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    for refused in (
        lambda: approve_order(late, seen=seen_of(late), actor=make_account("head"), at=NOON),
        lambda: make_order(sheet.cohort, make_learners(1), approved=False),
    ):
        with pytest.raises(RuleViolation, match="уже закрыты ведомости") as refusal, transaction.atomic():
            refused()
        assert f"«{sheet.module.title}»" in refusal.value.sentence
        assert f"зачислите его с {date_words(sheet.held_on + DAY)} или позже" in refusal.value.sentence


@pytest.mark.clause("273-ФЗ ст. 53")
def test_a_closed_sheet_keeps_out_nobody_who_comes_after_its_control(db: None) -> None:
    sheet = make_sheet(learners=1)
    fill_sheet(sheet)
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    with pytest.raises(RuleViolation, match="уже закрыты ведомости") as refusal, transaction.atomic():
        make_order(sheet.cohort, make_learners(1), effective_on=sheet.held_on, at=NOON)
    assert refusal.value.field == "effective_on"
    order = make_order(sheet.cohort, make_learners(1), effective_on=sheet.held_on + DAY, at=NOON)
    late = Enrolment.objects.get(enrolment_order=order)
    (examinee,) = debts_of([sheet.cohort])
    assert (examinee.enrolment, examinee.is_missed, examinee.attempt) == (late, True, 1)


def test_the_database_takes_no_enrolment_past_a_closed_sheet(db: None) -> None:
    open_one, closed = make_sheet(learners=1), make_sheet(learners=1)
    fill_sheet(closed)
    close_sheet(closed, actor=teacher_of(closed), at=NOON)

    def enrol(sheet: MarkSheet, started_on: date | None = None) -> None:
        known = Enrolment.objects.get(cohort=sheet.cohort)
        (learner,) = make_learners(1)
        Enrolment.objects.create(
            learner=learner,
            cohort=sheet.cohort,
            started_on=started_on or known.started_on,
            enrolment_order=known.enrolment_order,
        )

    with pytest.raises(IntegrityError, match="В закрытую ведомость"), transaction.atomic():
        enrol(closed)
    with pytest.raises(IntegrityError, match="В закрытую ведомость"), transaction.atomic():
        enrol(closed, closed.held_on)
    for lawful in (partial(enrol, open_one), partial(enrol, closed, closed.held_on + DAY)):
        with pytest.raises(IntegrityError) as other, transaction.atomic():
            lawful()
        assert "В закрытую ведомость" not in str(other.value)  # there only the order that does not name them stops it


@pytest.mark.usefixtures("fresh_database")
def test_a_sheet_closed_while_an_enrolment_is_issued_leaves_one_of_them() -> None:
    for _ in range(4):
        sheet = make_sheet(learners=1)
        fill_sheet(sheet)
        order, head, teacher = waiting(sheet), make_account("head"), teacher_of(sheet)
        came = at_once(
            partial(approve_order, order, seen=seen_of(order), actor=head, at=NOON),
            partial(close_sheet, sheet, actor=teacher, at=NOON),
        )
        assert [isinstance(one, RuleViolation) for one in came].count(True) == 1, came
        sheet.refresh_from_db()
        people = Enrolment.objects.filter(cohort=sheet.cohort).count()
        assert (sheet.state, people) in {(MarkSheet.State.CLOSED, 1), (MarkSheet.State.OPEN, 2)}


def test_a_closing_waits_for_the_enrolment_that_is_being_issued(fresh_database: Place) -> None:
    sheet = make_sheet(learners=1)
    fill_sheet(sheet)
    order, head, teacher = waiting(sheet), make_account("head"), teacher_of(sheet)
    came = meanwhile(
        partial(approve_order, order, seen=seen_of(order), actor=head, at=NOON),
        partial(close_sheet, sheet, actor=teacher, at=NOON),
    )
    assert isinstance(came, RuleViolation)
    assert "Без оценки" in came.sentence


@pytest.mark.clause("273-ФЗ ст. 61")
def test_a_mark_waits_for_the_order_that_withdraws_its_learner(fresh_database: Place) -> None:
    sheet = make_sheet(learners=2)
    gone, stays = enrolments_of(sheet)
    order = make_order(
        sheet.cohort,
        [gone.learner],
        kind=Order.Kind.WITHDRAWAL,
        ground=Order.Ground.OWN_WISH,
        approved=False,
        effective_on=NOON.date(),
        at=NOON,
    )
    order = submit_order(order, actor=order.drafted_by, at=NOON)
    head, teacher = make_account("head"), teacher_of(sheet)

    def write(row: Enrolment) -> object:
        who = Account.objects.get(pk=teacher.pk)
        return set_marks(sheet, [Cell(row.pk, "5", None)], actor=who, at=NOON)

    with transaction.atomic():
        approve_order(order, seen=seen_of(order), actor=head, at=NOON)
        (written,) = at_once(partial(write, stays))
        assert isinstance(written, list)
        assert len(written) == 1
        transaction.set_rollback(True)
    assert Mark.objects.count() == 1
    came = meanwhile(partial(approve_order, order, seen=seen_of(order), actor=head, at=NOON), partial(write, gone))
    assert isinstance(came, Stale)
    assert Mark.objects.count() == 1
