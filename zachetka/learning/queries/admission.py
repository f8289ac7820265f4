"""What stands between a learner and final attestation, line by line (273-ФЗ ст. 59)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from zachetka.core.composed import Composed, Given
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.carrying import carrying
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.study_plans import own_lines, taken_of
from zachetka.learning.queries.tried import tried_in
from zachetka.learning.rules import Excused, Tried, is_excused
from zachetka.programs.models import Module


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason against admission.

    Attributes:
        module: the line of the plan.
        sentence: what is missing, in Russian.
        is_debt: True for an academic debt, False for a mark that is not there yet.
    """

    module: Module
    sentence: str
    is_debt: bool


class Standing(NamedTuple):
    """How far a learner is by the plan, final attestation included.

    Attributes:
        passed: lines with a passing mark in force.
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


def standings(enrolments: Iterable[Enrolment]) -> dict[int, Standing]:
    """Return the standing of each of `enrolments`, by primary key; three queries, one more where somebody has a plan of their own, another
    where somebody has carried results over, and one where these are of another scale.

    Args:
        enrolments: of any cohorts, read with their cohorts.
    """
    enrolments = list(enrolments)
    own = own_lines(enrolments)
    versions = {enrolment.pk: enrolment.cohort.program_version_id for enrolment in enrolments}
    modules: dict[int, list[Module]] = {}
    for module in _PLANS(versions=list(set(versions.values()))):
        modules.setdefault(module.version_id, []).append(module)
    tried: dict[int, dict[int, list[tuple[Tried, str]]]] = {pk: {} for pk in versions}
    carried = carrying(own)
    for one in tried_in(versions, carried):
        tried[one.enrolment].setdefault(one.module, []).append((one.tried, one.label))
    reasons = excuses_of(versions, carried)
    admitted = {enrolment.pk for enrolment in enrolments if enrolment.state != Enrolment.State.ACTIVE}
    return {
        pk: _standing(taken_of(modules.get(versions[pk], []), own[pk]), marks, reasons[pk], is_admitted=pk in admitted)
        for pk, marks in tried.items()
    }


def obstacle_of(module: Module, tried: Sequence[tuple[Tried, str]], excused: Sequence[Excused]) -> Obstacle | None:
    """Return what `module` lacks: nothing, a debt, or a mark that is not there yet (273-ФЗ ст. 58 ч. 2, 59).

    Args:
        module: the line of the plan.
        tried: attempts in their order, each with the grade in words.
        excused: days with a good reason.
    """
    counted = [(one, label) for one, label in tried if not is_excused(one, excused)]
    if counted and counted[-1][0].passes:
        return None
    if counted:
        sentence = f"академическая задолженность: «{module.title}», {counted[-1][1]}."
        return Obstacle(module, sentence, is_debt=True)
    if tried:
        return Obstacle(module, f"нет оценки: «{module.title}», неявка по уважительной причине.", is_debt=False)
    return Obstacle(module, f"нет оценки: «{module.title}».", is_debt=False)


def _standing(
    modules: list[Module],
    marks: Mapping[int, Sequence[tuple[Tried, str]]],
    excused: Sequence[Excused],
    *,
    is_admitted: bool,
) -> Standing:
    found: dict[bool, list[Obstacle]] = {False: [], True: []}
    for module in modules:
        obstacle = obstacle_of(module, marks.get(module.pk, ()), excused)
        if module.sort == Module.Sort.FINAL and not is_admitted:
            obstacle = Obstacle(module, f"нет допуска: «{module.title}».", is_debt=False)
        if obstacle is not None:
            found[module.sort == Module.Sort.FINAL].append(obstacle)
    missing = [*found[False], *found[True]]
    return Standing(
        passed=len(modules) - len(missing),
        whole=len(modules),
        debts=sum(1 for obstacle in missing if obstacle.is_debt),
        before_final=found[False],
        final=found[True],
    )


def obstacles(enrolment: Enrolment) -> list[Obstacle]:
    """Return everything that is not passed of the plan before final attestation; empty means admission."""
    return standings([enrolment])[enrolment.pk].before_final
