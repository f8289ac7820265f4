"""A closed sheet opened again: one asks with a reason and a paper, another who does not teach it decides (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.sheet import MarkSheet


class ReopeningQuerySet(ScopedQuerySet["Reopening"]):
    """Named reads of reopenings."""

    read_permission = Permission.SHEET_READ

    def waiting(self) -> Self:
        """Asked for and not yet decided."""
        return self.filter(state=Reopening.State.ASKED)

    def running(self) -> Self:
        """Those by which a sheet is open now."""
        return self.filter(state=Reopening.State.OPEN)


class Reopening(Provable):
    """Why a closed sheet was opened again, on which paper, by whom, until when.

    The sheet keeps the day on which it was first closed: what came after stands here, so a past day reads as it was.
    """

    class State(models.TextChoices):
        ASKED = "asked", "ждёт решения"
        OPEN = "open", "ведомость открыта заново"
        REFUSED = "refused", "отказано"
        ENDED = "ended", "ведомость закрыта снова"

    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, related_name="reopenings")
    reason = models.CharField("причина", max_length=500)
    basis = models.CharField("документ-основание", max_length=200)
    until = models.DateField("по какой день")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    refusal = models.CharField("почему отказано", max_length=500, blank=True)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_by_person = models.UUIDField()
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    """None also where the term ended it."""
    ended_at = models.DateTimeField(null=True)

    noun: ClassVar[str] = "повторное открытие ведомости"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "sheet_id", "reason", "basis", "until", "state", "refusal", "asked_by_id", "asked_by_person", "asked_at",
        "decided_by_id", "decided_by_person", "decided_at", "ended_by_id", "ended_at",
    )  # fmt: skip

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes = [models.Index(fields=["state", "until"], name="reopening_term")]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet"], condition=Q(state__in=["asked", "open"]), name="sheet_is_reopened_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_person__isnull=True) | ~Q(decided_by_person=F("asked_by_person")),
                name="reopening_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | ~Q(state="asked") & Q(decided_at__isnull=False, decided_by_person__isnull=False),
                name="reopening_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended") & Q(ended_at__isnull=True),
                name="reopening_ended_has_its_moment",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(basis=""), name="reopening_has_reason_and_basis"),
        ]

    def is_over(self, day: date) -> bool:
        """True when its term has passed: no mark is changed by it any more."""
        return self.until < day

    def __str__(self) -> str:
        return f"{self.sheet}: {self.get_state_display()}"
