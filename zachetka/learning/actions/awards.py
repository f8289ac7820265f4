"""Encouragements: recorded with a paper, taken back by another person's row (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import RuleViolation, Stale
from zachetka.learning import telling
from zachetka.learning.award_kinds import KINDS, kinds_on
from zachetka.learning.models import Award, Enrolment
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock

if TYPE_CHECKING:
    from zachetka.access.models import Account

LAW: Final = "273-ФЗ ст. 28 ч. 3 п. 11"
OWN: Final = "Это о вас: поощрение вносит и отзывает другой человек."
RECORDED_BY_YOU: Final = "Это поощрение внесли вы: отзывает его другой человек."
ALREADY: Final = Stale(LAW, "Это поощрение тем временем уже отозвали: обновите страницу.")


def record_award(
    enrolment: Enrolment, *, kind: str, wording: str, awarded_on: date, basis: str, actor: Account, at: datetime
) -> Award:
    """Record an encouragement; the same one again changes nothing (273-ФЗ ст. 28 ч. 3 п. 11).

    Raises:
        Forbidden: the learner is not of the actor's unit.
        RuleViolation: a kind that is not given on that day, a day outside the time of study or still to come, no wording,
            no paper; it is about the actor.
    """
    with transaction.atomic():
        enrolment = lock(enrolment)
        require(actor, Permission.AWARD_EDIT, enrolment)
        require_another_person(enrolment.human_uid, actor, OWN)
        if kind not in KINDS:
            raise RuleViolation(LAW, "Выберите вид поощрения.", field="kind")
        _check_day(enrolment, awarded_on, legal_date(at))
        if kind not in kinds_on(awarded_on):
            raise RuleViolation(LAW, f"{awarded_on:%d.%m.%Y} так не поощряли: выберите другой вид.", field="kind")
        if not wording:
            raise RuleViolation(LAW, "Напишите, за что поощрение.", field="wording")
        if not basis:
            raise RuleViolation(LAW, "Назовите документ: вид, номер, дата.", field="paper")
        said = {"kind": kind, "wording": wording, "awarded_on": awarded_on, "basis": basis}
        if same := Award.objects.in_force().filter(enrolment=enrolment, **said).first():
            return same
        award = Award.objects.create(
            enrolment=enrolment, recorded_by=actor, recorded_by_person=actor.person_uid, recorded_at=at, **said
        )
        record_event(EventType.AWARD_RECORDED, award, actor=actor, at=at, clause=LAW, about=enrolment.subject_uid)
        telling.award_recorded(award, at=at)
    return award


def _check_day(enrolment: Enrolment, day: date, today: date) -> None:
    if day > today:
        raise RuleViolation(LAW, "Этот день ещё не наступил.", field="awarded_on")
    if day < enrolment.started_on:
        raise RuleViolation(
            LAW, f"Обучение началось {enrolment.started_on:%d.%m.%Y}: поощрение до него сюда не вносят.", field="awarded_on"
        )  # fmt: skip
    if enrolment.ended_on is not None and day > enrolment.ended_on:
        raise RuleViolation(
            LAW, f"Обучение окончено {enrolment.ended_on:%d.%m.%Y}: поощрение после него сюда не вносят.", field="awarded_on"
        )  # fmt: skip


def cancel_award(award: Award, *, why: str, actor: Account, at: datetime) -> Award:
    """Take back an encouragement recorded by mistake: another person does, both rows stay (п. 2.1, 3.8).

    Raises:
        Forbidden: the learner is not of the actor's reach.
        RuleViolation: no reason is given; the actor recorded it; it is about the actor.
        Stale: it has been taken back already.
    """
    if not why:
        raise RuleViolation("2.1", "Напишите, почему поощрение отозвано.", field="why")
    with transaction.atomic():
        enrolment = lock(award.enrolment)
        require(actor, Permission.AWARD_WITHDRAW, enrolment)
        require_another_person(enrolment.human_uid, actor, OWN)
        require_another_person(award.recorded_by_person, actor, RECORDED_BY_YOU)
        if award.cancels_id is not None or Award.objects.filter(cancels=award).exists():
            raise ALREADY
        with refusing({"learning_award_cancels_id_key": ALREADY}):
            back = Award.objects.create(
                enrolment=enrolment,
                kind=award.kind,
                wording=award.wording,
                awarded_on=award.awarded_on,
                basis=award.basis,
                cancels=award,
                reason=why,
                recorded_by=actor,
                recorded_by_person=actor.person_uid,
                recorded_at=at,
            )
        record_event(
            EventType.AWARD_CANCELLED, back, actor=actor, at=at, clause=LAW, about=enrolment.subject_uid, of=award.pk
        )
        telling.award_cancelled(back, award, at=at)
    return back
