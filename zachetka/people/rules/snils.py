"""СНИЛС: shape, control number, and what Excel does to it (п. 2.1)."""

from __future__ import annotations

import re
from typing import Final

from zachetka.core.errors import RuleViolation

FIELD: Final = "snils"
CLAUSE: Final = "2.1"
LENGTH: Final = 11
LAST_WITHOUT_CONTROL: Final = 1_001_998
"""Numbers up to 001-001-998 were given before control numbers and are not checked."""

_SEPARATORS: Final = re.compile(r"[\s\-‐‑–—.]+")
_SCIENTIFIC: Final = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_CONTROL: Final = (*(f"{rest:02d}" for rest in range(100)), "00")


def control_number(first_nine: str) -> str:
    """Return the two control digits of a nine-digit number."""
    return control_digits(weighed(first_nine))


def weighed(first_nine: str) -> int:
    """Return the sum of the digits of a nine-digit number with weights 9…1."""
    return sum(int(digit) * (9 - place) for place, digit in enumerate(first_nine))


def control_digits(total: int) -> str:
    """Return the control digits of a number whose digits weigh `total`: the remainder by 101, of which 100 becomes 00."""
    return _CONTROL[total % 101]


def shown(number: str) -> str:
    """Return eleven digits as people write them: «900-000-001 82»."""
    return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"


def is_valid(number: str) -> bool:
    """True when `number` is eleven digits with the right control number."""
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()) or not int(number[:9]):
        return False
    return int(number[:9]) <= LAST_WITHOUT_CONTROL or number[9:] == control_number(number[:9])


def snils(value: str | float) -> str:
    """Return the eleven digits of a СНИЛС (п. 2.1).

    Args:
        value: text with or without spaces and dashes, or the number of an Excel cell.

    Raises:
        RuleViolation: not eleven digits, zeros only, or a wrong control number; the sentence gives the right one.
    """
    if not isinstance(value, str):
        value = f"{value:.0f}" if float(value).is_integer() else str(value)
    text = value.strip()
    if _SCIENTIFIC.fullmatch(text):
        raise _refused(
            "Excel показал номер в виде 6,17E+10: задайте столбцу формат «Текстовый» и введите номер заново."
        )
    digits = _SEPARATORS.sub("", text)
    if not (digits.isascii() and digits.isdigit()):
        raise _refused("В СНИЛС только цифры: запишите в виде 123-456-789 64.")
    if len(digits) < LENGTH:
        raise _refused(_short(digits))
    if len(digits) > LENGTH:
        raise _refused(f"В СНИЛС 11 цифр, здесь {len(digits)}: уберите лишние.")
    if not int(digits[:9]):
        raise _refused("Номер из одних нулей не выдают: укажите настоящий СНИЛС или оставьте пустым.")
    if not is_valid(digits):
        raise _refused(f"Контрольное число должно быть {control_number(digits[:9])}: сверьте номер с документом.")
    return digits


def _short(digits: str) -> str:
    padded = digits.zfill(LENGTH)
    if len(digits) >= 9 and is_valid(padded):
        return f"Excel потерял нули впереди: запишите текстом {shown(padded)}."
    return f"В СНИЛС 11 цифр, здесь {len(digits)}: допишите номер по документу."


def _refused(sentence: str) -> RuleViolation:
    return RuleViolation(CLAUSE, sentence, field=FIELD)
