"""A way in through the sign-in service of the academy: linked by the holder alone, used, ended (п. 3.8; ASVS 10).

Nobody comes in by such a service who has not linked it from inside, having proved who they are by what they had before: an
account is never made by it, nor found by a name or an address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from zachetka.access.models import Account, OutsideIdentity
from zachetka.core.constraints import refusing
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock

CLAUSE: Final = "3.8"


def account_of(issuer: str, subject: str) -> Account | None:
    """Return the open account that is linked to `subject` of `issuer`, None when there is none."""
    found = OutsideIdentity.objects.filter(issuer=issuer, subject=subject, ended_at=None, account__is_active=True)
    linked = found.select_related("account").first()
    return None if linked is None else linked.account


def identity_of(account: Account, issuer: str) -> OutsideIdentity | None:
    """Return how `issuer` knows the holder of `account`, None when they are not linked."""
    return OutsideIdentity.objects.filter(account=account.pk, issuer=issuer, ended_at=None).first()


def link_identity(account: Account, *, issuer: str, subject: str, at: datetime) -> OutsideIdentity:
    """Link the holder of `account` to who they are for `issuer`; linked already to the same, it stays.

    Raises:
        RuleViolation: that identity is another account's, or the account has another identity.
        IllegalStep: the account is closed, or its password is a temporary one.
    """
    taken = RuleViolation(CLAUSE, "Эта внешняя учётная запись уже связана с другой записью «Зачётки».")
    second = RuleViolation(CLAUSE, "Внешний вход уже связан: сначала разорвите прежнюю связь.")
    constraints = {"outside_identity_is_of_one_account": taken, "account_has_one_outside_identity": second}
    with transaction.atomic():
        account = lock(Account(pk=account.pk))  # the request's own is lazy
        if not account.is_active or account.initial_until is not None:
            raise IllegalStep(CLAUSE, "Связать внешний вход можно, когда задан свой пароль.")
        known = identity_of(account, issuer)
        if known is not None and known.subject == subject:
            return known
        with refusing(constraints):
            linked = OutsideIdentity.objects.create(account=account, issuer=issuer, subject=subject, linked_at=at)
        _record(EventType.OUTSIDE_IDENTITY_LINKED, linked, account, account, at)
    return linked


def end_own_identity(account: Account, *, at: datetime) -> bool:
    """End the link of one's own account; return whether there was one."""
    with transaction.atomic():
        account = lock(Account(pk=account.pk))
        return end_identities(account, actor=account, at=at)


def end_identities(account: Account, *, actor: Account | None, at: datetime) -> bool:
    """End every link of a locked account; whoever calls it has asked whether `actor` may."""
    rows = list(OutsideIdentity.objects.filter(account=account, ended_at=None))
    for row in rows:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        _record(EventType.OUTSIDE_IDENTITY_ENDED, row, account, actor, at)
    return bool(rows)


def _record(event: EventType, row: OutsideIdentity, account: Account, actor: Account | None, at: datetime) -> None:
    record_event(event, row, actor=actor, at=at, clause=CLAUSE, about=account.person_uid)
