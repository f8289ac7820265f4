"""What an order does to enrolments: whom it may name, and what becomes of their record books (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given, hand_over
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import date_words
from zachetka.learning.actions.study_plans import bring_into_force, check_plan
from zachetka.learning.actions.transfers import check_transfer, lock_sheets, move
from zachetka.learning.grounds import grounds_on
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.enrolling import refuse_the_unfit
from zachetka.learning.queries.order_choice import closed_words
from zachetka.learning.queries.withdrawing import ill_on, owing_in
from zachetka.learning.refusal_words import and_others
from zachetka.learning.statements import write_numbers
from zachetka.ledger.actions import Happening, record_events
from zachetka.ledger.events import EventType
from zachetka.people.models import EducationDocument, Learner
from zachetka.programs.models import Module
from zachetka.registers.actions import Book, enter

if TYPE_CHECKING:
    from zachetka.access.models import Account

RECORD_BOOKS = Book("record-book", "Зачётные книжки", "ЗК-{yy}-{number:04}")
CLAUSE = "273-ФЗ ст. 53"
AHEAD: Final = timedelta(days=366)
"""How far ahead an order about those who study may take effect; a later day is a slip of the pen."""
PLAN_TOO: Final = "Ещё у {} план тоже не выполнен."
SAME_TOO: Final = "Ещё у {} то же."
STATE_TOO: Final = "Ещё у {} состояние тоже другое."


def check_order(order: Order, at: datetime) -> list[Enrolment]:
    """Return the record books that the order is about, in the order of a list: those there are, or those it would make.

    Raises:
        RuleViolation: nobody is named, the day does not fit, somebody does not fit this kind of order.
    """
    return _CHECKS[Order.Kind(order.kind)](order, legal_date(at))


def carry_out_order(order: Order, books: list[Enrolment], *, actor: Account, at: datetime) -> None:
    """Do what the issued order says with `books`, which `check_order` returned in the same transaction."""
    _EFFECTS[Order.Kind(order.kind)](order, books, actor, at)


def _check_enrolment(order: Order, today: date) -> list[Enrolment]:  # noqa: ARG001 - the shape of `_CHECKS`
    version = order.cohort.program_version
    if version.valid_from is not None and order.effective_on < version.valid_from:
        raise RuleViolation("2.3", "Зачисление раньше, чем утверждена программа.", field="effective_on")
    if order.effective_on > order.cohort.ends_on:
        raise RuleViolation(CLAUSE, "Зачисление позже, чем группа окончит обучение.", field="effective_on")
    _check_sheets(order.cohort, order.effective_on)
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


def _check_sheets(cohort: Cohort, first: date) -> None:
    """A closed sheet takes no new learner, unless its control was held before their `first` day: that they sit apart (п. 2.2).

    The sheets stay locked, so that none is closed while the order is issued.
    """
    sheets = _SHEETS(cohort=cohort.pk)
    closed = {
        one.module_id: one.held_on for one in sheets if one.state != MarkSheet.State.OPEN and one.held_on >= first
    }
    if closed:
        titles = Module.objects.filter(pk__in=closed).order_by("ordinal").values_list("title", flat=True)
        raise RuleViolation("2.2", closed_words(cohort, list(titles), max(closed.values())), field="effective_on")


def _check_admission(order: Order, today: date) -> list[Enrolment]:
    found = _enrolments(order, Enrolment.State.ACTIVE, "обучается")
    _check_day(order, found, today)
    how = headways(found)
    behind = [(enrolment, missing[0]) for enrolment in found if (missing := how[enrolment.pk].before_final)]
    if behind:
        enrolment, first = behind[0]
        more = and_others(len(behind) - 1, PLAN_TOO)
        raise RuleViolation("273-ФЗ ст. 59", f"{enrolment.learner}: {first.sentence}{more} Уберите из приказа.")
    return found


def _check_withdrawal(order: Order, today: date) -> list[Enrolment]:
    found = _enrolments(order, Enrolment.State.ACTIVE, "обучается", also=Enrolment.State.ADMITTED)
    _check_day(order, found, today)
    if order.ground not in grounds_on(today):
        raise RuleViolation("273-ФЗ ст. 61", "Сегодня закон такого основания не знает.", field="ground")
    if order.ground == Order.Ground.DEBT:
        _check_debts(order, found, today)
    if order.ground == Order.Ground.DISCIPLINE:
        _check_excuses(order, found, today)
    if order.ground != Order.Ground.COMPLETED:
        return found
    how = headways(found)
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


def _check_transfer(order: Order, today: date) -> list[Enrolment]:
    lock_sheets(order)
    found = _enrolments(order, Enrolment.State.ACTIVE, "обучается")
    _check_day(order, found, today)
    check_transfer(order, found, today)
    return found


def _check_debts(order: Order, found: Sequence[Enrolment], today: date) -> None:
    """Withdraw for a debt only whoever can close it no more, or has failed final attestation (273-ФЗ ст. 58 ч. 5, 61 ч. 2)."""
    owing = owing_in(order.cohort, found, headways(found), today)
    early = [enrolment for enrolment in found if enrolment.pk not in owing.lost]
    if early:
        first = early[0]
        open_one = next((one for one in owing.all if one.enrolment.pk == first.pk and one.owed), None)
        why = "долга нет"
        if open_one is not None and open_one.owed is not None:
            why = f"долг «{open_one.module.title}» ещё можно закрыть до {date_words(open_one.owed.until)}"
        raise RuleViolation(
            "273-ФЗ ст. 58 ч. 5",
            f"{first.learner}: {why}.{and_others(len(early) - 1, SAME_TOO)} Уберите из приказа или смените основание.",
        )


def _check_excuses(order: Order, found: Sequence[Enrolment], today: date) -> None:
    """No discipline during illness or leave, be it on the day of the order or on that of its issue (273-ФЗ ст. 43 ч. 6)."""
    if ill := ill_on(found, order.effective_on, today):
        raise RuleViolation(
            "273-ФЗ ст. 43 ч. 6",
            f"{ill[0].learner}: в этот день болезнь или отпуск, взыскание не применяют."
            f"{and_others(len(ill) - 1, SAME_TOO)} Уберите из приказа или смените день.",
        )


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
    _check_sat(order, found)


def _check_sat(order: Order, found: Sequence[Enrolment]) -> None:
    """No order takes effect before what was sat while it was not there; whoever is withdrawn may have been missed since (273-ФЗ ст. 53).

    `learning_order_is_of_its_day` asks the same.
    """
    later = [
        (pk, held_on)
        for pk, held_on, is_absence in _SAT_LATER(enrolments=[one.pk for one in found], day=order.effective_on)
        if not (is_absence and order.kind == Order.Kind.WITHDRAWAL)
    ]
    if later:
        pk, held_on = later[0]
        learner = next(one.learner for one in found if one.pk == pk)
        more = and_others(len({one for one, _ in later}) - 1, SAME_TOO)
        raise RuleViolation(
            CLAUSE,
            f"{learner}: есть результат за {held_on:%d.%m.%Y}, день приказа — не раньше.{more}",
            field="effective_on",
        )


_SAT_LATER: Final = Composed(
    lambda: (
        Mark.objects.in_force()
        .filter(enrolment__id__any=Given("enrolments"), grade__isnull=False, held_on__gt=Given("day"))
        .order_by("enrolment_id", "-held_on", "pk")
        .values_list("enrolment_id", "held_on", "grade__is_absence")
    )
)


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


def _transfer(order: Order, books: list[Enrolment], actor: Account, at: datetime) -> None:
    if order.target is not None:  # always, by its constraint
        move(order, order.target, books, RECORD_BOOKS, actor=actor, at=at)


def _move(books: list[Enrolment], **to: object) -> None:
    """Set the same of each of `books`, in memory and in the database; they are locked."""
    for enrolment in books:
        for name, value in to.items():
            setattr(enrolment, name, value)
    Enrolment.objects.filter(pk__any=[enrolment.pk for enrolment in books]).update(**to)


def _learners(order: Order, *, papers: bool = False) -> list[Learner]:
    """Return the people of the order in the order of a list.

    Raises:
        RuleViolation: nobody is left in it.
    """
    found = _NAMED(order=order.pk)
    if not found:
        raise RuleViolation("273-ФЗ ст. 53", "В приказе не осталось людей: отмените черновик.")
    if papers:
        known: defaultdict[int, list[EducationDocument]] = defaultdict(list)
        for paper in _PAPERS(order=order.pk):
            known[paper.person_id].append(paper)
        hand_over((learner.person for learner in found), "education", known)
    return found


_SHEETS: Final = Composed(
    lambda: MarkSheet.objects.main().filter(cohort_id=Given("cohort")).select_for_update(no_key=True).order_by("pk")
)
_NAMED: Final = Composed(
    lambda: (
        Learner.objects.filter(order_lines__order_id=Given("order"))
        .select_related("person")
        .order_by("person__sort_key", "pk")
    )
)
_PAPERS: Final = Composed(
    lambda: EducationDocument.objects.filter(person__learner__order_lines__order_id=Given("order"))
)
_BOOKS: Final = Composed(
    lambda: (
        Enrolment.objects.filter(cohort_id=Given("cohort"), learner__pk__any=Given("learners"))
        .order_by("pk")  # of whoever came back the last book is the one that may be alive
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
        now_is = _word_of(found.get(learner.pk))
        more = and_others(len(strays) - 1, STATE_TOO)
        raise RuleViolation(
            "273-ФЗ ст. 61",
            f"{learner.person.full_name}: {now_is}, а приказ — о том, кто {word}.{more} Уберите из приказа.",
        )
    for learner in people:
        found[learner.pk].learner, found[learner.pk].cohort = learner, order.cohort
    return [found[learner.pk] for learner in people]


def _word_of(found: Enrolment | None) -> str:
    """Say why an order cannot be about somebody: the state, or of an end that may not have come, its order and day."""
    if found is None:
        return "не в группе"
    is_told = found.ended_on is not None and found.state != Enrolment.State.MOVED  # a transfer is never dated ahead
    return f"издан приказ, {found.end_words}" if is_told else found.get_state_display()


def _record(event: EventType, found: Sequence[Enrolment], actor: Account, at: datetime, order: Order) -> None:
    record_events(
        Happening(type=event, subject=enrolment, actor=actor, at=at, clause="273-ФЗ ст. 53", body={"order": order.pk})
        for enrolment in found
    )


_CHECKS: Final[dict[Order.Kind, Callable[[Order, date], list[Enrolment]]]] = {
    Order.Kind.ENROLMENT: _check_enrolment,
    Order.Kind.ADMISSION: _check_admission,
    Order.Kind.WITHDRAWAL: _check_withdrawal,
    Order.Kind.STUDY_PLAN: check_plan,
    Order.Kind.TRANSFER: _check_transfer,
}
_EFFECTS: Final[dict[Order.Kind, Callable[[Order, list[Enrolment], Account, datetime], None]]] = {
    Order.Kind.ENROLMENT: _enrol,
    Order.Kind.ADMISSION: _admit,
    Order.Kind.WITHDRAWAL: _withdraw,
    Order.Kind.STUDY_PLAN: bring_into_force,
    Order.Kind.TRANSFER: _transfer,
}
