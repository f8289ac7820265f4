"""Whose hands a record has been through, and whether what is signed is what was read (п. 3.8)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Cast

from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.composed import Composed, Given
from zachetka.core.errors import RuleViolation, Stale
from zachetka.core.provable import object_type_of
from zachetka.core.russian import moment_digits
from zachetka.ledger.events import WITNESSED, EventType
from zachetka.ledger.models import Event

if TYPE_CHECKING:
    from uuid import UUID

    from zachetka.access.models import Account


def handled(model: type[models.Model], events: Collection[EventType], person_uid: UUID | Given) -> Exists:
    """Return the condition that the natural person `person_uid` caused one of `events` of the row of `model`."""
    return Exists(
        Event.objects.filter(
            object_type=object_type_of(model),
            object_id=Cast(OuterRef("pk"), models.CharField()),
            type__in=[event.value for event in events],
            actor__person_uid=person_uid,
        )
    )


def has_handled(record: models.Model, events: Collection[EventType], actor: Account) -> bool:
    """True when the natural person behind `actor` caused one of `events` of `record`; one query."""
    rows = type(record)._base_manager.filter(pk=record.pk)
    return rows.filter(handled(type(record), events, actor.person_uid)).exists()


def require_fresh_eyes(record: models.Model, events: Collection[EventType], actor: Account, sentence: str) -> None:
    """Let pass whoever had no hand in `record`.

    Raises:
        RuleViolation: the natural person behind `actor` caused one of `events`; it says `sentence`.
    """
    if has_handled(record, events, actor):
        raise RuleViolation("3.8", sentence)


def seen_of(record: models.Model) -> str:
    """Return what changes with every event of `record`: a page that is read before it is signed carries it.

    Asked before the record is read, so that a change in between makes it older and never newer than what is shown.
    """
    found = _LAST.first(type=object_type_of(type(record)), id=str(record.pk))
    return str(found[0] if found else 0)


_LAST: Final = Composed(
    lambda: (
        Event.objects.filter(object_type=Given("type"), object_id=Given("id"))
        .values("object_type")
        .annotate(last=Max("pk"))
        .values_list("last")
        .order_by()
    )
)


def last_hand(record: models.Model) -> str:
    """Return whose change of `record` is the newest, and when: «Белова О. С., 30.11.2026 12:04»; looks are no changes."""
    looks = [kind.value for kind in WITNESSED]
    last = Event.objects.of(record).exclude(type__in=looks).select_related("actor").order_by("-pk").first()
    if last is None:
        return "система"
    return f"{last.actor or 'система'}, {moment_digits(last.at.astimezone(LEGAL_ZONE))}"


def require_seen(record: models.Model, seen: str, *, clause: str, sentence: str) -> None:
    """Refuse to sign what is no longer what was read (security.md E22, N4); `record` is locked.

    Raises:
        Stale: something happened to `record` since `seen`.
    """
    if seen_of(record) != seen:
        raise Stale(clause, sentence)
