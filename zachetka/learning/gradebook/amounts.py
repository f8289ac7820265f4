"""A cell of a table → what a teacher would have typed into the sheet (п. 2.2, 2.3).

Only what a spreadsheet or an export does to a mark is undone here: a number instead of a sign, points of another
maximum, percents, zeros after the comma. What the text means in the scale is for `learning.rules.read_cell`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, NamedTuple

from zachetka.core.text import tidy
from zachetka.intake.cells import Broken, Formula, Value, shown
from zachetka.learning.gradebook.columns import Reading

BLANK: Final = frozenset({"", "-", "—", "–"})
"""No mark: Moodle writes «-». A file never takes a mark back: that is done in the sheet, by hand."""
HUNDRED: Final = Decimal(100)
SMALL: Final = Decimal(20)
"""Points no greater than this are probably not of a hundred: nobody guesses, the person says."""
LONGEST: Final = 40
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,9})?")
_FORMULA: Final = "Здесь формула, а не значение: скопируйте столбец и вставьте «только значения»."
_DAY: Final = "Здесь дата {}: Excel принял оценку за день. Задайте столбцу формат «Текстовый» и впишите оценку."


class Refused(NamedTuple):
    """Why a cell cannot be read as a mark, whatever the scale."""

    sentence: str


def is_blank(value: Value) -> bool:
    """True when the cell holds no mark at all."""
    return value is None or (isinstance(value, str) and tidy(value) in BLANK)


def number_of(value: Value) -> Decimal | None:
    """Return the number in a cell, «85,00 %» too; None when there is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float | int):
        return _exact(repr(value))
    if not isinstance(value, str):
        return None
    text = tidy(value).removesuffix("%").rstrip()
    return _exact(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def typed(value: Value, reading: str, *, is_scored: bool, labels: Mapping[str, str]) -> str | Refused:
    """Return what a teacher would have typed for this cell.

    Args:
        value: the cell, not blank.
        reading: a value of `Reading`, or the maximum as a number: «50».
        is_scored: the scale of the sheet converts points.
        labels: sign of a grade → the grade in words, which no scale confuses with points.
    """
    match value:
        case Formula():
            return Refused(_FORMULA)
        case Broken(sentence):
            return Refused(sentence)
        case datetime() | date() | time():
            return Refused(_DAY.format(shown(value)))
    number = number_of(value)
    if number is None:
        return tidy(shown(value))[:LONGEST]
    has_percent = isinstance(value, str) and value.rstrip().endswith("%")
    most = HUNDRED if has_percent else _exact(reading) if reading and reading != Reading.GRADE else None
    if most and is_scored:
        return _points(number, most)
    if has_percent:
        return Refused("Шкала этой ведомости не переводит проценты: впишите оценку.")
    plain = _plain(number)
    return labels.get(plain, plain) if reading == Reading.GRADE else plain


def greatest(values: Iterable[Value]) -> Decimal | None:
    """Return the greatest number among the cells, None when there is none."""
    numbers = [number for value in values if (number := number_of(value)) is not None]
    return max(numbers, default=None)


def _points(number: Decimal, most: Decimal) -> str | Refused:
    if number > most:
        return Refused(f"Балл {_plain(number)} больше наибольшего: {_plain(most)}.")
    points = (number * HUNDRED / most).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return str(points).replace(".", ",")


def _plain(number: Decimal) -> str:
    """Return a number as people type it: «5,00» is «5», «72.50» is «72,5»."""
    return f"{number.normalize():f}".replace(".", ",")


def _exact(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
