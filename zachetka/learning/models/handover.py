"""A sheet passed on by a paper, and a resit that is not to be (п. 2.2; 273-ФЗ ст. 58)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zachetka.access.models import Account
from zachetka.core.provable import Provable
from zachetka.learning.models.sheet import MarkSheet
from zachetka.people.models import Employee


class HandOver(Provable):
    """Who keeps a sheet from then on, closed or of a commission, on which paper; the rows only grow."""

    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, related_name="handovers")
    was = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    teacher = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", verbose_name="преподаватель")
    basis = models.CharField("документ-основание", max_length=200)
    handed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    handed_by_person = models.UUIDField()
    handed_at = models.DateTimeField()

    noun: ClassVar[str] = "передача ведомости"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "sheet_id", "was_id", "teacher_id", "basis", "handed_by_id", "handed_by_person", "handed_at",
    )  # fmt: skip

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="handover_has_a_paper"),
            models.CheckConstraint(condition=~Q(was=F("teacher")), name="handover_is_to_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.was_id} → {self.teacher_id}"


class Cancellation(Provable):
    """Why a resit that nobody sat is not to be; the rows only grow."""

    sheet = models.OneToOneField(MarkSheet, on_delete=models.PROTECT, related_name="cancellation")
    reason = models.CharField("причина", max_length=200)
    cancelled_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    cancelled_by_person = models.UUIDField()
    cancelled_at = models.DateTimeField()

    noun: ClassVar[str] = "отмена пересдачи"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "sheet_id", "reason", "cancelled_by_id", "cancelled_by_person", "cancelled_at",
    )  # fmt: skip

    class Meta:
        ordering = ("pk",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="cancellation_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.reason}"
