"""Signing in: allauth's adapter with our own counting, one answer for every failure, a trace either way (п. 3.8).

The address is the peer of the connection. X-Forwarded-For is a text that anybody may send: it moves nothing, unless one of
our own proxies (ZACHETKA_TRUSTED_PROXIES) has written it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver

from zachetka.access.models import Account
from zachetka.access.throttle import Limit, address_of, count_try, forget_tries, give_back_try
from zachetka.core.clock import now
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.web.devices import device_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zachetka.people.actions.factors import Proof

WAIT: Final = "Слишком много попыток входа. Повторите через {minutes} мин. или обратитесь к администратору."
BY_LOGIN: Final = Limit("login", 5, timedelta(minutes=5), WAIT)
BY_ADDRESS: Final = Limit("address", 30, timedelta(minutes=5), WAIT)
LONGEST_LOGIN: Final = 200


def normal_login(typed: object) -> str:
    """Return the login in its normal form: `ADMIN ` and `admin` are one account (corpus D2)."""
    return str(typed or "")[:LONGEST_LOGIN].strip().lower()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """What differs from allauth here: no sign-up, our counting, one answer for every failure."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "Логин или пароль не подходят. Проверьте раскладку и Caps Lock.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Accounts are made by the academy, never by visitors (п. 3.8)."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address by which tries are counted."""
        return address_of(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Signing in leads to a page of ours: a path from the root, and nothing that a browser reads otherwise."""
        return bool(url and url.startswith("/") and super().is_safe_url(url))

    def get_login_stages(self) -> list[str]:
        """Return what stands between the password and the session: the second factor, whichever way one came (ASVS 6.3.4)."""
        return ["zachetka.web.second_step.SecondStep"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try by address and by login before the password is looked at.

        Raises:
            TooMany: answered as 429 with the time to wait.
        """
        at = now()
        count_try(BY_ADDRESS, self.get_client_ip(request), at)
        count_try(BY_LOGIN, normal_login(credentials.get("username")), at)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Check the password; a refusal leaves a trace without what was typed (РСБ.1–3)."""
        credentials["username"] = normal_login(credentials.get("username"))
        account: Account | None = super().authenticate(request, **credentials)
        if account is None or not account.is_active or _initial_is_over(account):
            with transaction.atomic():
                record_event(EventType.ACCOUNT_SIGN_IN_REFUSED, None, actor=None, at=now(), clause="3.8")
            return None
        forget_tries(BY_LOGIN, credentials["username"])
        give_back_try(BY_ADDRESS, self.get_client_ip(request))
        return account


def _initial_is_over(account: Account) -> bool:
    return account.initial_until is not None and account.initial_until < now()


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: Account, **_: Any) -> None:
    """Record who came in, and start the clocks of the session: whoever has just come in has just proved who they are."""
    at = now()
    proven: Proof | None = getattr(request, "proven", None)
    request.session.update(
        dict.fromkeys(("started_at", "seen_at", "confirmed_at"), at.timestamp())
        | {"device": device_of(request.headers.get("User-Agent", ""))}
        | ({"second_factor": proven.by} if proven else {})
    )
    with transaction.atomic():
        record_event(EventType.ACCOUNT_SIGNED_IN, user, actor=user, at=at, clause="3.8", about=user.person_uid)


@receiver(user_logged_out)
def record_sign_out(user: Account | None, **_: Any) -> None:
    """Record who left; a visitor who was not in leaves nothing."""
    account = Account.objects.filter(pk=user.pk).first() if user is not None else None
    if account is None:
        return
    with transaction.atomic():
        record_event(
            EventType.ACCOUNT_SIGNED_OUT, account, actor=account, at=now(), clause="3.8", about=account.person_uid
        )
