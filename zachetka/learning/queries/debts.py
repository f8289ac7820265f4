"""Who owes what: the debts of learners with their terms, and what a resit of one module can name (273-ФЗ ст. 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from zachetka.access.guard import Scopes, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.composed import Composed, Given, together
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, PlanLine
from zachetka.learning.queries.carrying import carrying, failing_carried
from zachetka.learning.queries.completeness import LAWFUL_STATES, members
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.study_plans import otherwise, own_lines, waiting_apart
from zachetka.learning.queries.tried import tried_in
from zachetka.learning.rules import RESITS, Excused, Owed, Tried, counted
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.models import Account


@dataclass(frozen=True, slots=True)
class Examinee:
    """A learner in one module.

    Attributes:
        owed: the debt; None when there is none.
        is_put_off: every attempt so far was an absence for a good reason: the first is sat anew.
        cause: the grade in words that made the debt or was put off; "" without a mark.
        last_on: day of the last attempt that counts.
        appointed: day of the resit that is open already.
        is_missed: the group sat it without them: before they came, or before an order admitted them to final attestation.
        is_unsettled: a mark stands in a sheet that is open, or open again: what comes next is not known before it is closed.
        apart_by: last day of the first attempt, which an individual plan appoints apart from the group; None otherwise.
    """

    enrolment: Enrolment
    module: Module
    owed: Owed | None
    is_put_off: bool
    cause: str
    last_on: date | None
    appointed: date | None
    apart_by: date | None = None
    is_missed: bool = False
    is_unsettled: bool = False

    def is_lost(self, today: date) -> bool:
        """True of a debt that cannot be closed any more: no resit is left, or its year has passed (273-ФЗ ст. 58 ч. 5)."""
        return self.owed is not None and (self.owed.resits >= RESITS or self.owed.until < today)

    @property
    def attempt(self) -> int:
        """Which attempt comes next; 0 when nothing is to be sat again, more than three when no resit is left."""
        if self.is_put_off or self.is_missed or self.apart_by is not None:
            return 1
        return self.owed.resits + 2 if self.owed else 0


def examinees_in(module: Module, enrolments: Iterable[Enrolment]) -> dict[int, Examinee]:
    """Return how each of `enrolments` stands in `module`, by primary key; four queries, five where somebody has a plan."""
    return {one.enrolment.pk: one for one in _examinees([(module, each) for each in enrolments])}


def debts_of(cohorts: Iterable[Cohort]) -> list[Examinee]:
    """Return every debt, every attempt put off and every one to be sat apart in `cohorts`, by module and then by name.

    Ten queries, eleven where somebody has an individual plan, twelve where somebody was transferred, with a debt or without. Final attestation
    makes no debt, but may be sat apart, or anew after an absence for a good reason. The first four begin with a mark that is
    not positive or is not there, so only whoever has one in a module, or is to sit it apart, is looked at there.
    """
    of = {cohort.pk: cohort for cohort in cohorts}
    told = {"cohorts": list(of)}
    failed, apart, carried, missed = together(
        _FAILED.told(**told), _APART.told(**told), _CARRIED.told(**told), _MISSED.told(**told)
    )
    looked_at = {*failed, *apart, *carried, *missed}
    if not looked_at:
        return []
    plan: defaultdict[int, list[Module]] = defaultdict(list)
    for module in _MODULES(pks=list({module for module, _ in looked_at})):
        plan[module.version_id].append(module)
    people: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for one in _PEOPLE(pks=list({one for _, one in looked_at})):
        one.cohort = of[one.cohort_id]
        people[one.cohort_id].append(one)
    pairs = [
        (module, one)
        for pk, cohort in of.items()
        for module in plan[cohort.program_version_id]
        for one in people[pk]
        if (module.pk, one.pk) in looked_at
    ]
    return [
        one for one in _examinees(pairs) if one.attempt == 1 or (one.attempt and one.module.sort != Module.Sort.FINAL)
    ]


def _failing() -> QuerySet[Mark]:
    return (
        Mark.objects.in_force()
        .filter(grade__is_passing=False, enrolment__state__in=LAWFUL_STATES)
        .exclude(sheet__module__sort=Module.Sort.FINAL, grade__is_absence=False)
    )


def _missing() -> QuerySet[Any]:
    """Return main sheets once for each `who` of their cohort without whom it was sat: that one came after its control, or was
    admitted to final attestation after it had been closed or from a day after it.
    """
    sat = Mark.objects.in_force().filter(
        enrolment=OuterRef("who"), sheet__module=OuterRef("module"), grade__isnull=False
    )
    late = Q(held_on__lt=F("cohort__enrolments__started_on")) | Q(
        ~Q(state=MarkSheet.State.OPEN) | Q(held_on__lt=F("cohort__enrolments__admission_order__effective_on")),
        module__sort=Module.Sort.FINAL,
        cohort__enrolments__state=Enrolment.State.ADMITTED,
    )
    rows = MarkSheet.objects.main().filter(late, cohort__enrolments__state__in=LAWFUL_STATES)
    rows = rows.annotate(who=F("cohort__enrolments"), by_plan=F("cohort__enrolments__study_plan"))
    return rows.exclude(otherwise(OuterRef("module"), enrolment="by_plan")).filter(~Exists(sat)).order_by()


_FAILED: Final = Composed(
    lambda: _failing().filter(sheet__cohort__id__any=Given("cohorts")).values_list("sheet__module_id", "enrolment_id")
)
_APART: Final = Composed(
    lambda: (
        waiting_apart()
        .filter(plan__enrolment__cohort__id__any=Given("cohorts"))
        .values_list("module_id", "plan__enrolment_id")
    )
)
_CARRIED: Final = Composed(
    lambda: (
        failing_carried()
        .filter(enrolment__cohort__id__any=Given("cohorts"))
        .order_by()
        .values_list("module_id", "enrolment_id")
    )
)
_MISSED: Final = Composed(lambda: _missing().filter(cohort__id__any=Given("cohorts")).values_list("module_id", "who"))
_WITHOUT: Final = Composed(
    lambda: (
        _missing().filter(module__id__any=Given("modules"), who__any=Given("people")).values_list("module_id", "who")
    )
)
_MODULES: Final = Composed(lambda: Module.objects.filter(pk__any=Given("pks")).order_by("ordinal"))
_PEOPLE: Final = Composed(
    lambda: (
        Enrolment.objects.filter(pk__any=Given("pks"))
        .select_related("learner__person")
        .order_by("learner__person__sort_key", "pk")
    )
)


def cohorts_in_debt(actor: Account, most: int) -> list[Cohort]:
    """Return the newest cohorts in which `actor` may appoint resits and somebody failed or is to sit apart; one query.

    It goes through the cohorts from the newest on and stops when it has enough, however many marks there are.
    """
    return _in_debt(scopes_of(actor, Permission.RESIT_APPOINT), most)(person_uid=actor.person_uid)


_LATE: Final = Enrolment.objects.filter(
    Q(started_on__gt=OuterRef("starts_on")) | Q(state=Enrolment.State.ADMITTED),
    cohort=OuterRef("pk"),
    state__in=LAWFUL_STATES,
)
"""Whom a control can have missed: asked first of each cohort, for few have anybody."""


@cache
def _in_debt(scopes: Scopes, most: int) -> Composed[Cohort]:
    somebody = (
        _any(_failing().filter(sheet__cohort=OuterRef("pk")))
        | Q(pk__in=waiting_apart().values("plan__enrolment__cohort"))
        | Q(pk__in=failing_carried().order_by().values("enrolment__cohort"))
        | (Q(Exists(_LATE)) & _any(_missing().filter(cohort=OuterRef("pk"))))
    )
    cohorts = Cohort.objects.filter(reach(scopes, Cohort)).filter(somebody)
    return Composed(lambda: cohorts.select_related("program_version").order_by("-starts_on", "pk")[:most])


def _any(rows: QuerySet[Any]) -> Q:
    """Return the condition «there is one of `rows`», asked of one cohort after the other: EXISTS would be answered for all of them at once."""
    return Q(IsNull(Subquery(rows.values("pk")[:1]), rhs=False))


_SITTINGS: Final = Composed(
    lambda: (
        members()
        .filter(enrolment__id__any=Given("people"), sheet__module__id__any=Given("modules"))
        .filter(sheet__state=MarkSheet.State.OPEN)
        .values_list("sheet__module_id", "enrolment_id", "sheet__held_on")
    )
)


def _examinees(pairs: Sequence[tuple[Module, Enrolment]]) -> list[Examinee]:
    modules, people = {module.pk for module, _ in pairs}, {one.pk for _, one in pairs}
    marks: defaultdict[tuple[int, int], list[tuple[Tried, str]]] = defaultdict(list)
    unsettled = set[tuple[int, int]]()
    whose = {one.pk: one for _, one in pairs}.values()
    own = own_lines(whose)
    carried = carrying(whose, own)
    told = {"people": list(people), "modules": list(modules)}
    for one in tried_in(dict.fromkeys(people), carried, modules):
        if one.is_settled:
            marks[one.module, one.enrolment].append((one.tried, one.label))
        else:
            unsettled.add((one.module, one.enrolment))
    reasons = excuses_of(people, carried)
    appointed = {(line, enrolment): held_on for line, enrolment, held_on in _SITTINGS(**told)}
    missed = set(_WITHOUT(**told))
    return [
        _examinee(
            module,
            one,
            marks[module.pk, one.pk],
            reasons[one.pk],
            appointed.get((module.pk, one.pk)),
            own[one.pk].get(module.pk),
            is_missed=(module.pk, one.pk) in missed,
            is_unsettled=(module.pk, one.pk) in unsettled,
        )
        for module, one in pairs
    ]


def _examinee(
    module: Module,
    enrolment: Enrolment,
    tried: Sequence[tuple[Tried, str]],
    excused: Sequence[Excused],
    appointed: date | None,
    own: PlanLine | None,
    *,
    is_missed: bool,
    is_unsettled: bool,
) -> Examinee:
    found = counted([one for one, _ in tried], excused)
    return Examinee(
        enrolment=enrolment,
        module=module,
        owed=found.owed,
        is_put_off=found.is_put_off,
        cause="" if found.result is None else tried[found.result][1],
        last_on=found.last_on,
        appointed=appointed,
        apart_by=own.held_by if own and not tried and not is_unsettled else None,
        is_missed=is_missed and not tried,
        is_unsettled=is_unsettled,
    )
