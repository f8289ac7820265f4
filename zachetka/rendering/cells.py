"""How a typed value looks in a list: the same on a page and in a PDF (look.md, «Typography»)."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.russian import date_digits, decimal, grouped, moment_digits, typeset

if TYPE_CHECKING:
    from zachetka.rendering.xlsx import Value

NOTHING: Final = "—"
_CODE: Final = re.compile(r"(?<![\w-])[А-ЯЁA-Z]{2,3}-\d+(?:-\d+)*(?![\w-])")
"""Codes of cohorts and programmes, numbers of record books: «ПП-26-01», «ЗК-26-0481»."""


def unbroken(text: str) -> SafeString:
    """Return `text` as HTML in which no code or number breaks at its hyphens (look.md, «Typography»)."""
    escaped = conditional_escape(text)
    return SafeString(_CODE.sub(lambda code: f'<span class="nowrap">{code[0]}</span>', escaped))


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
