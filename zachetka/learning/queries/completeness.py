"""Who of a cohort has no mark in a sheet yet (п. 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Exists, OuterRef, Q

from zachetka.core.composed import Composed, Given
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.queries.study_plans import otherwise
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from django.db.models import QuerySet

LAWFUL_STATES = frozenset({Enrolment.State.ACTIVE, Enrolment.State.ADMITTED})
"""States in which a learner is to have a mark."""
LEFT_EARLY = frozenset({Enrolment.State.WITHDRAWN, Enrolment.State.MOVED})
"""States of whoever left a group before its end."""
COUNTED_STATES = LAWFUL_STATES | {Enrolment.State.COMPLETED}
"""States in which a mark is counted: whoever has finished had to have theirs, whoever left early has to have none."""


def awaits_admission(module: int | OuterRef | Given) -> Q:
    """Return the condition «`module` is final attestation, and no order has admitted them to it» on enrolments (273-ФЗ ст. 59)."""
    return Q(Exists(Module.objects.filter(pk=module, sort=Module.Sort.FINAL)), state=Enrolment.State.ACTIVE)


def people_of(sheet: MarkSheet | AnySheet) -> QuerySet[Enrolment]:
    """Return those who learn and whom `sheet` is of: the cohort, or whom a resit names (273-ФЗ ст. 58).

    Whoever takes the module otherwise by an individual plan is not of the sheet of the cohort (ст. 34 ч. 1 п. 3); final
    attestation is of whoever is admitted to it (ст. 59).
    """
    learning = Enrolment.objects.filter(cohort_id=sheet.cohort_id, state__in=LAWFUL_STATES)
    learning = learning.exclude(awaits_admission(sheet.module_id))
    return (
        learning.exclude(otherwise(sheet.module_id)) if sheet.is_main else learning.filter(sittings__sheet_id=sheet.pk)
    )


def not_of(sheet: MarkSheet) -> set[int]:
    """Return those of the cohort whom `sheet` is not of, whatever their state."""
    people = Enrolment.objects.filter(cohort_id=sheet.cohort_id)
    elsewhere = Q(otherwise(sheet.module_id)) if sheet.is_main else ~Q(sittings__sheet=sheet)
    return set(people.filter(elsewhere | awaits_admission(sheet.module_id)).values_list("pk", flat=True))


class AnySheet(NamedTuple):
    """A sheet of a query that is composed once: what differs from one sheet to the next is told when it is asked."""

    is_main: bool
    pk: Given = Given("sheet")
    cohort_id: Given = Given("cohort")
    module_id: Given = Given("module")


def first_without_mark(sheet: MarkSheet) -> list[Enrolment]:
    """Return the first four of `without_mark`: whoever closes a sheet is told three of them and whether there are others."""
    return (_FIRST if sheet.is_main else _FIRST_NAMED)(sheet=sheet.pk, cohort=sheet.cohort_id, module=sheet.module_id)


_FIRST: Final = Composed(lambda: without_mark(AnySheet(is_main=True))[:4])
_FIRST_NAMED: Final = Composed(lambda: without_mark(AnySheet(is_main=False))[:4])


def without_mark(sheet: MarkSheet | AnySheet) -> QuerySet[Enrolment]:
    """Return those who learn, whom `sheet` is of, and who have neither a mark nor an absence in it."""
    marked = Mark.objects.in_force().filter(sheet_id=sheet.pk, grade__isnull=False).values("enrolment_id")
    return (
        people_of(sheet)
        .exclude(pk__in=marked)
        .select_related("learner__person")
        .order_by("learner__person__sort_key", "pk")
    )
