"""That a list was taken away as a file is recorded (п. 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.models import Account


def record_sheets_taken(*, actor: Account, at: datetime) -> None:
    """Record that `actor` exported the list of sheets.

    Raises:
        Forbidden: the role does not let them see sheets at all.
    """
    require(actor, Permission.SHEET_READ)
    with transaction.atomic():
        record_event(EventType.LIST_EXPORTED, None, actor=actor, at=at, clause="3.8", list="sheets")
