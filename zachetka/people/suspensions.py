"""Roles that do not act: an emergency access of their holder was left unreviewed past its day (п. 3.8).

That a role is suspended is a reading of today (`Account.suspended`); here the same is read by whoever looks at another's role.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Case, JSONField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from zachetka.access.models import EmergencyAccess, RoleAssignment
from zachetka.access.policy import MATRIX, Permission

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Suspension:
    """Since when a role does not act, and which emergency access waits for a review.

    Attributes:
        since: the first day on which it does not act.
        emergency: the earliest access of its holder that was not reviewed in time.
    """

    since: date
    emergency: int

    @classmethod
    def of(cls, role: RoleAssignment) -> Self | None:
        """Return why a role of `with_suspension` does not act, None when it acts."""
        told: dict[str, Any] | None = getattr(role, "held_up", None)
        if told is None:
            return None
        since = date.fromisoformat(told["review_by"]) + timedelta(days=1)
        return cls(max(since, role.valid_from), told["pk"])

    def __str__(self) -> str:
        return f"с {self.since:%d.%m.%Y}: экстренный доступ № {self.emergency} не проверен в срок"


def with_suspension(roles: QuerySet[RoleAssignment], day: date) -> QuerySet[RoleAssignment]:
    """Tell of each role the emergency access for which it does not act on `day`, as `held_up`; None of one that acts."""
    late = EmergencyAccess.objects.late(day).filter(account_person=OuterRef("account__person_uid")).order_by("pk")
    told = late.values(told=JSONObject(pk="pk", review_by="review_by"))[:1]
    opening = RoleAssignment.objects.in_force(day).filter(
        role__in=[role.value for role in MATRIX[Permission.EMERGENCY_OPEN]]
    )
    held_up = When(pk__in=opening.values("pk"), then=Subquery(told, output_field=JSONField()))
    return roles.annotate(held_up=Case(held_up, output_field=JSONField()))


def suspended_of(person_uid: UUID, day: date) -> list[tuple[RoleAssignment, Suspension]]:
    """Return the roles of a person, on whatever account of theirs, that do not act on `day`, and why; one query."""
    theirs = RoleAssignment.objects.filter(account__person_uid=person_uid).select_related("account").order_by("pk")
    return [(role, why) for role in with_suspension(theirs, day) if (why := Suspension.of(role)) is not None]
