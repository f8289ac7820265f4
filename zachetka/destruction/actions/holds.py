"""Holds: placed by an order, lifted by an order (domain.md 4.4; T18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.destruction.lifecycle import LIFT_HOLD
from zachetka.destruction.models import Act, Hold
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.people.merged import require_unmerged

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person

CLAUSE: Final = "152-ФЗ ст. 21"
COMPOSED_BY_YOU: Final = "Акт об этих данных составили вы: запрет снимает другой человек."


@dataclass(frozen=True, slots=True)
class Order:
    """By what a hold is placed or lifted, and why."""

    number: str
    day: date
    reason: str


def place_hold(person: Person, order: Order, *, key: UUID, actor: Account, at: datetime) -> Hold:
    """Keep everything of a person from destruction; the same `key` gives the hold already placed.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: the order lies ahead.
    """
    require(actor, Permission.HOLD_EDIT)
    _check_day(order.day, at)
    with transaction.atomic():
        require_unmerged(lock(person))
        known = Hold.objects.filter(key=key).first()
        if known is not None:
            return known
        hold = Hold.objects.create(
            key=key,
            person=person,
            order_number=order.number,
            order_date=order.day,
            reason=order.reason,
            placed_by=actor,
            placed_at=at,
        )
        record_event(EventType.HOLD_PLACED, hold, actor=actor, at=at, clause=CLAUSE)
    return hold


def lift_hold(hold: Hold, order: Order, *, actor: Account, at: datetime) -> Hold:
    """Let the data of a person be destroyed again, by another order.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: it is lifted already.
        RuleViolation: the order lies ahead or before the one by which it was placed; an act about these data that the actor
            composed waits.
    """
    _check_day(order.day, at)
    with take(LIFT_HOLD, hold, actor=actor, at=at) as locked:
        lock(locked.person)  # whoever composes an act about these data waits, and then sees who lifted the hold
        for act in Act.objects.waiting().filter(withdrawal__consent__person__human_uid=locked.person.human_uid):
            require_another_person(act.composed_by_person, actor, COMPOSED_BY_YOU)
        if order.day < locked.order_date:
            raise RuleViolation(CLAUSE, "Снимают не раньше, чем ввели: проверьте дату приказа.", field="day")
        locked.lift_order_number, locked.lift_order_date, locked.lift_reason = order.number, order.day, order.reason
        locked.lifted_by, locked.lifted_at = actor, at
    return locked


def _check_day(day: date, at: datetime) -> None:
    if day > legal_date(at):
        raise RuleViolation(CLAUSE, "Приказ не мог быть издан позже, чем сегодня.", field="day")
