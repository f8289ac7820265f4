"""What the ledger tells a record book of its marks and sheets: proofs, openings, changes of hands (п. 2.1, 3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db.models import Q

from zachetka.core.composed import Composed, Given
from zachetka.learning.models import Mark, MarkSheet
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event


class Seal(NamedTuple):
    """The event that proves a mark, and whether the signed tree already holds it."""

    event: int
    is_sealed: bool


class Appointed(NamedTuple):
    """What a sheet was before it changed hands: who controls, on which day, by when it is filled."""

    teacher_id: int
    held_on: date
    due_on: date


_MARKED: Final = (EventType.MARK_SET, EventType.MARK_WITHDRAWN, EventType.MARK_CORRECTED)
_APPOINTED: Final = (
    EventType.SHEET_OPENED,
    EventType.SHEET_CHANGED,
    EventType.SHEET_REOPENED,
    EventType.SHEET_CLOSED_AGAIN,
)
_EVENTS: Final = Composed(
    lambda: (
        Event.objects.filter(
            Q(object_type="learning.mark", object_id__any=Given("marks"), type__in=_MARKED)
            | Q(object_type="learning.marksheet", object_id__any=Given("sheets"), type__in=_APPOINTED)
        )
        .order_by("pk")
        .values_list("pk", "type", "object_id", "at", "leaf__index", "body")
    )
)


def events_of(
    marks: Iterable[Mark], sheets: Iterable[MarkSheet]
) -> tuple[
    dict[int, Seal],
    dict[int, datetime],
    dict[int, list[tuple[datetime, datetime | None]]],
    dict[int, list[tuple[datetime, Appointed]]],
]:
    """Return by mark its newest event, by sheet when it was opened, reopened and passed to others; one query."""
    seals: dict[int, Seal] = {}  # the newest event of a mark is the one that commits to it
    opened: dict[int, datetime] = {}
    reopened: defaultdict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    changed: defaultdict[int, list[tuple[datetime, Appointed]]] = defaultdict(list)
    found = _EVENTS(marks=[str(mark.pk) for mark in marks], sheets=[str(sheet.pk) for sheet in sheets])
    for number, kind, record, at, place, body in found:
        if kind == EventType.SHEET_OPENED:
            opened[int(record)] = at
        elif kind == EventType.SHEET_CHANGED:
            changed[int(record)].append((at, _appointed(body["was"])))
        elif kind == EventType.SHEET_REOPENED:
            reopened[int(record)].append((at, None))
        elif kind == EventType.SHEET_CLOSED_AGAIN:
            reopened[int(record)][-1] = (reopened[int(record)][-1][0], at)
        else:
            seals[int(record)] = Seal(number, place is not None)
    return seals, opened, reopened, changed


def _appointed(was: Mapping[str, Any]) -> Appointed:
    return Appointed(was["teacher_id"], date.fromisoformat(was["held_on"]), date.fromisoformat(was["due_on"]))
