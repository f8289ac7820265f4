"""Before what cannot be taken back, whoever sits at the page proves anew that it is they; what was typed is not lost (ASVS 7.5.3).

`guard.require` raises `ConfirmAnew`; the answer is a page with the whole request in it: the fields of the form hidden, and one
more to prove with. It is sent to the address where the form was going. Here the proof is taken out of it and checked, and the
request goes on as if the person had just signed in. Nothing is kept on the server in between.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from zachetka.access.models import Account
from zachetka.core.clock import now
from zachetka.core.errors import ConfirmAnew, Refusal
from zachetka.people.actions.factors import Proof, factors_of
from zachetka.people.actions.own_password import confirm_by_password, record_confirmed
from zachetka.rendering.fields import at_its_field
from zachetka.web import proof
from zachetka.web.refusals import TOO_LARGE, answer, door_of, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zachetka.access.models import SecondFactor

PREFIX: Final = "confirm"
ASKED: Final = "confirm-asked"
"""The field by which a request is known to come from the page that asks; its value is the method of the request before."""
REASON: Final = "confirm-reason"
OURS: Final = frozenset({ASKED, REASON, "confirm-code", "confirm-key", "confirm-password", "csrfmiddlewaretoken"})


class PasswordProof(forms.Form):
    """The password, for whoever has no second factor."""

    password = forms.CharField(
        label="Пароль",
        max_length=4096,
        strip=False,
        error_messages={"required": "Введите пароль."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Confirmation:
    """Asks for a proof, and checks it before the view is called; CSRF has been checked by then.

    Stands last in MIDDLEWARE: to `Refusals` what it asks for would be one refusal more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Take the proof out of the request; without one, or with a right one, the view is called."""
        try:
            if request.method != "POST" or ASKED not in request.POST or not request.user.is_authenticated:
                return None
            return _taken(request, request.user)
        except Refusal as refusal:  # raised before a view, it reaches no `process_exception`
            return refused(request, refusal)
        except TOO_LARGE:  # the body is read here first; as above
            return answer(request, 413)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer whoever has to prove who they are; the rest is for `Refusals`."""
        return _asked(request, exception) if isinstance(exception, ConfirmAnew) else None


def _taken(request: HttpRequest, account: Account) -> HttpResponse | None:
    known = factors_of(account)
    form = _form(known, request.POST)
    if form.is_valid():
        with at_its_field(form):
            at = now()
            proven = _proven(request, account, known, form.cleaned_data, at)
            record_confirmed(account, proven.by if proven else "password", at=at)
            confirm_session(request, at, by=proven.by if proven else "")
            return _go_on(request)
    return _page(request, str(request.POST.get(REASON, "")), known, form, status=422)


def _asked(request: HttpRequest, refusal: ConfirmAnew) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": refusal.sentence, "clause": refusal.clause, "field": ""}, status=refusal.status)
    known = factors_of(request.user) if isinstance(request.user, Account) else []
    return _page(request, refusal.reason, known, _form(known, None), status=refusal.status)


def confirm_session(request: HttpRequest, at: datetime, *, by: str = "") -> None:
    """Note that whoever has this session has just proved who they are; its key is another from now on (ASVS 7.2.4)."""
    request.session.cycle_key()
    request.session["confirmed_at"] = at.timestamp()
    if by:
        request.session["second_factor"] = by
    if isinstance(request.user, Account):
        request.user.confirmed_at = at


def _proven(
    request: HttpRequest, account: Account, known: Sequence[SecondFactor], typed: dict[str, Any], at: datetime
) -> Proof | None:
    if known:
        return proof.prove(request, account, typed, at=at)
    confirm_by_password(account, typed["password"], at=at)
    return None


def _form(known: Sequence[SecondFactor], data: Any) -> forms.Form:
    return proof.ProofForm(known, data, prefix=PREFIX) if known else PasswordProof(data, prefix=PREFIX)


def _go_on(request: HttpRequest) -> HttpResponse | None:
    """Let the request be what it was before it was asked."""
    if request.POST[ASKED] != "POST":
        return HttpResponseRedirect(request.get_full_path())
    sent = request.POST.copy()
    for name in OURS - {"csrfmiddlewaretoken"}:
        sent.pop(name, None)
    request.POST = sent  # type: ignore[assignment] # a QueryDict all the same
    return None


def _page(
    request: HttpRequest, reason: str, known: Sequence[SecondFactor], form: forms.Form, *, status: int
) -> HttpResponse:
    by_htmx = request.headers.get("HX-Request") == "true"
    sent = (
        []
        if request.method != "POST"
        else [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    )
    context = {
        "form": form,
        "reason": reason[:200],
        "asked": request.POST.get(ASKED) or request.method,
        "sent": sent,
        "lost_files": bool(request.FILES) if request.method == "POST" else False,
        "question": proof.question(request, known),
        "address": request.get_full_path(),
        "back": door.url if (door := door_of(request)) else "/",
    }
    if by_htmx:
        answer = render(request, "account/_confirm.html", context, status=422)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#content", "innerHTML show:window:top"
        return answer
    return render(request, "account/confirm.html", context, status=status)
