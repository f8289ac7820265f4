"""Encouragements of the demo: the heroine's, a few of others, one of them taken back (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.core.working_days import working_day
from zachetka.demo.life import HEROINE
from zachetka.learning.actions.awards import cancel_award, record_award
from zachetka.learning.models import Award, Enrolment

if TYPE_CHECKING:
    from zachetka.demo.life import Course
    from zachetka.demo.staff import Staff


class _Reward(NamedTuple):
    """An encouragement: what, for what, on which paper, how many days ago."""

    kind: str
    wording: str
    paper: str
    days: int


OF_HEROINE: Final = _Reward(Award.Kind.THANKS, "за помощь группе в подготовке к экзамену", "приказ № 19-у", 5)
OF_OTHERS: Final = (
    _Reward(Award.Kind.WINNER, "за первое место в конкурсе учебных проектов", "протокол конкурсной комиссии № 3", 8),
    _Reward(Award.Kind.CERTIFICATE, "за участие в работе методического семинара", "приказ № 18-у", 6),
    _Reward(Award.Kind.THANKS, "за выступление на открытом занятии", "приказ № 17-у", 4),
)
"""The last one was recorded for another person than the paper names, and is taken back."""


def reward(courses: Sequence[Course], staff: Staff, at: datetime) -> None:
    """Record them, the same in each academy of the same seed; whoever has not learned for so long gets none."""
    units = {course.version.pk: course.plan.unit for course in courses}
    learning = Enrolment.objects.filter(
        state=Enrolment.State.ACTIVE, started_on__lt=legal_date(at - timedelta(days=OF_OTHERS[0].days))
    ).select_related("cohort", "learner__person")
    heroine = learning.filter(learner__person__snils=HEROINE.snils).order_by("-started_on", "pk").first()
    others = learning.exclude(learner__person__snils=HEROINE.snils).order_by("number", "pk")[: len(OF_OTHERS)]
    given = [*([(heroine, OF_HEROINE)] if heroine else []), *zip(others, OF_OTHERS, strict=False)]
    for enrolment, one in given:
        ago = legal_date(at - timedelta(days=one.days))
        day = working_day(ago, first=ago, last=ago + timedelta(days=2))
        award = record_award(
            enrolment,
            kind=one.kind,
            wording=one.wording,
            awarded_on=day,
            basis=f"{one.paper} от {day:%d.%m.%Y}",
            actor=staff.methodist(units[enrolment.cohort.program_version_id]),
            at=datetime.combine(day, time(12, 20), tzinfo=LEGAL_ZONE),
        )
        if one is OF_OTHERS[-1]:
            cancel_award(
                award,
                why="в приказе назван другой слушатель с той же фамилией",
                actor=staff.accounts["head"],
                at=at - timedelta(days=1),
            )
