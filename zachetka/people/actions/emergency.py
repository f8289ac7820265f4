"""Emergency access: one learner beyond one's roles, to read, for an hour at most, reviewed by another person (п. 3.8).

What it gives is a line of the page of rights (`policy.EMERGENCY`); who may open and review, too. `access.guard` adds it to
what the roles give while it is open, so no page knows of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.models import Account, EmergencyAccess
from zachetka.access.policy import Permission
from zachetka.access.throttle import Limit, count_try
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.core.working_days import after_working_days
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people import queries, telling
from zachetka.people.actions.suspending import record_resumed, record_suspended

if TYPE_CHECKING:
    from zachetka.people.models import Person

CLAUSE: Final = "3.8"
LONGEST: Final = timedelta(minutes=60)
MINUTES: Final = (15, 30, 60)
SHORTEST_REASON: Final = 20
"""Characters: «нужно» is no reason."""
REVIEW_DAYS: Final = 3
"""Working days in which another person reviews it; past them the roles that may open one do not act (`Account.suspended`)."""
UNKNOWN: Final = "Такого слушателя нет, или имя и дата рождения названы неточно."
LOOKUPS: Final = Limit(
    "emergency",
    10,
    timedelta(hours=1),
    "Экстренный доступ просят не больше {tries} раз в час. Повторите через {minutes} мин.",
)
VERDICT = EmergencyAccess.Verdict


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom one needs: named exactly, for there is no search beyond one's roles."""

    name: str
    birth_date: date


def open_emergency(wanted: Wanted, *, reason: str, minutes: int, actor: Account, at: datetime) -> EmergencyAccess:
    """Open emergency access to one learner (п. 3.8). Call outside a transaction: a try is counted even when it is refused.

    Raises:
        Forbidden: the policy does not allow it.
        TooMany: the tries of this hour are used up.
        RuleViolation: no such learner, oneself, no real reason, longer than an hour.
        IllegalStep: another one is open, or an earlier one was not reviewed in time.
    """
    require(actor, Permission.EMERGENCY_OPEN)
    count_try(LOOKUPS, str(actor.person_uid), at)
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise RuleViolation(CLAUSE, f"Назовите причину: не короче {SHORTEST_REASON} знаков.", field="reason")
    if not timedelta(0) < timedelta(minutes=minutes) <= LONGEST:
        raise RuleViolation(CLAUSE, "Экстренный доступ открывают не больше чем на час.", field="minutes")
    with transaction.atomic():
        for own in Account.objects.filter(person_uid=actor.person_uid).order_by("pk"):
            lock(own)
        _require_nothing_left(actor, at)
        person = _only(wanted)
        require_another_person(person.uid, actor, "Свою запись вы видите и так.")
        opened = EmergencyAccess.objects.create(
            account=actor,
            account_person=actor.person_uid,
            person_uid=person.uid,
            reason=reason,
            opened_at=at,
            until=at + timedelta(minutes=minutes),
            review_by=after_working_days(legal_date(at), REVIEW_DAYS),
        )
        record_event(
            EventType.EMERGENCY_OPENED, opened, actor=actor, at=at, clause=CLAUSE, minutes=minutes,
            roles=sorted(actor.roles_held),
        )  # fmt: skip
        telling.emergency_opened(opened, at=at)
    return opened


def close_emergency(opened: EmergencyAccess, *, actor: Account, at: datetime) -> EmergencyAccess:
    """Close one's own emergency access before its term: what was needed has been seen (п. 3.8).

    Raises:
        Forbidden: it is somebody else's.
        IllegalStep: it is closed already.
    """
    with transaction.atomic():
        opened = lock(opened)
        require(actor, Permission.EMERGENCY_READ, opened)
        if opened.account_person != actor.person_uid:
            raise Forbidden("Закрыть до срока может тот, кто открыл.")
        if opened.until <= at:
            raise IllegalStep(CLAUSE, "Доступ уже закрыт.")
        opened.until = at
        opened.save(update_fields=["until"])
        record_event(EventType.EMERGENCY_CLOSED, opened, actor=actor, at=at, clause=CLAUSE)
    return opened


def review_emergency(
    opened: EmergencyAccess, verdict: EmergencyAccess.Verdict, conclusion: str, *, actor: Account, at: datetime
) -> EmergencyAccess:
    """Say whether an emergency access was justified, and why (п. 3.8).

    Raises:
        Forbidden: the policy does not allow it.
        IllegalStep: it is still open, or has been reviewed.
        RuleViolation: one's own, whatever account they use; no conclusion.
    """
    conclusion = " ".join(conclusion.split())
    with transaction.atomic():
        opened = lock(opened)
        require(actor, Permission.EMERGENCY_REVIEW, opened)
        require_another_person(opened.account_person, actor, "Свой экстренный доступ проверяет другой человек.")
        if opened.reviewed_at is not None:
            raise IllegalStep(CLAUSE, "Этот доступ уже проверен.")
        if opened.until > at:
            raise IllegalStep(CLAUSE, "Доступ ещё открыт: проверяют, когда срок кончится.")
        if len(conclusion) < SHORTEST_REASON:
            raise RuleViolation(CLAUSE, f"Напишите заключение: не короче {SHORTEST_REASON} знаков.", field="conclusion")
        record_suspended(opened.account_person, at)
        opened.reviewed_by, opened.reviewed_by_person, opened.reviewed_at = actor, actor.person_uid, at
        opened.verdict, opened.conclusion = verdict, conclusion
        opened.save()
        record_event(EventType.EMERGENCY_REVIEWED, opened, actor=actor, at=at, clause=CLAUSE, verdict=opened.verdict)
        record_resumed(opened, actor=actor, at=at)
        telling.emergency_reviewed(opened, at=at)
    return opened


def _require_nothing_left(actor: Account, at: datetime) -> None:
    """Refuse a second one at a time, and any while an earlier one waits for its review past the day."""
    own = EmergencyAccess.objects.filter(account_person=actor.person_uid)
    if own.filter(until__gt=at).exists():
        raise IllegalStep(CLAUSE, "Экстренный доступ уже открыт: к одному слушателю, пока не кончится срок.")
    late = own.late(legal_date(at)).order_by("review_by").first()
    if late is not None:
        raise IllegalStep(
            CLAUSE,
            f"Прежний доступ не проверен в срок ({late.review_by:%d.%m.%Y}): до проверки новый не открывают. "
            "Обратитесь к ответственному за персональные данные.",
        )


def _only(wanted: Wanted) -> Person:
    found = queries.learners_exactly(wanted.name, wanted.birth_date)
    if len(found) != 1:
        raise RuleViolation(CLAUSE, UNKNOWN, field="name")
    return found[0]
