"""A correction of a mark in a closed sheet: one proposes, another person confirms (п. 2.1)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.mark import Mark
from zachetka.programs.models import Grade


class CorrectionQuerySet(ScopedQuerySet["Correction"]):
    """Named reads of corrections."""

    read_permission = Permission.SHEET_READ

    def waiting(self) -> Self:
        """Proposed and not yet decided."""
        return self.filter(state=Correction.State.PROPOSED)


class Correction(Provable):
    """What the teacher asks for, why, on which paper; becomes a mark when somebody else confirms it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "ждёт подтверждения"
        CONFIRMED = "confirmed", "подтверждено"
        REFUSED = "refused", "отклонено"

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="corrections")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField("балл", max_digits=4, decimal_places=1, null=True)
    reason = models.CharField("причина", max_length=500)
    basis = models.CharField("документ-основание", max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    refusal = models.CharField("почему отклонено", max_length=500, blank=True)
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_by_person = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    result = models.OneToOneField(Mark, on_delete=models.PROTECT, null=True, related_name="correction")

    noun: ClassVar[str] = "исправление"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "mark_id", "grade_id", "score", "reason", "basis", "state", "refusal", "proposed_by_id",
        "proposed_by_person", "proposed_at", "decided_by_id", "decided_by_person", "decided_at", "result_id",
    )  # fmt: skip

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["mark"], condition=Q(state="proposed"), name="correction_waits_once_a_mark"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_person__isnull=True) | ~Q(decided_by_person=F("proposed_by_person")),
                name="correction_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(result__isnull=False), name="correction_confirmed_made_a_mark"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(basis=""), name="correction_has_reason_and_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.mark} → {self.grade}"
