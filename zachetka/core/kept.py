"""Pages kept in the memory of a process, each good only while every row that it was made of reads the same (п. 2.5, 3.8).

A page is a function of what was read for it, of who asks and of the day. So it is found by everything that is not in the
database, its *key*, and then each query that it was made of is asked again, all in one statement that tells digests alone. One
differs, and the page is forgotten: a mark, a name, a right, a seal, a row changed past the system.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection

from zachetka.core.clock import legal_date
from zachetka.core.traces import PRESENT, Trace, digests_of

Page = TypeVar("Page")


class _Entry(NamedTuple, Generic[Page]):
    page: Page
    weight: int
    made_at: datetime
    until: datetime
    sql: str
    values: tuple[object, ...]
    digests: tuple[str | None, ...]


class Kept(Generic[Page]):
    """Pages of one kind.

    Args:
        weight: bytes that all of them may take; those asked for longest ago go first.
        term: how long a page stays at most, asked for or not.
    """

    def __init__(self, *, weight: int, term: timedelta) -> None:
        self._most, self._term = weight, term
        self._entries: OrderedDict[Hashable, _Entry[Page]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def find(self, key: Hashable, at: datetime) -> Page | None:
        """Return the page that would be made at `at` for this key, None when it is to be made; one query or none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
        if entry is None:
            return None
        if _is_of(entry, at) and _reads_the_same(entry, at):
            return entry.page
        self._forget(key, entry)
        return None

    def keep(self, key: Hashable, trace: Trace, page: Page, weight: int) -> None:
        """Keep `page`, unless something that it was made of is not in `trace`; forget what is past its term."""
        if not trace.is_whole:
            return
        ends = trace.at + self._term
        entry = _Entry(
            page=page,
            weight=weight,
            made_at=trace.at,
            until=ends if trace.until is None else min(ends, trace.until),
            sql=digests_of(tuple(read.sql for read in trace.reads)),
            values=tuple(value for read in trace.reads for value in read.values),
            digests=tuple(read.digest for read in trace.reads),
        )
        with self._lock:
            self._drop(key)
            self._entries[key] = entry
            self._weight += weight
            for old in [old for old, known in self._entries.items() if known.until <= trace.at]:
                self._drop(old)
            while self._weight > self._most:
                self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._entries.clear()
            self._weight = 0

    def __len__(self) -> int:
        """Return how many pages are kept."""
        return len(self._entries)

    def _forget(self, key: Hashable, entry: _Entry[Page]) -> None:
        with self._lock:
            if self._entries.get(key) is entry:  # another thread may have kept a newer one meanwhile
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        dropped = self._entries.pop(key, None)
        if dropped is not None:
            self._weight -= dropped.weight


def _is_of(entry: _Entry[Page], at: datetime) -> bool:
    """True of the same legal day, before anything that was ahead has come, and never of a clock that was put back."""
    return entry.made_at <= at < entry.until and legal_date(entry.made_at) == legal_date(at)


def _reads_the_same(entry: _Entry[Page], at: datetime) -> bool:
    with connection.cursor() as cursor:
        values: list[Any] = [at if value is PRESENT else value for value in entry.values]
        cursor.execute(entry.sql, values)
        return bool(cursor.fetchone() == entry.digests)
