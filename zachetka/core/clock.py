"""The clock and the legal calendar: moments are UTC, days are Moscow days (the academy's legal time)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LEGAL_ZONE = ZoneInfo("Europe/Moscow")


def now() -> datetime:
    """Return the present moment, aware, UTC. Called in views, the command line and the worker only."""
    return datetime.now(UTC)


def legal_date(at: datetime) -> date:
    """Return the local calendar date on which `at` falls for the academy's papers (Europe/Moscow).

    Raises:
        ValueError: `at` is naive; without a zone a moment is not a moment.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a zone is not a moment")
    return at.astimezone(LEGAL_ZONE).date()


def end_of_day(day: date) -> datetime:
    """Return the last representable moment of the legal `day`: a record book «на дату» includes that whole day."""
    return datetime.combine(day, time.max, tzinfo=LEGAL_ZONE)


def start_of_day(day: date) -> datetime:
    """Return the first moment of the legal `day`."""
    return datetime.combine(day, time.min, tzinfo=LEGAL_ZONE)
