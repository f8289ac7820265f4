"""What stands between a learner and final attestation, line by line (273-ФЗ ст. 59)."""

from __future__ import annotations

from dataclasses import dataclass

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


def obstacles(enrolment: Enrolment) -> list[Obstacle]:
    """Return everything that is not passed of the plan before final attestation; empty means admission."""
    modules = [module for module in enrolment.cohort.program_version.modules.all() if module.sort != Module.Sort.FINAL]
    marks: dict[int, Mark] = {}
    rows = Mark.objects.in_force().filter(enrolment=enrolment, grade__isnull=False).select_related("grade", "sheet")
    for mark in rows.order_by("sheet__attempt"):
        marks[mark.sheet.module_id] = mark
    found = []
    for module in modules:
        held = marks.get(module.pk)
        if held is None:
            found.append(Obstacle(module, f"нет оценки: «{module.title}».", is_debt=False))
        elif held.grade is not None and not held.grade.is_passing:
            found.append(
                Obstacle(module, f"академическая задолженность: «{module.title}», {held.grade}.", is_debt=True)
            )
    return found
