"""An upload looked at: its tables, the verdict on each row, and a fingerprint of what was seen (п. 2.1)."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache

from zachetka.files import store
from zachetka.people.corrections import unpacked
from zachetka.people.intake.cells import Table
from zachetka.people.intake.checking import Circumstances, check
from zachetka.people.intake.people import Result
from zachetka.people.intake.reading import read_table_safely
from zachetka.people.models import Upload
from zachetka.people.recorded import Recorded
from zachetka.people.rules.birth import ages_on


def table_of(upload: Upload) -> Table:
    """Return the sheets of the stored file; read in a child process once, then remembered by digest.

    Raises:
        RuleViolation: the file is not a list we read.
    """
    return _table(upload.sha256, upload.file.name)


@lru_cache(maxsize=8)
def _table(sha256: str, name: str) -> Table:
    store.read(sha256)  # the bytes are still those that were stored
    return read_table_safely(store.place(sha256), name)


def review(upload: Upload, today: date) -> Result:
    """Return the verdict on every row, by what is recorded now.

    Raises:
        RuleViolation: there is no list of people in the file.
    """
    return check(table_of(upload), Recorded(), circumstances(today), unpacked(upload.corrections))


def circumstances(today: date) -> Circumstances:
    """Return what a check depends on besides the file: the day and the ages in force on it."""
    return Circumstances(today, ages_on(today))


def fingerprint(result: Result) -> str:
    """Return a digest of every verdict and change: a confirmation names what the person has seen."""
    seen = [
        [row.sheet, row.row.number, row.verdict, row.known.key if row.known else None, *map(list, row.changes)]
        for row in result.rows
    ]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()
