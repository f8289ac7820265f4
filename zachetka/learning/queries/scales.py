"""Which grades a sheet may hold (п. 2.3)."""

from __future__ import annotations

from django.db.models import F, Q

from zachetka.learning.models import MarkSheet
from zachetka.programs.models import Grade


def grades_of(sheet: MarkSheet) -> list[Grade]:
    """Return the grades of the scale edition in force on the day of the control, in their order; one query."""
    found = list(
        Grade.objects.filter(
            version__scale__in=MarkSheet.objects.filter(pk=sheet.pk).values("module__scale"),
            version__valid_from__lte=sheet.held_on,
        )
        .filter(Q(version__valid_to__isnull=True) | Q(version__valid_to__gte=sheet.held_on))
        .annotate(edition=F("version__valid_from"))
        .order_by("-edition", "ordinal")
    )
    return [grade for grade in found if grade.version_id == found[0].version_id]
