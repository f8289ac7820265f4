"""The rows of a service: each written and recorded together with what it tells of (п. 3.8)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.models import Employee, Posting

if TYPE_CHECKING:
    from zachetka.access.models import Account


def add_posting(
    employee: Employee,
    kind: Posting.Kind,
    *,
    since: date,
    order_number: str = "",
    order_date: date | None = None,
    actor: Account | None,
    at: datetime,
) -> Posting:
    """Write where `employee` serves now, in the caller's transaction; the caller has asked the policy."""
    posting = Posting.objects.create(
        employee=employee,
        kind=kind,
        unit_id=employee.unit_id,
        position=employee.position,
        since=since,
        order_number=order_number,
        order_date=order_date,
        recorded_at=at,
    )
    record_event(EventType.POSTING_ADDED, posting, actor=actor, at=at, clause="3.8", kind=kind.value)
    return posting
