"""How a learner is encouraged: the table of kinds with the days on which each may be given (273-ФЗ ст. 28 ч. 3 п. 11).

A line is never removed: what was recorded keeps its words; a kind that the academy drops gets its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from zachetka.learning.models import Award

KIND = Award.Kind
IN_FORCE: Final = date(2013, 9, 1)
"""The day on which 273-ФЗ came into force."""


@dataclass(frozen=True, slots=True)
class AwardKind:
    """A kind of encouragement.

    Attributes:
        valid_from: first day on which it may be given.
        valid_to: last day, None while the academy gives it.
    """

    valid_from: date = IN_FORCE
    valid_to: date | None = None


KINDS: Final[dict[Award.Kind, AwardKind]] = {
    KIND.THANKS: AwardKind(),
    KIND.CERTIFICATE: AwardKind(),
    KIND.WINNER: AwardKind(),
    KIND.PRIZE: AwardKind(),
    KIND.GIFT: AwardKind(),
    KIND.BONUS: AwardKind(),
    KIND.OTHER: AwardKind(),
}


def kinds_on(day: date) -> list[Award.Kind]:
    """Return the kinds that may be given on the legal `day`, in the order of the table."""
    return [
        kind
        for kind, line in KINDS.items()
        if line.valid_from <= day and (line.valid_to is None or day <= line.valid_to)
    ]
