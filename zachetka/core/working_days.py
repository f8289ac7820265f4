"""Working days: Monday to Friday but for the holidays of the Labour Code and the days moved by decree (ТК РФ ст. 112).

A holiday on a weekend gives the next working day off by itself, those of January do not (ч. 2); the Government moves days
off once a year (ч. 5). What the decree of a year says is known here when this was written, and later ones are a setting,
`ZACHETKA_DAYS_MOVED`. A year whose decree is not known yet is counted by the law alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)
JANUARY: Final = 1
HOLIDAYS: Final[tuple[tuple[date, frozenset[tuple[int, int]]], ...]] = (
    (
        date(2013, 1, 1),
        frozenset({*((JANUARY, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}),
    ),
)
"""Since when each list of (month, day) is in force, the newest last: the New Year holidays and the six others."""
DECREED: Final = {
    date(2026, 1, 3): date(2026, 1, 9),
    date(2026, 1, 4): date(2026, 12, 31),
}
"""From which day off to which day the Government has moved it."""
_TRANSFER: Final = re.compile(r"(\d{2}\.\d{2}\.\d{4})[-–](\d{2}\.\d{2}\.\d{4})")
_moved: dict[date, date] = dict(DECREED)


def days_moved(text: str) -> dict[date, date]:
    """Return the transfers that `text` lists: «01.11.2027-08.11.2027, …», from which day off to which day.

    Raises:
        ValueError: it lists something else, or moves a working day.
    """
    found: dict[date, date] = {}
    for said in filter(None, (one.strip() for one in text.split(","))):
        match = _TRANSFER.fullmatch(said)
        if match is None:
            raise ValueError(f"«{said}»")
        source, target = (datetime.strptime(one, "%d.%m.%Y").date() for one in match.groups())  # noqa: DTZ007 - a day
        if not _is_off_by_law(source):
            raise ValueError(f"{source:%d.%m.%Y} — рабочий день")
        found[source] = target
    return found


def move_days(transfers: Mapping[date, date]) -> None:
    """Know of `transfers` from now on, beside the decreed ones; said once, at the start of the process."""
    _moved.update(transfers)
    _made_up.cache_clear()


def is_holiday(day: date) -> bool:
    """True for a non-working holiday of the Labour Code, on whatever day of the week."""
    return (day.month, day.day) in _holidays(day)


def is_working(day: date) -> bool:
    """True for a day on which the academy works."""
    if day in _moved.values():
        return False
    if _is_off_by_law(day):
        return day in _moved and not is_holiday(day)  # a Saturday whose rest was moved is worked
    return day not in _made_up(day.year)


def working_day(day: date, *, first: date, last: date) -> date:
    """Return `day`, or the nearest working day before it, or after it when that one is too early.

    A term from `first` to `last` without a working day leaves `day` as it is.
    """
    back = day
    while back >= first:
        if is_working(back):
            return back
        back -= ONE_DAY
    forward = day
    while forward <= last:
        if is_working(forward):
            return forward
        forward += ONE_DAY
    return day


def after_working_days(day: date, count: int) -> date:
    """Return the last day of a term of `count` working days that begins on the day after `day` (ГК РФ ст. 191).

    Raises:
        ValueError: `count` is below 1.
    """
    if count < 1:
        raise ValueError("a term has at least one day")
    while count:
        day += ONE_DAY
        count -= is_working(day)
    return day


def _holidays(day: date) -> frozenset[tuple[int, int]]:
    in_force = [listed for since, listed in HOLIDAYS if since <= day]
    return in_force[-1] if in_force else HOLIDAYS[0][1]


def _is_off_by_law(day: date) -> bool:
    return day.weekday() >= SATURDAY or is_holiday(day)


@cache
def _made_up(year: int) -> frozenset[date]:
    """Return the working days given off for holidays on a weekend, unless a decree gave another for them (ч. 2)."""
    given: set[date] = set()
    for month, number in sorted(_holidays(date(year, 12, 31))):
        holiday = date(year, month, number)
        if month == JANUARY or holiday.weekday() < SATURDAY or holiday in _moved:
            continue
        off = holiday + ONE_DAY
        while _is_off_by_law(off) or off in given or off in _moved.values():
            off += ONE_DAY
        given.add(off)
    return frozenset(given)
