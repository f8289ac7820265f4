"""What an act sets from a day ahead: the one in force ends on the eve, the next begins (п. 2.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from zachetka.core.errors import RuleViolation
from zachetka.core.russian import date_words
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.programs.models import DatedNorm, ScaleVersion

if TYPE_CHECKING:
    from zachetka.access.models import Account

NORMS_TURN: Final = 2_003_001
"""Held by whoever sets a norm or a scale: the one in force is ended and the next begun by one person at a time."""
DATES: Final = "2.3"


def require_ahead(what: str, newest: DatedNorm | ScaleVersion | None, since: date, today: date) -> None:
    """Refuse a day on which something is decided already; `what` is named in the accusative: «Норму».

    Raises:
        RuleViolation: the day is not ahead, or a later edition is there already.
    """
    if since <= today:
        raise RuleViolation(
            DATES,
            f"{what} вводят вперёд: не раньше {date_words(today + timedelta(days=1))}. Решённое по прежней остаётся решённым.",
            field="since",
        )
    taken = max(filter(None, (newest.valid_from, newest.valid_to)), default=None) if newest else None
    if taken is not None and since <= taken:
        raise RuleViolation(DATES, f"{what} до {date_words(taken)} уже ввели: выберите день позже.", field="since")


def end_on_the_eve(
    newest: DatedNorm | ScaleVersion | None, since: date, event: EventType, *, actor: Account, at: datetime, clause: str
) -> None:
    """End what holds without an end on the eve of `since`, and record it."""
    if newest is not None and newest.valid_to is None:
        newest.valid_to = since - timedelta(days=1)
        newest.save(update_fields=["valid_to"])
        record_event(event, newest, actor=actor, at=at, clause=clause)
