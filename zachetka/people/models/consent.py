"""Consents to what the law does not ask for, and their withdrawal (152-ФЗ ст. 9, 21)."""

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


class ConsentQuerySet(ScopedQuerySet["Consent"]):
    """Named reads of consents."""

    read_permission = Permission.CONSENT_READ


class Consent(Provable):
    """A person allowed a use of their data; added, never changed: another term is another consent."""

    class Signature(models.TextChoices):
        PAPER = "paper", "на бумаге"
        SIMPLE = "simple", "простая электронная подпись"
        QUALIFIED = "qualified", "квалифицированная электронная подпись"

    key = models.UUIDField(unique=True, editable=False)
    """Given by the form: a second sending of it is the same consent."""
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField("цель", max_length=20)
    """A code of `rules.purposes`."""
    categories = models.JSONField("какие данные")
    """Codes of what it covers, copied from the purpose on the day it was given."""
    given_on = models.DateField("когда дано")
    valid_until = models.DateField("действует по", null=True, blank=True)
    """None: until it is withdrawn."""
    withdrawal_way = models.CharField("как отозвать", max_length=200)
    signature = models.CharField("чем подписано", max_length=9, choices=Signature.choices)
    document = models.CharField("документ", max_length=200)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "согласие"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "person_id", "purpose", "categories", "given_on", "valid_until", "withdrawal_way", "signature", "document",
        "recorded_by_id", "recorded_at",
    )  # fmt: skip

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ("-given_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("given_on")), name="consent_has_a_term"
            ),
            models.CheckConstraint(condition=~Q(document="") & ~Q(withdrawal_way=""), name="consent_is_a_document"),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Who consents."""
        return self.person.uid

    def __str__(self) -> str:
        return f"Согласие от {self.given_on:%d.%m.%Y}"


class WithdrawalQuerySet(ScopedQuerySet["Withdrawal"]):
    """Named reads of withdrawals."""

    read_permission = Permission.CONSENT_READ

    def waiting(self) -> Self:
        """Not settled yet: the data may still be kept."""
        return self.filter(state=Withdrawal.State.WAITING)


class Withdrawal(Provable):
    """A consent taken back: from that day the clock of the law runs, until somebody says what was deleted and what stays."""

    class State(models.TextChoices):
        WAITING = "waiting", "ждёт исполнения"
        SETTLED = "settled", "исполнен"

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_on = models.DateField("когда отозвано")
    document = models.CharField("документ", max_length=200)
    due_on = models.DateField("исполнить до")
    """Frozen: the term of the law that was in force on the day of the withdrawal."""
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField("когда исполнен", null=True)
    settled_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    removed = models.JSONField("чего в карточке больше нет", default=list)
    kept_because = models.CharField("почему остальное остаётся", max_length=400, blank=True)

    noun: ClassVar[str] = "отзыв согласия"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "consent_id", "withdrawn_on", "document", "due_on", "state", "recorded_by_id", "recorded_at", "settled_at",
        "settled_by_id", "removed", "kept_because",
    )  # fmt: skip

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=F("withdrawn_on")), name="withdrawal_has_a_term"),
            models.CheckConstraint(condition=~Q(document=""), name="withdrawal_is_a_document"),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True, settled_by__isnull=True)
                | Q(state="settled", settled_at__isnull=False, settled_by__isnull=False),
                name="withdrawal_settled_says_by_whom",
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Who withdraws."""
        return self.consent.person.uid

    def __str__(self) -> str:
        return f"Отзыв от {self.withdrawn_on:%d.%m.%Y}"
