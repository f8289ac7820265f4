"""Telling: in the transaction of the cause; reading; choosing (п. 2.4).

A room hands in whom to tell, what in one sentence without names, and where it is seen. Nothing here knows what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from zachetka.access.guard import require
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.composed import Composed, Given
from zachetka.core.errors import RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.notices.kinds import KINDS, Mail, NoticeKind
from zachetka.notices.models import LAST_HOUR, Choice, DigestHour, Notice

CLAUSE: Final = "2.4"
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What is told to one account: one sentence without names of people, and where it is seen."""

    account: Account
    title: str
    url: str


def tell(
    kind: NoticeKind,
    accounts: Iterable[Account],
    *,
    title: str,
    url: str,
    key: str,
    at: datetime,
    but: Account | None = None,
) -> int:
    """Tell `accounts` the same, as `tell_each`; `but` caused it and knows already, whatever account they use."""
    others = (one for one in accounts if but is None or one.person_uid != but.person_uid)
    return tell_each(kind, [Told(account, title, url) for account in others], key=key, at=at)


def tell_each(kind: NoticeKind, told: Iterable[Told], *, key: str, at: datetime) -> int:
    """Tell each what concerns them, in the caller's transaction; a cause told already is not told again. Two queries.

    Args:
        kind: a line of the table.
        told: to whom what; closed accounts are left out.
        key: of the cause: «order-15-waits-1764450000».
        at: the moment.

    Returns:
        How many were to be told.

    Raises:
        TransactionManagementError: there is no open transaction, so cause and notice could part.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a notice is told in the transaction of its cause")
    open_ones = {one.account.pk: one for one in told if one.account.is_active}
    if not open_ones:
        return 0
    chosen = {one.account_id: one for one in _CHOSEN(accounts=list(open_ones), kind=kind.value)}
    usual = KINDS[kind].mail.value
    rows = [
        Notice(
            account=one.account,
            kind=kind.value,
            title=one.title[:LONGEST],
            url=one.url,
            key=key,
            at=at,
            mail=chosen[pk].mail if pk in chosen else usual,
        )
        for pk, one in open_ones.items()
        if pk not in chosen or chosen[pk].shown
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


_CHOSEN: Final = Composed(lambda: Choice.objects.filter(account__id__any=Given("accounts"), kind=Given("kind")))


def close_cause(key: str, *, at: datetime, accounts: Iterable[Account] | None = None) -> int:
    """Close the notices of a cause that is settled: they stay, new to nobody, and no letter tells of them. One query.

    In the transaction of what settles it, whoever does so; said twice, the first moment stays.

    Args:
        key: of the cause, or all of it before the moment: «order-15-waits-».
        at: the moment.
        accounts: whose notices; of everybody when it is None.

    Returns:
        How many notices were open.
    """
    found = Notice.objects.filter(key__startswith=key, closed_at__isnull=True)
    if accounts is not None:
        found = found.filter(account__in=list(accounts))
    return found.update(closed_at=at, read_at=Coalesce("read_at", Value(at)))


def read_notice(notice: Notice, *, actor: Account, at: datetime) -> Notice:
    """Mark one's notice as read; said twice, the first moment stays.

    Raises:
        Forbidden: it is somebody else's (404).
    """
    with transaction.atomic():
        require(actor, Permission.NOTICE_READ, notice)
        Notice.objects.unread().filter(pk=notice.pk).update(read_at=at)
    return notice


def read_all(*, actor: Account, at: datetime) -> int:
    """Mark every unread notice of the person as read; return how many there were."""
    require(actor, Permission.NOTICE_READ)
    return Notice.objects.visible_to(actor).unread().filter(at__lte=at).update(read_at=at)


def choose(
    choices: Mapping[NoticeKind, tuple[bool, Mail]], *, hour: int, email: str, actor: Account, at: datetime
) -> None:
    """Keep what the person chose: by kind whether it is shown and how it is mailed, the hour of the digest, the address.

    Raises:
        RuleViolation: an hour that there is not; a mailing of what is not shown, or without an address.
    """
    require(actor, Permission.NOTICE_READ)
    if not 0 <= hour <= LAST_HOUR:
        raise RuleViolation(CLAUSE, "Час сводки — от 0 до 23.", field="hour")
    with transaction.atomic():
        account = lock(Account.objects.get(pk=actor.pk))
        for kind, (shown, mail) in choices.items():
            Choice.objects.update_or_create(
                account=account,
                kind=kind.value,
                defaults={"shown": shown, "mail": mail.value if shown else Mail.NONE.value},
            )
        DigestHour.objects.update_or_create(account=account, defaults={"hour": hour})
        if account.email != email:
            account.email = email
            account.save(update_fields=["email"])
            record_event(EventType.ACCOUNT_EMAIL_CHANGED, account, actor=actor, at=at, clause=CLAUSE)
