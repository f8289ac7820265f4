"""Days of a cohort: values in, values out; no database, no clock (п. 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

from zachetka.core.working_days import is_working, working_day

WEEK: Final = timedelta(days=7)
HOURS_A_WEEK: Final = 18
"""Academic hours that a group in part-time study takes in a week; only a suggestion of the form."""


def spread(hours: Sequence[int], first: date, last: date) -> list[date]:
    """Return a day of control for each line of the plan, in proportion to the hours taught by then.

    The last line is controlled on the last working day; nothing is on a day off while the term allows it (ТК РФ ст. 112).

    Raises:
        ValueError: the term ends before it begins.
    """
    if last < first:
        raise ValueError("the term ends before it begins")
    whole, span = sum(hours), (last - first).days
    return [
        working_day(first + timedelta(days=round(span * part / whole)), first=first, last=last)
        for part in accumulate(hours)
    ]


def next_monday(day: date) -> date:
    """Return the first Monday after `day` on which people work."""
    day += timedelta(days=7 - day.weekday())
    while not is_working(day):
        day += WEEK
    return day


def likely_end(first: date, hours: int) -> date:
    """Return the Friday by which `hours` academic hours are likely to be taught, or the working day before it."""
    weeks = max(1, -(-hours // HOURS_A_WEEK))
    friday = first + (weeks - 1) * WEEK + timedelta(days=(4 - first.weekday()) % 7)
    return working_day(friday, first=first, last=friday + WEEK)
