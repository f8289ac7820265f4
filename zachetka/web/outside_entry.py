"""Coming in through the sign-in service of the academy, and linking it to one's own account from inside (п. 3.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import require_confirmed
from zachetka.access.models import Account
from zachetka.access.throttle import Limit, address_of, count_try
from zachetka.core.clock import now
from zachetka.core.errors import Refusal, TooMany
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.actions import identities
from zachetka.web import issuer
from zachetka.web.issuer import Errand

KEPT: Final = "outside_errand"
ENTER, LINK = "enter", "link"
REASON: Final = "внешний вход открывает вашу запись вместо пароля"
BY_ADDRESS: Final = Limit(
    "outside", 30, timedelta(minutes=5), "Слишком много попыток входа. Повторите через {minutes} мин."
)
NOT_LINKED: Final = (
    "Внешняя учётная запись ни с кем не связана. Войдите по паролю и свяжите её на странице «Мой вход»: "
    "сама система никого не заводит."
)


@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Send somebody who is not in to the service."""
    _must_be_named()
    if request.user.is_authenticated:
        return redirect("web:home")
    count_try(BY_ADDRESS, address_of(request), now())
    return HttpResponseRedirect(_sent(request, ENTER, 0))


@require_POST
@login_required
def link(request: HttpRequest) -> HttpResponse:
    """Say where the link leads; whoever goes on comes back with who they are there."""
    _must_be_named()
    account = _holder(request)
    require_confirmed(account, REASON)
    return render(request, "account/outside.html", {"service": issuer.name(), "way": _sent(request, LINK, account.pk)})


@require_POST
@login_required
def unlink(request: HttpRequest) -> HttpResponse:
    """End the link of one's own account."""
    account = _holder(request)
    require_confirmed(account, REASON)
    if identities.end_own_identity(account, at=now()):
        messages.success(request, "Связь разорвана: внешним входом сюда больше не войти.")
    return redirect("account_security")


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Whoever was sent to the service is back: in, linked, or at the door with the reason."""
    _must_be_named()
    at = now()
    count_try(BY_ADDRESS, address_of(request), at)
    kept = request.session.pop(KEPT, None)
    try:
        errand = Errand(**kept) if isinstance(kept, dict) else Errand.begin("", 0, at)
        given = request.GET
        subject = issuer.subject_of(errand, state=given.get("state", ""), code=given.get("code", "")[:4096], at=at)
        if errand.intent == LINK:
            return _linked(request, errand, subject)
        return _entered(request, subject)
    except TooMany:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("account_security" if request.user.is_authenticated else "account_login")


def _linked(request: HttpRequest, errand: Errand, subject: str) -> HttpResponse:
    account = request.user
    if not isinstance(account, Account) or account.pk != errand.account:
        messages.error(request, issuer.FAILED)
        return redirect("account_login")
    identities.link_identity(account, issuer=settings.OIDC_ISSUER, subject=subject, at=now())
    messages.success(request, f"Связано: теперь сюда можно войти через {issuer.name()}.")
    return redirect("account_security")


def _entered(request: HttpRequest, subject: str) -> HttpResponse:
    account = identities.account_of(settings.OIDC_ISSUER, subject)
    if account is None or account.initial_until is not None:
        with transaction.atomic():
            record_event(EventType.ACCOUNT_SIGN_IN_REFUSED, None, actor=None, at=now(), clause="3.8", door="outside")
        messages.error(request, NOT_LINKED)
        return redirect("account_login")
    answer: HttpResponse = perform_login(request, Login(user=account))
    return answer


def _sent(request: HttpRequest, intent: str, account: int) -> str:
    errand = Errand.begin(intent, account, now())
    request.session[KEPT] = errand.told()
    return issuer.way_to(errand)


def _holder(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # noqa: S101 - `login_required` has let only those in
    account: Account = Account.objects.get(pk=request.user.pk)
    account.confirmed_at = request.user.confirmed_at
    return account


def _must_be_named() -> None:
    if not issuer.is_named():
        raise Http404
