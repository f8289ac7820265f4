"""How a typed value looks in a list: the same on a page and in a PDF (look.md, «Typography»)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.russian import date_digits, decimal, grouped, moment_digits, typeset

if TYPE_CHECKING:
    from zachetka.rendering.xlsx import Value

NOTHING: Final = "—"


def shown(value: Value) -> str:
    """Return the words of a value: «—» for nothing, 18.09.2026, «4,33», «48 113», «да»."""
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "да" if value else "нет"
        case datetime():
            return moment_digits(value.astimezone(LEGAL_ZONE))
        case date():
            return date_digits(value)
        case int():
            return grouped(value)
        case Decimal():
            return decimal(value)
        case _:
            return typeset(str(value))
