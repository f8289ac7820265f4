"""Services of those entered before a service was kept: told from what the records and the ledger still say (п. 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from zachetka.core.provable import object_type_of
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.posting import add_posting
from zachetka.people.models import Employee, Posting

ORDERED: Final = (EventType.EMPLOYEE_MOVED.value, EventType.EMPLOYEE_DISMISSED.value)


class _Step(NamedTuple):
    """One row to be written."""

    kind: Posting.Kind
    since: date
    order_number: str = ""
    order_date: date | None = None


def tell_services(at: datetime) -> int:
    """Write the service of every employee who has none; return how many. Safe to repeat (п. 3.8).

    Who never moved was hired where they are now. Of who moved, the last move is told, since the date of its order, and
    what followed: of where they had been before the ledger keeps commitments alone. Nothing is told of a record that
    differs from the ledger, which `zachetka verify` names, nor where a dismissal is older than the move before it.
    """
    with transaction.atomic():
        waiting = list(
            Employee.objects.filter(~Exists(Posting.objects.filter(employee=OuterRef("pk"))))
            .select_related("person", "unit")
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        )
        changed = differing({name_of(one): one for one in waiting})
        orders = _orders(waiting)
        told = 0
        for employee in waiting:
            steps = _steps(employee, orders.get(str(employee.pk), {}))
            if name_of(employee) in changed or any(one.since > next_.since for one, next_ in pairwise(steps)):
                continue
            for step in steps:
                add_posting(employee, **step._asdict(), actor=None, at=at)
            told += 1
    return told


def _orders(employees: list[Employee]) -> dict[str, dict[str, Event]]:
    """Return, by employee, the newest event of each kind that was by an order."""
    found: dict[str, dict[str, Event]] = {}
    events = Event.objects.filter(
        object_type=object_type_of(Employee), object_id__in=[str(one.pk) for one in employees], type__in=ORDERED
    )
    for event in events.order_by("pk"):
        found.setdefault(event.object_id, {})[event.type] = event
    return found


def _steps(employee: Employee, orders: Mapping[str, Event]) -> list[_Step]:
    moved, left = (orders.get(kind) for kind in ORDERED)
    if moved is None:
        steps = [_Step(Posting.Kind.HIRED, employee.hired_on)]
    else:
        number, day = _order(moved)
        steps = [_Step(Posting.Kind.MOVED, day, number, day)]
    if left is not None and employee.left_on is not None:
        steps.append(_Step(Posting.Kind.DISMISSED, employee.left_on, *_order(left)))
    return steps


def _order(event: Event) -> tuple[str, date]:
    return event.body["order"], date.fromisoformat(event.body["order_date"])
