"""What records call themselves, for the journal: numbers and codes that people know, where the reader may see them (п. 3.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import F, Value
from django.db.models.functions import Concat

from zachetka.learning.models import Cohort, Enrolment, MarkSheet, Order
from zachetka.ledger.events import EventType
from zachetka.registers.models import Register

if TYPE_CHECKING:
    from django.db.models import Model
    from django.db.models.expressions import Combinable

    from zachetka.access.guard import ScopedQuerySet
    from zachetka.access.models import Account
    from zachetka.ledger.models import Event


class OwnName(NamedTuple):
    """Where a kind of record keeps its name, and how the journal writes it."""

    rows: ScopedQuerySet[Model]
    name: Combinable
    written: str


OWN: Final = {
    "learning.enrolment": OwnName(Enrolment.objects.all(), F("number"), "№ {}"),
    "learning.order": OwnName(Order.objects.all(), F("number"), "№ {}"),
    "learning.cohort": OwnName(Cohort.objects.all(), F("code"), "{}"),
    "learning.marksheet": OwnName(
        MarkSheet.objects.all(), Concat("cohort__code", Value(", "), "module__short_title"), "{}"
    ),
    "registers.register": OwnName(Register.objects.all(), F("title"), "«{}»"),
}
"""By kind of record; the others are called by their place in the table."""


def asked_of(event: Event) -> tuple[str, str]:
    """Return the kind and the identifier of what somebody was refused; empty for other events."""
    if event.type != EventType.ACCESS_REFUSED:
        return "", ""
    return str(event.body.get("object", "")), str(event.body.get("id", ""))


def own_names(events: Iterable[Event], reader: Account) -> dict[tuple[str, str], str]:
    """Return (kind, identifier) → what the record calls itself; a query for each kind that has names and is met."""
    met: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        for kind, key in ((event.object_type, event.object_id), asked_of(event)):
            if kind in OWN and key.isdecimal():
                met[kind].add(key)
    found: dict[tuple[str, str], str] = {}
    for kind, keys in met.items():
        rows, name, written = OWN[kind]
        named = rows.visible_to(reader).filter(pk__in=keys).annotate(own_name=name).values_list("pk", "own_name")
        found |= {(kind, str(pk)): written.format(own) for pk, own in named if own}
    return found
