"""What a page was made of: each query that was read for it, with a digest of the rows that came (п. 2.5, 3.8).

While a `Trace` is open, `core.composed` reads every query as `SELECT r.*, r::text FROM (query) r`: the rows and their text come
from one snapshot, so a digest never belongs to other rows than those the page shows. The text of a row leaves nothing out and
two different rows never read alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db import connections

Row = tuple[Any, ...]


class _Present:
    """Stands among the values of a query for the moment at which it is asked."""


PRESENT: Final = _Present()


class Read(NamedTuple):
    """A query that was read and the digest of its rows, None when there were none."""

    sql: str
    values: tuple[object, ...]
    digest: str | None


class Trace:
    """The reads of one page, made at the moment `at`.

    Attributes:
        until: the earliest moment among what was read that had not come yet: then the page may read otherwise by itself.
        is_whole: nothing was asked of the database but what stands here.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.reads: list[Read] = []
        self.until: datetime | None = None
        self._statements = 0

    @property
    def is_whole(self) -> bool:
        """Say whether every statement that was executed while the trace was open is one of its reads."""
        return self._statements == len(self.reads)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Write down what the block reads; a trace may be opened again."""
        with ExitStack() as wrapped:
            for connection in connections.all(initialized_only=True):
                wrapped.enter_context(connection.execute_wrapper(self._count))
            before = _OPEN.set(self)
            try:
                yield
            finally:
                _OPEN.reset(before)

    def taken(self, sql: str, values: Sequence[object], fetched: Sequence[Row]) -> list[Row]:
        """Write down what came for `with_text(sql)`; return the rows of `sql` itself."""
        digest = hashlib.sha256("\n".join(row[-1] for row in fetched).encode()).hexdigest() if fetched else None
        self.reads.append(Read(sql, tuple(PRESENT if value is self.at else value for value in values), digest))
        rows = [row[:-1] for row in fetched]
        ahead = [value for row in rows for value in row if isinstance(value, datetime) and value > self.at]
        self.until = min([*ahead, *filter(None, [self.until])], default=None)
        return rows

    def _count(self, execute: Callable[..., Any], *asked: Any) -> Any:
        self._statements += 1
        return execute(*asked)


_OPEN: ContextVar[Trace | None] = ContextVar("open trace", default=None)


def trace_open() -> Trace | None:
    """Return the trace that is being written in this thread, None for none."""
    return _OPEN.get()


@lru_cache(maxsize=256)
def with_text(sql: str) -> str:
    """Return the statement whose rows are those of `sql`, each with its text behind."""
    return f"SELECT r.*, r::text FROM ({sql}) AS r"  # noqa: S608 - a composed statement; its values are parameters


@lru_cache(maxsize=256)
def digests_of(statements: tuple[str, ...]) -> str:
    """Return the one statement that reads all of `statements` and tells only the digest of the rows of each."""
    digest = "(SELECT encode(sha256(convert_to(string_agg(r::text, E'\\n'), 'UTF8')), 'hex') FROM ({}) AS r)"
    return f"SELECT {', '.join(digest.format(sql) for sql in statements)}"
