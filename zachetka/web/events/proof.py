"""The proof of one event as a file: the entry, its path to the root, the signed checkpoint, the keys (п. 3.3; RFC 6962)."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from zachetka.core.canonical import canonical
from zachetka.ledger.entries import COLUMNS, EventRow, entry, row_of
from zachetka.ledger.models import Checkpoint, Event, SigningKey
from zachetka.ledger.proofs import inclusion_proof

FORMAT: Final = "zachetka-inclusion/1"


def inclusion_file(event: Event) -> bytes:
    """Return the file, canonical JSON; it holds identifiers only.

    Raises:
        NotSealedYet: the sealer has not reached the event; a matter of seconds.
    """
    checkpoint, proof = inclusion_proof(event.pk)
    return canonical(
        {
            "format": FORMAT,
            "entry": entry(_row(event.pk)),
            "index": proof.index,
            "leaf": proof.leaf,
            "path": proof.path,
            "checkpoint": _told(checkpoint),
            "keys": [
                {
                    "public_key": bytes(key.public_key),
                    "valid_from": key.valid_from,
                    "endorsement": _bytes(key.endorsement),
                }
                for key in SigningKey.objects.order_by("valid_from")
            ],
        }
    )


def _row(pk: int) -> EventRow:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM ledger_event e WHERE e.id = %s", [pk])  # noqa: S608 - names of columns
        return row_of(cursor.fetchone())


def _told(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "origin": checkpoint.origin,
        "tree_size": checkpoint.tree_size,
        "root": bytes(checkpoint.root),
        "at": checkpoint.at,
        "signature": bytes(checkpoint.signature),
    }


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
