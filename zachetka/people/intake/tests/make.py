"""Builders of lists of people."""

from __future__ import annotations

from datetime import date
from typing import Final

from zachetka.intake.cells import Value
from zachetka.people.rules import snils

TODAY: Final = date(2026, 11, 23)


def make_snils(number: int) -> str:
    """Return a valid СНИЛС of the range nobody is given, 900-000-000 and up."""
    first = f"{900_000_000 + number:09d}"
    return snils.shown(first + snils.control_number(first))


def make_person(number: int = 1, **given: Value) -> list[Value]:
    """Return a row under `HEADER`, right in everything."""
    word = _word(number)
    row: dict[str, Value] = {
        "last_name": f"Иванов{word}",
        "first_name": "Пётр",
        "patronymic": "Ильич",
        "birth_date": f"{1 + number % 28:02d}.03.{1960 + number % 40}",
        "snils": make_snils(number),
    }
    return [*{**row, **given}.values()]


def _word(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 26)
        letters += "абвгдежзиклмнопрстуфхцчшщэюя"[rest]
    return letters
