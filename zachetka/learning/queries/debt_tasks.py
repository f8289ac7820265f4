"""What of the debts waits for a methodist today: resits to appoint, commissions to name (273-ФЗ ст. 58 ч. 5, 6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.russian import Gender, Noun, counted, date_words
from zachetka.learning.queries.debts import Examinee, cohorts_in_debt, debts_of
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.rendering.tasks import Task

if TYPE_CHECKING:
    from zachetka.access.models import Account

MOST_COHORTS: Final = 20
PERSON: Final = Noun("человек", "человека", "человек", Gender.MASCULINE)
WORDS: Final = {1: "Сдача отдельно", 2: "Пересдача", LAST_ATTEMPT: "Вторая пересдача"}


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the resits that `actor` is to appoint, one task for a module and an attempt; six queries.

    Nobody is named, for the home page is no look at anybody: who it is stands where the resit is appointed, and that is one.
    """
    if not actor.allowed(Permission.RESIT_APPOINT):
        return []
    today = legal_date(at)
    cohorts = cohorts_in_debt(actor, MOST_COHORTS)
    waiting: defaultdict[tuple[int, int, int], list[Examinee]] = defaultdict(list)
    for one in debts_of(cohorts) if cohorts else []:
        expired = one.owed is not None and one.owed.until < today
        if one.appointed is None and one.attempt in WORDS and not expired:
            waiting[one.enrolment.cohort_id, one.module.pk, one.attempt].append(one)
    return [_task(cohort, module, attempt, rows) for (cohort, module, attempt), rows in waiting.items()]


def _task(cohort: int, module: int, attempt: int, rows: list[Examinee]) -> Task:
    first = rows[0]
    need = " — нужна комиссия" if attempt == LAST_ATTEMPT else ""
    terms = [one.owed.until if one.owed else one.apart_by for one in rows]
    until = min((term for term in terms if term), default=None)
    why = "группа сдавала раньше" if first.is_missed else "уважительная причина"
    term = f" · срок истекает {date_words(until)}" if until else f" · {why}"
    return Task(
        f"{WORDS[attempt]}: {counted(len(rows), PERSON)}{need}",
        f"{first.enrolment.cohort.code} · «{first.module.title}»{term}",
        reverse("learning:resit-new", args=[cohort, module, attempt]),
        "Назначить",
        until,
    )
