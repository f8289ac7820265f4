"""Individual plans: which is in force, what it takes otherwise than the group, what a new one must reckon with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from zachetka.core.composed import Composed, Given, hand_over, together
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order, PlanLine, SheetMember, StudyPlan
from zachetka.learning.plan_rules import Planned, Terms, Way
from zachetka.programs.models import Module
from zachetka.programs.queries import minimum_of

Lines = Mapping[int, PlanLine]
"""By module: what the plan in force takes otherwise than the group."""
NO_LINES: Final[Lines] = {}


def written_in(order: Order) -> StudyPlan | None:
    """Return the plan that `order` sets, with its lines: the newest of those that its draft has seen; two queries."""
    rows = StudyPlan.objects.filter(order=order).select_related(
        "enrolment__learner__person", "enrolment__cohort", "enrolment__study_plan__order"
    )
    return rows.prefetch_related("lines__module").order_by("-pk").first()


_ISSUED: Final = Composed(
    lambda: (
        StudyPlan.objects.filter(enrolment_id=Given("enrolment"), order__state=Order.State.APPROVED)
        .select_related("order__approved_by")
        .order_by("pk")
    )
)
_LINES: Final = Composed(
    lambda: (
        PlanLine.objects.filter(plan__enrolment_id=Given("enrolment"))
        .select_related("module")
        .order_by("plan", "module__ordinal", "pk")
    )
)


def plans_of(enrolment: Enrolment) -> list[StudyPlan]:
    """Return the plans that orders have set for `enrolment`, oldest first, with lines; no query for who has never had one.

    Args:
        enrolment: its own row tells whether there is any.
    """
    if enrolment.study_plan_id is None:
        return []
    found, lines = together(_ISSUED.told(enrolment=enrolment.pk), _LINES.told(enrolment=enrolment.pk))
    of: defaultdict[int, list[PlanLine]] = defaultdict(list)
    plans = {plan.pk: plan for plan in found}
    for line in lines:
        if line.plan_id in plans:
            line.plan = plans[line.plan_id]
            of[line.plan_id].append(line)
    hand_over(found, "lines", of)
    newest = {plan.order_id: plan for plan in found}
    for plan in newest.values():
        plan.enrolment = enrolment
    return sorted(newest.values(), key=lambda plan: (plan.order.approved_at, plan.pk))


def in_force_at(plans: Iterable[StudyPlan], moment: datetime) -> StudyPlan | None:
    """Return the plan that was in force at `moment`: the last whose order had been issued by then."""
    issued = [plan for plan in plans if plan.order.approved_at and plan.order.approved_at <= moment]
    return issued[-1] if issued else None


def lines_of(plan: StudyPlan | None) -> Lines:
    """Return what `plan`, read with its lines, takes otherwise than the group."""
    return {line.module_id: line for line in plan.lines.all()} if plan else NO_LINES


def own_lines(enrolments: Iterable[Enrolment]) -> defaultdict[int, dict[int, PlanLine]]:
    """Return enrolment → what its plan takes otherwise, today; one query, none when nobody has a plan."""
    return own_lines_by({one.study_plan_id: one.pk for one in enrolments if one.study_plan_id is not None})


def own_lines_by(plans: Mapping[int, int]) -> defaultdict[int, dict[int, PlanLine]]:
    """Return enrolment → by module, what its plan takes otherwise; `plans` says plan → enrolment. One query, none of none."""
    found: defaultdict[int, dict[int, PlanLine]] = defaultdict(dict)
    if plans:
        for line in PlanLine.objects.filter(plan__in=list(plans)):
            found[plans[line.plan_id]][line.module_id] = line
    return found


def own_lines_at(cohort_id: int, moment: datetime) -> defaultdict[int, dict[int, PlanLine]]:
    """Return enrolment → what its plan took otherwise at `moment`, for a cohort; one query, two when there are plans."""
    issued = StudyPlan.objects.filter(enrolment__cohort=cohort_id, order__approved_at__lte=moment)
    rows = issued.order_by("order__approved_at", "pk").values_list("enrolment_id", "pk")
    last = dict(rows)  # the newest issued one of each comes last
    return own_lines_by({plan: enrolment for enrolment, plan in last.items()})


def otherwise(module: int | OuterRef | Given, *, enrolment: str = "study_plan") -> Exists:
    """Return the expression «the plan in force takes the module otherwise than the group» for a queryset of enrolments."""
    return Exists(PlanLine.objects.filter(plan=OuterRef(enrolment), module=module))


def waiting_apart() -> QuerySet[PlanLine]:
    """Return what learners are to sit apart by the plans in force and have not sat yet."""
    sat = Mark.objects.in_force().filter(
        enrolment=OuterRef("plan__enrolment"), sheet__module=OuterRef("module"), grade__isnull=False
    )
    in_force = Enrolment.objects.filter(study_plan=OuterRef("plan"), state__in=["active", "admitted"])
    return PlanLine.objects.filter(Exists(in_force), ~Exists(sat), way=PlanLine.Way.APART)


def lines_before(enrolment: Enrolment) -> Lines:
    """Return what the plan in force takes otherwise; at most one query."""
    return own_lines([enrolment])[enrolment.pk]


def planned_of(enrolment: Enrolment, given: Mapping[int, tuple[Way, date | None, str]] | None = None) -> list[Planned]:
    """Return every line of the programme as the rules see it; at most five queries.

    Args:
        enrolment: read with its cohort.
        given: by module, how the plan is to take it; None shows it as it is taken today.
    """
    before = lines_before(enrolment)
    cohort = enrolment.cohort
    main = {sheet.module_id: sheet for sheet in MarkSheet.objects.main().filter(cohort=cohort)}
    marks = Mark.objects.in_force().filter(enrolment=enrolment, grade__isnull=False)
    marked = set(marks.values_list("sheet__module_id", flat=True))
    sittings = SheetMember.objects.filter(enrolment=enrolment, sheet__state=MarkSheet.State.OPEN)
    unmarked = sittings.exclude(sheet__in=marks.values("sheet"))
    appointed = dict(unmarked.values_list("sheet__module_id", "sheet__held_on"))
    found = []
    for module in Module.objects.filter(version=cohort.program_version_id).order_by("ordinal"):
        line, sheet = before.get(module.pk), main.get(module.pk)
        was = (Way(line.way), line.held_by, line.basis) if line else (Way.GROUP, None, "")
        way, held_by, basis = was if given is None else given.get(module.pk, (Way.GROUP, None, ""))
        found.append(
            Planned(
                key=module.pk,
                title=module.title,
                hours=module.hours,
                group_on=sheet.held_on if sheet else None,
                is_group_closed=sheet is not None and sheet.state != MarkSheet.State.OPEN,
                is_final=module.sort == Module.Sort.FINAL,
                has_mark=module.pk in marked or was[0] is Way.CARRIED,
                appointed_on=appointed.get(module.pk),
                before=was[0],
                before_by=was[1],
                before_basis=was[2],
                way=way,
                held_by=held_by,
                basis=basis,
            )
        )
    return found


def terms_of(enrolment: Enrolment, *, first: date, ends_on: date, today: date) -> Terms:
    """Return the terms against which a plan is judged; one query, two when there is a plan in force."""
    kind = enrolment.cohort.program_version.program.kind
    least = minimum_of(kind, today)
    return Terms(
        first=first,
        ends_on=ends_on,
        ends_before=enrolment.study_plan.ends_on if enrolment.study_plan else enrolment.cohort.ends_on,
        least=least.hours if least else 0,
        least_basis=least.basis if least else "",
    )


def taken_of(modules: Sequence[Module], own: Lines) -> list[Module]:
    """Return those of `modules` that the learner takes, with the group or apart."""
    return [module for module in modules if module.pk not in own or not own[module.pk].is_out]
