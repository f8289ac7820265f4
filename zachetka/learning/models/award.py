"""Encouragements: what a learner was thanked or rewarded for while learning, on which paper (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment


class AwardQuerySet(ScopedQuerySet["Award"]):
    """Named reads of awards: whoever reads a record book reads what its learner was rewarded for."""

    read_permission = Permission.RECORD_BOOK_READ

    def recorded(self) -> Self:
        """Awards themselves, those taken back too; a row that takes one back is none."""
        return self.filter(cancels__isnull=True)

    def in_force(self) -> Self:
        """Awards that no later row takes back."""
        return self.recorded().filter(cancelled_by__isnull=True)


class Award(Provable):
    """An encouragement of one learner, with its paper; the table only grows.

    A mistaken row is taken back by a row of another person that `cancels` it and says the `reason`.
    """

    class Kind(models.TextChoices):
        THANKS = "thanks", "благодарность"
        CERTIFICATE = "certificate", "почётная грамота"
        WINNER = "winner", "диплом победителя конкурса"
        PRIZE = "prize", "диплом призёра конкурса"
        GIFT = "gift", "ценный подарок"
        BONUS = "bonus", "премия"
        OTHER = "other", "иное поощрение"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="awards")
    kind = models.CharField("вид", max_length=12, choices=Kind.choices)
    wording = models.CharField("за что", max_length=500)
    awarded_on = models.DateField("день поощрения")
    basis = models.CharField("документ", max_length=200)
    cancels = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="cancelled_by")
    reason = models.CharField("почему отозвано", max_length=500, blank=True)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_by_person = models.UUIDField()
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "поощрение"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "enrolment_id", "kind", "wording", "awarded_on", "basis", "cancels_id", "reason", "recorded_by_id",
        "recorded_by_person", "recorded_at",
    )  # fmt: skip

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ("awarded_on", "pk")
        indexes = [
            models.Index(fields=["enrolment", "awarded_on"], name="award_of_a_learner"),
            models.Index(fields=["awarded_on"], name="award_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(wording="") & ~Q(basis=""), name="award_has_wording_and_paper"),
            models.CheckConstraint(
                condition=Q(cancels__isnull=True, reason="") | Q(cancels__isnull=False) & ~Q(reason=""),
                name="award_is_taken_back_with_a_reason",
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose award it is."""
        return self.enrolment.subject_uid

    @property
    def words(self) -> str:
        """«Благодарность: за отличную учёбу»."""
        kind = str(self.get_kind_display())
        return f"{kind[:1].upper()}{kind[1:]}: {self.wording}"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} от {self.awarded_on:%d.%m.%Y}"
