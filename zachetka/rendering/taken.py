"""A list taken away as a file: the file and the trace of it, in one transaction (п. 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse

from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest
    from zachetka.rendering.tables import Table

_Row = TypeVar("_Row", bound=Model)


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
        BadRequest: the address names something that is not in the table, or an unknown kind (400).
    """
    kind = request.GET.get("file", "")
    with transaction.atomic():
        answer = table.export(request.GET, rows, kind)
        record_event(
            EventType.LIST_EXPORTED, subject, actor=request.user, at=at, clause=clause, list=table.name, form=kind
        )
    return answer
