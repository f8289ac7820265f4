"""Grading scales of the academy's local act (п. 2.3)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models, transaction

from zachetka.ledger.actions import Happening, record_events
from zachetka.ledger.events import EventType
from zachetka.programs.models import Grade, GradingScale, ScaleVersion
from zachetka.programs.scales import ACT, SCALES, STARTS, Value


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
            version = ScaleVersion.objects.create(scale=scale, valid_from=since, basis=act)
            grades = Grade.objects.bulk_create(_grade(version, place, value) for place, value in enumerate(values, 1))
            said: list[tuple[EventType, models.Model]] = [
                (EventType.SCALE_CREATED, scale),
                (EventType.SCALE_APPROVED, version),
                *((EventType.GRADE_APPROVED, grade) for grade in grades),
            ]
            record_events(
                Happening(type=event, subject=record, actor=None, at=at, clause="2.3") for event, record in said
            )
            entered += 1
    return entered


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
