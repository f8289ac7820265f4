"""«На дату»: which moment a page or a paper shows (п. 2.5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from zachetka.core.clock import end_of_day, legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import date_digits

_FORMS: Final = ("%Y-%m-%d", "%d.%m.%Y")


def moment_of(typed: str, *, first: date, at: datetime, opened: str = "Зачётная книжка открыта") -> datetime:
    """Return the last moment of the legal day that was asked for; nothing asked, or today: the present moment.

    Args:
        typed: «2026-11-10», as a date field sends it, or «10.11.2026», as people write it.
        first: the first day on which there was anything to show.
        at: the present moment.
        opened: what happened on the first day, as the refusal of an earlier one says it.

    Raises:
        RuleViolation: not a day, a day to come, or a day before `first`; the sentence says what to do.
    """
    typed = typed.strip()
    if not typed:
        return at
    day = _day(typed)
    if day is None:
        raise RuleViolation(
            "2.5", f"«{typed[:20]}» — не день календаря: выберите день, например 10.11.2026.", field="on"
        )
    today = legal_date(at)
    if day > today:
        raise RuleViolation(
            "2.5", f"{date_digits(day)} ещё не наступило: выберите день до {date_digits(today)}.", field="on"
        )
    if day < first:
        raise RuleViolation(
            "2.5",
            f"{opened} {date_digits(first)}: на {date_digits(day)} показывать нечего.",
            field="on",
        )
    return at if day == today else end_of_day(day)


def _day(typed: str) -> date | None:
    if not typed.isascii():
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
