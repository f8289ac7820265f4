"""Days of a cohort: values in, values out; no database, no clock (п. 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

SATURDAY: Final = 5
HOURS_A_WEEK: Final = 18
"""Academic hours that a group in part-time study takes in a week; only a suggestion of the form."""


def working_day(day: date, *, first: date, last: date) -> date:
    """Return `day`, or the Friday before it when it falls on a weekend, or the Monday after when Friday is too early."""
    if day.weekday() < SATURDAY:
        return day
    back = day - timedelta(days=day.weekday() - SATURDAY + 1)
    if back >= first:
        return back
    forward = day + timedelta(days=7 - day.weekday())
    return forward if forward <= last else day


def spread(hours: Sequence[int], first: date, last: date) -> list[date]:
    """Return a day of control for each line of the plan, in proportion to the hours taught by then.

    The last line is controlled on the last working day; nothing is on a weekend while the term allows it.

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
    """Return the first Monday after `day`."""
    return day + timedelta(days=7 - day.weekday())


def likely_end(first: date, hours: int) -> date:
    """Return the Friday by which `hours` academic hours are likely to be taught."""
    weeks = max(1, -(-hours // HOURS_A_WEEK))
    return first + timedelta(days=7 * (weeks - 1) + (4 - first.weekday()) % 7)
