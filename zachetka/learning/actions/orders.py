"""Orders from draft to issue (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given
from zachetka.core.errors import IllegalStep, RuleViolation, Stale
from zachetka.learning import telling
from zachetka.learning.actions.enrolments import carry_out_order, check_order
from zachetka.learning.actions.study_plans import PlanSaid, said_before, write_plan
from zachetka.learning.actions.transfers import check_said
from zachetka.learning.lifecycle import APPROVE_ORDER, CANCEL_ORDER, RETURN_ORDER, SUBMIT_ORDER, WRITTEN_BY
from zachetka.learning.models import Cohort, Order, OrderLine
from zachetka.learning.order_text import frozen
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.hands import require_fresh_eyes, require_seen
from zachetka.lifecycle.steps import lock, take
from zachetka.people.models import Learner
from zachetka.registers.actions import Book, enter

if TYPE_CHECKING:
    from zachetka.access.models import Account

ORDER_BOOKS = {
    Order.Kind.ENROLMENT: Book("order-enrolment", "Приказы о зачислении", "{number}-з"),
    Order.Kind.ADMISSION: Book("order-admission", "Приказы о допуске к итоговой аттестации", "{number}-д"),
    Order.Kind.WITHDRAWAL: Book("order-withdrawal", "Приказы об отчислении", "{number}-о"),
    Order.Kind.STUDY_PLAN: Book("order-study_plan", "Приказы об индивидуальных учебных планах", "{number}-и"),
    Order.Kind.TRANSFER: Book("order-transfer", "Приказы о переводе", "{number}-п"),
}
CLAUSE = "273-ФЗ ст. 53"
WROTE_IT: Final = "Кто готовил, правил или передавал приказ, его не издаёт: нужен другой человек."
MOST_PEOPLE: Final = 500
"""People of one order; more are divided into several."""
CHANGED_MEANWHILE: Final = "Пока вы читали, проект приказа изменили. Прочтите его заново — и тогда издайте."
OVERTAKEN: Final = "Пока вы правили проект приказа, его изменили. Откройте его заново."
NAMED_IN_IT: Final = "Вы названы в этом приказе: его издаёт другой человек."


def draft_order(
    cohort: Cohort,
    *,
    kind: str,
    learners: Sequence[Learner],
    effective_on: date,
    basis: str,
    ground: str = "",
    target: Cohort | None = None,
    plan: PlanSaid | None = None,
    request_key: UUID,
    actor: Account,
    at: datetime,
) -> Order:
    """Draft an order about `learners` of `cohort`; the same `request_key` again returns the same draft.

    `plan` is what an order of an individual plan sets, `target` the cohort to which one of transfer leads; no other has them.

    Raises:
        Forbidden: the cohort is not of the actor's unit.
        RuleViolation: nobody is named, the ground is missing, a person does not fit this kind of order.
    """
    require(actor, Permission.COHORT_EDIT, cohort)
    require(actor, Permission.ORDER_DRAFT)
    _shaped(kind, learners, ground)
    _leads(kind, target, actor)
    said = {
        "kind": kind,
        "cohort": cohort,
        "effective_on": effective_on,
        "basis": basis,
        "ground": ground if kind == Order.Kind.WITHDRAWAL else "",
        "target": target if kind == Order.Kind.TRANSFER else None,
    }
    with transaction.atomic():
        order, made = Order.objects.get_or_create(
            request_key=request_key,
            defaults=said | {"drafted_by": actor, "drafted_by_person": actor.person_uid, "drafted_at": at},
        )
        if not made:
            return _sent_before(order, said, learners, plan, actor)
        record_event(EventType.ORDER_DRAFTED, order, actor=actor, at=at, clause=CLAUSE)
        _add_lines(order, learners, actor, at)
        if plan is not None:
            write_plan(order, plan, actor=actor, at=at)
        check_order(order, at)
    return order


def change_order(
    order: Order,
    *,
    learners: Sequence[Learner],
    effective_on: date,
    basis: str,
    ground: str = "",
    target: Cohort | None = None,
    plan: PlanSaid | None = None,
    seen: str,
    actor: Account,
    at: datetime,
) -> Order:
    """Make the draft say what its page says: people, date, basis, ground, target, plan; kind and cohort stay (273-ФЗ ст. 53).

    Whoever changed it last is its drafter. `seen` is `lifecycle.hands.seen_of` of the draft when its page was opened;
    what the draft says already is said again by anybody.

    Raises:
        Stale: somebody changed the draft after `seen`, and it says something else.
        Forbidden: the cohort is not of the actor's unit.
        IllegalStep: the order is no longer a draft.
        RuleViolation: nobody is named, the ground is missing, a person does not fit this kind of order.
    """
    with transaction.atomic():
        order = lock(order)
        require(actor, Permission.ORDER_DRAFT, order)
        if order.state != Order.State.DRAFT:
            raise IllegalStep(CLAUSE, "Правят черновик; этот приказ уже передан на подпись, издан или отменён.")
        _shaped(order.kind, learners, ground)
        _leads(order.kind, target, actor)
        said = {
            "effective_on": effective_on,
            "basis": basis,
            "ground": ground if order.kind == Order.Kind.WITHDRAWAL else "",
            "target": target if order.kind == Order.Kind.TRANSFER else None,
        }
        changed = [name for name, value in said.items() if getattr(order, name) != value]
        wanted = {learner.pk: learner for learner in learners}
        lines = list(order.lines.select_related("learner__person"))
        gone = [line for line in lines if line.learner_id not in wanted]
        known = {line.learner_id for line in lines}
        new = [learner for pk, learner in wanted.items() if pk not in known]
        if changed or gone or new or (plan is not None and plan != said_before(order)):
            require_seen(order, seen, clause=CLAUSE, sentence=OVERTAKEN)
        for name in changed:
            setattr(order, name, said[name])
        record_events(_lines_happened(EventType.ORDER_LINE_REMOVED, gone, actor, at))
        OrderLine.objects.filter(pk__in=[line.pk for line in gone]).delete()
        _add_lines(order, new, actor, at)
        if gone or new:
            changed.append("learners")
        if plan is not None and write_plan(order, plan, actor=actor, at=at):
            changed.append("study_plan")
        if changed:
            _changed(order, changed, actor, at)
        check_order(order, at)
    return order


def _changed(order: Order, what: Sequence[str], actor: Account, at: datetime) -> None:
    order.drafted_by, order.drafted_by_person = actor, actor.person_uid
    order.save()
    record_event(EventType.ORDER_CHANGED, order, actor=actor, at=at, clause=CLAUSE, fields=sorted(what))


def _shaped(kind: str, learners: Sequence[Learner], ground: str) -> None:
    if not learners:
        raise RuleViolation(CLAUSE, "В приказе никого нет: отметьте слушателей.", field="learners")
    if len(learners) > MOST_PEOPLE:
        raise RuleViolation(
            CLAUSE,
            f"В приказе {len(learners)} человек, а помещается {MOST_PEOPLE}: остальных назовите следующим приказом.",
            field="learners",
        )
    if len({learner.pk for learner in learners}) != len(learners):
        raise RuleViolation(CLAUSE, "Один человек назван в приказе дважды.", field="learners")
    if kind == Order.Kind.WITHDRAWAL and ground not in Order.Ground.values:
        raise RuleViolation("273-ФЗ ст. 61", "Выберите основание отчисления.", field="ground")


def _leads(kind: str, target: Cohort | None, actor: Account) -> None:
    """An order of transfer names the cohort to which it leads, and its drafter drafts orders for that one too (273-ФЗ ст. 57)."""
    if kind != Order.Kind.TRANSFER:
        return
    if target is None:
        raise RuleViolation("273-ФЗ ст. 57", "Выберите группу, в которую переводим.", field="target")
    require(actor, Permission.COHORT_EDIT, target)


def _sent_before(
    order: Order, said: dict[str, object], learners: Sequence[Learner], plan: PlanSaid | None, actor: Account
) -> Order:
    """Return the draft that the same form has already made; a key of another person or text is refused (N11, N12)."""
    if order.drafted_by_id != actor.pk:
        raise Stale(CLAUSE, "Страница устарела. Откройте новый приказ заново.")
    same = all(getattr(order, name) == value for name, value in said.items()) and said_before(order) == plan
    if not same or {line.learner_id for line in order.lines.all()} != {learner.pk for learner in learners}:
        raise RuleViolation(
            CLAUSE, f"Этой формой уже подготовлен приказ группе {order.cohort}. Откройте его и правьте там."
        )
    return order


def _add_lines(order: Order, learners: Sequence[Learner], actor: Account, at: datetime) -> None:
    lines = OrderLine.objects.bulk_create(OrderLine(order=order, learner=learner) for learner in learners)
    record_events(_lines_happened(EventType.ORDER_LINE_ADDED, lines, actor, at))


def submit_order(order: Order, *, actor: Account, at: datetime) -> Order:
    """Hand the draft to the head. What would stop its issue stops it here (273-ФЗ ст. 53)."""
    with take(SUBMIT_ORDER, order, actor=actor, at=at) as order:
        check_order(order, at)
        check_said(order)
        order.remark = ""
        telling.order_waits(order, actor=actor, at=at)
    return order


def return_order(order: Order, *, remark: str, actor: Account, at: datetime) -> Order:
    """Give the order back to whoever drafted it, saying why (273-ФЗ ст. 53)."""
    if not remark:
        raise RuleViolation(
            "273-ФЗ ст. 53", "Напишите, что исправить: черновик вернётся с этим замечанием.", field="remark"
        )
    with take(RETURN_ORDER, order, actor=actor, at=at) as order:
        order.remark = remark
        telling.order_returned(order, actor=actor, at=at)
    return order


def cancel_order(order: Order, *, actor: Account, at: datetime) -> Order:
    """Drop a draft; it stays in the list as cancelled (273-ФЗ ст. 53)."""
    with take(CANCEL_ORDER, order, actor=actor, at=at) as order:
        telling.order_cancelled(order, at=at)
    return order


def approve_order(order: Order, *, seen: str, actor: Account, at: datetime) -> Order:
    """Issue the order: number it, sign it, do what it says, all in one transaction (273-ФЗ ст. 53, 59, 61).

    `seen` is `lifecycle.hands.seen_of` of the order that the actor read.

    Raises:
        Stale: the order was changed after the actor had read it.
        RuleViolation: whoever drafted, changed or submitted it, or is named in it, may not issue it; somebody in it
            no longer fits.
    """
    with transaction.atomic():
        with take(APPROVE_ORDER, order, actor=actor, at=at) as order:
            require_seen(order, seen, clause=CLAUSE, sentence=CHANGED_MEANWHILE)
            require_another_person(order.drafted_by_person, actor, WROTE_IT)
            require_fresh_eyes(order, WRITTEN_BY, actor, WROTE_IT)
            for (named,) in _NAMED(order=order.pk):
                require_another_person(named, actor, NAMED_IN_IT)
            _lock_cohorts(order)
            books = check_order(order, at)
            (entry,) = enter(ORDER_BOOKS[Order.Kind(order.kind)], [order], actor=actor, at=at)
            order.number, order.order_date = entry.written, legal_date(at)
            order.approved_by, order.approved_by_person, order.approved_at = actor, actor.person_uid, at
            order.text, order.text_hash = frozen(order, [book.learner for book in books])
        carry_out_order(order, books, actor=actor, at=at)  # the database takes an enrolment of an issued order only
        telling.order_issued(order, actor=actor, at=at)
    return order


def _lock_cohorts(order: Order) -> None:
    """Lock the cohorts of `order` by their keys, so that two transfers into each other's cohort wait in one line."""
    cohorts = [order.cohort] if order.target is None else [order.cohort, order.target]
    locked = {one.pk: lock(one) for one in sorted(cohorts, key=lambda one: one.pk)}
    order.cohort = locked[order.cohort_id]
    if order.target_id is not None:
        order.target = locked[order.target_id]


_NAMED: Final = Composed(
    lambda: OrderLine.objects.filter(order_id=Given("order")).values_list("learner__person__human_uid").order_by()
)


def _lines_happened(event: EventType, lines: Sequence[OrderLine], actor: Account, at: datetime) -> list[Happening]:
    return [
        Happening(type=event, subject=line, actor=actor, at=at, clause="273-ФЗ ст. 53", about=line.learner.person.uid)
        for line in lines
    ]
