"""Units of the academy: those who own programmes and whose people an order may name (п. 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.models import Unit
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "3.8"


def create_unit(name: str, *, actor: Account | None, at: datetime) -> Unit:
    """Enter a unit while the system is being installed; a unit of this name that is there already is returned."""
    with transaction.atomic():
        unit, is_new = Unit.objects.get_or_create(name=name)
        if is_new:
            record_event(EventType.UNIT_CREATED, unit, actor=actor, at=at, clause=CLAUSE)
    return unit
