"""Moving and dismissing an employee by an order: the roles of the staff end with the employment (п. 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import STAFF, Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.core.text import tidy
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people.actions.posting import add_posting
from zachetka.people.actions.roles import shut_account
from zachetka.people.models import Employee, Posting

if TYPE_CHECKING:
    from zachetka.access.models import Unit

CLAUSE: Final = "3.8"
OWN: Final = "О вашей службе записывает другой человек."
MOVED, DISMISSED = Posting.Kind.MOVED, Posting.Kind.DISMISSED
EVENTS: Final = {MOVED: EventType.EMPLOYEE_MOVED, DISMISSED: EventType.EMPLOYEE_DISMISSED}
FIELDS: Final = {MOVED: "since", DISMISSED: "left_on"}
"""The field of the form that holds the day of the step."""
AHEAD: Final = {
    MOVED: "Перевод записывают, когда он наступил",
    DISMISSED: "Увольнение записывают, когда оно наступило",
}
BEHIND: Final = {MOVED: "перевести", DISMISSED: "уволить"}


@dataclass(frozen=True, slots=True)
class StaffOrder:
    """The order about an employee: number and date."""

    number: str
    date: date


def move(
    employee: Employee, *, unit: Unit, position: str, since: date, order: StaffOrder, actor: Account, at: datetime
) -> Employee:
    """Record another position or unit of an employee (п. 3.8). Roles stay: each has an order of its own.

    Args:
        employee: who moves.
        unit: where to.
        position: what as.
        since: the first day of work there; today or earlier.
        order: about it.
        actor: who records it.
        at: when.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: the employee has left.
        RuleViolation: oneself, nothing changes, a day that has not come or is before the last step of the service, or
            the order lies ahead.
    """
    with transaction.atomic():
        employee = _working(employee, order, actor, at)
        named = tidy(position)
        if (employee.unit_id, employee.position) == (unit.pk, named):
            raise RuleViolation(CLAUSE, "Должность и подразделение те же: переводить некуда.", field="position")
        _require_follows(employee, MOVED, since, legal_date(at))
        employee.unit, employee.position = unit, named
        employee.save(update_fields=["unit", "position"])
        _record(MOVED, employee, since, order, actor, at)
    return employee


def dismiss(employee: Employee, *, left_on: date, order: StaffOrder, actor: Account, at: datetime) -> Employee:
    """Record that an employee has left; their roles of the staff end at once, on every account (п. 3.8).

    The role of a learner stays: who worked here may still learn here. An account without it is closed.

    Args:
        employee: who leaves.
        left_on: the last day of work; today or earlier.
        order: about it.
        actor: who records it.
        at: when.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: the employee has left already.
        RuleViolation: oneself, a day that has not come or is before the last step of the service, or the order lies
            ahead.
    """
    with transaction.atomic():
        employee = _working(employee, order, actor, at)
        _require_follows(employee, DISMISSED, left_on, legal_date(at))
        employee.left_on = left_on
        employee.save(update_fields=["left_on"])
        _record(DISMISSED, employee, left_on, order, actor, at)
        _end_roles(employee, actor, at)
        _close_accounts(employee, actor, at)
    return employee


def _working(employee: Employee, order: StaffOrder, actor: Account, at: datetime) -> Employee:
    employee = lock(employee)
    require(actor, Permission.EMPLOYEE_EDIT, employee)
    require_another_person(employee.person.uid, actor, OWN)
    if employee.left_on is not None:
        raise IllegalStep(CLAUSE, f"Работник уволен {employee.left_on:%d.%m.%Y}.")
    if order.date > (today := legal_date(at)):
        raise RuleViolation(CLAUSE, f"Приказ ещё не издан: дата не позже {today:%d.%m.%Y}.", field="order_date")
    return employee


def _require_follows(employee: Employee, kind: Posting.Kind, day: date, today: date) -> None:
    if day > today:
        raise RuleViolation(CLAUSE, f"{AHEAD[kind]}: дата не позже {today:%d.%m.%Y}.", field=FIELDS[kind])
    last = employee.postings.last()
    known = employee.hired_on if last is None else last.since
    if day < known:
        happened = "переведён" if last is not None and last.kind == MOVED else "принят"
        raise RuleViolation(
            CLAUSE, f"Работник {happened} {known:%d.%m.%Y}: {BEHIND[kind]} раньше нельзя.", field=FIELDS[kind]
        )


def _end_roles(employee: Employee, actor: Account, at: datetime) -> None:
    for account in Account.objects.filter(person_uid=employee.person.uid).order_by("pk"):
        lock(account)
    held = RoleAssignment.objects.select_for_update(no_key=True).filter(
        account__person_uid=employee.person.uid, role__in=STAFF, state=RoleAssignment.State.ACTIVE
    )
    for role in held.order_by("pk"):
        role.state = RoleAssignment.State.ENDED
        role.valid_to = max(role.valid_from, min(role.valid_to or legal_date(at), legal_date(at)))
        role.save()
        record_event(
            EventType.ROLE_ENDED,
            role,
            actor=actor,
            at=at,
            clause=CLAUSE,
            about=employee.person.uid,
            role=role.role,
            order=role.order_number,
        )


def _close_accounts(employee: Employee, actor: Account, at: datetime) -> None:
    """Close the accounts on which no role is in force today any more; `_end_roles` has locked them."""
    for account in Account.objects.filter(person_uid=employee.person.uid, is_active=True).order_by("pk"):
        if not account.roles.in_force(legal_date(at)).exclude(role__in=STAFF).exists():
            shut_account(account, actor=actor, at=at)


def _record(
    kind: Posting.Kind, employee: Employee, since: date, order: StaffOrder, actor: Account, at: datetime
) -> None:
    record_event(
        EVENTS[kind],
        employee,
        actor=actor,
        at=at,
        clause=CLAUSE,
        order=order.number,
        order_date=order.date.isoformat(),
    )
    add_posting(employee, kind, since=since, order_number=order.number, order_date=order.date, actor=actor, at=at)
