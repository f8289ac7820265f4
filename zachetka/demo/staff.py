"""Units, employees, and one account for each role, each held by a person of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from zachetka.access.models import Account, Unit
from zachetka.access.policy import Role
from zachetka.demo.people import name_of
from zachetka.people.actions import Particulars, create_account, create_unit, install_role, register_employee
from zachetka.people.actions.roles import Basis
from zachetka.people.models import Employee

ACCOUNTS = (
    ("learner", "слушатель"),
    ("teacher", "преподаватель"),
    ("methodist", "методист"),
    ("registrar", "делопроизводитель"),
    ("secretary", "секретарь комиссии"),
    ("chair", "председатель комиссии"),
    ("archivist", "архивариус"),
    ("inspector", "контролёр"),
    ("head", "руководитель"),
    ("privacy", "ответственный за персональные данные"),
    ("admin", "администратор системы"),
    ("security", "администратор безопасности"),
)
"""Logins of the demo and what each is; the password is one for all and is printed at the start."""

UNITS = ("Отдел дополнительного профессионального образования", "Отдел профессионального обучения")

STAFF: tuple[tuple[str, Role, str, int | None, int, tuple[str, str, str, str]], ...] = (
    ("teacher", Role.TEACHER, "преподаватель", None, 0, ("Дроздов", "Илья", "Павлович", "m")),
    ("lebedeva", Role.TEACHER, "доцент", None, 0, ("Лебедева", "Татьяна", "Юрьевна", "f")),
    ("orlov", Role.TEACHER, "старший преподаватель", None, 0, ("Орлов", "Степан", "Дмитриевич", "m")),
    ("kotov", Role.TEACHER, "преподаватель", None, 0, ("Котов", "Андрей", "Львович", "m")),
    ("snegireva", Role.TEACHER, "преподаватель", None, 0, ("Снегирёва", "Мария", "Денисовна", "f")),
    ("aksenov", Role.TEACHER, "мастер производственного обучения", None, 1, ("Аксёнов", "Пётр", "Петрович", "m")),
    ("nesterova", Role.TEACHER, "преподаватель", None, 1, ("Нестерова", "Вера", "Ильинична", "f")),
    ("methodist", Role.METHODIST, "методист", 0, 0, ("Белова", "Ольга", "Сергеевна", "f")),
    ("gushchina", Role.METHODIST, "методист", 1, 1, ("Гущина", "Марина", "Викторовна", "f")),
    ("registrar", Role.REGISTRAR, "делопроизводитель", None, 0, ("Мельникова", "Ирина", "Олеговна", "f")),
    ("secretary", Role.SECRETARY, "секретарь комиссии", 0, 0, ("Зимина", "Полина", "Андреевна", "f")),
    ("chair", Role.CHAIR, "председатель комиссии", 0, 0, ("Воронцов", "Михаил", "Борисович", "m")),
    ("archivist", Role.ARCHIVIST, "архивариус", None, 0, ("Кравцова", "Нина", "Фёдоровна", "f")),
    ("inspector", Role.INSPECTOR, "контролёр", None, 0, ("Тимофеев", "Роман", "Игоревич", "m")),
    ("head", Role.HEAD, "директор", None, 0, ("Северцев", "Константин", "Александрович", "m")),
    ("privacy", Role.PRIVACY, "ответственный за ПДн", None, 0, ("Жданова", "Елена", "Михайловна", "f")),
    ("admin", Role.ADMIN, "администратор системы", None, 0, ("Рыбаков", "Денис", "Олегович", "m")),
    ("security", Role.SECURITY, "администратор безопасности", None, 0, ("Громова", "Алла", "Степановна", "f")),
)
"""Login, role, position, unit of the role (None: the whole academy), unit where they work, name and sex."""


@dataclass(slots=True)
class Staff:
    """Who works in the demo academy, by login."""

    units: list[Unit] = field(default_factory=list)
    employees: dict[str, Employee] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    colleagues: dict[int, list[str]] = field(default_factory=dict)
    """Logins of the teachers of a large academy beside those of `STAFF`, by unit."""

    def teachers(self, unit: int) -> list[tuple[Employee, Account]]:
        """Return the teachers of a unit with their accounts."""
        logins = [login for login, role, _, _, works_in, _ in STAFF if role is Role.TEACHER and works_in == unit]
        logins += self.colleagues.get(unit, [])
        return [(self.employees[login], self.accounts[login]) for login in logins]

    def methodist(self, unit: int) -> Account:
        """Return the methodist of a unit."""
        return self.accounts["gushchina" if unit else "methodist"]


def hire(*, password: str, since: date, at: datetime, colleagues: int = 0) -> Staff:
    """Make the units, the employees, their accounts and roles. Colleagues beside the demo accounts cannot sign in.

    Args:
        password: of the demo accounts.
        since: the day when they were hired.
        at: the moment of entering them.
        colleagues: how many teachers more, three of four in the first unit.
    """
    staff = Staff(units=[create_unit(name, actor=None, at=at) for name in UNITS])
    demo = {login for login, _ in ACCOUNTS}
    for place, (login, role, position, role_unit, works_in, names) in enumerate(STAFF, 1):
        unit = None if role_unit is None else staff.units[role_unit]
        basis = Basis(f"{place}-к", since, since)
        employ(
            staff,
            login,
            names,
            position=position,
            works_in=works_in,
            since=since,
            at=at,
            password=password if login in demo else None,
        )
        install_role(staff.accounts[login], role, unit=unit, basis=basis, at=at)
    random = Random(colleagues)  # noqa: S311 - the same people each time
    for place in range(colleagues):
        login, works_in = f"teacher{place + 1:03}", int(place % 4 == 3)
        employ(
            staff,
            login,
            name_of(random),
            position="преподаватель",
            works_in=works_in,
            since=since,
            at=at,
            password=None,
        )
        basis = Basis(f"{len(STAFF) + place + 1}-к", since, since)
        install_role(staff.accounts[login], Role.TEACHER, unit=None, basis=basis, at=at)
        staff.colleagues.setdefault(works_in, []).append(login)
    return staff


def employ(
    staff: Staff,
    login: str,
    names: tuple[str, str, str, str],
    *,
    position: str,
    works_in: int,
    since: date,
    password: str | None,
    at: datetime,
) -> None:
    """Enter an employee with an account; `names` are surname, name, patronymic and sex."""
    last, first, patronymic, sex = names
    employee = register_employee(
        Particulars(last_name=last, first_name=first, patronymic=patronymic, sex=sex),
        unit=staff.units[works_in],
        position=position,
        hired_on=since,
        actor=None,
        at=at,
    )
    staff.employees[login] = employee
    staff.accounts[login] = create_account(
        login,
        person_uid=employee.person.uid,
        display_name=f"{last} {first} {patronymic}",
        password=password,
        actor=None,
        at=at,
    )
