"""Ending one's own sessions: the computer of a classroom, a telephone that is gone (п. 3.8; ASVS 7.4.5, 7.5.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from zachetka.access.models import Account
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock

CLAUSE: Final = "3.8"


def end_own_sessions(account: Account, *, uid: UUID | None = None, but: str | None, at: datetime) -> int:
    """End the session `uid` of `account`, or all of them, except the one whose key is `but`; return how many.

    What has ended already is not ended again and leaves no second trace.
    """
    with transaction.atomic():
        account = lock(Account(pk=account.pk))  # the request's own is lazy
        rows = account.sessions.exclude(session_key=but)
        ended, _ = (rows if uid is None else rows.filter(shown_as=uid)).delete()
        if ended:
            record_event(
                EventType.ACCOUNT_SESSIONS_ENDED,
                account,
                actor=account,
                at=at,
                clause=CLAUSE,
                about=account.person_uid,
                quantity=ended,
            )
    return ended
