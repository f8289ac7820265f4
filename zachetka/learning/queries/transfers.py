"""Transfers: into which groups one can be moved, and what each person takes along (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When

from zachetka.access.policy import Permission
from zachetka.learning.equivalence_rules import Earlier, Pair, left_behind, pairs_of, proposed
from zachetka.learning.models import Carried, Cohort, Enrolment, Mark, MarkSheet, PlanLine
from zachetka.learning.plan_rules import Way
from zachetka.learning.queries.carrying import Carrying, carrying
from zachetka.learning.queries.completeness import members
from zachetka.learning.queries.equivalences import is_within_a_plan, matching_of
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.last_marks import IN_TURN
from zachetka.learning.queries.study_plans import own_lines
from zachetka.learning.rules import Excused, Tried
from zachetka.learning.transfer_rules import Becomes, LineBefore, becomes, last_day
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import Order

Results = Mapping[int, Sequence[Mark]]
"""By module, the results in force that count in a book, oldest first."""


class Through(NamedTuple):
    """How the results of one book are read in a module of the new one: through which edition of its scale, and whether they count in another too."""

    edition: int | None = None
    is_shared: bool = False


_PLAIN: Final = Through()
Readings = Mapping[tuple[int, int], Through]
"""By module of the new plan and record book."""


@dataclass(frozen=True)
class Move:
    """What becomes of one person of an order of transfer.

    Attributes:
        source: the record book that ends.
        lines: every module of the new plan, as the new book takes it.
        results: by it, what is carried: each mark in force with its sheet and module.
        pending: title and day of a control of named people that has not taken place yet; "" when there is none.
        pairs: what counts in which module, when the new book is of another plan; nothing within one.
        left: of another plan, what stays in the earlier books.
        is_said: the draft says of every module what counts there; True within one plan, where all does.
        readings: how the results are read, where not as they are.
    """

    source: Enrolment
    lines: tuple[Becomes, ...]
    results: Results
    pending: str = ""
    pairs: tuple[Pair, ...] = ()
    left: tuple[Earlier, ...] = ()
    is_said: bool = True
    readings: Readings = field(default_factory=dict)

    @cached_property
    def flaws(self) -> list[str]:
        """Everything that speaks against the transfer."""
        pending = [f"{self.pending}: сначала она должна пройти."] if self.pending else []
        unfit = [f"«{pair.target.title}»: {pair.flaw}" for pair in self.pairs if pair.flaw]
        return [*pending, *unfit, *(line.flaw for line in self.lines if line.flaw)]

    def last(self, module: int) -> list[Mark]:
        """Return the last result in `module` of each record book that has one."""
        return list({mark.enrolment_id: mark for mark in self.results.get(module, ())}.values())

    def of(self, way: Way) -> list[Becomes]:
        """Return the lines that the new book takes in this `way`."""
        return [line for line in self.lines if line.way is way]

    def reading(self, module: int, mark: Mark) -> Through:
        """Return how the results of the book of `mark` are read in `module`."""
        return self.readings.get((module, mark.enrolment_id), _PLAIN)

    def pair(self, module: int) -> Pair | None:
        """Return what counts in `module`; None within one plan."""
        return next((pair for pair in self.pairs if pair.target.key == module), None)


@dataclass(frozen=True)
class _Along:
    """What one person takes along: by module of the new plan, the results, the book that they are read in, the way before."""

    results: Results
    books: Mapping[int, str]
    excused: Sequence[Excused]
    before: Mapping[int, PlanLine] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    left: tuple[Earlier, ...] = ()
    is_said: bool = True
    readings: Readings = field(default_factory=dict)


def targets_of(cohort: Cohort, day: date) -> QuerySet[Cohort]:
    """Return the cohorts into which one can be moved from `cohort` on `day`: of any programme of its unit, not over, not itself."""
    unit = cohort.program_version.program.unit_id
    rows = (
        Cohort.objects.filter(program_version__program__unit=unit, ends_on__gte=day)
        .exclude(pk=cohort.pk)
        .select_related("program_version__program")
    )
    is_own = Case(
        When(program_version=cohort.program_version_id, then=Value(0)),
        When(program_version__program=cohort.program_version.program_id, then=Value(1)),
        default=Value(2),
    )
    return rows.order_by(is_own, "starts_on", "code")


def has_target(cohort: OuterRef, day: date) -> Exists:
    """Return the expression «there is another cohort of the unit that is not over» for a queryset of cohorts."""
    own = OuterRef("program_version__program__unit")
    return Exists(Cohort.objects.filter(program_version__program__unit=own, ends_on__gte=day).exclude(pk=cohort))


def seen_targets(actor: Account, cohort: Cohort, day: date) -> QuerySet[Cohort]:
    """Return those of `targets_of` that `actor` drafts orders for."""
    return targets_of(cohort, day) & Cohort.objects.visible_to(actor, Permission.COHORT_EDIT)


def moves_of(order: Order, people: Sequence[Enrolment], *, day: date) -> dict[int, Move]:
    """Return learner → what becomes of each of `people`, who learn in the cohort of `order`; at most fourteen queries.

    Args:
        order: of transfer, read with both cohorts.
        people: read with their people and the plan in force.
        day: by whose norms it is judged: of the issue, until then today.
    """
    target = order.target
    if target is None or not people:
        return {}
    taken = _whole(people) if is_within_a_plan(order) else _matched(order, people, day)
    modules = list(Module.objects.filter(version=target.program_version_id).order_by("ordinal"))
    main = {sheet.module_id: sheet for sheet in MarkSheet.objects.main().filter(cohort=target)}
    pending = _pending(people)
    until = last_day(target.ends_on, target.attestation_on)
    found = {}
    for one in people:
        along = taken[one.pk]
        lines = tuple(
            becomes(
                _line_before(module, along, main.get(module.pk)),
                first=order.effective_on,
                until=until,
                book=along.books.get(module.pk, str(one)),
            )
            for module in modules
        )
        found[one.learner_id] = Move(
            one, lines, along.results, pending.get(one.pk, ""), along.pairs, along.left, along.is_said, along.readings
        )
    return found


def _line_before(module: Module, along: _Along, main: MarkSheet | None) -> LineBefore:
    own, marks = along.before.get(module.pk), along.results.get(module.pk, ())
    return LineBefore(
        key=module.pk,
        title=module.title,
        tried=[Tried(one.held_on, one.grade.is_passing, one.grade.is_absence) for one in marks if one.grade],
        excused=along.excused,
        before=Way(own.way) if own else Way.GROUP,
        before_basis=own.basis if own else "",
        group_on=main.held_on if main else None,
        is_group_open=main is None or main.state == MarkSheet.State.OPEN,
        is_final=module.sort == Module.Sort.FINAL,
    )


def _whole(people: Sequence[Enrolment]) -> dict[int, _Along]:
    """Within one plan everything goes along, as it was taken and read; four queries, five where something was carried before."""
    own = own_lines(people)
    carried = carrying(people, own)
    results = _results(people, carried)
    reasons = excuses_of([one.pk for one in people], carried)
    readings: defaultdict[int, dict[tuple[int, int], Through]] = defaultdict(dict)
    for row in Carried.objects.filter(enrolment__in=[one.pk for one in people]) if carried.takers else ():
        readings[row.enrolment_id][row.module_id, row.source_id] = Through(row.edition_id, row.is_shared)
    return {
        one.pk: _Along(results[one.pk], {}, reasons[one.pk], own[one.pk], readings=readings[one.pk]) for one in people
    }


def _matched(order: Order, people: Sequence[Enrolment], day: date) -> dict[int, _Along]:
    """Into another plan goes what the draft says, and until it says so what is proposed; ten queries."""
    how = matching_of(order, people, day=day)
    found = {}
    for one in people:
        shown, said = how.shown[one.pk], how.said.get(one.learner_id)
        choices = proposed(how.targets, shown.earlier, how.norms) if said is None else said
        pairs = tuple(pairs_of(how.targets, shown.earlier, choices, how.norms))
        matched = {pair.target.key: pair.earlier for pair in pairs if pair.earlier}
        found[one.pk] = _Along(
            results={module: shown.results[earlier.key] for module, earlier in matched.items()},
            books={module: earlier.book for module, earlier in matched.items()},
            excused=shown.excused,
            pairs=pairs,
            left=tuple(left_behind(shown.earlier, choices)),
            is_said=said is not None,
            readings={
                (pair.target.key, mark.enrolment_id): Through(
                    None if pair.target.scale == mark.sheet.module.scale_id else how.editions.get(pair.target.scale),
                    pair.is_shared,
                )
                for pair in pairs
                if pair.earlier
                for mark in shown.results[pair.earlier.key]
            },
        )
    return found


def _results(people: Sequence[Enrolment], carried: Carrying) -> defaultdict[int, dict[int, list[Mark]]]:
    """Return book → by module, the results in force that count in it; one query."""
    of = dict.fromkeys(one.pk for one in people)
    found: defaultdict[int, dict[int, list[Mark]]] = defaultdict(dict)
    marks = Mark.objects.in_force().filter(enrolment__in=carried.with_sources(of), grade__isnull=False)
    marks = marks.select_related("grade", "sheet__module", "enrolment")
    for mark in marks.order_by("enrolment_id", *IN_TURN):
        for pk, module in carried.places(mark.enrolment_id, mark.sheet.module_id, of):
            found[pk].setdefault(module, []).append(mark)
    return found


def _pending(people: Sequence[Enrolment]) -> dict[int, str]:
    """Return book → what is appointed in it and has not taken place: a resit that is still of them, or a first attempt apart; one query."""
    marks = Mark.objects.in_force().filter(
        sheet=OuterRef("sheet"), enrolment=OuterRef("enrolment"), grade__isnull=False
    )
    rows = members().filter(enrolment__in=[one.pk for one in people], sheet__state=MarkSheet.State.OPEN)
    rows = rows.exclude(Exists(marks)).annotate(title=F("sheet__module__title"), day=F("sheet__held_on"))
    return {
        pk: f"«{title}», сдача назначена на {day:%d.%m.%Y}"
        for pk, title, day in rows.values_list("enrolment_id", "title", "day")
    }
