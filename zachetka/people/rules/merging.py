"""What the card that stays takes from the one it absorbs: only what it lacks itself (п. 2.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

BLANK: Final[dict[str, object]] = {
    "sex": "",
    "birth_date": None,
    "snils": None,
    "citizenship": "",
    "email": "",
    "phone": "",
}
"""Field → what it is when nothing is known, in the order of the card."""
TAKEABLE: Final = tuple(BLANK)


def takeable(stays: Mapping[str, object], goes: Mapping[str, object], wanted: Collection[str]) -> list[str]:
    """Return which of the `wanted` fields are taken, in the order of the card.

    A number of insurance is taken whether wanted or not: it stands on one card alone, and by it the person comes again.
    """
    asked = {*wanted, "snils"}
    return [name for name in TAKEABLE if name in asked and not stays.get(name) and goes.get(name)]
