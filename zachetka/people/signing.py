"""As whom somebody signs papers: the name of the day, and whether they acted for another (п. 2.1, 3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zachetka.access.models import RoleAssignment
from zachetka.core.composed import Composed, Given
from zachetka.people.models import PersonName

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from zachetka.access.policy import Role


def name_held(person_uid: UUID, day: date) -> PersonName | None:
    """Return the name that a person had on the legal `day`, the earliest known one for an earlier day; for papers (п. 2.1).

    None when the account belongs to nobody recorded.
    """
    known = _NAMES(person=person_uid)
    return next(iter([name for name in known if name.valid_from <= day][-1:] or known[:1]), None)


_NAMES: Final = Composed(lambda: PersonName.objects.filter(person__uid=Given("person")).order_by("valid_from", "pk"))


def acting(person_uid: UUID, role: Role, day: date) -> str:
    """Return «и. о. руководителя» of somebody who had the role on `day` only as a substitute, "" of anybody else; one query."""
    whom = {one for (one,) in _SUBSTITUTED(person=person_uid, role=role.value, day=day)}
    return role.acting if whom and None not in whom else ""


_SUBSTITUTED: Final = Composed(
    lambda: (
        RoleAssignment.objects.filter(
            account__person_uid=Given("person"),
            role=Given("role"),
            state__in=["active", "ended"],
            valid_from__lte=Given("day"),
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=Given("day")))
        .values_list("substitutes")
        .order_by()
    )
)
