"""Every change of the signing key is an event, once, whenever the process that changed it was killed (п. 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event, SigningKey

if TYPE_CHECKING:
    from datetime import datetime

_LOCK: Final = 0x5EA1_0A11
"""The advisory lock that lets one announcement pass at a time."""


def announce_keys(at: datetime) -> int:
    """Record the event of each key that was handed over to and has none; return how many there were.

    The key is changed as the sealer, its event is recorded as the application: two transactions, between which a
    process may die. The first key is nobody's successor: it is announced on paper.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        handed_over = SigningKey.objects.filter(previous__isnull=False).order_by("valid_from")
        missing = [key.id for key in handed_over if not _is_announced(key.id)]
        for key in missing:
            record_event(EventType.SIGNING_KEY_ANNOUNCED, None, actor=None, at=at, clause="3.3", key=key)
    return len(missing)


def _is_announced(key: str) -> bool:
    return Event.objects.filter(type=EventType.SIGNING_KEY_ANNOUNCED, body__key=key).exists()
