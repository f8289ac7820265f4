"""Transfers: into which groups one can be moved, and what each person takes along (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, QuerySet

from zachetka.access.policy import Permission
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, PlanLine, SheetMember
from zachetka.learning.plan_rules import Way
from zachetka.learning.queries.carrying import Carrying, carrying
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.last_marks import IN_TURN
from zachetka.learning.queries.study_plans import own_lines
from zachetka.learning.rules import Excused, Tried
from zachetka.learning.transfer_rules import Becomes, Standing, becomes, last_day
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import Order

Results = Mapping[int, Sequence[Mark]]
"""By module, the results in force that count in a book, oldest first."""
_NONE: Final[Results] = {}


@dataclass(frozen=True)
class Move:
    """What becomes of one person of an order of transfer.

    Attributes:
        source: the record book that ends.
        lines: every module of the programme, as the new book takes it.
        results: what is carried, each mark in force with its sheet and module.
        pending: title and day of a control of named people that has not taken place yet; "" when there is none.
    """

    source: Enrolment
    lines: tuple[Becomes, ...]
    results: Results
    pending: str = ""

    @cached_property
    def flaws(self) -> list[str]:
        """Everything that speaks against the transfer."""
        pending = [f"{self.pending}: сначала она должна пройти."] if self.pending else []
        return [*pending, *(line.flaw for line in self.lines if line.flaw)]

    def last(self, module: int) -> list[Mark]:
        """Return the last result in `module` of each record book that has one."""
        return list({mark.enrolment_id: mark for mark in self.results.get(module, ())}.values())

    def of(self, way: Way) -> list[Becomes]:
        """Return the lines that the new book takes in this `way`."""
        return [line for line in self.lines if line.way is way]


def targets_of(cohort: Cohort, day: date) -> QuerySet[Cohort]:
    """Return the cohorts into which one can be moved from `cohort` on `day`: of the same version, not over, not itself."""
    rows = Cohort.objects.filter(program_version=cohort.program_version_id, ends_on__gte=day).exclude(pk=cohort.pk)
    return rows.order_by("starts_on", "code")


def has_target(cohort: OuterRef, day: date) -> Exists:
    """Return the expression «there is another cohort of the same version that is not over» for a queryset of cohorts."""
    others = Cohort.objects.filter(program_version=OuterRef("program_version"), ends_on__gte=day)
    return Exists(others.exclude(pk=cohort))


def seen_targets(actor: Account, cohort: Cohort, day: date) -> QuerySet[Cohort]:
    """Return those of `targets_of` that `actor` drafts orders for."""
    return targets_of(cohort, day) & Cohort.objects.visible_to(actor, Permission.COHORT_EDIT)


def moves_of(order: Order, people: Sequence[Enrolment]) -> dict[int, Move]:
    """Return learner → what becomes of each of `people`, who learn in the cohort of `order`; at most nine queries.

    Args:
        order: of transfer, read with both cohorts.
        people: read with their people and the plan in force.
    """
    target = order.target
    if target is None or not people:
        return {}
    own = own_lines(people)
    carried = carrying(own)
    results = _results(people, carried)
    reasons = excuses_of([one.pk for one in people], carried)
    modules = list(Module.objects.filter(version=order.cohort.program_version_id).order_by("ordinal"))
    main = {sheet.module_id: sheet for sheet in MarkSheet.objects.main().filter(cohort=target)}
    pending = _pending(people)
    until = last_day(target.ends_on, target.attestation_on)
    found = {}
    for one in people:
        lines = tuple(
            becomes(
                _standing(
                    module, results[one.pk].get(module.pk, ()), reasons[one.pk], own[one.pk].get(module.pk),
                    main.get(module.pk),
                ),
                first=order.effective_on,
                until=until,
                book=str(one),
            )
            for module in modules
        )  # fmt: skip
        found[one.learner_id] = Move(one, lines, results[one.pk], pending.get(one.pk, ""))
    return found


def _standing(
    module: Module, marks: Sequence[Mark], excused: Sequence[Excused], own: PlanLine | None, main: MarkSheet | None
) -> Standing:
    return Standing(
        key=module.pk,
        title=module.title,
        tried=[Tried(one.held_on, one.grade.is_passing, one.grade.is_absence) for one in marks if one.grade],
        excused=excused,
        before=Way(own.way) if own else Way.GROUP,
        before_basis=own.basis if own else "",
        group_on=main.held_on if main else None,
        is_group_open=main is None or main.state == MarkSheet.State.OPEN,
        is_final=module.sort == Module.Sort.FINAL,
    )


def _results(people: Sequence[Enrolment], carried: Carrying) -> defaultdict[int, dict[int, list[Mark]]]:
    """Return book → by module, the results in force that count in it; one query."""
    of = dict.fromkeys(one.pk for one in people)
    found: defaultdict[int, dict[int, list[Mark]]] = defaultdict(dict)
    marks = Mark.objects.in_force().filter(enrolment__in=carried.with_sources(of), grade__isnull=False)
    marks = marks.select_related("grade", "sheet__module", "enrolment")
    for mark in marks.order_by("enrolment_id", *IN_TURN):
        for pk in carried.books(mark.enrolment_id, mark.sheet.module_id, of):
            found[pk].setdefault(mark.sheet.module_id, []).append(mark)
    return found


def _pending(people: Sequence[Enrolment]) -> dict[int, str]:
    """Return book → what is appointed in it and has not taken place: a resit or a first attempt apart; one query."""
    marks = Mark.objects.in_force().filter(
        sheet=OuterRef("sheet"), enrolment=OuterRef("enrolment"), grade__isnull=False
    )
    rows = SheetMember.objects.filter(enrolment__in=[one.pk for one in people], sheet__state=MarkSheet.State.OPEN)
    rows = rows.exclude(Exists(marks)).annotate(title=F("sheet__module__title"), day=F("sheet__held_on"))
    return {
        pk: f"«{title}», сдача назначена на {day:%d.%m.%Y}"
        for pk, title, day in rows.values_list("enrolment_id", "title", "day")
    }
