"""Good reasons: recorded with a paper, taken back by another row (273-ФЗ ст. 58 ч. 2, 5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import RuleViolation, Stale
from zachetka.learning.models import Enrolment, Excuse
from zachetka.ledger.actions import record_event, record_look
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock

if TYPE_CHECKING:
    from zachetka.access.models import Account

LAW: Final = "273-ФЗ ст. 58"
OWN: Final = "Это о вас: уважительную причину учитывает другой человек."
ALREADY: Final = Stale(LAW, "Эту причину тем временем уже отозвали: обновите страницу.")


def record_excuse(
    enrolment: Enrolment, *, kind: str, first_day: date, last_day: date, basis: str, actor: Account, at: datetime
) -> Excuse:
    """Record days for which the learner has a good reason; the same row again changes nothing (273-ФЗ ст. 58).

    An absence on such a day is no attempt and makes no debt; illness and leave also move the term of a resit.

    Raises:
        Forbidden: the learner is not of the actor's unit.
        RuleViolation: days out of order or before the enrolment, no paper, a day that has not come yet for an illness,
            days that another reason covers already; it is about the actor.
    """
    with transaction.atomic():
        enrolment = lock(enrolment)
        require(actor, Permission.EXCUSE_EDIT, enrolment)
        require_another_person(enrolment.human_uid, actor, OWN)
        if kind not in Excuse.Kind.values:
            raise RuleViolation(LAW, "Выберите причину.", field="kind")
        if last_day < first_day:
            raise RuleViolation(LAW, "Последний день раньше первого: проверьте даты.", field="last_day")
        if first_day < enrolment.started_on:
            raise RuleViolation(
                LAW, f"До зачисления, {enrolment.started_on:%d.%m.%Y}, причина ни к чему.", field="first_day"
            )
        if kind == Excuse.Kind.ILLNESS and last_day > legal_date(at):
            raise RuleViolation(
                LAW, "Болезнь учитывают, когда она кончилась: последний день ещё не наступил.", field="last_day"
            )
        if not basis:
            raise RuleViolation(LAW, "Назовите документ: вид, номер, дата.", field="basis")
        said = {"kind": kind, "first_day": first_day, "last_day": last_day, "basis": basis}
        present = Excuse.objects.in_force().filter(enrolment=enrolment)
        if same := present.filter(**said).first():
            return same
        if overlap := present.filter(first_day__lte=last_day, last_day__gte=first_day).first():
            raise RuleViolation(
                LAW, f"Эти дни уже учтены: {overlap}. Отзовите прежнюю запись или измените дни.", field="first_day"
            )
        excuse = Excuse.objects.create(
            enrolment=enrolment, recorded_by=actor, recorded_by_person=actor.person_uid, recorded_at=at, **said
        )
        record_event(EventType.EXCUSE_RECORDED, excuse, actor=actor, at=at, clause=LAW, about=enrolment.subject_uid)
    return excuse


def cancel_excuse(excuse: Excuse, *, why: str, actor: Account, at: datetime) -> Excuse:
    """Take back a row recorded by mistake: both rows stay (273-ФЗ ст. 58; п. 2.1).

    Raises:
        Forbidden: the learner is not of the actor's unit.
        RuleViolation: no reason is given; it is about the actor.
        Stale: it has been taken back already.
    """
    if not why:
        raise RuleViolation("2.1", "Напишите, почему причина отозвана.", field="why")
    with transaction.atomic():
        enrolment = lock(excuse.enrolment)
        require(actor, Permission.EXCUSE_EDIT, enrolment)
        require_another_person(enrolment.human_uid, actor, OWN)
        if excuse.cancels_id is not None or Excuse.objects.filter(cancels=excuse).exists():
            raise ALREADY
        with refusing({"learning_excuse_cancels_id_key": ALREADY}):
            back = Excuse.objects.create(
                enrolment=enrolment,
                kind=excuse.kind,
                first_day=excuse.first_day,
                last_day=excuse.last_day,
                basis=why,
                cancels=excuse,
                recorded_by=actor,
                recorded_by_person=actor.person_uid,
                recorded_at=at,
            )
        record_event(
            EventType.EXCUSE_CANCELLED, back, actor=actor, at=at, clause=LAW, about=enrolment.subject_uid, of=excuse.pk
        )
    return back


def look_at_excuses(enrolment: Enrolment, *, reader: Account, at: datetime) -> list[Excuse]:
    """Return the good reasons of a learner, newest first, and record who looked: illness is nobody else's business (п. 3.8).

    Fail-closed: when the event cannot be recorded, nothing is shown.
    """
    roles = sorted(role.value for role in reader.roles_held)
    record_look(
        EventType.RECORD_BOOK_READ, enrolment, actor=reader, at=at, clause="3.8", section="excuses", roles=roles
    )
    rows = Excuse.objects.filter(enrolment=enrolment, cancels__isnull=True)
    return list(rows.select_related("recorded_by", "cancelled_by").order_by("-first_day", "-pk"))
