"""«Журнал цел»: what the last check of the ledger said, for those who answer for it (п. 3.3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.rendering.tasks import Notice
from zachetka.web.events import reading

if TYPE_CHECKING:
    from zachetka.access.models import Account


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
