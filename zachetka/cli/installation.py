"""The first day of a real academy: units, scales, books of the year, and two people who let in all the others (п. 3.8).

Nobody is there yet who could propose or approve a role, so both roles are given by the orders that the operator names; the
database allows that only until the first role has been given by people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from zachetka.access.models import Account, Unit
from zachetka.access.policy import Role
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.core.text import search_key
from zachetka.learning.actions.enrolments import RECORD_BOOKS
from zachetka.learning.actions.orders import ORDER_BOOKS
from zachetka.people.actions import Particulars, create_account, create_unit, install_role, register_employee
from zachetka.people.actions.passwords import INITIAL_TERM, initial_password, record_given
from zachetka.people.actions.roles import Basis
from zachetka.people.models import Person
from zachetka.people.rules.names import name_part, split_full_name
from zachetka.programs.actions.norms import record_minima
from zachetka.programs.actions.scales import install_scales
from zachetka.programs.models import GradingScale
from zachetka.programs.queries import happened
from zachetka.registers.actions import open_book

CLAUSE: Final = "3.8"
_LOCK: Final = 0x1257A11
"""The advisory lock that lets one installation pass at a time."""


@dataclass(frozen=True, slots=True)
class Official:
    """Who comes first: full name, login, position, and the order that gives the role."""

    role: Role
    full_name: str
    login: str
    position: str
    order_number: str
    order_date: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What an academy begins with.

    Attributes:
        officials: the administrator and the security officer, two people.
        units: names of units, the first is where the officials work.
        grading_act: the local act that sets the grading scales, with its number.
        grading_since: the day from which it holds.
    """

    officials: tuple[Official, ...]
    units: tuple[str, ...]
    grading_act: str
    grading_since: date


@dataclass(frozen=True, slots=True)
class Key:
    """A first account and its one-time password."""

    account: Account
    role: Role
    password: str
    until: datetime


def install(plan: Plan, *, at: datetime) -> list[Key]:
    """Make everything that the first working day needs, all or nothing; return the passwords, which are kept nowhere.

    Raises:
        IllegalStep: the database is not empty.
        RuleViolation: one person for both roles, an order of the future, a name or a login that does not fit.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        require_empty()
        _require_two_people(plan, legal_date(at))
        install_scales(at, act=plan.grading_act, since=plan.grading_since)
        for book in (*ORDER_BOOKS.values(), RECORD_BOOKS):
            open_book(book, actor=None, at=at)
        record_minima(at)
        units = [create_unit(name, actor=None, at=at) for name in dict.fromkeys(plan.units)]
        return [_let_in(one, units[0], at) for one in plan.officials]


def require_empty() -> None:
    """Refuse a database in which somebody has worked.

    Raises:
        IllegalStep: the database is not empty.
    """
    known = any(model._base_manager.exists() for model in (Account, Person, Unit, GradingScale))
    if known or happened().exists():
        raise IllegalStep(CLAUSE, "В базе данных уже есть записи: установка возможна только в пустой.")


def _require_two_people(plan: Plan, today: date) -> None:
    if not plan.units:
        raise RuleViolation(CLAUSE, "Назовите хотя бы одно подразделение.")
    names = {search_key(one.full_name) for one in plan.officials}
    if len(names) < len(plan.officials):
        raise RuleViolation(CLAUSE, "Администратор системы и администратор безопасности — два разных человека.")
    for one in plan.officials:
        if one.order_date > today:
            raise RuleViolation(CLAUSE, f"Приказ о роли «{one.role.label}» датирован будущим днём.")
        if not one.order_number.strip():
            raise RuleViolation(CLAUSE, f"Назовите номер приказа о роли «{one.role.label}».")


def _let_in(official: Official, unit: Unit, at: datetime) -> Key:
    name = split_full_name(official.full_name)
    employee = register_employee(
        Particulars(
            last_name=name_part(name.last_name, field="last_name"),
            first_name=name_part(name.first_name, field="first_name"),
            patronymic=name_part(name.patronymic, field="patronymic"),
        ),
        unit=unit,
        position=official.position,
        hired_on=official.order_date,
        actor=None,
        at=at,
    )
    password, until = initial_password(), at + INITIAL_TERM
    account = create_account(
        official.login,
        person_uid=employee.person.uid,
        display_name=employee.person.full_name,
        password=password,
        initial_until=until,
        actor=None,
        at=at,
    )
    record_given(account, None, at)
    basis = Basis(official.order_number.strip(), official.order_date, official.order_date)
    install_role(account, official.role, unit=None, basis=basis, at=at)
    return Key(account, official.role, password, until)
