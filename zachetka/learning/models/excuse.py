"""Good reasons: what makes an absence no debt and moves the term of a resit (273-ФЗ ст. 58 ч. 2, 5)."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment


class ExcuseQuerySet(ScopedQuerySet["Excuse"]):
    """Named reads of excuses."""

    read_permission = Permission.EXCUSE_EDIT

    def in_force(self) -> Self:
        """Excuses that no later row takes back; a row that takes one back is none itself."""
        return self.filter(cancels__isnull=True, cancelled_by__isnull=True)


class Excuse(Provable):
    """Days for which a learner has a good reason, with its paper; the table only grows.

    A mistaken row is taken back by a row that `cancels` it, with the reason in `basis`.
    """

    class Kind(models.TextChoices):
        ILLNESS = "illness", "болезнь"
        ACADEMIC_LEAVE = "academic_leave", "академический отпуск"
        PARENTAL_LEAVE = "parental_leave", "отпуск по беременности и родам"
        OTHER = "other", "иная уважительная причина"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="excuses")
    kind = models.CharField("причина", max_length=16, choices=Kind.choices)
    first_day = models.DateField("с какого дня")
    last_day = models.DateField("по какой день")
    basis = models.CharField("документ", max_length=200)
    cancels = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="cancelled_by")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_by_person = models.UUIDField()
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "уважительная причина"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "enrolment_id", "kind", "first_day", "last_day", "basis", "cancels_id", "recorded_by_id", "recorded_by_person",
        "recorded_at",
    )  # fmt: skip

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        ordering = ("first_day", "pk")
        indexes = [models.Index(fields=["enrolment", "first_day"], name="excuse_of_a_learner")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="excuse_days_are_in_order"),
            models.CheckConstraint(condition=~Q(basis=""), name="excuse_has_a_paper"),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose reason it is."""
        return self.enrolment.subject_uid

    @property
    def shifts(self) -> bool:
        """Its days are not counted into the year of a debt (273-ФЗ ст. 58 ч. 5)."""
        return self.kind != self.Kind.OTHER

    def __str__(self) -> str:
        return f"{self.first_day:%d.%m.%Y} — {self.last_day:%d.%m.%Y}"
