"""A list taken away as a file: the file and the trace of it, in one transaction (п. 3.8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse

from zachetka.access.throttle import Limit, count_try
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest
    from zachetka.access.models import Account
    from zachetka.rendering.tables import Table

_Row = TypeVar("_Row", bound=Model)

LISTS: Final = Limit(
    "lists", 60, timedelta(minutes=10), "Выгрузок — не больше {tries} за 10 минут. Повторите через {minutes} мин."
)
"""Lists taken away, by account, of whatever kind (ASVS 2.4.1): one in ten seconds for ten minutes on end is no hand."""


def count_taking(actor: Account, at: datetime) -> None:
    """Count one list that `actor` is about to take away; call outside a transaction, so that a refusal counts too.

    Raises:
        TooMany: the lists of these ten minutes are used up.
    """
    count_try(LISTS, str(actor.pk), at)


def taken(
    request: ActorRequest,
    table: Table[_Row],
    rows: QuerySet[_Row],
    *,
    at: datetime,
    subject: Model | None = None,
    clause: str,
) -> HttpResponse:
    """Return the list `table` over `rows` as the file that `?file=` asks for, and record who took it.

    Raises:
        TooMany: the person has used up the lists of these ten minutes.
        BadRequest: the address names something that is not in the table, or an unknown kind (400).
    """
    kind = request.GET.get("file", "")
    count_taking(request.user, at)
    with transaction.atomic():
        answer = table.export(request.GET, rows, kind)
        record_event(
            EventType.LIST_EXPORTED, subject, actor=request.user, at=at, clause=clause, list=table.name, form=kind
        )
    return answer
