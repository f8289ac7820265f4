"""What somebody proves besides the password, and where they are signed in (п. 3.8; ФСТЭК № 21, ИАФ.1–4; ASVS 6 and 7)."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.module_loading import import_string

from zachetka.access.models.account import Account
from zachetka.core.provable import Provable


class SecondFactorQuerySet(models.QuerySet["SecondFactor"]):
    """Named reads of second factors."""

    def live(self) -> Self:
        """Those that open the door today."""
        return self.filter(ended_at=None)


class SecondFactor(Provable):
    """An application with codes or an access key of somebody. It is added and ended, never removed (п. 3.8)."""

    class Kind(models.TextChoices):
        APP = "app", "приложение с кодами"
        KEY = "key", "ключ доступа"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    name = models.CharField(max_length=60)
    """What its holder calls it."""
    secret = models.TextField(blank=True)
    """Of an application: what codes are computed from, encrypted by `access.vault`; nothing is left of it at the end."""
    credential_id = models.CharField(max_length=2046, blank=True)
    credential = models.TextField(blank=True)
    """Of a key: its identifier and its public part as the browser has told them, in hexadecimal."""
    counter = models.BigIntegerField(default=0)
    """Of an application: the time step of the last code that came in, so that none comes in twice. Of a key: how many
    times it says it has signed; a lower number would be a copy of it."""
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    noun: ClassVar[str] = "второй фактор"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "account_id", "kind", "name", "secret", "credential_id", "credential", "added_at", "ended_at",
    )  # fmt: skip

    objects = SecondFactorQuerySet.as_manager()

    class Meta:
        ordering = ("added_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="app", credential_id="", credential="") & (Q(ended_at=None) & ~Q(secret=""))
                | Q(kind="app", credential_id="", credential="", secret="", ended_at__isnull=False)
                | Q(kind="key", secret="") & ~Q(credential_id="") & ~Q(credential=""),
                name="factor_holds_what_its_kind_needs",
            ),
            models.UniqueConstraint(fields=["credential_id"], condition=Q(kind="key"), name="access_key_is_added_once"),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Whose it is."""
        return self.account.person_uid

    def __str__(self) -> str:
        return self.name


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    """Named reads of recovery codes."""

    def live(self) -> Self:
        """Those that still open the door."""
        return self.filter(used_at=None, ended_at=None)


class RecoveryCode(Provable):
    """One of the codes on paper that open the door once each, without the second factor (ASVS 6.5.1, 6.5.2)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the code: 123 random bits are not guessed from it."""
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    noun: ClassVar[str] = "код восстановления"
    proven_fields: ClassVar[tuple[str, ...]] = ("account_id", "digest", "made_at", "used_at", "ended_at")

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used_at=None) | Q(ended_at=None), name="code_is_used_or_ended"),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Whose it is."""
        return self.account.person_uid

    def __str__(self) -> str:
        return f"код № {self.pk}"


class OutsideIdentity(Provable):
    """Who somebody is for the sign-in service of the academy (OpenID Connect): linked by themselves, ended, never removed."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outside_identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    noun: ClassVar[str] = "связь с внешним входом"
    proven_fields: ClassVar[tuple[str, ...]] = ("account_id", "issuer", "subject", "linked_at", "ended_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=Q(ended_at=None), name="outside_identity_is_of_one_account"
            ),
            models.UniqueConstraint(
                fields=["account", "issuer"], condition=Q(ended_at=None), name="account_has_one_outside_identity"
            ),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Whose it is."""
        return self.account.person_uid

    def __str__(self) -> str:
        return self.issuer


class FactorReset(Provable):
    """Somebody lost every second factor and every code: one person asks by an order, another lets them begin anew (п. 3.8)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="factor_resets")
    order_number = models.CharField("номер приказа", max_length=40)
    order_date = models.DateField("дата приказа")
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_by_person = models.UUIDField()
    asked_at = models.DateTimeField()
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_by_person = models.UUIDField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)

    noun: ClassVar[str] = "сброс второго фактора"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "account_id", "order_number", "order_date", "asked_by_id", "asked_by_person", "asked_at", "given_by_id",
        "given_by_person", "given_at",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given_by_person=None) | ~Q(given_by_person=F("asked_by_person")),
                name="factor_is_reset_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(given_by=None, given_by_person=None, given_at=None)
                | Q(given_by__isnull=False, given_by_person__isnull=False, given_at__isnull=False),
                name="factor_reset_is_given_whole",
            ),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Whose factors are reset."""
        return self.account.person_uid

    def __str__(self) -> str:
        return f"сброс по приказу № {self.order_number}"


class Session(AbstractBaseSession):
    """A session of the web, with whose it is: so that its holder sees it and can end it (ASVS 7.5.2)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="sessions")
    shown_as = models.UUIDField(unique=True)
    """How pages name it, a digest of its key: the key itself opens the door and is on no page."""
    device = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that keeps these."""
        store: type = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
