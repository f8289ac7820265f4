"""How long a session lasts: idle and absolute terms, shorter for staff (ASVS 7.3); closed accounts end at once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse

from zachetka.access.guard import place_of
from zachetka.core.clock import now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.web.navigation import face_of
from zachetka.web.session_terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from zachetka.access.models import Account

READ: Final = "Сеанс закончился: вас долго не было. Войдите снова."
SENT: Final = "Сеанс закончился: вас долго не было. Отправленное не записано: войдите и отправьте ещё раз."
LOST: Final = "lost"
"""Parameter of the door: what was sent was sent by nobody, the session had ended in another tab or from another device.
A message would be kept in a session, and a stranger gets none."""
TOUCH: Final = 60
"""Seconds between two writes of «last seen»: a page costs no write of its session."""


@cache
def _open_paths() -> frozenset[str]:
    """Return where somebody with a password given by an administrator may go: nowhere but to set their own (ASVS 6.4.1)."""
    return frozenset(map(reverse, ("account_change_password", "account_logout", "account_login", "web:theme")))


@cache
def _enrolment_paths() -> frozenset[str]:
    """Return where somebody who must have a second factor and has none may go: to the page that adds one, and out."""
    names = ("account_add_app", "account_add_key", "account_logout", "account_login", "web:theme", "healthz", "readyz")
    return frozenset(map(reverse, names))


def lacks_factor(request: HttpRequest) -> bool:
    """True for a session of the staff that came in without a second factor where one is required (ASVS 6.3.3)."""
    return (
        settings.MFA_REQUIRED
        and request.user.is_authenticated
        and request.user.is_staff_member
        and not request.session.get("second_factor")
    )


class SessionTerms:
    """Ends a session that has been idle or open for too long, and says so at the door; leads to what must be done first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or send whoever came too late to sign in again."""
        if request.user.is_authenticated and self._is_over(request, request.user):
            logout(request)
            messages.warning(request, READ if request.method in {"GET", "HEAD"} else SENT)
            return redirect_to_login(place_of(request))
        if (
            request.user.is_authenticated
            and request.user.initial_until is not None
            and request.path not in _open_paths()
        ):
            messages.warning(request, _who_knows(request.user))
            return redirect("account_change_password")
        if request.user.is_authenticated:
            request.user.confirmed_at = datetime.fromtimestamp(request.session.get("confirmed_at", 0.0), UTC)
            if lacks_factor(request) and request.path not in _open_paths() | _enrolment_paths():
                return redirect("account_add_app")
            request.face = partial(face_of, request)  # type: ignore[attr-defined] # as `ActorRequest` says
        answer = self.get_response(request)
        if not request.user.is_authenticated and request.method == "POST" and _leads_to_the_door(answer):
            answer.headers["Location"] += f"&{LOST}=1"
        return answer

    def _is_over(self, request: HttpRequest, account: Account) -> bool:
        at = now().timestamp()
        started, seen = request.session.get("started_at", 0.0), request.session.get("seen_at", 0.0)
        idle, absolute = terms_of(account)
        if at - seen > idle.total_seconds() or at - started > absolute.total_seconds():
            return True
        if at - seen > TOUCH:
            request.session["seen_at"] = at
        return False


def _leads_to_the_door(answer: HttpResponseBase) -> bool:
    return answer.headers.get("Location", "").startswith(f"{reverse('account_login')}?")


_NEW_PASSWORDS: Final = (EventType.ACCOUNT_PASSWORD_GIVEN, EventType.ACCOUNT_ACCESS_RESTORED)


def _who_knows(account: Account) -> str:
    """Tell the holder of a temporary password who else has seen it and at whose request (п. 3.8)."""
    restored = Event.objects.filter(
        object_type="access.account", object_id=str(account.pk), type__in=_NEW_PASSWORDS
    ).last()
    if restored is not None and restored.type == EventType.ACCOUNT_ACCESS_RESTORED:
        return (
            f"Пароль выдан заново с консоли сервера по приказу №\u00a0{restored.body['order']}. "
            "Если вы об этом не просили, скажите руководителю. Задайте свой пароль."
        )
    if account.initial_given_by is None:
        return "Задайте свой пароль: временный знает ещё и тот, кто его выдал."
    hands = f"кто выдал — {account.initial_given_by}"
    if account.initial_asked_by is not None:
        hands = f"кто запросил — {account.initial_asked_by}, {hands}"
    return f"Пароль выдан заново: {hands}. Если вы об этом не просили, скажите руководителю. Задайте свой пароль."
