"""A password instead of a forgotten one: for an account with a role one person asks and another gives (п. 3.8).

Whoever hands a password over could come in with it before its holder does. An administrator alone therefore gives one
only to an account that can do nothing, and that password ends with the first role; the administrator of security alone
gives none.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import STAFF, Permission, Role
from zachetka.access.sessions import end_sessions
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people import telling
from zachetka.people.actions.factors import end_everything
from zachetka.people.actions.identities import end_identities
from zachetka.people.queries import ASKED_TERM

CLAUSE: Final = "3.8"
INITIAL_TERM: Final = timedelta(hours=24)
"""How long a password given by an administrator opens the door (ASVS 6.4.1)."""
SLIP_TERM: Final = timedelta(days=7)
"""How long a slip opens the door: printed on a Friday, handed over at the first lesson. It opens nothing but the page
where the learner sets a password of their own, and ends there; an employee's opens more in the end and keeps `INITIAL_TERM`."""
ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody confuses on paper: no l, o, 0, 1."""
GROUPS: Final = (5, 4)
"""Five groups of four signs: 100 bits."""
RESTORED_ROLES: Final = (Role.ADMIN, Role.SECURITY)
"""Whose access the console gives back: all the others are let in by these two."""
OWN: Final = "Свой пароль меняют на странице «Сменить пароль»."
FIELDS: Final = (
    "password",
    "initial_until",
    "initial_asked_by",
    "initial_asked_by_person",
    "initial_asked_at",
    "initial_given_by",
    "initial_given_by_person",
)


def needs_two(account: Account) -> bool:
    """True for an account with any role, in force or waiting: its password is no administrator's alone to give.

    A learner's opens personal documents, which an administrator must not see; who let the learner in gives them another
    (`learning.actions.admitting`).
    """
    open_roles = [RoleAssignment.State.PROPOSED, RoleAssignment.State.ACTIVE]
    return account.roles.filter(state__in=open_roles).exists()


def is_asked(account: Account, at: datetime) -> bool:
    """True while a request for a password waits for another person."""
    asked = account.initial_asked_at
    return asked is not None and asked + ASKED_TERM > at and account.initial_given_by_person is None


def give_password(account: Account, *, actor: Account, at: datetime) -> str:
    """Replace the forgotten password of an account without roles; sessions under the old one end at their next request.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: one's own account, or one with a role: that takes two people.
        IllegalStep: the account is closed.
    """
    with transaction.atomic():
        account = of_another(account, Permission.ACCOUNT_CREATE, actor, own=OWN)
        if needs_two(account):
            raise RuleViolation(
                CLAUSE, "У записи есть роль: пароль запрашивает один человек, а выдаёт администратор безопасности."
            )
        account.initial_asked_by = account.initial_asked_by_person = account.initial_asked_at = None
        return _give(account, actor, at)


def ask_password(account: Account, *, actor: Account, at: datetime) -> Account:
    """Ask for a new password for an account with a role; the old one works until another person gives the new one.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: one's own account.
        IllegalStep: the account is closed, or the request is waiting already.
    """
    with transaction.atomic():
        account = of_another(account, Permission.ACCOUNT_CREATE, actor, own=OWN)
        if is_asked(account, at):
            raise IllegalStep(CLAUSE, "Временный пароль уже запрошен: решает администратор безопасности.")
        account.initial_asked_by, account.initial_asked_by_person, account.initial_asked_at = (
            actor,
            actor.person_uid,
            at,
        )
        account.initial_given_by = account.initial_given_by_person = None
        account.save(update_fields=FIELDS)
        record_event(
            EventType.ACCOUNT_PASSWORD_ASKED, account, actor=actor, at=at, clause=CLAUSE, about=account.person_uid
        )
    return account


def release_password(account: Account, *, actor: Account, at: datetime) -> str:
    """Give the password that another person asked for; it is shown once, to whoever hands it over.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: one's own account or one's own request.
        IllegalStep: the account is closed, or nobody has asked within a day.
    """
    with transaction.atomic():
        account = of_another(account, Permission.ACCOUNT_RESTORE, actor, own=OWN)
        if not is_asked(account, at):
            raise IllegalStep(CLAUSE, "Выдать пароль можно по запросу администратора системы не старше 24 ч.")
        if account.initial_asked_by_person == actor.person_uid:
            raise RuleViolation(CLAUSE, "Пароль по своему запросу выдаёт другой человек.")
        return _give(account, actor, at)


def withdraw_password(account: Account, role: Role, *, actor: Account, at: datetime) -> None:
    """End the password and the sessions that `account` has from one pair of hands, before it gets `role` (п. 3.8).

    Whoever opened the account, or handed out the slip of a learner, could have come in first and set a password of their
    own choice. Call in the transaction that puts the role in force, with the account locked. A request for a password
    that still waits stays: another person answers it.
    """
    held = set(account.roles.filter(state=RoleAssignment.State.ACTIVE).values_list("role", flat=True))
    from_two = held & STAFF if role in STAFF else held
    if from_two:
        return
    if not is_asked(account, at):
        account.initial_asked_by = account.initial_asked_by_person = account.initial_asked_at = None
    account.initial_given_by = account.initial_given_by_person = account.initial_until = None
    account.set_unusable_password()
    account.save(update_fields=FIELDS)
    end_sessions(account)
    end_identities(account, actor=actor, at=at)
    record_event(
        EventType.ACCOUNT_PASSWORD_WITHDRAWN, account, actor=actor, at=at, clause=CLAUSE, about=account.person_uid
    )


def restore_access(account: Account, *, order_number: str, order_date: date, at: datetime) -> str:
    """Replace the password and end the second factors of an administrator when nobody may be left to ask for it or to give it: the console's alone.

    An academy begins with one administrator and one security officer, and each needs the other. Whoever runs the server
    lets them in again by an order; the database takes this from the owner of the schema only, so no page can do it.

    Raises:
        RuleViolation: the account is no administrator's, or the order has no number or a date of the future.
        IllegalStep: the account is closed.
    """
    with transaction.atomic():
        account = lock(account)
        if not order_number.strip():
            raise RuleViolation(CLAUSE, "Назовите номер приказа, по которому восстанавливают доступ.")
        if order_date > legal_date(at):
            raise RuleViolation(CLAUSE, "Приказ датирован будущим днём.")
        if not account.is_active:
            raise IllegalStep(CLAUSE, "Учётная запись закрыта: пароль ей не выдают.")
        if not account.roles.in_force(legal_date(at)).filter(role__in=RESTORED_ROLES).exists():
            raise RuleViolation(
                CLAUSE,
                "С консоли возвращают доступ только администратору системы и администратору безопасности: "
                "остальным пароль выдают они.",
            )
        account.initial_asked_by = account.initial_asked_by_person = account.initial_asked_at = None
        account.initial_given_by = account.initial_given_by_person = None
        password = _replace(account, at)
        end_everything(account, actor=None, at=at)
        record_event(
            EventType.ACCOUNT_ACCESS_RESTORED,
            account,
            actor=None,
            at=at,
            clause=CLAUSE,
            order=order_number.strip(),
            order_date=order_date,
        )
    return password


def initial_password() -> str:
    """Return a random password that can be read aloud: «k7mp-x2ra-…», 100 bits."""
    groups, length = GROUPS
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(length)) for _ in range(groups))


def record_given(account: Account, actor: Account | None, at: datetime) -> None:
    """Record that a first password has been handed over; the password is in no event."""
    record_event(EventType.ACCOUNT_PASSWORD_GIVEN, account, actor=actor, at=at, clause=CLAUSE, about=account.person_uid)


def give_by_two(account: Account, *, asked_by: Account, asked_at: datetime, actor: Account, at: datetime) -> str:
    """Give a locked account the password for which `asked_by` has asked; whoever calls it has asked whether both may."""
    account.initial_asked_by, account.initial_asked_by_person = asked_by, asked_by.person_uid
    account.initial_asked_at = asked_at
    return _give(account, actor, at)


def of_another(account: Account, permission: Permission, actor: Account, *, own: str) -> Account:
    """Lock the open `account` of somebody else; `own` says where one changes one's own (п. 3.8).

    Raises:
        Forbidden: the policy does not let the actor.
        RuleViolation: it is the actor's own.
        IllegalStep: it is closed.
    """
    account = lock(account)
    require(actor, permission, account)
    if account.person_uid == actor.person_uid:
        raise RuleViolation(CLAUSE, own)
    if not account.is_active:
        raise IllegalStep(CLAUSE, "Учётная запись закрыта: пароль ей не выдают.")
    return account


def _give(account: Account, actor: Account, at: datetime) -> str:
    account.initial_given_by, account.initial_given_by_person = actor, actor.person_uid
    password = _replace(account, at)
    record_given(account, actor, at)
    telling.password_given(account, actor=actor, at=at)
    return password


def _replace(account: Account, at: datetime) -> str:
    password = initial_password()
    account.set_password(password)
    account.initial_until = at + INITIAL_TERM
    account.save(update_fields=FIELDS)
    end_sessions(account)
    return password
