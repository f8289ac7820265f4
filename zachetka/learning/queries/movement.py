"""How many learn and how the number moves from month to month: the reading of orders that a head looks at (п. 2.1, 2.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count

from zachetka.learning.models import Enrolment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zachetka.access.models import Account

MONTHS: Final = 12
STATE = Enrolment.State


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the year that ends today; the last of them is not over.

    Attributes:
        first: its first day.
        started: who began to learn; whoever goes on after a transfer began before.
        finished: who completed the programme.
        left: who was withdrawn without.
        learning: how many learn on its last day, or today.
    """

    first: date
    started: int
    finished: int
    left: int
    learning: int


def movement(reader: Account, day: date) -> list[Month]:
    """Return the twelve months that end with that of `day`, of the cohorts whose record books `reader` may read; three queries.

    The number of today is counted, those before it follow from what has changed since: an end that has come is no more learning,
    and a transfer changes nothing (273-ФЗ ст. 57, 61).
    """
    months = _months(day)
    books = Enrolment.objects.visible_to(reader).order_by().filter(started_on__lte=day)
    begun = books.filter(continues__isnull=True, started_on__gte=months[0])
    starts = Counter(dict(begun.values_list("started_on").annotate(n=Count("*"))))
    ends: Counter[tuple[date, str]] = Counter()
    for ended_on, state, n in (
        books.filter(ended_on__gte=months[0]).values_list("ended_on", "state").annotate(n=Count("*"))
    ):
        ends[ended_on, state] = n
    now = books.filter(ended_on__isnull=True).count() + sum(n for (ended_on, _), n in ends.items() if ended_on > day)
    gone = Counter[date]()
    for (ended_on, state), n in ends.items():
        if ended_on <= day and state != STATE.MOVED:
            gone[ended_on] += n
    return [
        Month(
            first=first,
            started=_within(starts.items(), first, last),
            finished=_within(((one, n) for (one, state), n in ends.items() if state == STATE.COMPLETED), first, last),
            left=_within(((one, n) for (one, state), n in ends.items() if state == STATE.WITHDRAWN), first, last),
            learning=now
            - _within(starts.items(), last + timedelta(1), day)
            + _within(gone.items(), last + timedelta(1), day),
        )
        for first, last in ((first, min(_next(first) - timedelta(1), day)) for first in months)
    ]


def _months(day: date) -> list[date]:
    first = day.replace(day=1)
    found = [first]
    while len(found) < MONTHS:
        first = (first - timedelta(1)).replace(day=1)
        found.append(first)
    return found[::-1]


def _next(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)


def _within(days: Iterable[tuple[date, int]], first: date, last: date) -> int:
    return sum(n for day, n in days if first <= day <= last)
