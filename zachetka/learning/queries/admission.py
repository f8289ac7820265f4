"""What stands between a learner and final attestation, line by line (273-ФЗ ст. 59)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from zachetka.learning.models import Enrolment, Mark
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
        whole: lines of the plan.
        debts: lines with a mark that does not pass.
        before_final: what stands before final attestation.
        final: what is missing of final attestation itself.
    """

    passed: int
    whole: int
    debts: int
    before_final: list[Obstacle]
    final: list[Obstacle]


def standings(enrolments: Iterable[Enrolment]) -> dict[int, Standing]:
    """Return the standing of each of `enrolments`, by primary key; two queries however many they are.

    Args:
        enrolments: of any cohorts, read with their cohorts.
    """
    versions = {enrolment.pk: enrolment.cohort.program_version_id for enrolment in enrolments}
    modules: dict[int, list[Module]] = {}
    for module in Module.objects.filter(version__in=set(versions.values())).order_by("ordinal"):
        modules.setdefault(module.version_id, []).append(module)
    last: dict[int, dict[int, tuple[bool, str]]] = {pk: {} for pk in versions}
    rows = Mark.objects.in_force().filter(enrolment__in=versions, grade__isnull=False).order_by("sheet__attempt", "pk")
    for enrolment, line, passes, label in rows.values_list(
        "enrolment_id", "sheet__module_id", "grade__is_passing", "grade__label"
    ):
        last[enrolment][line] = (passes, label)
    return {pk: _standing(modules.get(versions[pk], []), marks) for pk, marks in last.items()}


def _standing(modules: list[Module], marks: dict[int, tuple[bool, str]]) -> Standing:
    found: dict[bool, list[Obstacle]] = {False: [], True: []}
    for module in modules:
        passes, label = marks.get(module.pk, (False, ""))
        if passes:
            continue
        sentence = (
            f"академическая задолженность: «{module.title}», {label}." if label else f"нет оценки: «{module.title}»."
        )
        found[module.sort == Module.Sort.FINAL].append(Obstacle(module, sentence, is_debt=bool(label)))
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
