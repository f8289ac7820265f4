"""What a life is made of: acts in the order of time, chapters that pass side by side."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from zachetka.core.clock import LEGAL_ZONE


class Act(NamedTuple):
    """What a life does next: when, and whether a register gives a number by it, so that it waits its turn."""

    at: datetime
    gives_number: bool = False


def together(chapters: Sequence[Iterator[Act]]) -> Generator[Act, None, datetime]:
    """Let several chapters of a life pass side by side, whoever's act comes next first; return the last moment."""
    last = datetime.min.replace(tzinfo=LEGAL_ZONE)
    waiting = [(act, place) for place, chapter in enumerate(chapters) if (act := next(chapter, None))]
    heapq.heapify(waiting)
    while waiting:
        act, place = heapq.heappop(waiting)
        yield act
        last = act.at
        if following := next(chapters[place], None):
            heapq.heappush(waiting, (following, place))
    return last


def workday(day: date, last: date) -> date:
    """Move a Saturday or Sunday to Monday, but never past the last day."""
    moved = day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
    return min(moved, last)
