"""Reads of notices: whom to tell, what is unread, what somebody chose (п. 2.4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Role
from zachetka.core.composed import Composed, Given
from zachetka.notices.kinds import KINDS, Mail, NoticeKind
from zachetka.notices.models import USUAL_HOUR, Choice, DigestHour, Notice, NoticeQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNREAD: Final = Composed(
    lambda: (
        Notice.objects.filter(account_id=Given("account"), read_at__isnull=True)
        .values("account")
        .annotate(n=Count("pk"))
        .values_list("n")
        .order_by()
    )
)


def unread(account: Account) -> int:
    """Return how many notices the account has not read; no query where a session read it, which counts them on the way."""
    told: int | None = getattr(account, "unread_notices", None)
    if told is not None:
        return told
    found = _UNREAD.first(account=account.pk)
    return found[0] if found else 0


def notices(actor: Account) -> NoticeQuerySet:
    """Return the notices of the person, the newest first."""
    return Notice.objects.visible_to(actor)


def holding(*roles: Role, day: date, unit_id: int | None = None) -> list[Account]:
    """Return the accounts that hold one of `roles` on the legal `day`: for the whole academy, or for this unit."""
    told = {"roles": [role.value for role in roles], "day": day}
    return _HOLDING(**told) if unit_id is None else _HOLDING_IN_UNIT(**told, unit=unit_id)


def _holding(of_unit: Q) -> QuerySet[Account]:
    held = RoleAssignment.objects.in_force(Given("day")).filter(of_unit, role__any=Given("roles"))
    return Account.objects.filter(pk__in=held.values("account"), is_active=True).order_by("pk")


_HOLDING: Final = Composed(lambda: _holding(Q()))
_HOLDING_IN_UNIT: Final = Composed(lambda: _holding(Q(unit__isnull=True) | Q(unit_id=Given("unit"))))
_OF_PEOPLE: Final = Composed(
    lambda: Account.objects.filter(person_uid__any=Given("uids"), is_active=True).order_by("pk")
)


def of_people(uids: Iterable[UUID]) -> list[Account]:
    """Return the open accounts of natural persons; no query of nobody."""
    asked = list(uids)
    return _OF_PEOPLE(uids=asked) if asked else []


def chosen(account: Account, kinds: Iterable[NoticeKind]) -> dict[NoticeKind, tuple[bool, Mail]]:
    """Return for each of `kinds` whether it is shown and how it is mailed; one query."""
    known = {one.kind: one for one in Choice.objects.filter(account=account)}
    return {
        kind: (known[kind.value].shown, Mail(known[kind.value].mail))
        if kind.value in known
        else (True, KINDS[kind].mail)
        for kind in kinds
    }


def digest_hour(account: Account) -> int:
    """Return the hour of Moscow at which the digest goes."""
    found = DigestHour.objects.filter(account=account).first()
    return USUAL_HOUR if found is None else found.hour
