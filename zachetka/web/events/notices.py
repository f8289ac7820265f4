"""«Журнал цел»: what the last check of the ledger said, for those who answer for it (п. 3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.rendering.tasks import Notice, Task
from zachetka.web.events import reading

if TYPE_CHECKING:
    from zachetka.access.models import Account


CHECKED_EVERY: Final = timedelta(days=7)
"""How often the whole ledger is compared with the database by those who answer for it (п. 2.6, 3.3)."""


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the ledger to look into: at once when it does not agree, else when the last check is a week old; one query."""
    if not actor.allowed(Permission.LEDGER_CHECK):
        return []
    last, today = reading.last_check(), legal_date(at)
    if last is not None and last.body.get("ok") is not True:
        found = f"Найдено расхождение {reading.moment_words(last.at, today)}"
        return [Task("Журнал не сошёлся с базой", found, reverse("events:ledger"), "Разобрать", legal_date(last.at))]
    if last is not None and at - last.at < CHECKED_EVERY:
        return []
    told = f"Последняя проверка — {reading.moment_words(last.at, today)}" if last else "Журнал ещё не проверяли"
    term = legal_date(last.at + CHECKED_EVERY) if last else today
    return [Task("Проверить журнал событий целиком", told, reverse("events:ledger"), "Проверить", term)]


def notices(actor: Account, at: datetime) -> list[Notice]:
    """Return the outcome of the last check; one query, and none for others."""
    if not actor.allowed(Permission.LEDGER_CHECK):
        return []
    url, last = reverse("events:ledger"), reading.last_check()
    if last is None:
        return [Notice("Журнал ещё не проверяли", "Проверьте его целиком", "shield-question", "warn", url)]
    when = f"Проверен {reading.moment_words(last.at, legal_date(at))}"
    if last.body.get("ok") is True:
        return [Notice("Журнал цел", when, "shield-check", "ok", url)]
    return [Notice("Журнал не сошёлся", when, "shield-x", "bad", url)]
