"""The document behind a change of name, in one line: kind, number, date, who gave it (152-ФЗ ст. 21 ч. 2; п. 2.1)."""

from __future__ import annotations

from datetime import date
from typing import Final

KINDS: Final = (
    "свидетельство о перемене имени",
    "свидетельство о заключении брака",
    "свидетельство о расторжении брака",
    "свидетельство об установлении отцовства",
    "паспорт",
    "решение суда",
)
LONGEST: Final = 200
"""Signs that a basis holds."""


def composed(*, kind: str, number: str, issued_on: date, issuer: str) -> str:
    """Return «свидетельство о заключении брака № I-АК 123456 от 12.05.2026, Отдел ЗАГС № 1».

    Raises:
        ValueError: the line is longer than a basis holds.
    """
    line = f"{kind} № {number} от {issued_on:%d.%m.%Y}, {issuer}"
    if len(line) > LONGEST:
        raise ValueError(f"{len(line)} signs do not fit")
    return line


def is_of_other_surname(surname: str, known: frozenset[str]) -> bool:
    """True when a document is made out to a surname that its holder, as far as is known, never had.

    Args:
        surname: in the document, in the form of a search; "" when the document does not say.
        known: every surname of the person, in the same form.
    """
    return bool(surname) and surname not in known
