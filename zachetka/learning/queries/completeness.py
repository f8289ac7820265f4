"""Who of a cohort has no mark in a sheet yet (п. 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zachetka.learning.models import Enrolment, Mark, MarkSheet

if TYPE_CHECKING:
    from django.db.models import QuerySet

LAWFUL_STATES = frozenset({Enrolment.State.ACTIVE, Enrolment.State.ADMITTED})
"""States in which a learner is to have a mark."""


def without_mark(sheet: MarkSheet) -> QuerySet[Enrolment]:
    """Return those who learn and have neither a mark nor an absence in `sheet`; nobody has to sit a second attempt."""
    if sheet.attempt > 1:
        return Enrolment.objects.none()
    marked = Mark.objects.in_force().filter(sheet=sheet, grade__isnull=False).values("enrolment_id")
    return (
        Enrolment.objects.filter(cohort_id=sheet.cohort_id, state__in=LAWFUL_STATES)
        .exclude(pk__in=marked)
        .select_related("learner__person")
        .order_by("learner__person__sort_key", "pk")
    )
