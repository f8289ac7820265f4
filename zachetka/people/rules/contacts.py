"""E-mail, telephone and sex: one normal form for each (п. 2.1)."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from zachetka.core.errors import RuleViolation
from zachetka.core.text import flaw, quoted, search_key, tidy

CLAUSE: Final = "2.1"
LONGEST_EMAIL: Final = 254

_LOCAL: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_EMAIL: Final = re.compile(
    _LOCAL + r"@(?:[a-zа-яё0-9](?:[a-zа-яё0-9-]{0,61}[a-zа-яё0-9])?\.)+[a-zа-яё-]{2,63}", re.IGNORECASE
)
_PHONE: Final = re.compile(r"(\+?)([0-9]+)")
_PHONE_SIGNS: Final = re.compile(r"[\s\-‐‑–—().]+")
_EXTENSION: Final = re.compile(r"\b(?:доб|ext|вн)\b", re.IGNORECASE)


class Sex(StrEnum):
    """Sex as the federal register asks for it."""

    MALE = "m"
    FEMALE = "f"


SEX_WORDS: Final = {
    **dict.fromkeys(["м", "муж", "муж.", "мужской", "мужчина", "мужск.", "m", "male"], Sex.MALE),
    **dict.fromkeys(["ж", "жен", "жен.", "женский", "женщина", "женск.", "f", "female"], Sex.FEMALE),
}


@lru_cache(maxsize=1_024)
def sex(value: str) -> Sex:
    """Return the sex written in `value`: «М», «жен.», «female».

    Raises:
        RuleViolation: another word.
    """
    found = SEX_WORDS.get(search_key(value)) or SEX_WORDS.get(search_key(value).rstrip("."))
    if found is None:
        raise RuleViolation(CLAUSE, f"Не понять пол: {quoted(value)}. Впишите «М» или «Ж».", field="sex")
    return found


def email(value: str) -> str:
    """Return an address in lower case.

    Raises:
        RuleViolation: not one address.
    """
    address = tidy(value).removeprefix("mailto:")
    if flaw(value[:1000]) or len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        sentence = "Впишите один адрес вида name@example.ru."
        raise RuleViolation(CLAUSE, sentence, field="email")
    return address.lower()


def phone(value: str | float) -> str:
    """Return a telephone number with a plus and digits: «+79003462180».

    Eleven digits that begin with 8, and ten that begin with 9, are Russian.

    Raises:
        RuleViolation: several numbers, an extension, or not 8–15 digits.
    """
    text = f"{value:.0f}" if isinstance(value, int | float) else tidy(value)
    if _EXTENSION.search(text) or len(re.findall(r"[0-9]", text)) > 15:
        raise RuleViolation(CLAUSE, "Впишите один номер, без добавочного.", field="phone")
    found = _PHONE.fullmatch(_PHONE_SIGNS.sub("", text))
    if found is None:
        raise RuleViolation(CLAUSE, "В телефоне только цифры: +7 900 346-21-80.", field="phone")
    plus, digits = found.groups()
    if not plus and len(digits) == 11 and digits[0] in "78":
        digits = f"7{digits[1:]}"
    elif not plus and len(digits) == 10 and digits[0] == "9":
        digits = f"7{digits}"
    elif not plus and len(digits) < 11:
        raise RuleViolation(CLAUSE, "Номер короткий: впишите с кодом, +7 900 346-21-80.", field="phone")
    if not 8 <= len(digits) <= 15:
        raise RuleViolation(CLAUSE, "В номере должно быть от 8 до 15 цифр.", field="phone")
    return f"+{digits}"
