"""Builders of people; all of them are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final

from zachetka.access.models import Account, Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.people.actions import Particulars, Schooling, register_employee, register_learners
from zachetka.people.models import Employee, Learner, Person

AT: Final = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
_NUMBERS = count(1)
_FAMILIES: Final = (
    "Андреева", "Баранов", "Белоусова", "Васильев", "Воробьёва", "Гаврилов", "Горелова", "Денисов", "Ермолаев",
    "Жукова", "Захаров", "Игнатьева", "Казаков", "Климова", "Королёв", "Кузьмина", "Лаптев", "Медведева", "Назаров",
    "Осипова", "Панова", "Рябов", "Семёнова", "Соколова", "Тихонов", "Ушакова", "Фролов", "Щербакова",
)  # fmt: skip
_WOMEN: Final = (("Анна", "Дмитриевна"), ("Яна", "Михайловна"), ("Ольга", "Петровна"), ("Елена", "Юрьевна"))
_MEN: Final = (("Илья", "Сергеевич"), ("Глеб", "Николаевич"), ("Кирилл", "Викторович"), ("Денис", "Львович"))


def make_particulars(**given: Any) -> Particulars:
    """Return a believable person: adult, Russian, with a diploma of higher education; no СНИЛС unless given."""
    number = next(_NUMBERS)
    family = _FAMILIES[number % len(_FAMILIES)]
    woman = family.endswith("а")
    first, patronymic = (_WOMEN if woman else _MEN)[number // len(_FAMILIES) % 4]
    known: dict[str, Any] = {
        "last_name": family,
        "first_name": first,
        "patronymic": patronymic,
        "sex": "f" if woman else "m",
        "birth_date": date(1970 + number % 30, 1 + number % 12, 1 + number % 28),
        "citizenship": "643",
        "education": (Schooling(level="higher", series="107704", number=f"{number:07}", surname=family),),
    }
    return Particulars(**(known | given))


def make_learners(quantity: int, **given: Any) -> list[Learner]:
    return register_learners([make_particulars(**given) for _ in range(quantity)], actor=None, at=AT)


def make_learner(**given: Any) -> Learner:
    return make_learners(1, **given)[0]


def make_person(**given: Any) -> Person:
    return make_learner(**given).person


def make_employee(*, unit: Unit | None = None, position: str = "преподаватель", **given: Any) -> Employee:
    return register_employee(
        make_particulars(**given),
        unit=unit or make_unit(),
        position=position,
        hired_on=date(2020, 1, 9),
        actor=None,
        at=AT,
    )


def make_teacher(employee: Employee | None = None, *, roles: Sequence[str] = ("teacher",), **given: Any) -> Account:
    """Make the account of an employee who teaches; `employee_of` gives the employee back."""
    employee = employee or make_employee()
    return make_account(*roles, name=employee.person.full_name, person_uid=employee.person.uid, **given)


def make_lecturer(**given: Any) -> Employee:
    """Make an employee who may be given sheets: with an account and the role of a teacher in force."""
    employee = make_employee(**given)
    make_teacher(employee)
    return employee


def employee_of(account: Account) -> Employee:
    return Employee.objects.select_related("person", "unit").get(person__uid=account.person_uid)
