"""«Мой вход»: the second factors of one's own account, recovery codes, the last sign-ins, open sessions (п. 3.8; УПД.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access import access_keys, one_time_codes, vault
from zachetka.access.guard import require_confirmed
from zachetka.access.models import Account, SecondFactor
from zachetka.core.clock import now
from zachetka.core.errors import ConfirmAnew
from zachetka.core.russian import Gender, Noun, counted
from zachetka.people.actions import factors
from zachetka.people.actions.identities import identity_of
from zachetka.people.actions.own_sessions import end_own_sessions
from zachetka.people.own_sign_in import own_sessions, own_sign_ins
from zachetka.rendering import qr
from zachetka.rendering.fields import Line, at_its_field
from zachetka.web import proof
from zachetka.web.confirmation import confirm_session
from zachetka.web.session_terms import terms_of
from zachetka.web.sessions import lacks_factor

if TYPE_CHECKING:
    from datetime import datetime

PENDING: Final = "pending_app"
"""Where a session keeps, encrypted, the secret that is on the screen until the application has shown its first code."""
NEW_KEY: Final = "new_key"
REASON: Final = "второй фактор открывает вход вместо вас"
SESSIONS: Final = Noun("сеанс", "сеанса", "сеансов", Gender.MASCULINE)
ISSUER: Final = "Зачётка"


class AppForm(forms.Form):
    """The first code of an application, and what its holder calls it."""

    code = forms.CharField(
        label="Код из приложения",
        max_length=16,
        help_text="Шесть цифр, которые приложение показывает сейчас.",
        error_messages={"required": "Введите код: так система узнает, что приложение настроено."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )
    name = Line(label="Название", max_length=60, initial="Телефон", help_text="Чтобы узнать его в списке.")


class KeyForm(forms.Form):
    """What a script has got from the browser, and what the holder calls the key."""

    name = Line(label="Название", max_length=60, initial="Ключ доступа", help_text="Чтобы узнать его в списке.")
    key = forms.CharField(max_length=access_keys.LONGEST, required=False, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        """The browser has made a key.

        Raises:
            ValidationError: it has not: scripts are off, or the person has cancelled.
        """
        given: str = self.cleaned_data["key"]
        if not given:
            raise forms.ValidationError("Ключ не создан: нажмите кнопку ещё раз и следуйте подсказкам браузера.")
        return given


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """How one signs in: factors, codes that are left, sessions, the last sign-ins."""
    account, at = _holder(request), now()
    known = factors.factors_of(account)
    return render(
        request,
        "account/security.html",
        {
            "factors": known,
            "codes_left": account.recovery_codes.live().count() if known else 0,
            "codes_of": one_time_codes.QUANTITY,
            "is_required": settings.MFA_REQUIRED and account.is_staff_member,
            "may_add": len(known) < factors.MOST,
            "keys_possible": access_keys.are_possible(),
            "sessions": own_sessions(account, request.session.session_key, terms_of(account), at),
            "entries": own_sign_ins(account),
            "identity": identity_of(account, settings.OIDC_ISSUER) if settings.OIDC_ISSUER else None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
def add_app(request: HttpRequest) -> HttpResponse:
    """Add an application with codes: a QR code, then the first code that it shows (ASVS 6.5.5)."""
    account, at = _holder(request), now()
    _require_same(request, account)
    secret = _pending(request, account)
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            codes = factors.add_app(
                account,
                secret=secret,
                typed=form.cleaned_data["code"],
                name=form.cleaned_data["name"],
                keeping=request.session.session_key,
                at=at,
            )
            del request.session[PENDING]
            return _added(request, at, factors.APP, codes)
    context = {
        "form": form,
        "qr": qr.secret_svg(one_time_codes.address(secret, login=account.login, issuer=ISSUER)),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    }
    return _adding(request, "account/add_app.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_key(request: HttpRequest) -> HttpResponse:
    """Add an access key: of the computer, of the telephone, or a token (WebAuthn)."""
    account, at = _holder(request), now()
    _require_same(request, account)
    if not access_keys.are_possible():
        return redirect("account_add_app")
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            codes = factors.add_key(
                account,
                kept=request.session.pop(NEW_KEY, None) or {},
                answer=proof.answer_of(form.cleaned_data["key"]),
                name=form.cleaned_data["name"],
                keeping=request.session.session_key,
                at=at,
            )
            return _added(request, at, factors.KEY, codes)
    keys = [one for one in factors.factors_of(account) if one.kind == factors.KEY]
    asked = access_keys.ask_new(account, keys)
    request.session[NEW_KEY] = asked.kept
    return _adding(request, "account/add_key.html", {"form": form, "question": asked.told}, form)


@require_POST
@login_required
def end_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """End a factor of one's own; other sessions end with it."""
    account = _holder(request)
    require_confirmed(account, REASON)
    factor = get_object_or_404(SecondFactor.objects.live(), account=account.pk, pk=pk)
    required = settings.MFA_REQUIRED and account.is_staff_member
    factors.end_factor(factor, is_required=required, keeping=request.session.session_key, actor=account, at=now())
    messages.success(request, f"«{factor.name}» больше не открывает вход. Другие ваши сеансы завершены.")
    return redirect("account_security")


@require_POST
@login_required
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes instead of those that are left, shown once on the answer itself."""
    account = _holder(request)
    require_confirmed(account, REASON)
    codes = factors.renew_codes(account, at=now())
    return render(request, "account/codes.html", _shown(codes) | {"renewed": True})


@require_POST
@login_required
def end_session(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End one of one's other sessions."""
    account = _holder(request)
    if end_own_sessions(account, uid=uid, but=request.session.session_key, at=now()):
        messages.success(request, "Сеанс завершён: следующий запрос оттуда попадёт на страницу входа.")
    return redirect("account_security")


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's other sessions."""
    ended = end_own_sessions(_holder(request), but=request.session.session_key, at=now())
    messages.success(request, f"Завершено: {counted(ended, SESSIONS)}." if ended else "Других сеансов нет.")
    return redirect("account_security")


def _holder(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # noqa: S101 - `login_required` has let only those in
    return request.user


def _require_same(request: HttpRequest, account: Account) -> None:
    """Let nobody add a factor to somebody's open page: with one, a session that came in without it proves it first.

    Raises:
        ConfirmAnew: it is long since the session proved whose it is.
    """
    if lacks_factor(request) and factors.factors_of(account):
        raise ConfirmAnew(REASON)
    require_confirmed(account, REASON)


def _pending(request: HttpRequest, account: Account) -> str:
    """Return the secret on the screen: the same until it is taken up, so that a slip in the code asks for no new scan."""
    holder = f"pending {factors.holder_of(account)}"
    kept = request.session.get(PENDING)
    if isinstance(kept, str):
        try:
            return vault.decrypt(kept, holder=holder)
        except vault.Unreadable:
            pass  # another key since then: begin anew
    secret = one_time_codes.new_secret()
    request.session[PENDING] = vault.encrypt(secret, holder=holder)
    return secret


def _adding(request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form) -> HttpResponse:
    first = lacks_factor(request)
    context |= {"first": first, "keys_possible": access_keys.are_possible()}
    return render(request, template, context, status=422 if form.errors else 200)


def _added(request: HttpRequest, at: datetime, kind: str, codes: list[str]) -> HttpResponse:
    confirm_session(request, at, by=kind)
    if not codes:
        messages.success(request, "Второй фактор добавлен. Другие ваши сеансы завершены.")
        return redirect("account_security")
    return render(request, "account/codes.html", _shown(codes))


def _shown(codes: list[str]) -> dict[str, Any]:
    told = [f"Зачётка, {settings.PUBLIC_URL}: коды восстановления", "Каждый действует один раз.", "", *codes, ""]
    return {"codes": codes, "file": "\r\n".join(told)}
