"""Whom a ground of withdrawal holds for: what the action checks and what the page of the order offers (273-ФЗ ст. 61)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from zachetka.learning.grounds import grounds_on
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries import admission, debts
from zachetka.learning.queries.carrying import continuing
from zachetka.learning.queries.excuses import excuses_of

GROUND = Order.Ground
NOT_IN_LAW: Final = "в этот день закон такого основания не знает"
NOBODY_HOLDS: Final[Mapping[Order.Ground, str]] = {
    GROUND.COMPLETED: "обучение ещё никто не завершил",
    GROUND.DEBT: "ни у кого нет долга, который уже не закрыть",
    GROUND.DISCIPLINE: "в этот день у всех болезнь или отпуск",
}
"""Why a ground is not offered: nobody of the cohort can be named on it."""


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed in a cohort, and by whom so that it cannot be closed any more.

    Attributes:
        lost: primary keys of enrolments.
    """

    all: Sequence[debts.Examinee]
    lost: frozenset[int]


def owing_in(cohort: Cohort, people: Sequence[Enrolment], how: Mapping[int, admission.Headway], today: date) -> Owing:
    """Return whose debt is lost: closed no more, or final attestation failed by whoever was admitted (ст. 58 ч. 5, 61 ч. 2).

    `learning_debt_is_lost` asks the same: of closed sheets, where an absence for a good reason is no failure.
    """
    found = debts.debts_of([cohort])
    lost = {one.enrolment.pk for one in found if one.is_lost(today)}
    lost |= {
        one.pk
        for one in people
        if one.state == Enrolment.State.ADMITTED
        and any(obstacle.is_debt and not obstacle.is_preliminary for obstacle in how[one.pk].final)
    }
    return Owing(found, frozenset(lost))


def ill_on(people: Sequence[Enrolment], *days: date) -> list[Enrolment]:
    """Return those of `people` who are ill or on leave on one of `days`, by the books before a transfer too (273-ФЗ ст. 43 ч. 6)."""
    reasons = excuses_of([one.pk for one in people], continuing(people))
    return [
        one
        for one in people
        if any(away.shifts and away.first <= day <= away.last for away in reasons[one.pk] for day in days)
    ]


def barred(cohort: Cohort, people: Sequence[Enrolment], *, day: date, today: date) -> dict[Order.Ground, str]:
    """Return the grounds that an order of `day` cannot name for anybody of `cohort`, each with the reason.

    A fixed number of queries. What is returned is a help in choosing: the action asks again about whoever is named.

    Args:
        cohort: the group that the order is about.
        people: who learns in it or is admitted.
        day: from which the order takes effect.
        today: the legal day of asking.
    """
    how = admission.headways(people)
    lost = owing_in(cohort, people, how, today).lost
    holds = {
        GROUND.COMPLETED: any(not how[one.pk].before_final and not how[one.pk].final for one in people),
        GROUND.DEBT: any(one.pk in lost for one in people),
        GROUND.DISCIPLINE: len(ill_on(people, day, today)) < len(people),
    }
    lawful = grounds_on(today)
    found = {ground: NOT_IN_LAW for ground in GROUND if ground not in lawful}
    return {ground: NOBODY_HOLDS[ground] for ground, is_so in holds.items() if not is_so} | found
