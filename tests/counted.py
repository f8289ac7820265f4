"""What a page asks of the database: its statements counted by their text, and what is too many (security.md J; п. 3.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

MOST_QUERIES: Final = 40
"""Of one page, the visitor's session and rights included."""
MOST_ALIKE: Final = 4
"""Of one text with other values. A list shows fifty rows: whoever asks anew for each row asks fifty times."""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the statements of the block by their text without values."""
    asked: Counter[str] = Counter()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            asked[sql] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield asked


def flaws(address: str, asked: Counter[str]) -> list[str]:
    """Return what is wrong with the queries of a page."""
    found = []
    if asked.total() > MOST_QUERIES:
        found.append(f"{address}: {asked.total()} queries")
    found += [f"{address}: {times} times {sql[:200]}" for sql, times in asked.items() if times > MOST_ALIKE]
    return found
