"""Terms of the law on personal data: which was in force on a day, and the last day of it (152-ФЗ ст. 20, 21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zachetka.core.working_days import after_working_days


def term_on(terms: Iterable[tuple[date, int]], day: date) -> int:
    """Return how many days the term has that was in force on `day`: the newest of those that had begun.

    Raises:
        ValueError: none had begun yet.
    """
    begun = [(since, days) for since, days in terms if since <= day]
    if not begun:
        raise ValueError(f"no term is known for {day}")
    return max(begun)[1]


def answer_due(asked_on: date, terms: Iterable[tuple[date, int]]) -> date:
    """Return the last day for the answer to a request that came on `asked_on`; the term is in working days."""
    return after_working_days(asked_on, term_on(terms, asked_on))
