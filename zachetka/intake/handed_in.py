"""A file that somebody handed in: kept as it came, read once, settled once (п. 2.1, 2.2)."""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import models

from zachetka.access.models import Account
from zachetka.core.provable import Provable
from zachetka.files import store
from zachetka.files.actions import require_kept, store_file
from zachetka.files.models import DestroyedFile, StoredFile
from zachetka.intake.reading import read_table_safely
from zachetka.rendering.xlsx import XLSX

if TYPE_CHECKING:
    from zachetka.intake.cells import Table


class HandedIn(Provable):
    """What every file that is handed in has, whatever it holds.

    Looked at, corrected, then confirmed once or cancelled; until then nothing of it is entered. `corrections` is what the
    person said about columns, by sheet of the file; it holds nothing of the file itself.
    """

    key = models.UUIDField(unique=True, editable=False)
    """Given by the form: a second sending of it is the same file."""
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, editable=False)
    corrections = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    refused = models.PositiveIntegerField(default=0)
    refused_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    """Rows that did not enter, with reasons, as they were at the moment of confirmation."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file.name

    @property
    def gone(self) -> DestroyedFile | None:
        """The mark of the act that destroyed the file."""
        return getattr(self.file, "destroyed", None)

    @property
    def refused_gone(self) -> DestroyedFile | None:
        """The mark of the act that destroyed the file of refused rows."""
        return getattr(self.refused_file, "destroyed", None)

    @property
    def refused_name(self) -> str:
        """Name of the file of refused rows."""
        return f"Не вошли — {Path(self.file.name).stem}.xlsx"


def keep(content: bytes, name: str, *, actor: Account | None, at: datetime) -> StoredFile:
    """Store a file as it was handed in."""
    media = XLSX if content.startswith(b"PK") else "text/csv"
    return store_file([content], name=name, media_type=media, actor=actor, at=at)


def keep_refused(handed_in: HandedIn, content: bytes, *, actor: Account | None, at: datetime) -> StoredFile:
    """Store the rows that did not enter."""
    return store_file([content], name=handed_in.refused_name, media_type=XLSX, actor=actor, at=at)


def table_of(handed_in: HandedIn) -> Table:
    """Return the sheets of the stored file; read in a child process once, then remembered by digest.

    Raises:
        Destroyed: an act destroyed the file; what a process still remembers of it is not shown.
        RuleViolation: the file is not a table that we read.
    """
    require_kept(handed_in.file)
    return _table(handed_in.sha256, handed_in.file.name)


@lru_cache(maxsize=16)
def _table(sha256: str, name: str) -> Table:
    store.read(sha256)  # the bytes are still those that were stored
    return read_table_safely(store.place(sha256), name)


def table_in(content: bytes, name: str) -> Table:
    """Return the sheets of a file that has just come and is not stored.

    Raises:
        RuleViolation: the file is not a table that we read.
    """
    with tempfile.NamedTemporaryFile(prefix="handed-in-") as arriving:
        arriving.write(content)
        arriving.flush()
        return read_table_safely(Path(arriving.name), name)
