"""The journal taken away as a file, narrowed as on the page (п. 2.6, 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import EVENT, counted, moment_digits
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.rendering import xlsx
from zachetka.rendering.taken import count_taking
from zachetka.web.events.reading import Told, lines_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.models import Account
    from zachetka.ledger.models import Event

MOST: Final = 10_000
"""Events of one file: what is longer is narrowed by days."""
LABEL: Final = "Журнал событий"
HEADS: Final = (
    xlsx.Head("Запись №", 12), xlsx.Head("Когда, МСК", 18), xlsx.Head("Кто", 30), xlsx.Head("Что произошло", 36),
    xlsx.Head("О чём", 36), xlsx.Head("Подробности", 60), xlsx.Head("Место в дереве", 14), xlsx.Head("Пункт", 18),
)  # fmt: skip


def journal_file(rows: QuerySet[Event], kind: str, *, actor: Account, at: datetime) -> HttpResponse:
    """Return the events `rows`, which the reader may see, as a file, and record that they were taken (п. 3.8).

    Raises:
        BadRequest: an unknown kind of file (400).
        RuleViolation: more events than one file holds.
        TooMany: the lists of these ten minutes are used up.
    """
    if kind not in {"xlsx", "csv"}:
        raise BadRequest(f"Unknown kind of export: {kind!r}.")
    count_taking(actor, at)
    with transaction.atomic():
        found = list(rows[: MOST + 1])
        if len(found) > MOST:
            raise RuleViolation(
                "3.8", f"В файл входит не больше {counted(MOST, EVENT)}: сузьте условия, например днями."
            )
        values = [_values(line) for line in lines_of(found, actor)]
        content = xlsx.xlsx(LABEL, HEADS, values) if kind == "xlsx" else xlsx.csv_file(HEADS, values)
        record_event(
            EventType.LIST_EXPORTED, None, actor=actor, at=at, clause="3.8", list="events", form=kind, rows=len(values)
        )
    answer = HttpResponse(content, content_type=xlsx.XLSX if kind == "xlsx" else xlsx.CSV)
    name = content_disposition_header(as_attachment=True, filename=f"{LABEL}.{kind}")
    answer["Content-Disposition"] = name or "attachment"
    return answer


def _values(line: Told) -> list[str | int | None]:
    event = line.event
    when = moment_digits(event.at.astimezone(LEGAL_ZONE))
    return [event.pk, when, line.actor, line.said, line.about, line.detail, line.index, event.clause]
