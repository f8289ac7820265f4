"""Which grades a sheet may hold (п. 2.3)."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from zachetka.core.composed import Asked, Composed, Given
from zachetka.learning.models import MarkSheet
from zachetka.programs.models import Grade, Module, ScaleVersion

_SCALE: Final = Module.objects.filter(pk=Given("module")).values("scale")
_IN_FORCE: Final = (
    ScaleVersion.objects.filter(scale__in=_SCALE, valid_from__lte=Given("day"))
    .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=Given("day")))
    .order_by("-valid_from")
    .values("pk")[:1]
)
_GRADES: Final = Composed(lambda: Grade.objects.filter(version=_IN_FORCE).order_by("ordinal"))


def grades_asked(sheet: MarkSheet) -> Asked[Grade]:
    """Return the question that `grades_of` answers."""
    return _GRADES.told(module=sheet.module_id, day=sheet.held_on)


def grades_of(sheet: MarkSheet) -> list[Grade]:
    """Return the grades of the scale edition in force on the day of the control, in their order; one query."""
    return grades_asked(sheet).rows()
