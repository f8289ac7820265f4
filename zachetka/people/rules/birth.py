"""Dates of birth as people write them, and the one meaning of each (п. 2.1). Today is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from zachetka.core.errors import RuleViolation
from zachetka.core.typed_day import trouble_of_slashes

FIELD: Final = "birth_date"
CLAUSE: Final = "2.1"

MONTHS: Final = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]

_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([./\-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([./\-])([0-9]{1,2})\2([0-9]{1,2})")
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[./\-][0-9]{1,2}[./\-]([0-9]{2})")
_WORDS: Final = re.compile(r"([0-9]{1,2})\s+([а-яё]+)\s+([0-9]{4})", re.IGNORECASE)
_SLASHED: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}")
_TAIL: Final = re.compile(r"(?:\s*(?:г\.?\s*р\.?|года?|г\.?)|[ T]00:00(?::00(?:\.0+)?)?)$", re.IGNORECASE)
_CLOCK: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}")


class Ages(NamedTuple):
    """Whole years a learner may be, both ends included; the academy sets them by an order with a date."""

    youngest: int = 14
    oldest: int = 100


USUAL_AGES: Final = Ages()

AGES_SET: Final = ((date(2000, 1, 1), USUAL_AGES),)
"""(first day, ages) by the academy's orders; a new order adds a row."""


def ages_on(day: date) -> Ages:
    """Return the ages in force on `day`.

    Raises:
        ValueError: `day` is before the first order.
    """
    return max((row for row in AGES_SET if row[0] <= day), key=lambda row: row[0])[1]


class SlashOrder(StrEnum):
    """What «03/04/1990» means in one column."""

    UNKNOWN = "unknown"
    DAY_FIRST = "day first"


def slash_order(values: Iterable[object]) -> SlashOrder:
    """Return what dates with slashes mean in a column: day first when one date proves it and none denies it.

    «23/12/1991» can only be the 23rd of December, so the whole column is written day first.
    """
    proved = False
    for value in values:
        found = _SLASHED.search(value) if isinstance(value, str) else None
        if found and int(found[2]) > 12:
            return SlashOrder.UNKNOWN
        proved = proved or bool(found and int(found[1]) > 12)
    return SlashOrder.DAY_FIRST if proved else SlashOrder.UNKNOWN


def birth_date(
    value: object,
    *,
    today: date,
    ages: Ages = USUAL_AGES,
    slash: SlashOrder = SlashOrder.UNKNOWN,
    from_1904: bool = False,
) -> date:
    """Return the date of birth written in `value` (п. 2.1).

    Args:
        value: text, a date or moment without zone, or the number by which Excel counts days.
        today: the legal date against which the age is counted.
        ages: lawful ages on `today`, whole years.
        slash: what «03/04/1990» means, see `slash_order`; unknown order is refused, not guessed.
        from_1904: the workbook counts days from 1904, not 1900.

    Raises:
        RuleViolation: no such date, two possible readings, a time of day, the future, or an unlikely age.
    """
    born = _read(value, slash, from_1904=from_1904)
    if born > today:
        raise _refused("Дата в будущем: исправьте год.")
    years = age_on(born, today)
    if years < ages.youngest:
        raise _refused(f"Возраст {years}: принимаем с {ages.youngest} лет. Проверьте год.")
    if years > ages.oldest:
        raise _refused(f"Возраст {years}: больше {ages.oldest} лет не бывает. Проверьте год.")
    return born


def age_on(born: date, day: date) -> int:
    """Return whole years lived on `day`; a birthday on 29 February is reached on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _read(value: object, slash: SlashOrder, *, from_1904: bool) -> date:
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.time() != time.min:
            raise _refused("Здесь дата с временем: оставьте только дату, ДД.ММ.ГГГГ.")
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(float(value), from_1904=from_1904)
    if isinstance(value, str):
        return _from_text(value.strip(), slash)
    raise _refused("Это не дата: запишите в виде 14.03.1984.")


def _from_serial(number: float, *, from_1904: bool) -> date:
    if number.is_integer() and 1900 <= number <= 2100:
        raise _refused("Указан только год: нужны день, месяц и год, 14.03.1984.")
    if not number.is_integer() or not 61 <= number <= 80_000:
        raise _refused("Это число, а не дата: задайте ячейке формат «Дата» или запишите 14.03.1984.")
    return (date(1904, 1, 1) if from_1904 else date(1899, 12, 30)) + timedelta(days=int(number))


def _from_text(text: str, slash: SlashOrder) -> date:
    bare = _TAIL.sub("", text).strip().rstrip(",")
    if found := _YEAR_FIRST.fullmatch(bare):
        return _real(int(found[1]), int(found[3]), int(found[4]))
    if found := _DAY_FIRST.fullmatch(bare):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "/":
            is_day_first = slash is SlashOrder.DAY_FIRST
            if trouble := trouble_of_slashes(day, month, year, is_day_first=is_day_first):
                raise _refused(trouble)
        return _real(year, month, day)
    if (found := _WORDS.fullmatch(bare)) and found[2].lower() in MONTHS:
        return _real(int(found[3]), MONTHS.index(found[2].lower()) + 1, int(found[1]))
    if found := _SHORT_YEAR.fullmatch(bare):
        raise _refused(f"Год двумя цифрами: запишите четырьмя, 19{found[1]} или 20{found[1]}.")
    if _CLOCK.search(bare):
        raise _refused("Здесь дата с временем: оставьте только дату, ДД.ММ.ГГГГ.")
    raise _refused("Это не дата: запишите в виде 14.03.1984.")


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _refused("Такой даты нет: проверьте день и месяц.") from None


def _refused(sentence: str) -> RuleViolation:
    return RuleViolation(CLAUSE, sentence, field=FIELD)
