"""Who of a cohort may be admitted to final attestation, and of everybody else what is missing, why and what comes next.

The verdict is that of `admission.headways`, by which an order of admission is refused; here it is only told at length
(273-ФЗ ст. 58, 59).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from zachetka.core.russian import date_words
from zachetka.learning.models import Enrolment, MarkSheet
from zachetka.learning.queries.admission import Obstacle, headways
from zachetka.learning.queries.cohorts import people_of
from zachetka.learning.queries.debts import Examinee, debts_of
from zachetka.learning.rules import LAST_ATTEMPT, RESITS

if TYPE_CHECKING:
    from zachetka.learning.models import Cohort

WHOLE_PLAN: Final = "273-ФЗ ст. 59"
EXCUSED: Final = "273-ФЗ ст. 58 ч. 2"
TERM: Final = "273-ФЗ ст. 58 ч. 5"
COMMISSION: Final = "273-ФЗ ст. 58 ч. 6"
OWN_PLAN: Final = "273-ФЗ ст. 34 ч. 1 п. 3"
ENDED: Final = "273-ФЗ ст. 61"
ALIKE: Final = 3
"""From so many people on what they all lack is said once."""


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the plan that keeps a learner from final attestation.

    Attributes:
        sentence: what is missing.
        clause: by which clause it keeps them.
        next: what to do, and who does it.
        until: the last day for it, when the law or the sheet sets one.
        url: where the methodist does it, "" where nothing is theirs to do.
        is_debt: an academic debt, not merely a mark that is not there yet.
    """

    sentence: str
    clause: str
    next: str
    until: date | None
    url: str
    is_debt: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner of the cohort with everything that keeps them."""

    enrolment: Enrolment
    needs: tuple[Need, ...]

    def own(self, common: Collection[Need]) -> list[Need]:
        """What keeps this learner beyond what keeps everybody."""
        return [need for need in self.needs if need not in common]


@dataclass(frozen=True, slots=True)
class Admission:
    """A cohort before its final attestation.

    Attributes:
        ready: nothing is missing, no order has admitted them yet.
        kept: something is missing.
        admitted: by an issued order.
    """

    ready: list[Candidate]
    kept: list[Candidate]
    admitted: list[Enrolment]

    @property
    def common(self) -> list[Need]:
        """What keeps everybody alike and is no debt: a control that is still ahead, a sheet that is being filled."""
        if len(self.kept) < ALIKE:
            return []
        first, *others = self.kept
        return [need for need in first.needs if not need.is_debt and all(need in one.needs for one in others)]

    @property
    def apart(self) -> list[tuple[Enrolment, list[Need]]]:
        """Those whom something of their own keeps."""
        common = self.common
        return [(one.enrolment, own) for one in self.kept if (own := one.own(common))]

    @property
    def alike(self) -> list[Enrolment]:
        """Those whom nothing keeps but what keeps everybody."""
        common = self.common
        return [one.enrolment for one in self.kept if not one.own(common)]

    @property
    def whole(self) -> int:
        """How many learn."""
        return len(self.ready) + len(self.kept) + len(self.admitted)


def need_of(
    obstacle: Obstacle,
    *,
    until: date | None = None,
    resits: int = 0,
    appointed: date | None = None,
    awaited: MarkSheet | None = None,
    is_put_off: bool = False,
    is_missed: bool = False,
    apart_by: date | None = None,
    today: date,
    url: str = "",
) -> Need:
    """Say what `obstacle` is by the law and what comes next; asks the database nothing.

    Args:
        obstacle: a line of the plan that is not passed.
        until: last day of the year in which the debt may be closed.
        resits: how many of the two resits are used.
        appointed: day of the resit that is open.
        awaited: the sheet in which the next mark is to appear.
        is_put_off: every attempt was an absence for a good reason.
        is_missed: the group sat it before they came.
        apart_by: last day of the first attempt, which an individual plan appoints apart from the group.
        today: the legal day.
        url: where a resit is appointed.
    """
    clause, last = WHOLE_PLAN, None
    if appointed is not None and (obstacle.is_debt or is_put_off or is_missed or apart_by is not None):
        clause = TERM if obstacle.is_debt else EXCUSED if is_put_off else WHOLE_PLAN if is_missed else OWN_PLAN
        word = "Пересдать" if obstacle.is_debt else "Сдать"
        return Need(
            obstacle.sentence,
            clause,
            f"{word} {date_words(appointed, today)}: уже назначено.",
            until,
            "",
            obstacle.is_debt,
        )
    if obstacle.is_preliminary:
        step, url = "Преподаватель закрывает ведомость: до этого оценка может измениться.", ""
    elif is_put_off:
        clause, step = EXCUSED, "Назначить сдачу заново: неявка по уважительной причине — не попытка."
    elif is_missed:
        step = "Назначить сдачу отдельно: группа сдавала до зачисления слушателя."
    elif apart_by is not None and not obstacle.is_debt:
        clause, step, last = OWN_PLAN, "Назначить сдачу отдельно от группы: так велит индивидуальный план.", apart_by
    elif obstacle.is_debt and (resits >= RESITS or (until is not None and until < today)):
        why = "пересдач не осталось" if resits >= RESITS else f"год на пересдачу истёк {date_words(until or today)}"
        clause, step, last, url = ENDED, f"Решает приказ об отчислении: {why}.", until, ""
    elif obstacle.is_debt:
        with_panel = resits + 2 == LAST_ATTEMPT
        clause, last = (COMMISSION if with_panel else TERM), until
        step = "Назначить вторую пересдачу: её принимает комиссия." if with_panel else "Назначить пересдачу."
    elif awaited is None:
        step, url = "Ведомости ещё нет: её открывает методист.", ""
    elif awaited.held_on > today:
        step, last, url = f"Сдать: контроль {date_words(awaited.held_on, today)}.", awaited.held_on, ""
    else:
        step, last, url = "Преподаватель вносит оценку в ведомость.", awaited.due_on, ""
    return Need(obstacle.sentence, clause, step, last, url, obstacle.is_debt)


def admission_of(cohort: Cohort, today: date, *, appoints: bool) -> Admission:
    """Return how the people of `cohort` stand before final attestation; ten queries, however many they are.

    Args:
        cohort: read with its version of the programme.
        today: the legal day.
        appoints: whoever reads may appoint resits, so that the way to it is shown.
    """
    people = [one for one in people_of(cohort) if one.state in {Enrolment.State.ACTIVE, Enrolment.State.ADMITTED}]
    how = headways(people)
    debts = {(one.enrolment.pk, one.module.pk): one for one in debts_of([cohort])}
    sheets = {sheet.module_id: sheet for sheet in MarkSheet.objects.main().filter(cohort=cohort)}
    ready, kept, admitted = [], [], []
    for one in people:
        missing = how[one.pk].before_final
        if one.state == Enrolment.State.ADMITTED:
            admitted.append(one)
        elif missing:
            kept.append(Candidate(one, _needs(one, missing, debts, sheets, today, appoints=appoints)))
        else:
            ready.append(Candidate(one, ()))
    return Admission(ready, kept, admitted)


def _needs(
    one: Enrolment,
    missing: Sequence[Obstacle],
    debts: Mapping[tuple[int, int], Examinee],
    sheets: Mapping[int, MarkSheet],
    today: date,
    *,
    appoints: bool,
) -> tuple[Need, ...]:
    found = []
    for obstacle in missing:
        known = debts.get((one.pk, obstacle.module.pk))
        owed = known.owed if known else None
        url = ""
        if appoints and known is not None and known.attempt <= LAST_ATTEMPT:
            url = reverse("learning:resit-new", args=[one.cohort_id, obstacle.module.pk, known.attempt])
        found.append(
            need_of(
                obstacle,
                until=owed.until if owed else None,
                resits=owed.resits if owed else 0,
                appointed=known.appointed if known else None,
                awaited=sheets.get(obstacle.module.pk),
                is_put_off=known is not None and known.is_put_off,
                is_missed=known is not None and known.is_missed,
                apart_by=known.apart_by if known else None,
                today=today,
                url=url,
            )
        )
    return tuple(found)
