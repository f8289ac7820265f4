"""Counting tries in the database: one atomic statement a try, so no parallel request gets one more (ASVS 6.3.1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection
from django.db.models import F

from zachetka.access.models import SignInThrottle
from zachetka.core.address import client_address
from zachetka.core.errors import TooMany

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a window; the next one is refused until the window ends.

    Attributes:
        kind: what is counted; part of the key.
        tries: how many are let through.
        window: for how long they are counted.
        sentence: what the person is told; `{minutes}` is the time to wait, `{tries}` how many are let through.
    """

    kind: str
    tries: int
    window: timedelta
    sentence: str


_COUNT: Final = """
INSERT INTO access_signinthrottle AS kept (key, window_started_at, failures) VALUES (%(key)s, %(at)s, 1)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN kept.window_started_at < %(since)s THEN 1 ELSE kept.failures + 1 END,
    window_started_at = CASE WHEN kept.window_started_at < %(since)s THEN %(at)s ELSE kept.window_started_at END
RETURNING failures, window_started_at
"""

KEPT: Final = timedelta(hours=1)
"""How long a count stays; no window is longer, so what goes is over."""
REMOVED_AT_ONCE: Final = 3
"""Old counts that a new one takes with it: the table shrinks while it is used, and no try waits for a great cleaning."""

_FORGET: Final = """
WITH old AS MATERIALIZED (
    SELECT key FROM access_signinthrottle WHERE window_started_at < %s
    ORDER BY window_started_at LIMIT %s FOR UPDATE SKIP LOCKED
)
DELETE FROM access_signinthrottle USING old WHERE access_signinthrottle.key = old.key
"""
"""Chosen once: a subquery that a plan runs again for each row would take more than its limit."""


def address_of(request: HttpRequest) -> str:
    """Return the address by which tries are counted: the peer, or who stands behind our own proxies."""
    peer = str(request.META.get("REMOTE_ADDR") or "local")
    return client_address(peer, str(request.META.get("HTTP_X_FORWARDED_FOR", "")), settings.TRUSTED_PROXIES)


def count_try(limit: Limit, name: str, at: datetime) -> None:
    """Count one try of `name`, kept as a digest, so the table is no list of logins or addresses.

    A stranger's invented logins are new counts, and each of those removes more old ones than it adds.

    Raises:
        TooMany: the tries of this window are used up.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(limit, name), "at": at, "since": at - limit.window})
        tries, started = cursor.fetchone()
        if tries == 1:
            cursor.execute(_FORGET, [at - KEPT, REMOVED_AT_ONCE])
    if tries > limit.tries:
        wait = max(1, int((started + limit.window - at).total_seconds()))
        raise TooMany(limit.sentence.format(minutes=-(-wait // 60), tries=limit.tries), retry_after=wait)


def give_back_try(limit: Limit, name: str) -> None:
    """Take back one try: a success costs nothing, yet frees nobody else's failures."""
    SignInThrottle.objects.filter(key=_key(limit, name), failures__gt=0).update(failures=F("failures") - 1)


def forget_tries(limit: Limit, name: str) -> None:
    """Take back what `name` has used up."""
    SignInThrottle.objects.filter(key=_key(limit, name)).delete()


def _key(limit: Limit, name: str) -> str:
    return f"{limit.kind}:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"
