"""Builders of units and accounts; all of them are invented."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID, uuid4

from zachetka.access.models import Account, RoleAssignment, Unit
from zachetka.access.policy import Role

_NUMBERS = count(1)
SINCE = date(2020, 1, 9)
STATE = RoleAssignment.State
WAYS: dict[str, tuple[RoleAssignment.State, ...]] = {
    STATE.PROPOSED: (),
    STATE.ACTIVE: (STATE.ACTIVE,),
    STATE.REFUSED: (STATE.REFUSED,),
    STATE.ENDED: (STATE.ACTIVE, STATE.ENDED),
}
"""What happens to a proposed role until it is in the state asked for."""


def make_unit(name: str = "") -> Unit:
    return Unit.objects.create(name=name or f"Кафедра № {next(_NUMBERS)}")


def make_account(
    *roles: Role | str,
    login: str = "",
    name: str = "",
    unit: Unit | None = None,
    person_uid: UUID | None = None,
    password: str | None = None,
    valid_from: date = SINCE,
    valid_to: date | None = None,
) -> Account:
    """Make an account with `roles` in force since 2020; without a password it can only be signed in by a test."""
    login = login or f"account-{next(_NUMBERS)}"
    account = Account.objects.create_user(
        login, password, display_name=name or f"Проверкин Пётр {login}", person_uid=person_uid or uuid4()
    )
    for role in roles:
        give_role(account, role, unit=unit, valid_from=valid_from, valid_to=valid_to)
    return account


def give_role(
    account: Account,
    role: Role | str,
    *,
    unit: Unit | None = None,
    valid_from: date = SINCE,
    valid_to: date | None = None,
    state: RoleAssignment.State = RoleAssignment.State.ACTIVE,
) -> RoleAssignment:
    """Give a role as the database lets it be given: proposed by one invented person, decided by another, then ended."""
    assignment = RoleAssignment.objects.create(
        account=account,
        role=Role(role).value,
        unit=unit,
        order_number=f"{next(_NUMBERS)}-к",
        order_date=SINCE,
        valid_from=valid_from,
        valid_to=valid_to,
        proposed_by_person=uuid4(),
    )
    for step in WAYS[state]:
        if assignment.state == RoleAssignment.State.PROPOSED:
            assignment.approved_by_person = uuid4()
        assignment.state = step
        assignment.save()
    for read in ("given_roles", "suspended", "assignments", "roles_held"):
        account.__dict__.pop(read, None)
    return assignment
