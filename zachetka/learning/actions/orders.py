"""Orders from draft to issue, and what an issued order does (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given
from zachetka.core.errors import IllegalStep, RuleViolation, Stale
from zachetka.learning import telling
from zachetka.learning.lifecycle import APPROVE_ORDER, CANCEL_ORDER, RETURN_ORDER, SUBMIT_ORDER, WRITTEN_BY
from zachetka.learning.models import Cohort, Enrolment, MarkSheet, Order, OrderLine
from zachetka.learning.order_text import frozen
from zachetka.learning.queries.admission import standings
from zachetka.learning.queries.enrolling import refuse_the_unfit, with_papers
from zachetka.learning.queries.order_choice import closed_words
from zachetka.learning.refusal_words import and_others
from zachetka.learning.statements import write_numbers
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.hands import require_fresh_eyes, require_seen
from zachetka.lifecycle.steps import lock, take
from zachetka.people.models import Learner
from zachetka.programs.models import Module
from zachetka.registers.actions import Book, enter

if TYPE_CHECKING:
    from zachetka.access.models import Account

ORDER_BOOKS = {
    Order.Kind.ENROLMENT: Book("order-enrolment", "Приказы о зачислении", "{number}-з"),
    Order.Kind.ADMISSION: Book("order-admission", "Приказы о допуске к итоговой аттестации", "{number}-д"),
    Order.Kind.WITHDRAWAL: Book("order-withdrawal", "Приказы об отчислении", "{number}-о"),
}
RECORD_BOOKS = Book("record-book", "Зачётные книжки", "ЗК-{yy}-{number:04}")
CLAUSE = "273-ФЗ ст. 53"
AHEAD: Final = timedelta(days=366)
"""How far ahead an order about those who study may take effect; a later day is a slip of the pen."""
WROTE_IT: Final = "Кто готовил, правил или передавал приказ, его не издаёт: нужен другой человек."
PLAN_TOO: Final = "Ещё у {} план тоже не выполнен."
STATE_TOO: Final = "Ещё у {} состояние тоже другое."
MOST_PEOPLE: Final = 500
"""People of one order; more are divided into several."""
CHANGED_MEANWHILE: Final = "Пока вы читали, проект приказа изменили. Прочтите его заново — и тогда издайте."
NAMED_IN_IT: Final = "Вы названы в этом приказе: его издаёт другой человек."


def draft_order(
    cohort: Cohort,
    *,
    kind: str,
    learners: Sequence[Learner],
    effective_on: date,
    basis: str,
    ground: str = "",
    request_key: UUID,
    actor: Account,
    at: datetime,
) -> Order:
    """Draft an order about `learners` of `cohort`; the same `request_key` again returns the same draft.

    Raises:
        Forbidden: the cohort is not of the actor's unit.
        RuleViolation: nobody is named, the ground is missing, a person does not fit this kind of order.
    """
    require(actor, Permission.COHORT_EDIT, cohort)
    require(actor, Permission.ORDER_DRAFT)
    _shaped(kind, learners, ground)
    said = {
        "kind": kind,
        "cohort": cohort,
        "effective_on": effective_on,
        "basis": basis,
        "ground": ground if kind == Order.Kind.WITHDRAWAL else "",
    }
    with transaction.atomic():
        order, made = Order.objects.get_or_create(
            request_key=request_key,
            defaults=said | {"drafted_by": actor, "drafted_by_person": actor.person_uid, "drafted_at": at},
        )
        if not made:
            return _sent_before(order, said, learners, actor)
        record_event(EventType.ORDER_DRAFTED, order, actor=actor, at=at, clause=CLAUSE)
        _add_lines(order, learners, actor, at)
        _check(order, at)
    return order


def change_order(
    order: Order,
    *,
    learners: Sequence[Learner],
    effective_on: date,
    basis: str,
    ground: str = "",
    actor: Account,
    at: datetime,
) -> Order:
    """Make the draft say what its page says: people, date, basis, ground; kind and cohort stay (273-ФЗ ст. 53).

    Whoever changed it last is its drafter.

    Raises:
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
        said = {
            "effective_on": effective_on,
            "basis": basis,
            "ground": ground if order.kind == Order.Kind.WITHDRAWAL else "",
        }
        changed = [name for name, value in said.items() if getattr(order, name) != value]
        for name in changed:
            setattr(order, name, said[name])
        wanted = {learner.pk: learner for learner in learners}
        lines = list(order.lines.select_related("learner__person"))
        gone = [line for line in lines if line.learner_id not in wanted]
        record_events(_lines_happened(EventType.ORDER_LINE_REMOVED, gone, actor, at))
        OrderLine.objects.filter(pk__in=[line.pk for line in gone]).delete()
        known = {line.learner_id for line in lines}
        new = [learner for pk, learner in wanted.items() if pk not in known]
        _add_lines(order, new, actor, at)
        if gone or new:
            changed.append("learners")
        if changed:
            _changed(order, changed, actor, at)
        _check(order, at)
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


def _sent_before(order: Order, said: dict[str, object], learners: Sequence[Learner], actor: Account) -> Order:
    """Return the draft that the same form has already made; a key of another person or text is refused (N11, N12)."""
    if order.drafted_by_id != actor.pk:
        raise Stale(CLAUSE, "Страница устарела. Откройте новый приказ заново.")
    same = all(getattr(order, name) == value for name, value in said.items())
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
        _check(order, at)
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
        pass
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
            for named in order.lines.values_list("learner__person__uid", flat=True):
                require_another_person(named, actor, NAMED_IN_IT)
            order.cohort = lock(order.cohort)
            books = _check(order, at)
            (entry,) = enter(ORDER_BOOKS[Order.Kind(order.kind)], [order], actor=actor, at=at)
            order.number, order.order_date = entry.written, legal_date(at)
            order.approved_by, order.approved_by_person, order.approved_at = actor, actor.person_uid, at
            order.text, order.text_hash = frozen(order)
        _EFFECTS[Order.Kind(order.kind)](
            order, books, actor, at
        )  # the database takes an enrolment of an issued order only
        telling.order_issued(order, actor=actor, at=at)
    return order


def _check(order: Order, at: datetime) -> list[Enrolment]:
    """Return the record books that the order is about, in the order of a list: those there are, or those it would make."""
    return _CHECKS[Order.Kind(order.kind)](order, legal_date(at))


def _check_enrolment(order: Order, today: date) -> list[Enrolment]:  # noqa: ARG001 - the shape of `_CHECKS`
    version = order.cohort.program_version
    if version.valid_from is not None and order.effective_on < version.valid_from:
        raise RuleViolation("2.3", "Зачисление раньше, чем утверждена программа.", field="effective_on")
    if order.effective_on > order.cohort.ends_on:
        raise RuleViolation(CLAUSE, "Зачисление позже, чем группа окончит обучение.", field="effective_on")
    _check_sheets(order.cohort)
    people = _learners(order, papers=True)
    how = refuse_the_unfit(order.cohort, people)
    return [
        Enrolment(
            learner=learner,
            cohort=order.cohort,
            started_on=order.effective_on,
            enrolment_order=order,
            education=how[learner.pk].education,
            issue_deferred=how[learner.pk].is_deferred,
        )
        for learner in people
    ]


def _check_sheets(cohort: Cohort) -> None:
    """A closed sheet takes no new learner, and there is no second attempt for those who never had a first (п. 2.2).

    The sheets stay locked, so that none is closed while the order is issued.
    """
    sheets = list(MarkSheet.objects.main().filter(cohort=cohort).select_for_update(no_key=True).order_by("pk"))
    closed = [sheet.module_id for sheet in sheets if sheet.state == MarkSheet.State.CLOSED]
    if closed:
        titles = Module.objects.filter(pk__in=closed).order_by("ordinal").values_list("title", flat=True)
        raise RuleViolation("2.2", closed_words(cohort, list(titles)))


def _check_admission(order: Order, today: date) -> list[Enrolment]:
    found = _enrolments(order, Enrolment.State.ACTIVE, "обучается")
    _check_day(order, found, today)
    how = standings(found)
    behind = [(enrolment, missing[0]) for enrolment in found if (missing := how[enrolment.pk].before_final)]
    if behind:
        enrolment, first = behind[0]
        more = and_others(len(behind) - 1, PLAN_TOO)
        raise RuleViolation("273-ФЗ ст. 59", f"{enrolment.learner}: {first.sentence}{more} Уберите из приказа.")
    return found


def _check_withdrawal(order: Order, today: date) -> list[Enrolment]:
    found = _enrolments(order, Enrolment.State.ACTIVE, "обучается", also=Enrolment.State.ADMITTED)
    _check_day(order, found, today)
    if order.ground != Order.Ground.COMPLETED:
        return found
    how = standings(found)
    behind = [
        (enrolment, missing[0])
        for enrolment in found
        if (missing := [*how[enrolment.pk].before_final, *how[enrolment.pk].final])
    ]
    if behind:
        enrolment, first = behind[0]
        more = and_others(len(behind) - 1, PLAN_TOO)
        raise RuleViolation(
            "273-ФЗ ст. 61 ч. 1",
            f"{enrolment.learner}: обучение не завершено, {first.sentence}{more} Уберите из приказа или смените основание.",
        )
    return found


def _check_day(order: Order, found: Sequence[Enrolment], today: date) -> None:
    last = max(found, key=lambda enrolment: enrolment.started_on)
    if order.effective_on < last.started_on:
        raise RuleViolation(
            CLAUSE,
            f"{last.learner}: зачисление с {last.started_on:%d.%m.%Y}, день приказа — не раньше.",
            field="effective_on",
        )
    if order.effective_on > today + AHEAD:
        raise RuleViolation(CLAUSE, "До этого дня больше года: проверьте дату.", field="effective_on")


def _enrol(order: Order, books: list[Enrolment], actor: Account, at: datetime) -> None:
    made = Enrolment.objects.bulk_create(books)
    entries = enter(RECORD_BOOKS, made, actor=actor, at=at)
    for enrolment, entry in zip(made, entries, strict=True):
        enrolment.number = entry.written
    write_numbers(made)
    _record(EventType.ENROLMENT_MADE, made, actor, at, order)


def _admit(order: Order, books: list[Enrolment], actor: Account, at: datetime) -> None:
    _move(books, state=Enrolment.State.ADMITTED, admission_order=order)
    _record(EventType.ENROLMENT_ADMITTED, books, actor, at, order)


def _withdraw(order: Order, books: list[Enrolment], actor: Account, at: datetime) -> None:
    done = order.ground == Order.Ground.COMPLETED
    ended = Enrolment.State.COMPLETED if done else Enrolment.State.WITHDRAWN
    _move(books, state=ended, ended_on=order.effective_on, withdrawal_order=order)
    _record(EventType.ENROLMENT_ENDED, books, actor, at, order)


def _move(books: list[Enrolment], **to: object) -> None:
    """Set the same of each of `books`, in memory and in the database; they are locked."""
    for enrolment in books:
        for name, value in to.items():
            setattr(enrolment, name, value)
    Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in books]).update(**to)


_CHECKS: dict[Order.Kind, Callable[[Order, date], list[Enrolment]]] = {
    Order.Kind.ENROLMENT: _check_enrolment,
    Order.Kind.ADMISSION: _check_admission,
    Order.Kind.WITHDRAWAL: _check_withdrawal,
}
_EFFECTS: dict[Order.Kind, Callable[[Order, list[Enrolment], Account, datetime], None]] = {
    Order.Kind.ENROLMENT: _enrol,
    Order.Kind.ADMISSION: _admit,
    Order.Kind.WITHDRAWAL: _withdraw,
}


def _learners(order: Order, *, papers: bool = False) -> list[Learner]:
    """Return the people of the order in the order of a list.

    Raises:
        RuleViolation: nobody is left in it.
    """
    found = (_NAMED_WITH_PAPERS if papers else _NAMED)(order=order.pk)
    if not found:
        raise RuleViolation("273-ФЗ ст. 53", "В приказе не осталось людей: отмените черновик.")
    return found


_NAMED: Final = Composed(
    lambda: (
        Learner.objects.filter(order_lines__order_id=Given("order"))
        .select_related("person")
        .order_by("person__sort_key", "pk")
    )
)
_NAMED_WITH_PAPERS: Final = Composed(lambda: with_papers(Learner.objects.filter(order_lines__order_id=Given("order"))))
_BOOKS: Final = Composed(
    lambda: (
        Enrolment.objects.filter(cohort_id=Given("cohort"), learner__pk__any=Given("learners"))
        .order_by("pk")
        .select_for_update(no_key=True)
    )
)


def _enrolments(order: Order, state: str, word: str, *, also: str = "") -> list[Enrolment]:
    """Return the enrolments of the order's people, locked in one order, each in a state that fits.

    Raises:
        RuleViolation: somebody is not in the cohort or is no longer in that state.
    """
    people = _learners(order)
    rows = _BOOKS(cohort=order.cohort_id, learners=[learner.pk for learner in people])
    found = {row.learner_id: row for row in rows}
    strays = [one for one in people if one.pk not in found or found[one.pk].state not in {state, also}]
    if strays:
        learner = strays[0]
        now_is = found[learner.pk].get_state_display() if learner.pk in found else "не в группе"
        more = and_others(len(strays) - 1, STATE_TOO)
        raise RuleViolation(
            "273-ФЗ ст. 61",
            f"{learner.person.full_name}: {now_is}, а приказ — о том, кто {word}.{more} Уберите из приказа.",
        )
    for learner in people:
        found[learner.pk].learner, found[learner.pk].cohort = learner, order.cohort
    return [found[learner.pk] for learner in people]


def _record(event: EventType, found: Sequence[Enrolment], actor: Account, at: datetime, order: Order) -> None:
    record_events(
        Happening(type=event, subject=enrolment, actor=actor, at=at, clause="273-ФЗ ст. 53", body={"order": order.pk})
        for enrolment in found
    )


def _lines_happened(event: EventType, lines: Sequence[OrderLine], actor: Account, at: datetime) -> list[Happening]:
    return [
        Happening(type=event, subject=line, actor=actor, at=at, clause="273-ФЗ ст. 53", about=line.learner.person.uid)
        for line in lines
    ]
