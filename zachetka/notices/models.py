"""Notices, what their readers chose, and the letters that tell of them (п. 2.4)."""

from __future__ import annotations

from typing import Final, Self
from uuid import uuid4

from django.db import models
from django.db.models import Func, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.ledger.columns import TransactionId
from zachetka.notices.kinds import KINDS, Mail, NoticeKind

FIRST_HOUR, LAST_HOUR, USUAL_HOUR = 0, 23, 9
MAILS = [(mail.value, mail.label) for mail in Mail]


_OLDEST_OPEN: Final = Func(
    Func(function="pg_current_snapshot", output_field=models.TextField()),
    function="pg_snapshot_xmin",
    output_field=TransactionId(),
)
"""The oldest transaction that is still open: whatever is before it is seen, and nothing before it will appear."""


class Letter(models.Model):
    """The outbox: a letter to be sent, with every try; it says only that there is something new, and where (п. 3.8)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    """Makes a letter once: the account and the day of a digest, or the account and the first notice of it."""
    identity = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Of the message, whatever academy or database it is of: sent again, it is known again."""
    count = models.PositiveIntegerField()
    """Notices that it tells of."""
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], name="letter_waits", condition=Q(sent_at__isnull=True, given_up_at__isnull=True)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True), name="letter_ends_one_way"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="letter_tells_of_something"),
        ]

    def __str__(self) -> str:
        return f"письмо {self.key}"


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    """Named reads of notices."""

    read_permission = Permission.NOTICE_READ

    def unread(self) -> Self:
        """Not read yet."""
        return self.filter(read_at__isnull=True)

    def settled(self) -> Self:
        """Of transactions before every one that is still open: a reader that goes on from here has left none behind (F5)."""
        return self.filter(xid__lt=_OLDEST_OPEN)


class Notice(models.Model):
    """One thing told to one account, in the transaction in which it happened."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40, choices=[(kind.value, line.sentence) for kind, line in KINDS.items()])
    title = models.CharField("о чём", max_length=200)
    """Without names: whoever may see them sees them on the page."""
    url = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    """Of the cause: one cause is told once."""
    at = models.DateTimeField("когда")
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    """When its cause was settled: nothing waits there any more, and it is new to nobody."""
    mail = models.CharField(max_length=7, choices=MAILS)
    """How it was to be mailed when it was told."""
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="notices")
    xid = TransactionId(editable=False, db_default=Func(function="pg_current_xact_id"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["account", "-at"], name="notice_of_somebody"),
            models.Index(fields=["account"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["key"],
                name="notice_of_open_cause",
                opclasses=["varchar_pattern_ops"],
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["mail", "account"],
                name="notice_unmailed",
                condition=Q(letter__isnull=True, read_at__isnull=True) & ~Q(mail="none"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="notice_is_told_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(read_at__isnull=False), name="notice_closed_is_not_new"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def icon(self) -> str:
        """The drawing of its kind."""
        return KINDS[NoticeKind(self.kind)].icon


class Choice(models.Model):
    """What somebody chose for a kind of notice; without a row the table of kinds speaks."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    shown = models.BooleanField(default=True)
    """False: not told in the application, and so not at all."""
    mail = models.CharField(max_length=7, choices=MAILS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mail}"


class DigestHour(models.Model):
    """The hour of Moscow at which somebody's digest of the day goes."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="digest_hour")
    hour = models.PositiveSmallIntegerField(default=USUAL_HOUR)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hour__lte=LAST_HOUR), name="digest_hour_is_an_hour")]

    def __str__(self) -> str:
        return f"{self.hour}:00"
