"""Which grades a sheet may hold (п. 2.3)."""

from __future__ import annotations

from typing import Final

from zachetka.core.composed import Asked, Composed, Given
from zachetka.learning.models import MarkSheet
from zachetka.programs.models import Grade, Module, ScaleVersion

_SCALE: Final = Module.objects.filter(pk=Given("module")).values("scale")
_IN_FORCE: Final = ScaleVersion.objects.in_force(Given("day")).filter(scale__in=_SCALE).values("pk")
_GRADES: Final = Composed(lambda: Grade.objects.filter(version__in=_IN_FORCE).order_by("ordinal"))


def grades_asked(sheet: MarkSheet) -> Asked[Grade]:
    """Return the question that `grades_of` answers."""
    return _GRADES.told(module=sheet.module_id, day=sheet.held_on)


def grades_of(sheet: MarkSheet) -> list[Grade]:
    """Return the grades of the scale edition in force on the day of the control, in their order; one query."""
    return grades_asked(sheet).rows()
