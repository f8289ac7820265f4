"""How many refusals of one account within an hour are recorded one by one, and how many are too many: a dated list (п. 3.8).

The journal of events only grows: whoever asks for every address in a row must not fill it. ASVS 16.3.2, 152-ФЗ ст. 19 ч. 2 п. 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Bound:
    """A line of the list.

    Attributes:
        since: the first day on which it holds.
        recorded: so many refusals of an hour have an event each; those beyond are counted.
        alarming: at so many within an hour somebody is told; not above `recorded`.
    """

    since: date
    recorded: int
    alarming: int


BOUNDS: Final = (Bound(date(2020, 1, 1), recorded=60, alarming=15),)
"""The newest last. A slip or an old link is one or two; whoever tries numbers in a row makes fifteen within a minute."""


def bound_on(day: date) -> Bound:
    """Return the line that holds on `day`.

    Raises:
        LookupError: `day` is before the first line.
    """
    for bound in reversed(BOUNDS):
        if bound.since <= day:
            return bound
    raise LookupError(f"no bound of refusals holds on {day}")


def hour_of(at: datetime) -> datetime:
    """Return the moment at which the hour of `at` began."""
    return at.replace(minute=0, second=0, microsecond=0)
