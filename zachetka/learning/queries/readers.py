"""«Кто смотрел»: who opened or took away a record book, from the ledger itself (п. 3.8; 152-ФЗ ст. 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from zachetka.access.guard import grants_of, is_own, visible
from zachetka.access.policy import Permission, Role, Scope
from zachetka.core.clock import legal_date
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import Enrolment

SHOWN: Final = 300
"""Newest events that are read; older ones are in the ledger's own pages."""
FORMS: Final = {"pdf": "печать PDF", "bundle": "файл доказательств"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person did with the book within one legal day.

    Attributes:
        name: how the account is signed; «система» for a command of the operator.
        roles: in which capacity, as recorded at the time.
        deed: «просмотр», «печать PDF», «файл доказательств».
        times: how often that day; `first` and `last` are the moments.
        event: number of the newest of these events.
    """

    name: str
    roles: str
    deed: str
    first: datetime
    last: datetime
    times: int
    event: int


def readings(enrolment: Enrolment, *, reader: Account, seen_at: datetime) -> list[Reading]:
    """Return who looked, newest first, as far as `reader` may read the ledger; one query."""
    events = (
        Event.objects.of(enrolment)
        .filter(visible(reader, Permission.EVENT_READ, Event), at__lte=seen_at)
        .filter(type__in=(EventType.RECORD_BOOK_READ, EventType.RECORD_BOOK_EXPORTED))
        .select_related("actor")
        .order_by("-pk")[:SHOWN]
    )
    found: dict[tuple[object, ...], Reading] = {}
    for event in events:
        deed = FORMS.get(str(event.body.get("form")), "выгрузка") if _is_export(event) else "просмотр"
        roles = _roles(event)
        key = (event.actor_id, roles, deed, legal_date(event.at))
        known = found.get(key)
        found[key] = Reading(
            name=str(event.actor) if event.actor else "система",
            roles=roles,
            deed=deed,
            first=event.at,
            last=known.last if known else event.at,
            times=known.times + 1 if known else 1,
            event=known.event if known else event.pk,
        )
    return list(found.values())


def _is_export(event: Event) -> bool:
    return event.type == EventType.RECORD_BOOK_EXPORTED


def _roles(event: Event) -> str:
    held = event.body.get("roles", [])
    return ", ".join(Role(role).label for role in held if role in set(Role)) if isinstance(held, list) else ""


def sees_readers(enrolment: Enrolment, reader: Account) -> bool:
    """True for the learner and for whoever reads the whole ledger; costs no query.

    `readings` filters by the policy once more, so this only decides whether the tab is drawn.
    """
    held = grants_of(reader, Permission.EVENT_READ)
    own = is_own(enrolment.human_uid, reader)
    return any(one.grant.scope is Scope.ALL or (one.grant.scope is Scope.OWN and own) for one in held)
