"""What the page «Мой вход» reads: one's own sessions and sign-ins (п. 3.8; УПД.8; ASVS 7.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from zachetka.access.models import Account


class OwnSession(NamedTuple):
    """A session as its holder sees it."""

    uid: UUID
    device: str
    started_at: datetime | None
    seen_at: datetime | None
    is_here: bool


def own_sessions(
    account: Account, here: str | None, terms: tuple[timedelta, timedelta], at: datetime
) -> list[OwnSession]:
    """Return the sessions of `account` that are open, this one first; those under a former password are not (ASVS 7.5.2)."""
    idle, absolute = terms
    rows = account.sessions.filter(expire_date__gt=at, seen_at__gt=at - idle, started_at__gt=at - absolute)
    bound = account.get_session_auth_hash()
    return sorted(
        (
            OwnSession(row.shown_as, row.device, row.started_at, row.seen_at, row.session_key == here)
            for row in rows.order_by("-seen_at", "pk")
            if row.get_decoded().get("_auth_user_hash") == bound
        ),
        key=lambda one: not one.is_here,
    )


ENTRIES: Final = (EventType.ACCOUNT_SIGNED_IN, EventType.SECOND_FACTOR_REFUSED, EventType.ACCOUNT_SIGN_IN_REFUSED)
ENTRIES_SHOWN: Final = 10


def own_sign_ins(account: Account) -> list[tuple[Event, bool]]:
    """Return the last sign-ins of `account`, the newest first, and whether each was refused (ФСТЭК № 21, УПД.8)."""
    rows = Event.objects.filter(actor=account.pk, type__in=[kind.value for kind in ENTRIES]).order_by("-pk")
    return [(row, row.type != EventType.ACCOUNT_SIGNED_IN) for row in rows[:ENTRIES_SHOWN]]
