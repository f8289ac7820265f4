"""What a leaf says: the bytes of an event, the same today and in fifty years (п. 3.3; docs/ledger.md)."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from zachetka.core.canonical import Plain, plain, written
from zachetka.ledger.tree import leaf_hash

VERSION: Final = 1
"""Of the entry's form. A new form gets a new number; old leaves keep theirs."""


class EventRow(NamedTuple):
    """An event as the database keeps it, in the order of `COLUMNS`."""

    id: int
    at: datetime
    type: str
    actor: int | None
    object_type: str
    object_id: str
    about: UUID | None
    clause: str
    body: dict[str, Any]
    commitment: bytes | None


COLUMNS: Final = (
    "e.id, e.at, e.type, e.actor_id, e.object_type, e.object_id, e.subject_uid, e.clause, e.body, e.commitment"
)


def entry(row: EventRow) -> dict[str, Plain]:
    """Return what the leaf of this event covers: every column but the number of the transaction; keys in order."""
    return {
        "about": plain(row.about),
        "actor": row.actor,
        "at": plain(row.at),
        "body": plain(row.body),
        "clause": plain(row.clause),
        "commitment": plain(row.commitment),
        "id": row.id,
        "object_id": plain(row.object_id),
        "object_type": plain(row.object_type),
        "type": plain(row.type),
        "version": VERSION,
    }


def leaf_of(row: EventRow) -> bytes:
    """Return the leaf hash of an event."""
    return leaf_hash(written(entry(row)))


def rows(cursor: CursorWrapper) -> Iterator[EventRow]:
    """Read the events that the executed statement selected by `COLUMNS`."""
    for record in cursor.fetchall():
        yield row_of(record)


def row_of(record: Sequence[Any]) -> EventRow:
    """Return an event from the first ten columns of a record; jsonb arrives as text."""
    *columns, body, commitment = record[:10]
    return EventRow._make([*columns, json.loads(body), None if commitment is None else bytes(commitment)])
