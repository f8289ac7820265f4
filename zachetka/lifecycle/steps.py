"""`Step` is a row of a lifecycle table; `take` is the one way to walk it.

Policy, lock, state, change, ledger: in this order, in one transaction. Nothing else in the system changes a state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection, models, transaction

from zachetka.access.guard import can, require
from zachetka.access.policy import Permission
from zachetka.core.composed import Composed, Given
from zachetka.core.constraints import DEADLOCK, LOCK_TIMEOUT, sqlstate_of
from zachetka.core.errors import Busy, IllegalStep
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.models import Account

_Record = TypeVar("_Record", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a state to a state.

    Attributes:
        sources: states from which it can be taken.
        target: state in which it ends.
        permission: who may take it.
        event: what the ledger says of it; each step has an event of its own.
        clause: where the regulation or the law speaks of it.
        refusal: the sentence for whoever comes too early or too late.
    """

    sources: tuple[str, ...]
    target: str
    permission: Permission
    event: EventType
    clause: str
    refusal: str


@contextmanager
def take(step: Step, record: _Record, *, actor: Account, at: datetime, **told: Any) -> Iterator[_Record]:
    """Lock `record`, check policy and state, let the caller change it, save it and record the event.

    Yields the locked, fresh row; what the caller sets on it is saved. `told` goes into the event's body and holds
    identifiers only. An exception inside leaves nothing behind.

    Raises:
        Forbidden: the policy does not allow it.
        IllegalStep: the record is not in one of `step.sources`.
        Busy: somebody else holds the row for longer than `lock_timeout`.
    """
    with transaction.atomic():
        locked = lock(record)
        require(actor, step.permission, locked)
        if locked.state not in step.sources:  # type: ignore[attr-defined]
            raise IllegalStep(step.clause, step.refusal)
        yield locked
        locked.state = step.target  # type: ignore[attr-defined]
        locked.save()
        record_event(step.event, locked, actor=actor, at=at, clause=step.clause, **told)


def lock(record: _Record) -> _Record:
    """Return the row of `record` afresh, locked to the end of the transaction.

    Raises:
        Busy: somebody else holds it for longer than `lock_timeout`, or waits for what we hold.
        ObjectDoesNotExist: there is no such row.
        TransactionManagementError: no transaction is open, so the lock would be let go at once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is locked in the transaction that changes it")
    try:
        found: _Record | None = _locking(type(record)).first(pk=record.pk)
    except OperationalError as error:
        if sqlstate_of(error) not in {LOCK_TIMEOUT, DEADLOCK}:
            raise
        raise Busy("2.1", "Запись сейчас меняет другой человек. Повторите через несколько секунд.") from error
    if found is None:
        raise ObjectDoesNotExist(f"{record._meta.label} {record.pk}")
    return found


@cache
def _locking(model: type[models.Model]) -> Composed[Any]:
    """Compose the locking read of one row: every step begins with it."""
    return Composed(lambda: model._base_manager.select_for_update(no_key=True).filter(pk=Given("pk")))


def allowed(table: dict[str, Step], record: models.Model, actor: Account) -> dict[str, bool]:
    """Return for each named step of `table` whether `actor` may take it on `record` now; templates show buttons by it."""
    return {
        name: record.state in step.sources and can(actor, step.permission, record)  # type: ignore[attr-defined]
        for name, step in table.items()
    }
