"""A day as people type it, and why one is not taken: no such day, two readings, a year of two digits (п. 2.4)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from zachetka.core.errors import RuleViolation

CLAUSE: Final = "2.4"
NO_SUCH_DAY: Final = "Такого дня нет: запишите ДД.ММ.ГГГГ, например 24.11.2026."
CENTURY_TURNS: Final = 90
"""A year of two digits is offered as 19.. from here on, as 20.. below; it is offered, never taken."""

_SPELLINGS: Final = (  # the same as in `day.js`; with a slash the day comes first
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})[., -]+(?P<month>[0-9]{1,2})[., -]+(?P<year>[0-9]{4})\.?"),
    re.compile(r"(?P<day>[0-9]{1,2})(?P<slash>/)(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"),
    re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})"),
)
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}([./ -])[0-9]{1,2}\1([0-9]{2})")


def typed_day(text: str) -> date:
    """Return the one day that `text` means.

    Raises:
        RuleViolation: no such day, two possible readings, or a year of two digits; the sentence says what to write.
    """
    text = text.strip()
    for spelling in _SPELLINGS:
        if found := spelling.fullmatch(text):
            day, month, year = (int(found[part]) for part in ("day", "month", "year"))
            if "slash" in found.groupdict() and (trouble := trouble_of_slashes(day, month, year)):
                raise RuleViolation(CLAUSE, trouble)
            return _real(year, month, day)
    if short := _SHORT_YEAR.fullmatch(text):
        century = 19 if int(short[2]) >= CENTURY_TURNS else 20
        raise RuleViolation(CLAUSE, f"Год двумя цифрами: запишите четырьмя, {century}{short[2]}.")
    raise RuleViolation(CLAUSE, NO_SUCH_DAY)


def trouble_of_slashes(day: int, month: int, year: int, *, is_day_first: bool = False) -> str:
    """Say why «03/04/1990» is not taken: the month may come first; "" when it is clear or there is no such day.

    `is_day_first`: other days of the same column have shown that the day comes first.
    """
    if day <= 12 < month <= 31:
        return f"Похоже на месяц впереди дня: запишите {month:02d}.{day:02d}.{year}."
    if is_day_first or day > 12 or month > 12 or day == month:
        return ""
    readings = f"{day:02d}.{month:02d}.{year} или {month:02d}.{day:02d}.{year}"
    return f"Не понять, что впереди, день или месяц: запишите {readings}."


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleViolation(CLAUSE, NO_SUCH_DAY) from None
