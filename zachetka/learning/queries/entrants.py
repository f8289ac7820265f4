"""Who of those enrolled can sign in, and how far each has got (п. 3.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import STAFF, Permission, Role
from zachetka.core.clock import legal_date
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.completeness import gone

if TYPE_CHECKING:
    from uuid import UUID

OPEN_STATES = (RoleAssignment.State.PROPOSED, RoleAssignment.State.ACTIVE)


class Way(StrEnum):
    """How far a person has got on the way to signing in."""

    NONE = "none"
    ROLELESS = "roleless"
    PROPOSED = "proposed"
    LAPSED = "lapsed"
    WAITING = "waiting"
    OPEN = "open"

    @property
    def look(self) -> tuple[str, str, str]:
        """Tone, icon and word of the badge."""
        return {
            "none": ("neutral", "door-off", "входа нет"),
            "roleless": ("neutral", "id-badge", "есть запись, роли слушателя нет"),
            "proposed": ("info", "send", "роль на утверждении"),
            "lapsed": ("warn", "clock-exclamation", "срок пароля вышел"),
            "waiting": ("brand", "key", "пароль выдан, ещё не сменён"),
            "open": ("ok", "check", "входит со своим паролем"),
        }[self.value]


@dataclass(frozen=True, slots=True)
class Entrant:
    """One person enrolled, the account by which they come in, and how far they have got.

    Attributes:
        enrolment: with the learner's person and the order read.
        account: the open one; None when there is none.
        way: how far.
        works_here: the account has a role of the staff, in force or proposed: its password takes two people.
        holds_post: that role is approved: the password came from two people already.
    """

    enrolment: Enrolment
    account: Account | None
    way: Way
    works_here: bool
    holds_post: bool = False


def of_cohort(cohort: Cohort, day: date) -> QuerySet[Enrolment]:
    """Return those of a cohort who learn on the legal `day`, or have learned to the end."""
    return cohort.enrolments.exclude(gone(day))


def admittable(actor: Account, enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Leave the enrolments whose people `actor` may let in."""
    enrolments = enrolments.filter(learner__person__merged_into=None)  # an absorbed card gets no account
    return enrolments & Enrolment.objects.visible_to(actor, Permission.LEARNER_ADMIT)


def entrants(enrolments: QuerySet[Enrolment], at: datetime) -> list[Entrant]:
    """Return how far each person enrolled has got; three queries, however many there are."""
    found = list(
        enrolments.select_related("learner__person", "enrolment_order", "cohort").order_by(
            "learner__person__sort_key", "pk"
        )
    )
    held = _accounts({one.learner.person.uid for one in found})
    return [_entrant(one, held.get(one.learner.person.uid, []), at) for one in found]


def _accounts(people: Iterable[UUID]) -> dict[UUID, list[Account]]:
    roles = Prefetch("roles", RoleAssignment.objects.filter(state__in=OPEN_STATES), to_attr="open_roles")
    held: dict[UUID, list[Account]] = {}
    for account in Account.objects.filter(person_uid__in=people, is_active=True).prefetch_related(roles).order_by("pk"):
        held.setdefault(account.person_uid, []).append(account)
    return held


def _entrant(enrolment: Enrolment, accounts: list[Account], at: datetime) -> Entrant:
    """Choose the account that has the role of a learner, else the first one."""
    ways = sorted(((_way(account, at), account) for account in accounts), key=lambda one: list(Way).index(one[0]))
    if not ways:
        return Entrant(enrolment, None, Way.NONE, works_here=False)
    way, account = ways[-1]
    posts = [role for role in account.open_roles if role.role in STAFF]  # type: ignore[attr-defined]
    holds_post = any(role.state == RoleAssignment.State.ACTIVE for role in posts)
    return Entrant(enrolment, account, way, works_here=bool(posts), holds_post=holds_post)


def _way(account: Account, at: datetime) -> Way:
    day = legal_date(at)
    as_learner = [role for role in account.open_roles if role.role == Role.LEARNER]  # type: ignore[attr-defined]
    if not any(
        role.state == RoleAssignment.State.ACTIVE and role.valid_from <= day and (role.valid_to or day) >= day
        for role in as_learner
    ):
        return Way.PROPOSED if any(role.valid_to is None for role in as_learner) else Way.ROLELESS
    if account.initial_until is None:
        return Way.OPEN if account.has_usable_password() else Way.LAPSED
    return Way.WAITING if account.initial_until >= at else Way.LAPSED
