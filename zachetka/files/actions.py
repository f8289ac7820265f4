"""Taking a file in: first the bytes, then the row, so that a row never points at nothing (п. 3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.core.text import tidy
from zachetka.files import store
from zachetka.files.models import StoredFile
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.models import Account


def store_file(
    chunks: Iterable[bytes], *, name: str, media_type: str, actor: Account | None, at: datetime
) -> StoredFile:
    """Store a file and record that it came (п. 3.6). The name is kept for people and is never part of a path."""
    sha256, size = store.put(chunks)
    with transaction.atomic():
        kept = StoredFile.objects.create(
            sha256=sha256,
            size=size,
            name=tidy(PurePath(name).name)[:255] or "без имени",
            media_type=media_type,
            stored_by=actor,
            stored_at=at,
        )
        record_event(EventType.FILE_STORED, kept, actor=actor, at=at, clause="3.6")
    return kept
