"""Where sessions are kept: in the database, each with its account, so that they can be shown and ended (ASVS 7.4, 7.5.2)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from zachetka.access.models import Session
from zachetka.core.clock import now
from zachetka.core.composed import Composed, Given

if TYPE_CHECKING:
    from zachetka.access.models import Account

_SESSION: Final = Composed(lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("at")))


class SessionStore(DatabaseStore):
    """Django's store over our table; what a page of sessions shows stands in columns of its own."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Return the row of a session that is not over; read at every request, so composed once."""
        found = _SESSION.first(key=self.session_key, at=now())
        if found is None:
            self._session_key = None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this session, with its account and its times."""
        row: Any = super().create_model_instance(data)
        account = str(data.get(SESSION_KEY) or "")
        row.account_id = int(account) if account.isdecimal() else None
        row.device = str(data.get("device", ""))[:60]
        row.started_at, row.seen_at = _moment(data.get("started_at")), _moment(data.get("seen_at"))
        row.shown_as = UUID(bytes=hashlib.sha256(row.session_key.encode()).digest()[:16])
        return row


def end_sessions(account: Account, *, but: str | None = None) -> int:
    """End every session of `account`, except the one whose key is `but`; return how many."""
    ended, _ = Session.objects.filter(account=account.pk).exclude(session_key=but).delete()
    return ended


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, float) else None
