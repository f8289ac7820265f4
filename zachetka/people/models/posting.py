"""Where and since when an employee serves, and by which order (п. 3.8)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.access.models import Unit
from zachetka.core.provable import Provable
from zachetka.people.models.employee import Employee


class Posting(Provable):
    """One step of a service: hired, moved or dismissed; never changed, only followed by another.

    A trigger keeps the order: days do not go back, and nothing follows a dismissal.
    """

    class Kind(models.TextChoices):
        HIRED = "hired", "приём"
        MOVED = "moved", "перевод"
        DISMISSED = "dismissed", "увольнение"

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    position = models.CharField("должность", max_length=120)
    since = models.DateField("с какого дня")
    """The first day of work there; of a dismissal, the last day of work."""
    order_number = models.CharField("номер приказа", max_length=40, blank=True)
    order_date = models.DateField("дата приказа", null=True, blank=True)
    """Of a hire no order is asked for: what it opens, a role, has one."""
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "запись о службе"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "employee_id", "kind", "unit_id", "position", "since", "order_number", "order_date", "recorded_at",
    )  # fmt: skip

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["hired", "moved", "dismissed"]), name="posting_is_a_step_of_a_service"
            ),
            models.CheckConstraint(
                condition=Q(kind="hired") | (~Q(order_number="") & Q(order_date__isnull=False)),
                name="posting_has_an_order",
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(kind="hired"), name="posting_begins_a_service_once"
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(kind="dismissed"), name="posting_ends_a_service_once"
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Who serves."""
        return self.employee.person.uid

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.position}"
