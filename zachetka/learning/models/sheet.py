"""A mark sheet: one module, one attempt, one cohort, one teacher (п. 2.2; 273-ФЗ ст. 58)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.cohort import Cohort
from zachetka.people.models import Employee
from zachetka.programs.models import Module


class MarkSheetQuerySet(ScopedQuerySet["MarkSheet"]):
    """Named reads of sheets."""

    read_permission = Permission.SHEET_READ

    def main(self) -> Self:
        """The sheets of the whole cohort; the others are of those whom they name."""
        return self.filter(attempt=1, serial=1)

    def held(self) -> Self:
        """Sheets that stand: whatever was appointed and taken back is none."""
        return self.exclude(state=MarkSheet.State.CANCELLED)

    def open(self) -> Self:
        """Sheets that were never closed."""
        return self.filter(state=MarkSheet.State.OPEN)

    def fillable(self) -> Self:
        """Sheets in which marks can be typed: never closed, or opened again."""
        return self.filter(state__in=[MarkSheet.State.OPEN, MarkSheet.State.REOPENED])


class MarkSheet(Provable):
    """A column of the cohort's sheet: filled by its teacher, then closed; opened again by a `Reopening`.

    The main sheet of a module (first attempt, first of its kind) is of the whole cohort. Every other one is of the people
    whom its `SheetMember` rows name: a resit, or a first attempt apart from the group, put off for a good reason
    (273-ФЗ ст. 58) or appointed so by an individual plan (ст. 34 ч. 1 п. 3). One of those that nobody has sat may be
    cancelled, for a reason (`Cancellation`); `closed_by` and `closed_at` tell then who did and when.
    """

    class State(models.TextChoices):
        OPEN = "open", "заполняется"
        CLOSED = "closed", "закрыта"
        REOPENED = "reopened", "открыта заново"
        CANCELLED = "cancelled", "отменена"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sheets")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="sheets")
    attempt = models.PositiveSmallIntegerField("попытка", default=1)
    serial = models.PositiveSmallIntegerField("ведомость по счёту", default=1)
    commission_basis = models.CharField("приказ о комиссии", max_length=200, blank=True)
    teacher = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="sheets", verbose_name="преподаватель")
    held_on = models.DateField("дата контроля")
    due_on = models.DateField("заполнить до")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    closed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    noun: ClassVar[str] = "ведомость"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "cohort_id", "module_id", "attempt", "serial", "commission_basis", "teacher_id", "held_on", "due_on", "state", "closed_by_id", "closed_at",
    )  # fmt: skip

    objects = MarkSheetQuerySet.as_manager()

    class Meta:
        ordering = ("cohort", "module__ordinal", "attempt", "serial")
        indexes = [models.Index(fields=["state", "due_on"], name="sheet_due")]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "module", "attempt", "serial"], name="sheet_has_its_place"),
            models.CheckConstraint(condition=Q(serial__gte=1), name="sheet_serial_is_counted"),
            models.CheckConstraint(
                condition=Q(attempt=3) & ~Q(commission_basis="") | ~Q(attempt=3) & Q(commission_basis=""),
                name="sheet_of_the_second_resit_has_a_commission",
            ),
            models.CheckConstraint(condition=Q(attempt__gte=1, attempt__lte=3), name="sheet_attempt_is_lawful"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="sheet_closed_by_somebody",
            ),
        ]

    @property
    def is_main(self) -> bool:
        """It is of the whole cohort."""
        return self.attempt == 1 and self.serial == 1

    @property
    def occasion(self) -> str:
        """What it is besides the main one: «пересдача 1», «сдача отдельно»; "" for the main sheet."""
        if self.is_main:
            return ""
        return f"пересдача {self.attempt - 1}" if self.attempt > 1 else "сдача отдельно"

    def __str__(self) -> str:
        return f"{self.cohort}: {self.module}" + (f", {self.occasion}" if self.occasion else "")
