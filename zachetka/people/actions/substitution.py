"""Substitution: an employee has the role of another who is away, by an order and for a term (п. 3.8).

It is a role like any other: two people, pairs kept apart by person, one's own record closed. Beside that it names whom it
substitutes, and it ends by itself.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from zachetka.access.models import RoleAssignment
from zachetka.access.policy import MATRIX, STAFF, Role, Scope
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.people.actions.roles import Basis, put_role

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "3.8"
TAUGHT_BY: Final = frozenset(
    role for cells in MATRIX.values() for role, grant in cells.items() if grant.scope is Scope.TAUGHT
)
"""Roles that reach what the person teaches: of such a role a substitute gets what whoever is away teaches."""


def may_be_substituted(away: RoleAssignment, at: datetime) -> bool:
    """True of a role of the staff in force that is nobody's substitution itself."""
    today = legal_date(at)
    return (
        Role(away.role) in STAFF
        and away.substitutes_id is None
        and away.state == RoleAssignment.State.ACTIVE
        and (away.valid_to is None or away.valid_to >= today)
    )


def propose_substitute(
    away: RoleAssignment, account: Account, *, basis: Basis, actor: Account, at: datetime
) -> RoleAssignment:
    """Propose that `account` has the role of the holder of `away` for the term of the order (п. 3.8).

    Raises:
        Forbidden: the policy does not allow it.
        IllegalStep: the role is not in force, or is itself a substitution.
        RuleViolation: no last day, more than a year, a term that is over; the same person, or who has the role already; and as `propose_role`.
    """
    if not may_be_substituted(away, at):
        raise IllegalStep(CLAUSE, "Замещают того, чья роль по приказу действует; замещающего не замещают.")
    if account.person_uid == away.account.person_uid:
        raise RuleViolation(CLAUSE, "Человек сам себя не замещает.", field="account")
    _require_term(basis, legal_date(at))
    if _has_it(account, away, basis):
        raise RuleViolation(CLAUSE, "Эта роль у человека уже есть на эти дни.", field="account")
    return put_role(account, Role(away.role), unit=away.unit, basis=basis, substitutes=away, actor=actor, at=at)


def _require_term(basis: Basis, today: date) -> None:
    if basis.valid_to is None:
        raise RuleViolation(CLAUSE, "Назовите последний день замещения.", field="valid_to")
    if basis.valid_to < today:
        raise RuleViolation(CLAUSE, "Этот срок уже прошёл.", field="valid_to")
    if basis.valid_to > (longest := last_day(basis.valid_from)):
        raise RuleViolation(CLAUSE, f"Замещают не дольше года: по {longest:%d.%m.%Y}.", field="valid_to")


def last_day(first: date) -> date:
    """Return the last day on which a substitution that begins on `first` may end: the same day of the next year."""
    try:
        return first.replace(year=first.year + 1)
    except ValueError:  # 29 February
        return date(first.year + 1, 2, 28)


def _has_it(account: Account, away: RoleAssignment, basis: Basis) -> bool:
    held = RoleAssignment.objects.filter(
        account__person_uid=account.person_uid, role=away.role, state__in=["proposed", "active"]
    )
    if Role(away.role) in TAUGHT_BY:
        held = held.filter(
            substitutes=away
        )  # a colleague teaches other sheets: the role of their own does not reach these
    return any(
        one.unit_id in (None, away.unit_id)
        and (one.valid_to is None or one.valid_to >= basis.valid_from)
        and (basis.valid_to is None or one.valid_from <= basis.valid_to)
        for one in held
    )
