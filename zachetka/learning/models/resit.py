"""Whom a resit names and who takes it (273-ФЗ ст. 58 ч. 5, 6)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.access.models import Account
from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.sheet import MarkSheet
from zachetka.people.models import Employee


class SheetMember(Provable):
    """A learner whom a sheet other than the main one names, by whom and when; the rows only grow."""

    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, related_name="members")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sittings")
    named_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    named_by_person = models.UUIDField()
    named_at = models.DateTimeField()

    noun: ClassVar[str] = "направление на пересдачу"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "sheet_id", "enrolment_id", "named_by_id", "named_by_person", "named_at",
    )  # fmt: skip

    class Meta:
        ordering = ("sheet", "enrolment__learner__person__sort_key", "pk")
        constraints = [models.UniqueConstraint(fields=["sheet", "enrolment"], name="sheet_names_a_learner_once")]

    @property
    def subject_uid(self) -> UUID:
        """Whose resit it is."""
        return self.enrolment.subject_uid

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.enrolment_id}"


class Commissioner(Provable):
    """A member of the commission that takes the second resit (273-ФЗ ст. 58 ч. 6); the rows only grow."""

    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, related_name="commissioners")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    is_chair = models.BooleanField("председатель", default=False)

    noun: ClassVar[str] = "член комиссии"
    proven_fields: ClassVar[tuple[str, ...]] = ("sheet_id", "employee_id", "is_chair")

    class Meta:
        ordering = ("sheet", "-is_chair", "employee__person__sort_key", "pk")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "employee"], name="commission_names_an_employee_once"),
            models.UniqueConstraint(fields=["sheet"], condition=Q(is_chair=True), name="commission_has_one_chair"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.employee_id}"
