"""Whose session it is: read at every request, so composed once (п. 3.8)."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend

from zachetka.access.models import Account
from zachetka.core.composed import Composed, Given

_ACCOUNT: Final = Composed(lambda: Account.objects.filter(pk=Given("pk"), is_active=True))


class AccountBackend(AuthenticationBackend):  # type: ignore[misc] # allauth is not typed
    """Sign-in as allauth does it; a closed account has no session any more."""

    def get_user(self, user_id: Any) -> Account | None:
        """Return the open account of a session."""
        return _ACCOUNT.first(pk=user_id)
