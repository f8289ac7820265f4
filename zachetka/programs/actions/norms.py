"""Norms: set by an act from a day ahead, and recorded when a migration has entered them (п. 2.3).

A norm is ended and set anew, never changed: what was decided by the old one stays as it was decided.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.provable import object_type_of
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.turns import wait_for
from zachetka.programs.actions.dated import DATES, NORMS_TURN, end_on_the_eve, require_ahead
from zachetka.programs.models import DatedNorm
from zachetka.programs.norms import NORMS, Edition, Norm

if TYPE_CHECKING:
    from zachetka.access.models import Account


def set_norm(norm: Norm, number: int, *, since: date, basis: str, actor: Account, at: datetime) -> DatedNorm:
    """Set `norm` from the day `since` on by the act `basis`; the one in force ends the day before. The same again is the same.

    Raises:
        Forbidden: the policy does not let the actor.
        RuleViolation: the number is out of its range, the day is not ahead, or a later edition is there already.
    """
    require(actor, Permission.NORM_SET)
    with transaction.atomic():
        wait_for(NORMS_TURN)
        newest: DatedNorm | None = norm.rows().first()
        if newest and (newest.number, newest.valid_from, newest.basis) == (number, since, basis):
            return newest
        _require_in_range(norm, number)
        require_ahead("Норму", newest, since, legal_date(at))
        end_on_the_eve(newest, since, EventType.NORM_ENDED, actor=actor, at=at, clause=norm.clause)
        fresh: DatedNorm = norm.rows().create(**norm.of, **{norm.model.column: number}, valid_from=since, basis=basis)
        record_event(norm.event, fresh, actor=actor, at=at, clause=norm.clause)
    return fresh


def _require_in_range(norm: Norm, number: int) -> None:
    least, most = norm.between
    if not least <= number <= most:
        raise RuleViolation(DATES, f"Нужно число от {least} до {most}.", field="number")


def record_minima(at: datetime) -> int:
    """Record the norms that migrations entered and no event names yet; return how many. Safe to repeat (п. 2.3).

    Only those that are `born` there: a row that somebody put past the system is for `zachetka verify` to find.
    """
    with transaction.atomic():
        fresh = [
            Happening(type=norm.event, subject=row, actor=None, at=at, clause=norm.clause)
            for norm in NORMS
            for row in _unrecorded([one for one in norm.rows().order_by("pk") if Edition.of(one) in norm.born])
        ]
        record_events(fresh)
    return len(fresh)


def _unrecorded(rows: list[DatedNorm]) -> list[DatedNorm]:
    if not rows:
        return []
    known = Event.objects.filter(object_type=object_type_of(type(rows[0]))).values_list("object_id", flat=True)
    named = set(known)
    return [row for row in rows if str(row.pk) not in named]
