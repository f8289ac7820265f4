"""Working days of the law's terms: Monday to Friday but for the holidays of the Labour Code (ТК РФ ст. 112).

Days off moved by a yearly decree are not known here: a term counted without them ends on the same day or earlier, except
for a Saturday made a working day, which is rare. Whoever answers on the day before the last is never late.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

SATURDAY: Final = 5
HOLIDAYS: Final = frozenset({*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
"""(month, day): New Year holidays and the six others."""


def is_working(day: date) -> bool:
    """True for a day on which the academy works."""
    return day.weekday() < SATURDAY and (day.month, day.day) not in HOLIDAYS


def after_working_days(day: date, count: int) -> date:
    """Return the last day of a term of `count` working days that begins on the day after `day` (ГК РФ ст. 191).

    Raises:
        ValueError: `count` is below 1.
    """
    if count < 1:
        raise ValueError("a term has at least one day")
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day
