"""What proves that an act was carried out: its events under the signed root, and that the salts are gone (п. 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zachetka.ledger.events import EventType
from zachetka.ledger.models import DestroyedSalt, Event

if TYPE_CHECKING:
    from zachetka.destruction.models import Act


class Proof(NamedTuple):
    """The event of the approval, whether it is sealed, how many salts are gone."""

    event: int
    is_sealed: bool
    salts: int


def proof_of(act: Act) -> Proof | None:
    """Return what the ledger says of an approved act, None of another; two queries."""
    approved = (
        Event.objects.of(act).filter(type=EventType.DESTRUCTION_ACT_APPROVED.value).select_related("leaf").first()
    )
    if approved is None:
        return None
    salts = DestroyedSalt.objects.filter(by__type=EventType.RECORD_DESTROYED.value, by__body__act=act.pk).count()
    return Proof(approved.pk, hasattr(approved, "leaf"), salts)
