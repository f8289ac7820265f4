"""Every second factor and every code lost: one person asks by an order, another lets the holder begin anew (п. 3.8; ASVS 6.4.4).

Whoever knows the password must not come first, so the reset gives a new temporary password as well, in person: the holder
comes in with it, sets one of their own and adds a second factor before anything else opens.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from zachetka.access.models import Account, FactorReset
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.actions.factors import end_everything
from zachetka.people.actions.passwords import give_by_two, of_another
from zachetka.people.queries import waiting_reset

CLAUSE: Final = "3.8"
OWN: Final = "Свой второй фактор меняют на странице «Мой вход»."


def ask_reset(account: Account, *, order_number: str, order_date: date, actor: Account, at: datetime) -> FactorReset:
    """Ask to end the second factors of `account`; they work until another person does it.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: one's own account, an order without a number or of a day to come.
        IllegalStep: the account is closed, has no second factor, or a request is waiting already.
    """
    with transaction.atomic():
        account = of_another(account, Permission.ACCOUNT_CREATE, actor, own=OWN)
        if not order_number.strip():
            raise RuleViolation(CLAUSE, "Назовите номер приказа или служебной записки.", field="order_number")
        if order_date > legal_date(at):
            raise RuleViolation(CLAUSE, "Приказ датирован будущим днём.", field="order_date")
        if not account.factors.live().exists() and not account.recovery_codes.live().exists():
            raise IllegalStep(CLAUSE, "Второго фактора у записи нет: сбрасывать нечего.")
        if waiting_reset(account, at) is not None:
            raise IllegalStep(CLAUSE, "Сброс уже запрошен: решает администратор безопасности.")
        asked = FactorReset.objects.create(
            account=account,
            order_number=order_number.strip(),
            order_date=order_date,
            asked_by=actor,
            asked_by_person=actor.person_uid,
            asked_at=at,
        )
        _record(EventType.FACTOR_RESET_ASKED, asked, actor, at)
    return asked


def give_reset(account: Account, *, actor: Account, at: datetime) -> str:
    """End the second factors of `account` as another person has asked; returns a temporary password, shown once.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: one's own account or one's own request.
        IllegalStep: the account is closed, or nobody has asked within a day.
    """
    with transaction.atomic():
        account = of_another(account, Permission.ACCOUNT_RESTORE, actor, own=OWN)
        asked = waiting_reset(account, at)
        if asked is None:
            raise IllegalStep(CLAUSE, "Сбросить второй фактор можно по запросу администратора системы не старше 24 ч.")
        if asked.asked_by_person == actor.person_uid:
            raise RuleViolation(CLAUSE, "Второй фактор по своему запросу сбрасывает другой человек.")
        asked.given_by, asked.given_by_person, asked.given_at = actor, actor.person_uid, at
        asked.save(update_fields=["given_by", "given_by_person", "given_at"])
        end_everything(account, actor=actor, at=at)
        _record(EventType.FACTOR_RESET_GIVEN, asked, actor, at)
        return give_by_two(account, asked_by=asked.asked_by, asked_at=asked.asked_at, actor=actor, at=at)


def _record(event: EventType, reset: FactorReset, actor: Account, at: datetime) -> None:
    record_event(
        event,
        reset,
        actor=actor,
        at=at,
        clause=CLAUSE,
        about=reset.account.person_uid,
        order=reset.order_number,
        order_date=reset.order_date,
    )
