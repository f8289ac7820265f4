"""Individual study plans: written into the draft of an order, judged, brought into force (273-ФЗ ст. 34 ч. 1 п. 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.learning import telling
from zachetka.learning.models import Enrolment, MarkSheet, Order, PlanLine, StudyPlan
from zachetka.learning.plan_rules import LAW, Flaw, Way, flaws
from zachetka.learning.queries.study_plans import lines_of, planned_of, terms_of, written_in
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.models import Account

AHEAD: Final = timedelta(days=366)
"""How far ahead a plan may begin; a later day is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How a plan takes a module; what stands here is not taken with the group.

    Attributes:
        held_by: last day of the control, for what is taken apart.
        basis: the paper on which a module is left out.
    """

    way: Way
    held_by: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class PlanSaid:
    """What an order of an individual plan says besides what every order says.

    Attributes:
        own: by module, what is not taken with the group.
    """

    ends_on: date
    own: Mapping[int, Taken]


class Unfit(RuleViolation):
    """A plan cannot be so; `flaws` are all the reasons, each with the line that it is about."""

    def __init__(self, found: list[Flaw]) -> None:
        first = found[0]
        field = f"{first.field}_{first.key}" if first.field and first.key is not None else first.field
        super().__init__(first.clause, first.sentence, field=field)
        self.flaws = found


def said_before(order: Order) -> PlanSaid | None:
    """Return what the draft says already; at most two queries."""
    plan = written_in(order)
    if plan is None:
        return None
    lines = lines_of(plan).items()
    return PlanSaid(plan.ends_on, {key: Taken(Way(line.way), line.held_by, line.basis) for key, line in lines})


def write_plan(order: Order, said: PlanSaid, *, actor: Account, at: datetime) -> bool:
    """Write `said` into the draft `order` as its newest plan; return False when the draft says so already.

    Raises:
        RuleViolation: the person of the order does not learn in its cohort, a module is not of the programme, the plan
            is not lawful.
    """
    if said_before(order) == said:
        return False
    enrolment = _enrolment_of(order, _people(order))
    _judge(enrolment, said, order, legal_date(at))
    plan = StudyPlan.objects.create(
        order=order,
        enrolment=enrolment,
        ends_on=said.ends_on,
        written_by=actor,
        written_by_person=actor.person_uid,
        written_at=at,
    )
    about = enrolment.subject_uid
    record_event(EventType.STUDY_PLAN_WRITTEN, plan, actor=actor, at=at, clause=LAW, about=about)
    lines = PlanLine.objects.bulk_create(
        PlanLine(plan=plan, module_id=key, way=taken.way.value, held_by=taken.held_by, basis=taken.basis)
        for key, taken in sorted(said.own.items())
    )
    record_events(
        Happening(type=EventType.PLAN_LINE_WRITTEN, subject=line, actor=actor, at=at, clause=LAW, about=about)
        for line in lines
    )
    return True


def check_plan(order: Order, today: date) -> list[Enrolment]:
    """Return the record book that the order is about, locked with the sheets of its group, when its plan is still lawful.

    The sheets stay locked, so that no mark is typed into them while the plan takes the learner out; they are locked first,
    as a mark does.

    Raises:
        RuleViolation: the draft has no plan, the learner no longer learns, something of the plan is not lawful any more.
    """
    list(MarkSheet.objects.main().filter(cohort=order.cohort_id).select_for_update(no_key=True).order_by("pk"))
    enrolment = _enrolment_of(order, _people(order).select_for_update(of=("self",), no_key=True))
    said = said_before(order)
    if said is None:
        raise RuleViolation(LAW, "В приказе нет плана: откройте черновик и составьте его.")
    _judge(enrolment, said, order, today)
    return [enrolment]


def bring_into_force(order: Order, books: list[Enrolment], actor: Account, at: datetime) -> None:
    """Make the plan of the issued order the plan of its record book, and tell the learner."""
    (enrolment,) = books
    plan = written_in(order)
    enrolment.study_plan = plan
    enrolment.save(update_fields=["study_plan"])
    record_event(
        EventType.ENROLMENT_PLANNED, enrolment, actor=actor, at=at, clause=LAW, order=order.pk, plan=plan and plan.pk
    )
    telling.plan_set(enrolment, order, at=at)


def _people(order: Order) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(cohort=order.cohort_id).select_related("learner__person", "study_plan")


def _enrolment_of(order: Order, rows: QuerySet[Enrolment]) -> Enrolment:
    """Return the record book of the only person of the order, out of `rows` of its cohort.

    Raises:
        RuleViolation: nobody or several are named, or whoever is named does not learn in the cohort.
    """
    people = list(order.lines.values_list("learner_id", flat=True))
    if len(people) != 1:
        raise RuleViolation(LAW, "Индивидуальный план — одному слушателю: каждому свой приказ.", field="learners")
    found = rows.filter(learner=people[0]).order_by("pk").last()
    if found is None or found.state != Enrolment.State.ACTIVE:
        state = found.get_state_display() if found else "не в группе"
        raise RuleViolation(LAW, f"Индивидуальный план — тому, кто обучается и ещё без допуска. Сейчас: {state}.")
    found.cohort = order.cohort
    return found


def _judge(enrolment: Enrolment, said: PlanSaid, order: Order, today: date) -> None:
    if order.effective_on < enrolment.started_on:
        raise RuleViolation(
            LAW, f"Зачисление с {enrolment.started_on:%d.%m.%Y}, день приказа — не раньше.", field="effective_on"
        )
    if order.effective_on > today + AHEAD:
        raise RuleViolation(LAW, "До этого дня больше года: проверьте дату.", field="effective_on")
    planned = planned_of(enrolment, {key: (one.way, one.held_by, one.basis) for key, one in said.own.items()})
    if said.own.keys() - {line.key for line in planned}:
        raise RuleViolation(LAW, "Такой дисциплины нет в плане группы.")
    terms = terms_of(enrolment, first=order.effective_on, ends_on=said.ends_on, today=today)
    if found := flaws(planned, terms):
        raise Unfit(found)
