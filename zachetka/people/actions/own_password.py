"""A password of one's own: changed by whoever knows the present one, counted like a sign-in (п. 3.8; ASVS 6.2.3, 6.3.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from zachetka.access.models import Account
from zachetka.access.throttle import Limit, count_try, forget_tries
from zachetka.core.errors import RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people import telling

CLAUSE: Final = "3.8"
BY_HOLDER: Final = Limit(
    "own-password",
    5,
    timedelta(minutes=15),
    "Нынешний пароль не подошёл слишком много раз. Повторите через {minutes} мин. или обратитесь к администратору.",
)
"""Tries of the present password, by account: whoever sits down at an open page guesses no faster than at the door."""

NOT_KNOWN: Final = "Нынешний пароль не подошёл. Проверьте раскладку и Caps Lock."


def confirm_by_password(account: Account, typed: str, *, at: datetime) -> None:
    """Prove by the password that it is still the holder who sits at an open page (ASVS 7.5.3); counted like a change of it.

    Call outside a transaction: a try is counted even when it is refused.

    Raises:
        TooMany: the tries of this quarter of an hour are used up.
        RuleViolation: another password.
    """
    count_try(BY_HOLDER, str(account.pk), at)
    with transaction.atomic():
        account = lock(Account(pk=account.pk))  # the request's own is lazy
        knows = account.is_active and account.check_password(typed)
        if not knows:
            _record_refused(account, at, "confirmation")
    if not knows:
        raise RuleViolation(CLAUSE, NOT_KNOWN, field="password")
    forget_tries(BY_HOLDER, str(account.pk))


def record_confirmed(account: Account, by: str, *, at: datetime) -> None:
    """Record that the holder of a session has proved anew who they are, and with what."""
    with transaction.atomic():
        account = lock(Account(pk=account.pk))
        record_event(
            EventType.ACCOUNT_CONFIRMED,
            account,
            actor=account,
            at=at,
            clause=CLAUSE,
            about=account.person_uid,
            by=by,
        )


def change_own_password(account: Account, *, current: str, new: str, at: datetime) -> Account:
    """Set `new` instead of `current`; a temporary password is over, other sessions end at their next request.

    Call outside a transaction: a try is counted even when it is refused.

    Raises:
        TooMany: the tries of this quarter of an hour are used up, right or wrong.
        RuleViolation: the present password is another, or the new one is the same.
    """
    count_try(BY_HOLDER, str(account.pk), at)
    with transaction.atomic():
        account = lock(Account(pk=account.pk))  # the request's own is lazy
        knows = account.is_active and account.check_password(current)
        if knows and new != current:
            _set(account, new, at)
        elif not knows:
            _record_refused(account, at, "password")
    if not knows:
        raise RuleViolation(CLAUSE, NOT_KNOWN, field="current")
    forget_tries(BY_HOLDER, str(account.pk))
    if new == current:
        raise RuleViolation(CLAUSE, "Новый пароль совпадает с нынешним: придумайте другой.", field="new")
    return account


def _set(account: Account, new: str, at: datetime) -> None:
    account.set_password(new)
    account.initial_until = None
    account.save(update_fields=["password", "initial_until"])
    record_event(
        EventType.ACCOUNT_PASSWORD_CHANGED, account, actor=account, at=at, clause=CLAUSE, about=account.person_uid
    )
    telling.password_changed(account, at=at)


def _record_refused(account: Account, at: datetime, door: str) -> None:
    record_event(
        EventType.ACCOUNT_SIGN_IN_REFUSED,
        account,
        actor=account,
        at=at,
        clause=CLAUSE,
        about=account.person_uid,
        door=door,
    )
