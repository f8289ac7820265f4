"""One person entered by hand: a second sending of the same form is the same person (п. 2.1; 273-ФЗ ст. 76 ч. 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.access.throttle import Limit, count_try, give_back_try
from zachetka.core.errors import IllegalStep, RuleViolation, Stale
from zachetka.core.text import search_key
from zachetka.ledger.actions import record_look
from zachetka.ledger.events import WITNESSED, EventType
from zachetka.ledger.models import Event
from zachetka.lifecycle.steps import lock
from zachetka.people import queries
from zachetka.people.actions.passwords import INITIAL_TERM, initial_password, record_given
from zachetka.people.actions.persons import Particulars, change_person, register_employee, register_learners
from zachetka.people.actions.roles import create_account, shut_account
from zachetka.people.actions.turns import wait_for, wait_for_namesakes
from zachetka.people.alike import Like, doubles_of
from zachetka.people.models import Employee, Learner, Person
from zachetka.people.rules.likeness import LIKELY_FROM

if TYPE_CHECKING:
    from zachetka.access.models import Unit

CLAUSE: Final = "3.8"
KNOWN_HERE: Final = (
    "Человек с таким именем здесь уже есть. Если это он — спросите у методиста код карточки и впишите его: две карточки одного "
    "человека обходят правило «о себе не решают»."
)
NAMESAKES: Final = Limit(
    "namesakes",
    10,
    timedelta(hours=1),
    "Имена совпали уже {tries} раз за час: следующего работника внесите через {minutes} мин.",
)
"""Answers that tell whoever sees no cards that a name is known; to enter somebody costs no try."""


def register_once(given: Particulars, *, key: UUID, is_another: bool, actor: Account, at: datetime) -> Learner:
    """Enter a learner; the same `key` from the same hands gives the learner already entered.

    Args:
        given: what the form said.
        key: of the form, made when it was opened.
        is_another: somebody has looked at the people who look alike: this is another person.
        actor: who enters.
        at: when.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: another person has this СНИЛС, the same name and birth date, or looks like this one.
    """
    require(actor, Permission.PERSON_EDIT)
    uid = _identity(key, actor)
    with transaction.atomic():
        wait_for(uid.int)
        known = Learner.objects.select_related("person").filter(person__uid=uid).first()
        if known is not None:
            return known
        wait_for_namesakes(search_key(_full(given)), given.birth_date)
        if not is_another and given.birth_date and queries.namesakes(given).exists():
            raise RuleViolation(
                "2.1", "Человек с таким именем и датой рождения уже есть. Откройте его карточку.", field="another"
            )
        if not is_another and doubles_like(given):
            raise RuleViolation("2.1", "Похожий человек уже есть. Сверьте с его карточкой.", field="another")
        return register_learners([replace(given, uid=uid)], actor=actor, at=at)[0]


def doubles_like(given: Particulars, *, at_least: int = LIKELY_FROM) -> list[Like]:
    """Return the cards that somebody about to be entered by hand may double, the strongest first; three queries."""
    papers = [(paper.series, paper.number) for paper in given.education]
    return doubles_of({0: (given, papers, [paper.surname for paper in given.education])}, at_least=at_least).get(0, [])


def last_change(person: Person) -> int:
    """Return the number of the newest event that changed `person`: what a form carries to notice a change meanwhile."""
    changes = Event.objects.of(person).exclude(type__in=[kind.value for kind in WITNESSED])
    return changes.order_by("-pk").values_list("pk", flat=True).first() or 0


def edit_person(person: Person, changes: dict[str, object], *, seen: int, actor: Account, at: datetime) -> Person:
    """Set particulars of a person as they were when the form was opened (п. 2.1).

    Raises:
        Stale: somebody changed the person after `seen`.
        RuleViolation: another person has this СНИЛС.
    """
    with transaction.atomic():
        person = lock(person)
        require(actor, Permission.PERSON_EDIT, person)
        same = all(getattr(person, name) == value for name, value in changes.items())
        if not same and last_change(person) != seen:
            raise Stale("2.1", "Пока вы правили, сведения изменил другой человек. Откройте форму заново и сверьте.")
        return change_person(person, changes, actor=actor, at=at)


# --- Employees and accounts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Position:
    """Where and since when somebody works."""

    unit: Unit
    position: str
    hired_on: date


def hire(
    given: Particulars, place: Position, *, key: UUID, actor: Account, at: datetime, is_another: bool = False
) -> Employee:
    """Enter an employee by service particulars alone: name, position, unit (п. 3.8).

    Somebody who is known by that name already is hired by the code of their card (`same_person.hire_known`): with two cards
    nobody would see that they decide about themselves. Whoever hires sees no cards, so the name alone is asked; that it is
    known tells them of a person, so it is a look at each who bears it, and is counted. Call outside a transaction.

    Args:
        given: the name.
        place: where and since when.
        key: of the form, made when it was opened.
        actor: who enters.
        at: when.
        is_another: somebody has asked: this is another person of the same name.

    Raises:
        Forbidden: the role does not grant it.
        TooMany: the tries of this hour are used up.
        RuleViolation: somebody of that name is known here.
    """
    require(actor, Permission.EMPLOYEE_EDIT)
    if not is_another:
        count_try(NAMESAKES, str(actor.person_uid), at)
    hired, namesakes = _hired(given, place, uid=_identity(key, actor), actor=actor, at=at, is_another=is_another)
    if hired is None:
        roles = sorted(actor.roles_held)
        for person in namesakes:
            record_look(EventType.PERSON_FOUND, person, actor=actor, at=at, clause=CLAUSE, field="name", roles=roles)
        raise RuleViolation(CLAUSE, KNOWN_HERE, field="another")
    if not is_another:
        give_back_try(NAMESAKES, str(actor.person_uid))
    return hired


def _hired(
    given: Particulars, place: Position, *, uid: UUID, actor: Account, at: datetime, is_another: bool
) -> tuple[Employee | None, list[Person]]:
    """Return who was entered, or nobody and those who bear the name already."""
    with transaction.atomic():
        wait_for(uid.int)
        known = Employee.objects.select_related("person").filter(person__uid=uid).first()
        if known is not None:
            return known, []
        key_of_name = search_key(_full(given))
        wait_for_namesakes(key_of_name, None)
        borne = Person.objects.matching(_full(given)).filter(name_key=key_of_name).order_by("pk")
        if not is_another and (namesakes := list(borne)):
            return None, namesakes
        entered = register_employee(
            replace(given, uid=uid),
            unit=place.unit,
            position=place.position,
            hired_on=place.hired_on,
            actor=actor,
            at=at,
        )
        return entered, []


def open_account(employee: Employee, login: str, *, actor: Account, at: datetime) -> tuple[Account, str]:
    """Make an account for an employee; returns it and its first password, which is shown once and kept nowhere.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: the login is taken, or the employee has left.
    """
    require(actor, Permission.ACCOUNT_CREATE)
    if employee.left_on is not None:
        raise RuleViolation(CLAUSE, "Работник уволен: учётную запись ему не заводят.", field="login")
    password = initial_password()
    with transaction.atomic():
        account = create_account(
            login,
            person_uid=employee.person.uid,
            display_name=employee.person.full_name,
            password=password,
            initial_until=at + INITIAL_TERM,
            actor=actor,
            at=at,
        )
        record_given(account, actor, at)
    return account, password


def close_account(account: Account, *, actor: Account, at: datetime) -> Account:
    """Close an account: its sessions end at their next request, what it did stays (п. 3.8).

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: one's own account.
        IllegalStep: it is closed already.
    """
    with transaction.atomic():
        account = lock(account)
        require(actor, Permission.ACCOUNT_CLOSE, account)
        if account.person_uid == actor.person_uid:
            raise RuleViolation(CLAUSE, "Свою учётную запись не закрывают: это делает другой человек.")
        if not account.is_active:
            raise IllegalStep(CLAUSE, "Учётная запись уже закрыта.")
        shut_account(account, actor=actor, at=at)
    return account


def _identity(key: UUID, actor: Account) -> UUID:
    """Return the identity that a form with `key` gives: the sender cannot choose it, and a second sending gives the same."""
    return uuid5(key, f"account:{actor.pk}")


def _full(given: Particulars) -> str:
    return " ".join(filter(None, (given.last_name, given.first_name, given.patronymic)))
