"""Transfers: judged, then one record book ends and the next begins with what carries over (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.learning import telling
from zachetka.learning.equivalence_rules import LAW as MATCH_LAW
from zachetka.learning.models import Carried, Cohort, Enrolment, MarkSheet, Order, PlanLine, StudyPlan
from zachetka.learning.plan_rules import LAW as PLAN_LAW
from zachetka.learning.plan_rules import Way
from zachetka.learning.queries.equivalences import is_within_a_plan, unsaid_in
from zachetka.learning.queries.transfers import Move, moves_of
from zachetka.learning.refusal_words import and_others
from zachetka.learning.statements import write_numbers
from zachetka.learning.transfer_rules import LAW
from zachetka.ledger.actions import Happening, record_events
from zachetka.ledger.events import EventType
from zachetka.programs.models.program import NEEDS_EDUCATION
from zachetka.registers.actions import Book, enter

if TYPE_CHECKING:
    from zachetka.access.models import Account

AHEAD: Final = "Перевод действует сразу, как издан приказ: день — сегодняшний или прошедший."
"""The old book takes no mark from the moment of issue, so a day ahead would leave days without any book."""


UNSCHOOLED: Final = "в книжке нет документа об образовании, а эта программа его требует (273-ФЗ ст. 76 ч. 3): на неё зачисляют, а не переводят."


def lock_sheets(order: Order) -> None:
    """Lock every sheet of both cohorts, before any record book, as a mark does: none is typed or closed meanwhile."""
    cohorts = [order.cohort_id, order.target_id]
    list(MarkSheet.objects.filter(cohort__in=cohorts).select_for_update(no_key=True).order_by("pk"))


def check_transfer(order: Order, people: Sequence[Enrolment], today: date) -> None:
    """Refuse the transfer that cannot be: of `people`, who learn in its cohort and are locked.

    Raises:
        RuleViolation: the day is after `today`, the other group is over, somebody learns in it already, has no education for its programme or is to
            sit a control that was appointed, a pair of modules is not lawful, something of the plan cannot be taken there any more.
    """
    target = order.target
    if target is None:
        raise RuleViolation(LAW, "Выберите группу, в которую переводим.", field="target")
    if order.effective_on > today:
        raise RuleViolation(LAW, AHEAD, field="effective_on")
    if not target.starts_on <= order.effective_on <= target.ends_on:
        raise RuleViolation(
            LAW,
            f"Группа {target} учится с {target.starts_on:%d.%m.%Y} по {target.ends_on:%d.%m.%Y}: день приказа — в этот срок.",
            field="effective_on",
        )
    there = set(
        Enrolment.objects.filter(cohort=target, learner__in=[one.learner_id for one in people])
        .exclude(state=Enrolment.State.MOVED)
        .values_list("learner_id", flat=True)
    )
    _refuse(people, lambda one: f"зачётная книжка в группе {target} уже есть." if one.learner_id in there else "")
    if target.program_version.program.kind in NEEDS_EDUCATION:
        _refuse(people, lambda one: UNSCHOOLED if one.education_id is None else "")
    moves = moves_of(order, people, day=today)
    _refuse(people, lambda one: next(iter(moves[one.learner_id].flaws), ""))


def _refuse(people: Sequence[Enrolment], why: Callable[[Enrolment], str]) -> None:
    bad = [(one, said) for one in people if (said := why(one))]
    if bad:
        first, said = bad[0]
        more = and_others(len(bad) - 1, "Ещё у {} тоже есть препятствие.")
        raise RuleViolation(LAW, f"{first.learner}: {said}{more} Уберите из приказа.")


def check_said(order: Order) -> None:
    """Refuse to submit a transfer to another plan while its draft does not say of everybody what counts there (273-ФЗ ст. 34 ч. 1 п. 7).

    Raises:
        RuleViolation: nobody has confirmed the correspondence of somebody's modules.
    """
    if order.kind != Order.Kind.TRANSFER or is_within_a_plan(order):
        return
    unsaid = unsaid_in(order)
    if unsaid:
        more = and_others(len(unsaid) - 1, "Ещё у {} тоже.")
        raise RuleViolation(
            MATCH_LAW,
            f"{unsaid[0].learner}: соответствие дисциплин не подтверждено.{more} Откройте его в проекте приказа.",
        )


def move(
    order: Order, target: Cohort, people: Sequence[Enrolment], numbers: Book, *, actor: Account, at: datetime
) -> None:
    """End the record books of `people` and begin new ones in `target`, each with what is carried into it."""
    found = moves_of(order, people, day=legal_date(at))
    moves = [found[one.learner_id] for one in people]
    for one in people:
        one.state, one.ended_on, one.withdrawal_order = Enrolment.State.MOVED, order.effective_on, order
    ended: dict[str, object] = {
        "state": Enrolment.State.MOVED, "ended_on": order.effective_on, "withdrawal_order": order
    }  # fmt: skip
    Enrolment.objects.filter(pk__in=[one.pk for one in people]).update(**ended)
    made = Enrolment.objects.bulk_create(
        Enrolment(
            learner=one.learner,
            cohort=target,
            started_on=order.effective_on,
            enrolment_order=order,
            continues=one,
            education_id=one.education_id,
            issue_deferred=one.issue_deferred,
        )
        for one in people
    )
    for enrolment, entry in zip(made, enter(numbers, made, actor=actor, at=at), strict=True):
        enrolment.number = entry.written
    write_numbers(made)
    happened = [
        *(_happened(EventType.ENROLMENT_MOVED, one, actor, at, order=order.pk) for one in people),
        *(_happened(EventType.ENROLMENT_MADE, one, actor, at, order=order.pk) for one in made),
    ]
    record_events(happened)
    _carry(list(zip(moves, made, strict=True)), actor, at)
    _plan(order, list(zip(moves, made, strict=True)), target.ends_on, actor, at)
    telling.moved(order, target, made, at=at)


def _happened(event: EventType, one: Enrolment, actor: Account, at: datetime, **body: object) -> Happening:
    return Happening(type=event, subject=one, actor=actor, at=at, clause=LAW, body=body)


def _carry(moves: Sequence[tuple[Move, Enrolment]], actor: Account, at: datetime) -> None:
    rows = Carried.objects.bulk_create(
        Carried(
            enrolment=new,
            module_id=line.was.key,
            source_id=mark.enrolment_id,
            origin_id=mark.sheet.module_id,
            mark=mark,
            edition_id=one.reading(line.was.key, mark).edition,
            is_shared=one.reading(line.was.key, mark).is_shared,
        )
        for one, new in moves
        for line in one.of(Way.CARRIED)
        for mark in one.last(line.was.key)
    )
    record_events(
        Happening(
            type=EventType.MARK_CARRIED, subject=row, actor=actor, at=at, clause=LAW, about=row.enrolment.subject_uid
        )
        for row in rows
    )


def _plan(order: Order, moves: Sequence[tuple[Move, Enrolment]], ends_on: date, actor: Account, at: datetime) -> None:
    """Write the plan of each new book and bring it into force: the order of transfer sets it (273-ФЗ ст. 34 ч. 1 п. 3)."""
    plans = StudyPlan.objects.bulk_create(
        StudyPlan(
            order=order, enrolment=new, ends_on=ends_on, written_by=actor, written_by_person=actor.person_uid,
            written_at=at,
        )
        for _, new in moves
    )  # fmt: skip
    lines = PlanLine.objects.bulk_create(
        PlanLine(
            plan=plan, module_id=line.was.key, way=line.way.value, held_by=line.held_by, basis=line.basis
        )
        for (one, _), plan in zip(moves, plans, strict=True)
        for line in one.lines
        if line.way is not Way.GROUP
    )  # fmt: skip
    record_events(
        [
            *(_wrote(EventType.STUDY_PLAN_WRITTEN, plan, plan.enrolment, actor, at) for plan in plans),
            *(_wrote(EventType.PLAN_LINE_WRITTEN, line, line.plan.enrolment, actor, at) for line in lines),
        ]
    )
    for (_, new), plan in zip(moves, plans, strict=True):
        new.study_plan = plan
    Enrolment.objects.bulk_update([new for _, new in moves], ["study_plan"])
    record_events(
        _happened(EventType.ENROLMENT_PLANNED, new, actor, at, order=order.pk, plan=new.study_plan_id)
        for _, new in moves
    )


def _wrote(event: EventType, row: StudyPlan | PlanLine, of: Enrolment, actor: Account, at: datetime) -> Happening:
    return Happening(type=event, subject=row, actor=actor, at=at, clause=PLAN_LAW, about=of.subject_uid)
