"""For what a consent may be asked, and which data it then covers: a dated list (152-ФЗ ст. 9 ч. 1, 4).

What the law or the contract asks for needs no consent and has no place here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose.

    Attributes:
        code: kept in the consent.
        words: as the consent says it.
        categories: data that it covers, by code.
        since: from which day it may be asked.
        until: till which day, None for open-ended.
    """

    code: str
    words: str
    categories: tuple[str, ...]
    since: date
    until: date | None = None


PURPOSES: Final = (
    Purpose("mailing", "рассылка новостей и приглашений на программы", ("email",), date(2020, 1, 1)),
    Purpose("calls", "звонки о новых программах", ("phone",), date(2020, 1, 1)),
    Purpose("photo", "публикация фотографий с занятий", ("photo",), date(2020, 1, 1)),
)
CATEGORIES: Final = {"email": "почта", "phone": "телефон", "photo": "фотографии"}
"""Code of a category → its name. Those that are fields of a card are kept there; photographs are kept outside."""
ON_THE_CARD: Final = ("email", "phone")


def purposes_on(day: date) -> list[Purpose]:
    """Return the purposes for which a consent may be given on `day`."""
    return [one for one in PURPOSES if one.since <= day and (one.until is None or day <= one.until)]


def purpose_words(code: str) -> str:
    """Return the words of a purpose, of one that is no longer asked too."""
    return next((one.words for one in PURPOSES if one.code == code), code)


def is_in_force(given_on: date, valid_until: date | None, withdrawn_on: date | None, day: date) -> bool:
    """True on a day within the term of a consent and before its withdrawal."""
    if day < given_on or (valid_until is not None and day > valid_until):
        return False
    return withdrawn_on is None or day < withdrawn_on


def settle_by(withdrawn_on: date, days: int) -> date:
    """Return the last day of a term of calendar days that begins on the day after `withdrawn_on` (152-ФЗ ст. 21 ч. 5)."""
    return withdrawn_on + timedelta(days=days)
