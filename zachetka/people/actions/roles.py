"""Accounts and roles: proposed by one person, approved by another, ended with a date (п. 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import SEPARATED, STAFF, Permission, Role
from zachetka.access.sessions import end_sessions
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people import telling
from zachetka.people.actions.passwords import withdraw_password
from zachetka.people.models import Employee

if TYPE_CHECKING:
    from zachetka.access.models import Unit

CLAUSE = "3.8"


@dataclass(frozen=True, slots=True)
class Basis:
    """The order that gives a role: number, date, term."""

    order_number: str
    order_date: date
    valid_from: date
    valid_to: date | None = None


def create_account(
    login: str,
    *,
    person_uid: UUID,
    display_name: str,
    password: str | None,
    initial_until: datetime | None = None,
    actor: Account | None,
    at: datetime,
) -> Account:
    """Make an account for a person; with `initial_until` its password is a temporary one (п. 3.8).

    Raises:
        RuleViolation: the login is taken, or holds other signs than a login may.
    """
    refusals = {
        "access_account_login_key": RuleViolation(CLAUSE, f"Логин «{login}» занят.", field="login"),
        "account_login_is_plain": RuleViolation(CLAUSE, f"Логин «{login}» записан не латиницей.", field="login"),
    }
    with transaction.atomic():
        with refusing(refusals):
            account = Account.objects.create_user(
                login, password, person_uid=person_uid, display_name=display_name, initial_until=initial_until
            )
        record_event(EventType.ACCOUNT_CREATED, account, actor=actor, at=at, clause=CLAUSE, about=person_uid)
    return account


def shut_account(account: Account, *, actor: Account, at: datetime) -> None:
    """Close a locked account: its sessions end at their next request, what it did stays (п. 3.8).

    Whoever calls it has asked whether `actor` may: as the account itself, or with the employment that ends.
    """
    account.is_active, account.closed_at = False, at
    account.save(update_fields=["is_active", "closed_at"])
    end_sessions(account)
    record_event(EventType.ACCOUNT_CLOSED, account, actor=actor, at=at, clause=CLAUSE, about=account.person_uid)


def install_role(account: Account, role: Role, *, unit: Unit | None, basis: Basis, at: datetime) -> RoleAssignment:
    """Give a role while the system is being installed: nobody is there yet who could propose or approve (п. 3.8).

    Raises:
        RuleViolation: the person already holds a role that this one must stay apart from.
    """
    with transaction.atomic():
        _lock_person(account)
        _require_apart(account, role, basis)
        assignment = RoleAssignment.objects.create(
            account=account, role=role, unit=unit, state=RoleAssignment.State.ACTIVE, decided_at=at, **_of(basis)
        )
        _record(EventType.ROLE_GRANTED, assignment, None, at)
    return assignment


def propose_role(
    account: Account, role: Role, *, unit: Unit | None, basis: Basis, actor: Account, at: datetime
) -> RoleAssignment:
    """Propose a role by an order; it does nothing until another person approves it (п. 3.8).

    Raises:
        Forbidden: the policy does not allow it.
        RuleViolation: one's own role, roles that must stay apart, the same role twice, a term out of order.
    """
    return put_role(account, role, unit=unit, basis=basis, substitutes=None, actor=actor, at=at)


def put_role(
    account: Account,
    role: Role,
    *,
    unit: Unit | None,
    basis: Basis,
    substitutes: RoleAssignment | None,
    actor: Account,
    at: datetime,
) -> RoleAssignment:
    """Write down a proposed role, a substitute's too: what holds of every role by an order, raised as `propose_role`."""
    require(actor, Permission.ROLE_PROPOSE)
    if account.person_uid == actor.person_uid:
        raise RuleViolation(CLAUSE, "Себе роль не предлагают: это делает другой администратор.", field="account")
    if basis.valid_to is not None and basis.valid_to < basis.valid_from:
        raise RuleViolation(CLAUSE, "Срок кончается раньше, чем начинается.", field="valid_to")
    with transaction.atomic():
        _lock_person(account)
        _require_working(account, role)
        _require_apart(account, role, basis)
        open_already = RuleViolation(CLAUSE, "Такая роль уже действует или ждёт утверждения.", field="role")
        with refusing({"role_is_open_once": open_already, "role_of_a_term_is_open_once": open_already}):
            assignment = RoleAssignment.objects.create(
                account=account,
                role=role,
                unit=unit,
                substitutes=substitutes,
                proposed_by=actor,
                proposed_by_person=actor.person_uid,
                **_of(basis),
            )
        _record(EventType.ROLE_PROPOSED, assignment, actor, at)
    return assignment


def approve_role(assignment: RoleAssignment, *, actor: Account, at: datetime) -> RoleAssignment:
    """Approve a role that another person proposed (п. 3.8).

    With the first role a password from one pair of hands ends: the next one takes two people.

    Raises:
        RuleViolation: one's own proposal or one's own role, or roles that must stay apart.
        IllegalStep: it has been decided already.
    """
    with transaction.atomic():
        _lock_person(assignment.account)
        assignment = _waiting(assignment, actor)
        _require_working(assignment.account, Role(assignment.role))
        _require_apart(assignment.account, Role(assignment.role), _basis_of(assignment), but=assignment.pk)
        withdraw_password(lock(assignment.account), Role(assignment.role), actor=actor, at=at)
        assignment.state = RoleAssignment.State.ACTIVE
        assignment.approved_by, assignment.approved_by_person, assignment.decided_at = actor, actor.person_uid, at
        assignment.save()
        _record(EventType.ROLE_GRANTED, assignment, actor, at)
        telling.role_given(assignment, actor=actor, at=at)
    return assignment


def refuse_role(assignment: RoleAssignment, *, actor: Account, at: datetime) -> RoleAssignment:
    """Refuse a proposed role (п. 3.8)."""
    with transaction.atomic():
        assignment = _waiting(assignment, actor)
        assignment.state = RoleAssignment.State.REFUSED
        assignment.approved_by, assignment.approved_by_person, assignment.decided_at = actor, actor.person_uid, at
        assignment.save()
        _record(EventType.ROLE_REFUSED, assignment, actor, at)
    return assignment


def end_role(assignment: RoleAssignment, *, actor: Account, at: datetime) -> RoleAssignment:
    """End a role from today on; the next request of its holder is already refused (п. 3.8).

    Raises:
        IllegalStep: it is not in force.
        RuleViolation: it is one's own.
    """
    with transaction.atomic():
        assignment = lock(assignment)
        require(actor, Permission.ROLE_APPROVE, assignment)
        if assignment.state != RoleAssignment.State.ACTIVE:
            raise IllegalStep(CLAUSE, "Прекратить можно действующую роль.")
        if assignment.account.person_uid == actor.person_uid:
            raise RuleViolation(CLAUSE, "Свою роль не прекращают: это делает другой человек.")
        assignment.state = RoleAssignment.State.ENDED
        assignment.valid_to = max(assignment.valid_from, legal_date(at))
        assignment.save()
        _record(EventType.ROLE_ENDED, assignment, actor, at)
        telling.role_ended(assignment, at=at)
    return assignment


def _waiting(assignment: RoleAssignment, actor: Account) -> RoleAssignment:
    assignment = lock(assignment)
    require(actor, Permission.ROLE_APPROVE, assignment)
    if assignment.state != RoleAssignment.State.PROPOSED:
        raise IllegalStep(CLAUSE, "По этой роли уже решено.")
    if actor.person_uid in {assignment.proposed_by_person, assignment.account.person_uid}:
        raise RuleViolation(CLAUSE, "Свою роль или своё предложение утверждает другой человек.")
    return assignment


def _lock_person(account: Account) -> None:
    """Lock every account of the person, in one order: what is decided on one of them waits for what is decided on another."""
    for own in Account.objects.filter(person_uid=account.person_uid).order_by("pk"):
        lock(own)


def _require_apart(account: Account, role: Role, basis: Basis, *, but: int | None = None) -> None:
    """Refuse a role that the person may not hold beside another one, on any of their accounts."""
    held = RoleAssignment.objects.filter(account__person_uid=account.person_uid, state__in=["proposed", "active"])
    for other in held:
        if other.pk == but:
            continue
        overlaps = (other.valid_to is None or other.valid_to >= basis.valid_from) and (
            basis.valid_to is None or basis.valid_to >= other.valid_from
        )
        if overlaps and frozenset({role, Role(other.role)}) in SEPARATED:
            raise RuleViolation(
                CLAUSE, f"Роли «{role.label}» и «{Role(other.role).label}» одному человеку не дают.", field="role"
            )


def _require_working(account: Account, role: Role) -> None:
    """Refuse a role of the staff to whoever has left (п. 3.8)."""
    left = Employee.objects.filter(person__uid=account.person_uid, left_on__isnull=False)
    if role in STAFF and left.exists():
        raise RuleViolation(CLAUSE, "Работник уволен: роль ему не дают.", field="account")


def _of(basis: Basis) -> dict[str, object]:
    return {
        "order_number": basis.order_number,
        "order_date": basis.order_date,
        "valid_from": basis.valid_from,
        "valid_to": basis.valid_to,
    }


def _basis_of(assignment: RoleAssignment) -> Basis:
    return Basis(assignment.order_number, assignment.order_date, assignment.valid_from, assignment.valid_to)


def _record(event: EventType, assignment: RoleAssignment, actor: Account | None, at: datetime) -> None:
    record_event(
        event,
        assignment,
        actor=actor,
        at=at,
        clause=CLAUSE,
        about=assignment.account.person_uid,
        role=assignment.role,
        order=assignment.order_number,
        **({} if assignment.substitutes_id is None else {"substitutes": assignment.substitutes_id}),
    )
