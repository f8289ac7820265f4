"""Grading scales of the academy's local act: entered once, then set anew from a day ahead (п. 2.3).

An edition is ended and the next begun, never changed: a mark stays of the edition that held on the day of its control.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import models, transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.people.actions.turns import wait_for
from zachetka.programs.actions.dated import NORMS_TURN, end_on_the_eve, require_ahead
from zachetka.programs.models import Grade, GradingScale, ScaleVersion
from zachetka.programs.queries import newest_of
from zachetka.programs.scale_rules import GradeDraft, Value, fault_of, values_of
from zachetka.programs.scales import ACT, SCALES, STARTS

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "2.3"


def install_scales(at: datetime, *, act: str = ACT, since: date = STARTS) -> int:
    """Enter the scales that are not there yet, by the local `act` that holds `since`; return how many were entered.

    Safe to repeat (п. 2.3).
    """
    entered = 0
    with transaction.atomic():
        for code, name, values in SCALES:
            scale, made = GradingScale.objects.get_or_create(code=code, defaults={"name": name})
            if not made:
                continue
            record_event(EventType.SCALE_CREATED, scale, actor=None, at=at, clause=CLAUSE)
            _begin(scale, values, since=since, basis=act, actor=None, at=at)
            entered += 1
    return entered


def set_scale(
    scale: GradingScale, drafts: Sequence[GradeDraft], *, since: date, basis: str, actor: Account, at: datetime
) -> ScaleVersion:
    """Set an edition of `scale` from the day `since` on by the act `basis`; the one in force ends the day before.

    The same again is the same.

    Raises:
        Forbidden: the policy does not let the actor.
        RuleViolation: the day is not ahead, a later edition is there already, or the values are not a scale.
    """
    require(actor, Permission.NORM_SET)
    with transaction.atomic():
        wait_for(NORMS_TURN)
        newest = newest_of(scale)
        if (newest.valid_from, newest.basis, newest.values()) == (since, basis, values_of(drafts)):
            return newest
        refuse_scale(newest, drafts, since=since, today=legal_date(at))
        end_on_the_eve(newest, since, EventType.SCALE_ENDED, actor=actor, at=at, clause=CLAUSE)
        return _begin(scale, values_of(drafts), since=since, basis=basis, actor=actor, at=at)


def refuse_scale(newest: ScaleVersion, drafts: Sequence[GradeDraft], *, since: date, today: date) -> None:
    """Refuse what may not follow `newest`; what is asked before a preview is shown is asked again before it is entered.

    Raises:
        RuleViolation: see `set_scale`.
    """
    require_ahead("Редакцию шкалы", newest, since, today)
    if fault := fault_of(drafts, newest.shape()):
        raise RuleViolation(CLAUSE, fault.sentence, field=fault.field)


def _begin(
    scale: GradingScale, values: Sequence[Value], *, since: date, basis: str, actor: Account | None, at: datetime
) -> ScaleVersion:
    version = ScaleVersion.objects.create(scale=scale, valid_from=since, basis=basis)
    grades = Grade.objects.bulk_create(_grade(version, place, value) for place, value in enumerate(values, 1))
    said: list[tuple[EventType, models.Model]] = [
        (EventType.SCALE_APPROVED, version),
        *((EventType.GRADE_APPROVED, grade) for grade in grades),
    ]
    record_events(Happening(type=event, subject=record, actor=actor, at=at, clause=CLAUSE) for event, record in said)
    return version


def _grade(version: ScaleVersion, place: int, value: Value) -> Grade:
    low, high = value.scores or (None, None)
    return Grade(
        version=version,
        ordinal=place,
        symbol=value.symbol,
        label=value.label,
        is_passing=value.passes,
        is_absence=value.absence,
        points=value.points,
        score_from=low,
        score_to=high,
    )
