"""What stands against the merging of two cards, as each room knows it (п. 2.1, 3.8).

A room registers a function with `@against_merging`; it raises the refusal, and returns nothing where nothing stands against it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zachetka.people.models import Person

Judge = Callable[["Person", "Person", date], None]
JUDGES: Final[list[Judge]] = []


def against_merging(judge: Judge) -> Judge:
    """Register what a room has to say; it is given the card that stays and the one that goes, both locked, and the day."""
    JUDGES.append(judge)
    return judge


def refuse_what_stands(stays: Person, goes: Person, day: date) -> None:
    """Let every room refuse on the legal `day`, in their order.

    Raises:
        RuleViolation: something stands against it.
    """
    for judge in JUDGES:
        judge(stays, goes, day)
