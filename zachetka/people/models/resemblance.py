"""Cards that look like one person, and what a person decided about them (п. 2.1)."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.people.models.person import Person


class Unlooked(models.Model):
    """A card that was entered or changed since it was last compared with others; a trigger writes it, the worker takes it away."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"карточка {self.person_id}"


class ResemblanceQuerySet(ScopedQuerySet["Resemblance"]):
    """Named reads of resemblances."""

    read_permission = Permission.DOUBLE_READ

    def waiting(self) -> Self:
        """Nobody has decided about them yet."""
        return self.filter(state=Resemblance.State.WAITING)


class Resemblance(models.Model):
    """Two cards that the rules find alike, with the reasons: a reading of the cards, made again when they change."""

    class State(models.TextChoices):
        WAITING = "waiting", "ждёт решения"
        APART = "apart", "разные люди"
        MERGED = "merged", "один человек"
        GONE = "gone", "больше не похожи"

    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField("чем похожи")
    """Codes of `rules.likeness.Reason`, in its order."""
    points = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    found_at = models.DateTimeField("когда найдено")

    objects = ResemblanceQuerySet.as_manager()

    class Meta:
        ordering = ("-points", "pk")
        indexes = [models.Index(fields=["state", "-points"], name="resemblance_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="resemblance_is_found_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="resemblance_is_of_two"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "apart", "merged", "gone"]), name="resemblance_has_a_known_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one.short_name} и {self.other.short_name}"


class DistinctionQuerySet(ScopedQuerySet["Distinction"]):
    """Named reads of distinctions."""

    read_permission = Permission.DOUBLE_READ


class Distinction(Provable):
    """Somebody looked at two cards and said: two people — or took that back. Added, never changed; the last one counts."""

    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    is_apart = models.BooleanField("разные люди")
    reasons = models.JSONField("чем похожи")
    """Codes that were known then: only something beyond them asks again."""
    reason = models.CharField("почему", max_length=400)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    decided_by_person = models.UUIDField()
    decided_at = models.DateTimeField("когда решено")

    noun: ClassVar[str] = "решение о похожих карточках"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "one_id", "other_id", "is_apart", "reasons", "reason", "decided_by_id", "decided_by_person", "decided_at",
    )  # fmt: skip

    objects = DistinctionQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["one", "other", "-id"], name="distinction_of_two")]
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="distinction_is_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="distinction_has_a_reason"),
        ]

    @property
    def subject_uid(self) -> UUID:
        """The earlier card; the other one has an event of its own."""
        return self.one.uid

    def __str__(self) -> str:
        return "разные люди" if self.is_apart else "вернули к рассмотрению"
