"""Whose session it is: read at every request, so composed once, and in one journey with the roles (п. 3.8)."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, FilteredRelation, Q

from zachetka.access.models import ROLES_IN_FORCE, Account
from zachetka.core.clock import legal_date, now
from zachetka.core.composed import Composed, Given, together

_ACCOUNT: Final = Composed(
    lambda: Account.objects.filter(pk=Given("pk"), is_active=True).annotate(
        fresh=FilteredRelation("notices", condition=Q(notices__read_at__isnull=True)), unread_notices=Count("fresh")
    )
)
"""With what the bell of every page says, `notices.queries.unread`."""


class AccountBackend(AuthenticationBackend):  # type: ignore[misc] # allauth is not typed
    """Sign-in as allauth does it; a closed account has no session any more."""

    def get_user(self, user_id: Any) -> Account | None:
        """Return the open account of a session, its roles of today read with it."""
        at = now()
        found, roles = together(
            _ACCOUNT.told(pk=user_id), ROLES_IN_FORCE.told(account=user_id, day=legal_date(at), at=at)
        )
        account: Account | None = next(iter(found), None)
        if account is not None:
            account.given_roles = roles
        return account
