"""The electronic record book as it stood at a moment (п. 2.1, 2.5): a reading of facts, nothing of it is stored.

The rows are read once and replayed twice: as of the moment shown, and as of now for «потом: хорошо».
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from zachetka.core.clock import legal_date
from zachetka.learning.models import Enrolment, Order, StudyPlan
from zachetka.learning.queries.admission import Obstacle
from zachetka.learning.queries.awards import Shown, later_than, shown_at
from zachetka.learning.queries.record_debts import Debt
from zachetka.learning.queries.record_lines import TAKEN_BACK, Line, lines_at
from zachetka.learning.queries.record_rows import Rows, cohort_average, rows_of
from zachetka.learning.queries.study_plans import in_force_at
from zachetka.learning.rules import average
from zachetka.programs.models import Module, ProgramVersion
from zachetka.rendering.forms.mentions import Name

if TYPE_CHECKING:
    from zachetka.access.models import Account

State = Enrolment.State


@dataclass(frozen=True)
class RecordBook:
    """What the page, the paper and the public check show.

    Attributes:
        seen_at: the moment whose state is shown; everything written later is left out.
        is_past: False when that moment is now.
        holder: the learner's name on that day as it was known then.
        orders: issued by then, oldest first.
        lines: the plan without final attestation; `finals` is the rest of it.
        average: of `graded` marks that have points; None when there are none.
        cohort_average: None also where it would tell somebody's marks.
        obstacles: what stood between the learner and final attestation; empty once admitted.
        plan: the individual plan in force then, None with the plan of the group.
        awards: encouragements in force then, the earliest first.
        later_awards: how many were recorded after the moment shown.
    """

    enrolment: Enrolment
    rows: Rows
    seen_at: datetime
    is_past: bool
    holder: Name
    state: str
    orders: tuple[Order, ...]
    lines: tuple[Line, ...]
    finals: tuple[Line, ...]
    average: Decimal | None
    graded: int
    cohort_average: Decimal | None
    plan: StudyPlan | None = None
    awards: tuple[Shown, ...] = ()
    later_awards: int = 0

    @cached_property
    def day(self) -> date:
        """The legal day shown."""
        return legal_date(self.seen_at)

    @property
    def version(self) -> ProgramVersion:
        """The edition of the programme by which the cohort is taught."""
        return self.enrolment.cohort.program_version

    @cached_property
    def all_lines(self) -> tuple[Line, ...]:
        """The whole plan, final attestation last."""
        return self.lines + self.finals

    @cached_property
    def hours(self) -> int:
        """Hours that the learner takes: of the programme, or of the individual plan."""
        return sum(line.module.hours for line in self.all_lines if not line.is_out)

    @cached_property
    def taken(self) -> tuple[Line, ...]:
        """The plan that the learner takes, without final attestation."""
        return tuple(line for line in self.lines if not line.is_out)

    @property
    def ends_on(self) -> date:
        """Last day of study: of the order of withdrawal, of the individual plan, or of the group."""
        ended = self.enrolment.ended_on if self.is_ended else self.to_end.effective_on if self.to_end else None
        return ended or (self.plan.ends_on if self.plan else self.enrolment.cohort.ends_on)

    @cached_property
    def attestation_on(self) -> date | None:
        """The day of final attestation: appointed to the learner alone, the last one of the individual plan, of the group."""
        own = next((line for line in self.finals if line.own), None)
        if own is None or own.own is None:
            return self.enrolment.cohort.attestation_on
        return own.awaited.held_on if own.awaited else own.own.held_by

    @cached_property
    def hours_passed(self) -> int:
        """Hours of the modules whose last mark is positive, final attestation included."""
        return sum(line.module.hours for line in self.all_lines if line.is_passed)

    @cached_property
    def passed(self) -> int:
        """Modules of the plan passed, without final attestation."""
        return sum(line.is_passed for line in self.lines)

    @cached_property
    def debts(self) -> tuple[Debt, ...]:
        """Academic debts, the earliest term first (273-ФЗ ст. 58 ч. 2)."""
        found = [line.debt for line in self.all_lines if line.debt]
        return tuple(sorted(found, key=lambda debt: (debt.until, debt.module.ordinal)))

    @cached_property
    def changed(self) -> int:
        """Lines and awards that read otherwise today."""
        return sum(bool(line.later) for line in self.all_lines) + sum(one.cancelled is not None for one in self.awards)

    @property
    def is_moved(self) -> bool:
        """An order of transfer had ended it by then."""
        return self.state == State.MOVED

    @property
    def moved_from(self) -> Enrolment | None:
        """The record book that this one goes on from, by an order of transfer (273-ФЗ ст. 57)."""
        return self.enrolment.continues

    @property
    def is_matched(self) -> bool:
        """The book before is of another plan, so what counts here is what the order of transfer says (273-ФЗ ст. 34 ч. 1 п. 7)."""
        before = self.moved_from
        return before is not None and before.cohort.program_version_id != self.enrolment.cohort.program_version_id

    @property
    def is_planned_by_transfer(self) -> bool:
        """No plan has taken the place of the one that the order of transfer set."""
        return self.plan is not None and self.plan.order_id == self.enrolment.enrolment_order_id

    @property
    def moved_to(self) -> Enrolment | None:
        """The record book in which the study went on, once the order of transfer had been issued."""
        return self.enrolment.goes_on_in if self.is_moved else None

    @property
    def is_ended(self) -> bool:
        """An order of withdrawal or transfer had ended it by then, whatever its ground."""
        return self.state in ENDED

    @property
    def to_end(self) -> Order | None:
        """The order, issued by then, that ends the book from a day which had not come (273-ФЗ ст. 61 ч. 4)."""
        return next(
            (
                order
                for order in self.orders
                if order.kind in ENDING
                and order.effective_on > self.day
                and order.pk != self.enrolment.enrolment_order_id
            ),
            None,
        )

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """What is not passed of the plan before final attestation (273-ФЗ ст. 59); the same as `admission.obstacles`."""
        if self.state != State.ACTIVE:
            return []
        return [obstacle for line in self.lines if (obstacle := line.obstacle)]

    def order(self, kind: str) -> Order | None:
        """Return the issued order of this kind, if there was one by then."""
        return next((order for order in self.orders if order.kind == kind), None)

    @property
    def standing(self) -> str:
        """The state in words that need no gender: «обучается», «обучение завершено»."""
        if not self.is_ended and self.day < self.enrolment.started_on:
            return ahead_words(self.enrolment)
        if self.to_end is not None:
            return f"{STANDINGS[State(self.state)]}, {self.enrolment.end_words}"
        if self.state != State.WITHDRAWN:
            return STANDINGS[State(self.state)]
        order = self.order(Order.Kind.WITHDRAWAL)
        return f"обучение прекращено {order.get_ground_display()}" if order else STANDINGS[State.WITHDRAWN]


STANDINGS = {
    State.ACTIVE: "обучается",
    State.ADMITTED: "обучается, есть допуск к итоговой аттестации",
    State.COMPLETED: "обучение завершено",
    State.WITHDRAWN: "обучение прекращено",
    State.MOVED: "обучение прекращено переводом",
}
ENDED = frozenset({State.COMPLETED, State.WITHDRAWN, State.MOVED})
"""States in which nobody learns any more by this book."""
ENDING = frozenset({Order.Kind.WITHDRAWAL, Order.Kind.TRANSFER})
"""Orders that end a book from their day on."""


def ahead_words(enrolment: Enrolment) -> str:
    """Return what stands for the state until the day of the enrolment comes (273-ФЗ ст. 53 ч. 1)."""
    return f"обучение начнётся {enrolment.started_on:%d.%m.%Y}"


def record_book(
    enrolment: Enrolment, *, at: datetime, seen_at: datetime | None = None, reader: Account | None = None
) -> RecordBook:
    """Return the book of `enrolment` as it stood at `seen_at`, by default now; seven queries.

    Args:
        enrolment: read with `record_rows.PAPERS`.
        at: the present moment.
        seen_at: the moment to show, not after `at`.
        reader: who looks; decides only which marks offer «Исправить…».
    """
    rows = rows_of(enrolment, reader)
    shown = seen_at or at
    average_of_cohort = cohort_average(enrolment.cohort_id, shown)
    return book_of(rows, at=at, seen_at=shown, cohort=average_of_cohort)


def book_of(rows: Rows, *, at: datetime, seen_at: datetime, cohort: Decimal | None = None) -> RecordBook:
    """Return the book that `rows` make at `seen_at`; asks the database nothing."""
    enrolment = rows.enrolment
    orders = _orders(rows, seen_at)
    state = state_made_by(orders, begun_by=enrolment.enrolment_order_id, day=legal_date(seen_at))
    is_ended = state in ENDED
    plan = in_force_at(rows.plans, seen_at)
    goes_on_in = str(enrolment.goes_on_in or "") if state == State.MOVED else ""
    lines = lines_at(rows, seen_at, is_ended=is_ended, goes_on_in=goes_on_in)
    if seen_at != at:
        lines = _with_what_came_later(lines, lines_at(rows, at, is_ended=is_ended))
    before_final = tuple(line for line in lines if line.module.sort != Module.Sort.FINAL)
    points = [line.points for line in before_final]
    return RecordBook(
        enrolment=enrolment,
        rows=rows,
        seen_at=seen_at,
        is_past=seen_at != at,
        holder=rows.names.of(enrolment.learner.person_id, legal_date(seen_at), known_at=seen_at),
        state=state,
        orders=orders,
        lines=before_final,
        finals=tuple(line for line in lines if line.module.sort == Module.Sort.FINAL),
        average=average(points),
        graded=sum(one is not None for one in points),
        cohort_average=cohort,
        plan=plan,
        awards=shown_at(rows.awards, seen_at),
        later_awards=later_than(rows.awards, seen_at),
    )


def _orders(rows: Rows, seen_at: datetime) -> tuple[Order, ...]:
    enrolment = rows.enrolment
    plans = [plan.order for plan in rows.plans if plan.order_id != enrolment.enrolment_order_id]
    found = (enrolment.enrolment_order, *plans, enrolment.admission_order, enrolment.withdrawal_order)
    return tuple(order for order in found if order and order.approved_at and order.approved_at <= seen_at)


def state_made_by(orders: Iterable[Order], *, begun_by: int | None, day: date) -> str:
    """Return the state that the orders issued by then make on `day`: nothing else ever changes it (273-ФЗ ст. 53, 57, 59, 61).

    An order of transfer ends one book and begins another; `begun_by` is the order that began this one. An order that ends it
    from a later day has ended nothing yet (ст. 61 ч. 4).
    """
    others = (order for order in orders if order.pk != begun_by)
    kinds = {order.kind: order for order in others if order.kind not in ENDING or order.effective_on <= day}
    if Order.Kind.TRANSFER in kinds:
        return State.MOVED
    if withdrawal := kinds.get(Order.Kind.WITHDRAWAL):
        return State.COMPLETED if withdrawal.ground == Order.Ground.COMPLETED else State.WITHDRAWN
    return State.ADMITTED if Order.Kind.ADMISSION in kinds else State.ACTIVE


def _with_what_came_later(then: Sequence[Line], now: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(
        replace(old, later=_later(old, new)) if old.reading != new.reading else old
        for old, new in zip(then, now, strict=True)
    )


def _later(old: Line, new: Line) -> str:
    """Return how a line that has changed reads today: the mark, what a plan says of it, or that something was taken back."""
    return new.words or (TAKEN_BACK if old.words else new.own_words or "с группой")


def opened_on(enrolment: Enrolment) -> date:
    """Return the first day on which the book existed: that of the order of enrolment."""
    approved = enrolment.enrolment_order.approved_at
    return legal_date(approved) if approved else enrolment.started_on
