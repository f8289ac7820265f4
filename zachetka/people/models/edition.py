"""«Матрица доступа» as it was put to the head, and what the head said: rows that are only added (п. 3.8)."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable


class MatrixEditionQuerySet(ScopedQuerySet["MatrixEdition"]):
    """Named reads of editions."""

    read_permission = Permission.MATRIX_READ

    def approved(self) -> Self:
        """Approved, the last first."""
        return self.filter(decision__verdict=MatrixDecision.Verdict.APPROVED).order_by("-number")


class MatrixEdition(Provable):
    """The matrix of one moment, frozen: rights, separated pairs and who holds each role, put to the head (п. 3.8).

    A trigger holds that editions are numbered without gaps and that the hash is that of the content.
    """

    number = models.PositiveIntegerField("номер", unique=True)
    content = models.TextField()
    """Canonical JSON of `people.matrix.content`: what is approved, to the byte."""
    sha256 = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_by_person = models.UUIDField()
    proposed_at = models.DateTimeField()

    noun: ClassVar[str] = "редакция матрицы доступа"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "number", "content", "sha256", "proposed_by_id", "proposed_by_person", "proposed_at",
    )  # fmt: skip

    objects = MatrixEditionQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"редакция № {self.number}"

    @property
    def told(self) -> dict[str, Any]:
        """The content as it was frozen."""
        told: dict[str, Any] = json.loads(self.content)
        return told


class MatrixDecision(Provable):
    """What the head decided about an edition; a trigger holds that it is another person and the last edition (п. 3.8)."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", "утверждена"
        REFUSED = "refused", "отклонена"

    edition = models.OneToOneField(MatrixEdition, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    decided_by_person = models.UUIDField()
    decided_at = models.DateTimeField()

    noun: ClassVar[str] = "решение о матрице доступа"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "edition_id", "verdict", "decided_by_id", "decided_by_person", "decided_at",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["approved", "refused"]), name="matrix_is_approved_or_refused"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_verdict_display()}"
