"""What stands between a learner and final attestation, line by line (273-ФЗ ст. 59)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from zachetka.core.composed import Composed, Given, together
from zachetka.learning.models import Cohort, Enrolment, Mark
from zachetka.learning.queries.carrying import carrying
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.last_marks import SETTLED
from zachetka.learning.queries.study_plans import own_lines, taken_of
from zachetka.learning.queries.tried import tried_in
from zachetka.learning.rules import Excused, Tried, counted
from zachetka.programs.models import Module


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason against admission.

    Attributes:
        module: the line of the plan.
        sentence: what is missing, in Russian.
        is_debt: True for an academic debt, False for a mark that is not there yet.
        is_preliminary: the mark is there, in a sheet that is still open: an order rests on no mark that may be typed anew.
    """

    module: Module
    sentence: str
    is_debt: bool
    is_preliminary: bool = False


class Attempted(NamedTuple):
    """A mark of one attempt.

    Attributes:
        words: the grade in words.
        is_settled: its sheet is closed; until then it may be typed anew.
    """

    tried: Tried
    words: str
    is_settled: bool = True


class Headway(NamedTuple):
    """How far a learner is by the plan, final attestation included.

    Attributes:
        passed: lines with a passing mark in force, in a sheet that is still open too.
        whole: lines of the plan that the learner takes.
        debts: lines with a mark that does not pass.
        before_final: what stands before final attestation.
        final: what is missing of final attestation itself.
    """

    passed: int
    whole: int
    debts: int
    before_final: list[Obstacle]
    final: list[Obstacle]


_PLANS: Final = Composed(lambda: Module.objects.filter(version__id__any=Given("versions")).order_by("ordinal"))


def headways(enrolments: Iterable[Enrolment]) -> dict[int, Headway]:
    """Return the headway of each of `enrolments`, by primary key; three queries, one more where somebody has a plan of their own, another
    where somebody was transferred, and one where these are of another scale.

    Args:
        enrolments: of any cohorts, read with their cohorts.
    """
    enrolments = list(enrolments)
    own = own_lines(enrolments)
    versions = {enrolment.pk: enrolment.cohort.program_version_id for enrolment in enrolments}
    modules: dict[int, list[Module]] = {}
    for module in _PLANS(versions=list(set(versions.values()))):
        modules.setdefault(module.version_id, []).append(module)
    tried: dict[int, dict[int, list[Attempted]]] = {pk: {} for pk in versions}
    carried = carrying(enrolments, own)
    for one in tried_in(versions, carried):
        attempt = Attempted(one.tried, one.label, one.is_settled)
        tried[one.enrolment].setdefault(one.module, []).append(attempt)
    reasons = excuses_of(versions, carried)
    admitted = {enrolment.pk for enrolment in enrolments if enrolment.state != Enrolment.State.ACTIVE}
    return {
        pk: _headway(taken_of(modules.get(versions[pk], []), own[pk]), marks, reasons[pk], is_admitted=pk in admitted)
        for pk, marks in tried.items()
    }


class Readiness(NamedTuple):
    """How many of a group an order of admission could name, and of how many who are not admitted yet."""

    ready: int
    whole: int


_PASSED: Final = (
    Mark.objects.in_force()
    .filter(SETTLED, enrolment=OuterRef("pk"), grade__is_passing=True)
    .exclude(sheet__module__sort=Module.Sort.FINAL)
    .order_by()
    .values("enrolment")
    .annotate(n=Count("sheet__module", distinct=True))
    .values("n")
)
_TO_ADMIT: Final = Enrolment.objects.filter(cohort__id__any=Given("cohorts"), state=Enrolment.State.ACTIVE).order_by()
_BY_LINES_PASSED: Final = Composed(
    lambda: (
        _TO_ADMIT.filter(study_plan=None)
        .annotate(passed=Coalesce(Subquery(_PASSED), 0))
        .values("cohort_id", "passed")
        .annotate(n=Count("pk"))
        .values_list("cohort_id", "passed", "n")
    )
)
_BY_OWN_PLAN: Final = Composed(lambda: _TO_ADMIT.filter(study_plan__isnull=False).select_related("cohort"))
_LINES: Final = Composed(
    lambda: (
        Module.objects.filter(version__id__any=Given("versions"))
        .exclude(sort=Module.Sort.FINAL)
        .order_by()
        .values("version_id")
        .annotate(n=Count("pk"))
        .values_list("version_id", "n")
    )
)


def readiness(cohorts: Iterable[Cohort]) -> dict[int, Readiness]:
    """Return, by cohort, how many are ready for final attestation; three queries, those of `headways` where somebody has a plan of their own.

    Whoever takes the plan of the group is ready with a passing mark in a closed sheet for each of its lines: PostgreSQL counts
    them. Only of the others is each attempt read.
    """
    versions = {cohort.pk: cohort.program_version_id for cohort in cohorts}
    if not versions:
        return {}
    told = {"cohorts": list(versions)}
    plain, apart, lines = together(
        _BY_LINES_PASSED.told(**told), _BY_OWN_PLAN.told(**told), _LINES.told(versions=list(set(versions.values())))
    )
    wanted = dict(lines)
    how = headways(apart)
    whole, ready = Counter[int](), Counter[int]()
    for cohort, passed, n in plain:
        whole[cohort] += n
        ready[cohort] += n * (passed == wanted.get(versions[cohort], 0))
    for one in apart:
        whole[one.cohort_id] += 1
        ready[one.cohort_id] += not how[one.pk].before_final
    return {pk: Readiness(ready[pk], whole[pk]) for pk in versions}


def obstacle_of(module: Module, tried: Sequence[Attempted], excused: Sequence[Excused]) -> Obstacle | None:
    """Return what `module` lacks: nothing, a debt, a mark that is not there yet, or a sheet that is not closed (273-ФЗ ст. 58 ч. 2, 59).

    Args:
        module: the line of the plan.
        tried: attempts in their order.
        excused: days with a good reason.
    """
    found = counted([one.tried for one in tried], excused)
    if counted([one.tried for one in tried if one.is_settled], excused).passed:
        return None
    if found.passed:
        return Obstacle(module, f"ведомость не закрыта: «{module.title}».", is_debt=False, is_preliminary=True)
    if found.owed and found.result is not None:
        sentence = f"академическая задолженность: «{module.title}», {tried[found.result].words}."
        return Obstacle(module, sentence, is_debt=True, is_preliminary=not tried[found.result].is_settled)
    if tried:
        return Obstacle(module, f"нет оценки: «{module.title}», неявка по уважительной причине.", is_debt=False)
    return Obstacle(module, f"нет оценки: «{module.title}».", is_debt=False)


def _headway(
    modules: list[Module],
    marks: Mapping[int, Sequence[Attempted]],
    excused: Sequence[Excused],
    *,
    is_admitted: bool,
) -> Headway:
    found: dict[bool, list[Obstacle]] = {False: [], True: []}
    for module in modules:
        obstacle = obstacle_of(module, marks.get(module.pk, ()), excused)
        if module.sort == Module.Sort.FINAL and not is_admitted:
            obstacle = Obstacle(module, f"нет допуска: «{module.title}».", is_debt=False)
        if obstacle is not None:
            found[module.sort == Module.Sort.FINAL].append(obstacle)
    missing = [*found[False], *found[True]]
    return Headway(
        passed=len(modules) - sum(obstacle.is_debt or not obstacle.is_preliminary for obstacle in missing),
        whole=len(modules),
        debts=sum(1 for obstacle in missing if obstacle.is_debt),
        before_final=found[False],
        final=found[True],
    )


def obstacles(enrolment: Enrolment) -> list[Obstacle]:
    """Return everything that is not passed of the plan before final attestation; empty means admission."""
    return headways([enrolment])[enrolment.pk].before_final
