"""What the policy refused leaves a trace: who asked for what, found or not (п. 3.8; 152-ФЗ ст. 19; ASVS 16.3.2).

The trace is told from the address alone and nothing is looked up for it, so a record that exists and one that does not leave the
same event by the same statements. It is a transaction of its own: what was refused has been rolled back before.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from zachetka.access.models import Account, RefusalTally
from zachetka.core.clock import legal_date
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.rules.refusals import bound_on, hour_of
from zachetka.people.telling import refused_often

CLAUSE: Final = "3.8"
HOUR: Final = timedelta(hours=1)
SETTLED: Final = timedelta(minutes=5)
"""So long after an hour its count is told: a request that began in it has ended."""
CODE: Final = re.compile(r"[А-ЯЁA-Z]{1,4}-\d{2}-\d{1,4}")
"""The form of a code of a cohort, «ПК-26-01»: the one text of an address that says nothing of anybody."""

_COUNT: Final = """
INSERT INTO access_refusaltally AS kept (account_id, hour, count) VALUES (%s, %s, 1)
ON CONFLICT (account_id, hour) DO UPDATE SET count = kept.count + 1
RETURNING count
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, as the address says it.

    Attributes:
        route: the name of the address.
        method: GET, HEAD or POST.
        kind: kind of the record, "" for a page that is about none.
        key: identifier of the record as `key_of` writes it, "" for none.
    """

    route: str
    method: str
    kind: str = ""
    key: str = ""


def key_of(value: object) -> str:
    """Return how the ledger names what stands in an address: numbers, identifiers and codes of cohorts as they are.

    Any other text may be a name or a secret code, and what the ledger keeps is never erased: only its digest is kept.
    """
    if isinstance(value, int | UUID) or CODE.fullmatch(str(value)):
        return str(value)
    return f"sha256:{hashlib.sha256(str(value).encode(errors='replace')).hexdigest()[:16]}"


def refused_look(asked: Asked, *, actor: Account, at: datetime) -> int:
    """Record that the policy refused `actor` what they `asked` for; beyond the bound of the hour it is only counted.

    Returns:
        Which refusal of this hour it is.
    """
    bound, hour = bound_on(legal_date(at)), hour_of(at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [actor.pk, hour])
            (count,) = cursor.fetchone()
        if count <= bound.recorded:
            told = {"route": asked.route, "method": asked.method, "object": asked.kind, "id": asked.key}
            _record(actor, actor, at, **told, roles=sorted(actor.roles_held))
        elif count == bound.recorded + 1:
            _record(actor, actor, at, only_counted=True, hour=hour, recorded=bound.recorded)
        if count == bound.alarming:
            refused_often(actor, count, at=at)
    return int(count)


def tell_counted(at: datetime) -> int:
    """Tell in the ledger how many refusals of the hours that are over were only counted; return how many hours were told."""
    over, told = hour_of(at - SETTLED), 0
    with transaction.atomic():
        for tally in RefusalTally.objects.select_for_update(skip_locked=True).filter(hour__lt=over).order_by("pk"):
            beyond = tally.count - bound_on(legal_date(tally.hour)).recorded
            if beyond > 0:
                _record(tally.account, None, at, counted=beyond, hour=tally.hour)
                told += 1
            tally.delete()
    return told


def _record(whom: Account, actor: Account | None, at: datetime, **body: object) -> None:
    kind, key = EventType.ACCESS_REFUSED, Account(pk=whom.pk)  # of a request the account is read when it is needed
    record_event(kind, key, actor=actor, at=at, clause=CLAUSE, about=whom.person_uid, **body)
