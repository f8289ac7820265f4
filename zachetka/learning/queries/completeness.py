"""Who of a cohort has no mark in a sheet yet (п. 2.2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value

from zachetka.core.composed import Composed, Given
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order, SheetMember
from zachetka.learning.queries.study_plans import otherwise
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from django.db.models import QuerySet

LAWFUL_STATES = frozenset({Enrolment.State.ACTIVE, Enrolment.State.ADMITTED})
"""States in which a learner is to have a mark."""
TO_LEAVE = Enrolment.State.WITHDRAWN
"""An order of withdrawal is issued before its day; until then the learner sits what the group sits (273-ФЗ ст. 61 ч. 4)."""
LEFT_EARLY = frozenset({Enrolment.State.WITHDRAWN, Enrolment.State.MOVED})
"""States of whoever left a group before its end."""


def sitting(day: date | Given, whose: str = "") -> Q:
    """Return what makes somebody have to have a mark on the legal `day`; `whose` leads to the enrolment: «enrolment__».

    Whoever is to finish by an issued order has all of theirs, and the order rests on them.
    """
    here: list[tuple[str, Any]] = [(f"{whose}state", TO_LEAVE), (f"{whose}ended_on__gt", day)]
    return Q((f"{whose}state__in", LAWFUL_STATES)) | Q(*here)


def gone(day: date | Given, whose: str = "") -> Q:
    """Return what makes somebody have left early by the legal `day`."""
    return Q((f"{whose}state__in", LEFT_EARLY), (f"{whose}ended_on__lte", day))


def awaits_admission(module: int | OuterRef | Given, held_on: date | OuterRef | Given) -> Q:
    """Return the condition «`module` is final attestation, and no order admits them to it by `held_on`» on enrolments (273-ФЗ ст. 59)."""
    by_then = Order.objects.filter(pk=OuterRef("admission_order"), effective_on__lte=held_on)
    return Q(Exists(Module.objects.filter(pk=module, sort=Module.Sort.FINAL)), ~Exists(by_then))


def is_relieved(sheet: int | Given | F, *, enrolment: str = "pk") -> Func:
    """Return the condition «an earlier attempt has come to be passed, so the resit is of them no more» (273-ФЗ ст. 58 ч. 5)."""
    named = Value(sheet) if isinstance(sheet, int) else sheet
    return Func(F(enrolment), named, function="learning_is_relieved", output_field=BooleanField())


def members() -> QuerySet[SheetMember]:
    """Return whom resits name and are still of, or were of when they got their mark."""
    marked = Mark.objects.in_force().filter(
        sheet=OuterRef("sheet"), enrolment=OuterRef("enrolment"), grade__isnull=False
    )
    return SheetMember.objects.exclude(~Exists(marked) & Q(is_relieved(F("sheet_id"), enrolment="enrolment_id")))


def people_of(sheet: MarkSheet | AnySheet, day: date | Given) -> QuerySet[Enrolment]:
    """Return those who learn on `day` and whom `sheet` is of: the cohort, or whom a resit names (273-ФЗ ст. 58).

    Whoever takes the module otherwise by an individual plan is not of the sheet of the cohort (ст. 34 ч. 1 п. 3), nor is
    whoever came after its control; final attestation is of whoever is admitted to it by its day (ст. 59). A resit is of nobody whose
    earlier attempt has come to be passed: their debt is gone.
    """
    learning = Enrolment.objects.filter(sitting(day), cohort_id=sheet.cohort_id)
    learning = learning.exclude(awaits_admission(sheet.module_id, sheet.held_on))
    if sheet.is_main:
        return learning.exclude(otherwise(sheet.module_id)).filter(started_on__lte=sheet.held_on)
    return learning.filter(sittings__sheet_id=sheet.pk).exclude(is_relieved(sheet.pk))


def not_of(sheet: MarkSheet) -> set[int]:
    """Return those of the cohort whom `sheet` is not of, whatever their state."""
    people = Enrolment.objects.filter(cohort_id=sheet.cohort_id)
    elsewhere = ~Q(sittings__sheet=sheet) | Q(is_relieved(sheet.pk))
    if sheet.is_main:
        elsewhere = Q(otherwise(sheet.module_id)) | Q(started_on__gt=sheet.held_on)
    return set(people.filter(elsewhere | awaits_admission(sheet.module_id, sheet.held_on)).values_list("pk", flat=True))


class AnySheet(NamedTuple):
    """A sheet of a query that is composed once: what differs from one sheet to the next is told when it is asked."""

    is_main: bool
    pk: Given = Given("sheet")
    cohort_id: Given = Given("cohort")
    module_id: Given = Given("module")
    held_on: Given = Given("held_on")


def first_without_mark(sheet: MarkSheet, day: date) -> list[Enrolment]:
    """Return the first four of `without_mark`: whoever closes a sheet is told three of them and whether there are others."""
    told = {"sheet": sheet.pk, "cohort": sheet.cohort_id, "module": sheet.module_id, "day": day}
    return (_FIRST if sheet.is_main else _FIRST_NAMED)(**told, held_on=sheet.held_on)


_FIRST: Final = Composed(lambda: without_mark(AnySheet(is_main=True), Given("day"))[:4])
_FIRST_NAMED: Final = Composed(lambda: without_mark(AnySheet(is_main=False), Given("day"))[:4])


def without_mark(sheet: MarkSheet | AnySheet, day: date | Given) -> QuerySet[Enrolment]:
    """Return those who learn on `day`, whom `sheet` is of, and who have neither a mark nor an absence in it."""
    marked = Mark.objects.in_force().filter(sheet_id=sheet.pk, grade__isnull=False).values("enrolment_id")
    return (
        people_of(sheet, day)
        .exclude(pk__in=marked)
        .select_related("learner__person")
        .order_by("learner__person__sort_key", "pk")
    )
