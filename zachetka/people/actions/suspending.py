"""What the ledger says of a role that an unreviewed emergency access holds up, and of one that acts again (п. 3.8).

Nobody suspends a role: it does not act from the day after the term on. The ledger is told by the clock, and by the review where
that comes before the clock; each time once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.models import EmergencyAccess, RoleAssignment
from zachetka.core.clock import legal_date
from zachetka.core.provable import object_type_of
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.lifecycle.steps import lock
from zachetka.notices.work import daily
from zachetka.people.suspensions import suspended_of

if TYPE_CHECKING:
    from uuid import UUID

    from zachetka.access.models import Account

CLAUSE: Final = "3.8"


@daily
def record_suspensions(at: datetime) -> int:
    """Record which roles do not act since a review fell due; nobody's hand, so the events name nobody (п. 3.8)."""
    late = EmergencyAccess.objects.late(legal_date(at)).values_list("account_person", flat=True)
    return sum(record_suspended(person_uid, at) for person_uid in sorted(set(late)))


def record_suspended(person_uid: UUID, at: datetime) -> int:
    """Record of every role of a person that does not act, and is not told of yet, since when and why; return how many."""
    recorded = 0
    with transaction.atomic():
        for role, why in suspended_of(person_uid, legal_date(at)):
            lock(role)
            if not _is_told_suspended(role):
                _record(EventType.ROLE_SUSPENDED, role, None, at, emergency=why.emergency, since=why.since)
                recorded += 1
    return recorded


def record_resumed(reviewed: EmergencyAccess, *, actor: Account, at: datetime) -> None:
    """Record that the roles act again which nothing holds up any more; call it once the review is saved."""
    held_up = {role.pk for role, _ in suspended_of(reviewed.account_person, legal_date(at))}
    in_force = RoleAssignment.objects.in_force(legal_date(at)).filter(account__person_uid=reviewed.account_person)
    for role in in_force.exclude(pk__in=held_up).select_related("account").order_by("pk"):
        lock(role)
        if _is_told_suspended(role):
            _record(EventType.ROLE_RESUMED, role, actor, at, emergency=reviewed.pk)


def _is_told_suspended(role: RoleAssignment) -> bool:
    told = Event.objects.filter(object_type=object_type_of(RoleAssignment), object_id=str(role.pk))
    last = told.filter(type__in=[EventType.ROLE_SUSPENDED.value, EventType.ROLE_RESUMED.value]).order_by("-pk").first()
    return last is not None and last.type == EventType.ROLE_SUSPENDED


def _record(event: EventType, held: RoleAssignment, actor: Account | None, at: datetime, **body: object) -> None:
    record_event(
        event, held, actor=actor, at=at, clause=CLAUSE, about=held.account.person_uid, role=held.role,
        order=held.order_number, **body,
    )  # fmt: skip
