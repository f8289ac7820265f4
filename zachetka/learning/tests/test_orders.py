"""Orders: who may be named, who may issue, what an issued order does (273-ФЗ ст. 53, 59, 61; п. 2.5, 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.errors import Busy, Forbidden, IllegalStep, Refusal, Stale
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.actions.orders import (
    approve_order,
    cancel_order,
    change_order,
    draft_order,
    return_order,
    submit_order,
)  # fmt: skip
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.orders import tasks
from zachetka.learning.tests.make import (
    ENROLLED,
    NOON,
    fill_sheet,
    make_cohort,
    make_enrolments,
    make_order,
    teacher_of,
)
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import Schooling
from zachetka.people.models import Learner
from zachetka.people.tests.make import make_learner, make_learners
from zachetka.postgres.address import Place
from zachetka.programs.tests.make import make_program_version
from zachetka.registers.models import Entry, Register


def methodist_of(cohort: Cohort) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit)


def drafted(cohort: Cohort, learners: list[Learner], **given: Any) -> Order:
    known: dict[str, Any] = {
        "kind": Order.Kind.ENROLMENT, "effective_on": cohort.starts_on, "basis": "договоры", "request_key": uuid4(),
        "actor": methodist_of(cohort), "at": ENROLLED,
    }  # fmt: skip
    return draft_order(cohort, learners=learners, **(known | given))


def refused(act: Callable[[], object]) -> Refusal:
    before = (Event.objects.count(), Entry.objects.count(), Enrolment.objects.count())
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        act()
    assert (Event.objects.count(), Entry.objects.count(), Enrolment.objects.count()) == before
    return refusal.value


@pytest.mark.clause("273-ФЗ ст. 53")
def test_an_issued_order_enrols_everybody_in_it_with_a_number_each(db: None) -> None:
    cohort = make_cohort()
    order = make_order(cohort, make_learners(3))
    assert (order.number, order.order_date) == ("1-з", date(2026, 9, 4))
    books = Enrolment.objects.filter(enrolment_order=order).order_by("number").values_list("number", flat=True)
    assert list(books) == ["ЗК-26-0001", "ЗК-26-0002", "ЗК-26-0003"]


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
def test_nobody_is_enrolled_in_further_education_without_schooling(db: None) -> None:
    learner = make_learner(education=(Schooling(level="secondary_general", number="1"),))
    refusal = refused(lambda: drafted(make_cohort(), [learner]))
    assert refusal.clause == "273-ФЗ ст. 76 ч. 3"
    assert refusal.sentence.startswith(learner.person.full_name)


@pytest.mark.clause("273-ФЗ ст. 76 ч. 16")
def test_a_student_is_enrolled_and_gets_the_document_later(db: None) -> None:
    student = make_learner(education=(Schooling(level="student"),))
    (enrolment,) = make_enrolments(make_cohort(), [student])
    assert enrolment.issue_deferred
    assert enrolment.education is not None
    assert not make_enrolments(make_cohort(), [make_learner()])[0].issue_deferred


@pytest.mark.clause("273-ФЗ ст. 53")
def test_a_programme_open_to_everybody_asks_for_no_schooling(db: None) -> None:
    version = make_program_version(kind="general_development")
    (enrolment,) = make_enrolments(make_cohort(version), [make_learner(education=())])
    assert not enrolment.issue_deferred


@pytest.mark.clause("273-ФЗ ст. 53")
def test_an_order_before_its_programme_was_approved_is_refused(db: None) -> None:
    refusal = refused(lambda: drafted(make_cohort(), make_learners(1), effective_on=date(2025, 8, 31)))
    assert (refusal.clause, refusal.field) == ("2.3", "effective_on")


@pytest.mark.clause("273-ФЗ ст. 53")
def test_nobody_is_enrolled_in_a_cohort_twice(db: None) -> None:
    cohort = make_cohort()
    people = make_learners(2)
    make_order(cohort, people[:1])
    assert people[0].person.full_name in refused(lambda: drafted(cohort, people)).sentence


@pytest.mark.clause("273-ФЗ ст. 53")
def test_an_order_is_issued_by_one_write_and_one_event(db: None) -> None:
    cohort, people = make_cohort(), make_learners(2)
    order = submit_order(drafted(cohort, people), actor=methodist_of(cohort), at=ENROLLED)
    with CaptureQueriesContext(connection) as asked:
        approve_order(order, seen=seen_of(order), actor=make_account("head"), at=ENROLLED)
    writes = [query["sql"] for query in asked if query["sql"].startswith('UPDATE "learning_order"')]
    assert len(writes) == 1
    assert Event.objects.filter(type="order.approved", object_id=str(order.pk)).count() == 1


@pytest.mark.clause("273-ФЗ ст. 59")
def test_only_those_who_have_passed_the_plan_are_admitted(db: None) -> None:
    cohort = make_cohort(learners=2)
    ready, debtor = Enrolment.objects.filter(cohort=cohort).order_by("learner__person__sort_key", "pk")
    for sheet in cohort.sheets.all():
        fill_sheet(sheet, ["зач", "нз"] if sheet.module.scale.code == "pass_fail" else ["5", "4"])
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    refusal = refused(
        lambda: drafted(
            cohort, [ready.learner, debtor.learner], kind=Order.Kind.ADMISSION, effective_on=NOON.date(), at=NOON
        )
    )
    assert refusal.clause == "273-ФЗ ст. 59"
    assert debtor.learner.person.full_name in refusal.sentence
    assert "задолженность" in refusal.sentence
    make_order(cohort, [ready.learner], kind=Order.Kind.ADMISSION, at=NOON)
    ready.refresh_from_db()
    assert ready.state == "admitted"


@pytest.mark.clause("273-ФЗ ст. 61")
def test_an_order_of_withdrawal_names_its_ground(db: None) -> None:
    cohort = make_cohort(learners=1)
    learner = Enrolment.objects.get(cohort=cohort).learner
    assert refused(lambda: drafted(cohort, [learner], kind=Order.Kind.WITHDRAWAL, at=NOON)).field == "ground"
    given: dict[str, Any] = {"kind": Order.Kind.WITHDRAWAL, "ground": "breach"}
    assert drafted(cohort, [learner], **given).ground == "breach"
    with pytest.raises(DatabaseError, match="order_of_withdrawal_has_a_ground"), transaction.atomic():
        Order.objects.filter(kind=Order.Kind.WITHDRAWAL).update(ground="")


@pytest.mark.clause("273-ФЗ ст. 61 ч. 1")
def test_nobody_completes_with_a_part_of_the_plan_missing(db: None) -> None:
    cohort = make_cohort(learners=1)
    learner = Enrolment.objects.get(cohort=cohort).learner
    given: dict[str, Any] = {"kind": Order.Kind.WITHDRAWAL, "at": NOON}
    assert "не завершено" in refused(lambda: drafted(cohort, [learner], ground="completed", **given)).sentence
    make_order(cohort, [learner], kind=Order.Kind.WITHDRAWAL, ground="own_wish", at=NOON)
    assert Enrolment.objects.get(cohort=cohort).state == "withdrawn"


@pytest.mark.clause("3.8")
def test_whoever_drafted_the_order_cannot_issue_it_under_another_account(db: None) -> None:
    cohort = make_cohort()
    methodist = methodist_of(cohort)
    order = submit_order(drafted(cohort, make_learners(1), actor=methodist), actor=methodist, at=ENROLLED)
    both = make_account("head", person_uid=methodist.person_uid)
    assert refused(lambda: approve_order(order, seen=seen_of(order), actor=both, at=ENROLLED)).clause == "3.8"
    assert isinstance(
        refused(lambda: approve_order(order, seen=seen_of(order), actor=methodist, at=ENROLLED)), Forbidden
    )


@pytest.mark.clause("3.8")
def test_the_database_does_not_let_the_drafter_sign(db: None) -> None:
    order = drafted(make_cohort(), make_learners(1))
    with pytest.raises(DatabaseError, match="order_is_issued_by_another"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(approved_by_person=order.drafted_by_person)
    Order.objects.filter(pk=order.pk).update(approved_by_person=make_account("head").person_uid)


@pytest.mark.clause("273-ФЗ ст. 53")
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE learning_order SET effective_on = '2026-01-01'", "приказ не меняется"),
        ("UPDATE learning_order SET number = '100-з'", "приказ не меняется"),
        ("DELETE FROM learning_orderline", "только в черновике"),
        ("DELETE FROM learning_order", "Приказ не удаляется"),
        ("UPDATE learning_enrolment SET number = 'ЗК-26-9999'", "остаётся за своим владельцем"),
        ("DELETE FROM learning_enrolment", "книжка не удаляется"),
    ],
)
def test_the_database_keeps_an_issued_order_as_it_is(db: None, statement: str, words: str) -> None:
    make_order(make_cohort(), make_learners(1))
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.clause("273-ФЗ ст. 53")
def test_a_returned_order_is_corrected_and_issued(db: None) -> None:
    cohort, people = make_cohort(), make_learners(3)
    methodist, head = methodist_of(cohort), make_account("head")
    order = submit_order(drafted(cohort, people, actor=methodist), actor=methodist, at=ENROLLED)
    assert [task.verb for task in tasks(head, ENROLLED)] == ["Рассмотреть"]
    assert refused(lambda: return_order(order, remark="", actor=head, at=ENROLLED)).field == "remark"
    order = return_order(order, remark="Лишний человек", actor=head, at=ENROLLED)
    assert [task.verb for task in tasks(methodist, ENROLLED)] == ["Исправить"]
    given: dict[str, Any] = {"effective_on": cohort.starts_on, "basis": "договоры и заявления", "seen": seen_of(order)}
    order = change_order(order, learners=people[1:], **given, actor=methodist, at=ENROLLED)
    order = submit_order(order, actor=methodist, at=ENROLLED)
    order = approve_order(order, seen=seen_of(order), actor=head, at=ENROLLED)
    assert set(order.lines.values_list("learner", flat=True)) == {people[1].pk, people[2].pk}
    assert Event.objects.filter(type="order_line.removed").count() == 1


@pytest.mark.clause("273-ФЗ ст. 53")
def test_a_submitted_order_is_not_edited(db: None) -> None:
    cohort, people = make_cohort(), make_learners(2)
    methodist = methodist_of(cohort)
    order = submit_order(drafted(cohort, people, actor=methodist), actor=methodist, at=ENROLLED)
    given: dict[str, Any] = {"effective_on": cohort.starts_on, "basis": "иное", "actor": methodist, "at": ENROLLED}
    late = given | {"seen": seen_of(order)}
    assert isinstance(refused(lambda: change_order(order, learners=people, **late)), IllegalStep)
    assert isinstance(refused(lambda: cancel_order(order, actor=methodist, at=ENROLLED)), IllegalStep)


@pytest.mark.clause("2.1")
def test_the_same_form_sent_twice_makes_one_draft(db: None) -> None:
    cohort, people = make_cohort(), make_learners(1)
    given = {"request_key": uuid4(), "actor": methodist_of(cohort)}
    first = drafted(cohort, people, **given)
    assert drafted(cohort, people, **given) == first
    assert "уже подготовлен" in refused(lambda: drafted(cohort, make_learners(1), **given)).sentence
    given["actor"] = methodist_of(cohort)
    assert isinstance(refused(lambda: drafted(cohort, people, **given)), Stale)


@pytest.mark.clause("3.8")
def test_an_order_about_a_cohort_of_another_unit_looks_like_no_cohort(db: None) -> None:
    stranger = make_account("methodist", unit=make_unit())
    refusal = refused(lambda: drafted(make_cohort(), make_learners(1), actor=stranger))
    assert isinstance(refusal, Forbidden)
    assert refusal.hidden


@pytest.mark.clause("2.5")
def test_numbers_start_anew_with_the_legal_year_of_moscow(db: None) -> None:
    cohort = make_cohort(ends_on=date(2027, 6, 1))
    people = make_learners(3)
    last = datetime(2026, 12, 31, 20, 59, tzinfo=UTC)
    orders = [make_order(cohort, [one], at=last + timedelta(minutes=n)) for n, one in enumerate(people)]
    assert [(order.number, order.order_date) for order in orders] == [
        ("1-з", date(2026, 12, 31)), ("1-з", date(2027, 1, 1)), ("2-з", date(2027, 1, 1)),
    ]  # fmt: skip
    assert list(Enrolment.objects.order_by("pk").values_list("number", flat=True)) == [
        "ЗК-26-0001",
        "ЗК-27-0001",
        "ЗК-27-0002",
    ]


@pytest.mark.clause("2.5")
def test_half_past_midnight_in_kamchatka_is_still_the_old_year(db: None) -> None:
    kamchatka = datetime(2026, 12, 31, 12, 30, tzinfo=UTC)
    assert make_order(make_cohort(), make_learners(1), at=kamchatka).order_date == date(2026, 12, 31)


@pytest.mark.clause("2.5")
def test_six_heads_issuing_one_order_at_once_give_one_number(fresh_database: Place) -> None:
    order = make_order(make_cohort(), make_learners(3), approved=False)
    order = submit_order(order, actor=order.drafted_by, at=ENROLLED)
    heads = [make_account("head") for _ in range(6)]
    came = at_once(*(partial(approve_order, order, seen=seen_of(order), actor=head, at=ENROLLED) for head in heads))
    assert sum(isinstance(one, Order) for one in came) == 1
    assert sum(isinstance(one, IllegalStep | Busy) for one in came) == 5
    assert Entry.objects.filter(record_type="learning.order").count() == 1
    assert Enrolment.objects.count() == 3


@pytest.mark.clause("273-ФЗ ст. 53")
def test_two_orders_that_name_one_person_are_not_both_issued(fresh_database: Place) -> None:
    cohort, people = make_cohort(), make_learners(1)
    methodist, heads = methodist_of(cohort), [make_account("head"), make_account("head")]
    orders = [submit_order(drafted(cohort, people, actor=methodist), actor=methodist, at=ENROLLED) for _ in heads]
    pairs = zip(orders, heads, strict=True)
    came = at_once(
        *(partial(approve_order, order, seen=seen_of(order), actor=head, at=ENROLLED) for order, head in pairs)
    )
    assert sorted(type(one).__name__ for one in came) == ["Order", "RuleViolation"]
    assert Register.objects.get(code="order-enrolment").last_number == 1
    assert Enrolment.objects.count() == 1


@pytest.mark.clause("273-ФЗ ст. 53")
def test_issue_and_return_at_once_come_to_one_of_them(fresh_database: Place) -> None:
    order = make_order(make_cohort(), make_learners(2), approved=False)
    order = submit_order(order, actor=order.drafted_by, at=ENROLLED)
    one, two = make_account("head"), make_account("head")
    came = at_once(
        lambda: approve_order(order, seen=seen_of(order), actor=one, at=ENROLLED),
        lambda: return_order(order, remark="нет", actor=two, at=ENROLLED),
    )
    assert sorted(type(one).__name__ for one in came) == ["IllegalStep", "Order"]
    order.refresh_from_db()
    assert Enrolment.objects.count() == (2 if order.state == "approved" else 0)
    assert Entry.objects.exists() == (order.state == "approved")


@pytest.mark.clause("2.1")
def test_one_form_sent_ten_times_at_once_makes_one_draft(fresh_database: Place) -> None:
    cohort, people, key = make_cohort(), make_learners(2), UUID(int=7)
    methodist = methodist_of(cohort)
    came = at_once(*[partial(drafted, cohort, people, actor=methodist, request_key=key)] * 10)
    assert len({one.pk for one in came if isinstance(one, Order)}) == 1
    assert not [one for one in came if not isinstance(one, Order)]
