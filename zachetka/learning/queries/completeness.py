"""Who of a cohort has no mark in a sheet yet (п. 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zachetka.learning.models import Enrolment, Mark, MarkSheet

if TYPE_CHECKING:
    from django.db.models import QuerySet

LAWFUL_STATES = frozenset({Enrolment.State.ACTIVE, Enrolment.State.ADMITTED})
"""States in which a learner is to have a mark."""
COUNTED_STATES = LAWFUL_STATES | {Enrolment.State.COMPLETED}
"""States in which a mark is counted: whoever has finished had to have theirs, whoever was withdrawn has to have none."""


def people_of(sheet: MarkSheet) -> QuerySet[Enrolment]:
    """Return those who learn and whom `sheet` is of: the cohort, or whom a resit names (273-ФЗ ст. 58)."""
    learning = Enrolment.objects.filter(cohort_id=sheet.cohort_id, state__in=LAWFUL_STATES)
    return learning if sheet.is_main else learning.filter(sittings__sheet=sheet)


def without_mark(sheet: MarkSheet) -> QuerySet[Enrolment]:
    """Return those who learn, whom `sheet` is of, and who have neither a mark nor an absence in it."""
    marked = Mark.objects.in_force().filter(sheet=sheet, grade__isnull=False).values("enrolment_id")
    return (
        people_of(sheet)
        .exclude(pk__in=marked)
        .select_related("learner__person")
        .order_by("learner__person__sort_key", "pk")
    )
