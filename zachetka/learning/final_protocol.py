"""What alone changes a mark of final attestation: a correcting protocol of its commission (273-ФЗ ст. 59; п. 2.1)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from zachetka.learning.rules import paper_words

PROTOCOL: Final = "исправляющий протокол комиссии"
CLAUSE: Final = "273-ФЗ ст. 59"
ONLY_BY_PROTOCOL: Final = "Оценку итоговой аттестации меняет только исправляющий протокол комиссии"
_WRITTEN: Final = re.compile(rf"{PROTOCOL} № \S.* от \d{{2}}\.\d{{2}}\.\d{{4}}")


def protocol_words(number: str, issued_on: date, *, today: date) -> str:
    """Return «исправляющий протокол комиссии № 4 от 20.11.2026», as a correction keeps it.

    Raises:
        RuleViolation: the protocol is of a day to come, or the line is too long.
    """
    return paper_words(PROTOCOL, number, issued_on, today=today)


def is_protocol(basis: str) -> bool:
    """True when `basis` names such a protocol with its number and day."""
    return _WRITTEN.fullmatch(basis) is not None
