"""The scales that the academy's local act sets (п. 2.3): entered once, approved as an edition, then only followed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from django.db import transaction

from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.programs.models import Grade, GradingScale, ScaleVersion


class Value(NamedTuple):
    """A line of a scale: sign, words, passes, points in the average, hundred-point range, absence."""

    symbol: str
    label: str
    passes: bool
    points: int | None = None
    scores: tuple[int, int] | None = None
    absence: bool = False


ABSENT = Value("н", "неявка", passes=False, absence=True)
FIVE_POINT = (
    Value("5", "отлично", passes=True, points=5),
    Value("4", "хорошо", passes=True, points=4),
    Value("3", "удовлетворительно", passes=True, points=3),
    Value("2", "неудовлетворительно", passes=False, points=2),
    ABSENT,
)
PASS_FAIL = (Value("зач", "зачтено", passes=True), Value("нз", "не зачтено", passes=False), ABSENT)
HUNDRED_POINT = (
    Value("5", "отлично", passes=True, points=5, scores=(85, 100)),
    Value("4", "хорошо", passes=True, points=4, scores=(70, 84)),
    Value("3", "удовлетворительно", passes=True, points=3, scores=(50, 69)),
    Value("2", "неудовлетворительно", passes=False, points=2, scores=(0, 49)),
    ABSENT,
)
ACT: Final = "Положение о формах и системах оценивания, приказ от 09.01.2023 № 3-од"
STARTS: Final = date(2023, 1, 9)
SCALES: Final = (
    ("five_point", "пятибалльная", FIVE_POINT),
    ("pass_fail", "зачтено — не зачтено", PASS_FAIL),
    ("hundred_point", "стобалльная с переводом в пятибалльную", HUNDRED_POINT),
)


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
            record_event(EventType.SCALE_APPROVED, version, actor=None, at=at, clause="2.3")
            record_events(
                Happening(type=EventType.GRADE_APPROVED, subject=grade, actor=None, at=at, clause="2.3")
                for grade in grades
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
