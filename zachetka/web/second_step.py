"""The second step of a sign-in: whoever has a second factor proves it before there is a session (п. 3.8; ASVS 6.3.3)."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.core.clock import now
from zachetka.core.russian import Gender, Noun, counted
from zachetka.people.actions.factors import factors_of
from zachetka.rendering.fields import at_its_field
from zachetka.web import proof

STAGE: Final = "second_step"
CODES: Final = Noun("код", "кода", "кодов", Gender.MASCULINE)


class SecondStep(LoginStage):  # type: ignore[misc] # allauth has no types
    """Stops the sign-in of whoever has a second factor until it is proved."""

    key = STAGE
    urlname = "account_second_step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Ask for the second factor, when there is one."""
        asked = self.login.user is not None and bool(factors_of(self.login.user))
        return (redirect(self.urlname) if asked else None), True


@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=STAGE, redirect_urlname="account_login")  # type: ignore[untyped-decorator] # as above
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a key; a right one ends the sign-in."""
    stage: Any = request._login_stage  # type: ignore[attr-defined] # allauth puts it there
    if request.method == "POST" and "leave" in request.POST:
        left: HttpResponse = stage.abort()
        return left
    account = stage.login.user
    known = factors_of(account)
    form = proof.ProofForm(known, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            proven = proof.prove(request, account, form.cleaned_data, at=now())
            request.proven = proven  # type: ignore[attr-defined] # `signin.record_sign_in` puts it into the session
            answer: HttpResponse = stage.exit()
            if proven.by == "recovery":
                messages.warning(request, _after_recovery(proven.codes_left))
                return redirect("account_security")
            return answer
    context = {"form": form, "question": proof.question(request, known)}
    return render(request, "account/second_step.html", context, status=422 if form.errors else 200)


def _after_recovery(left: int) -> str:
    return (
        f"Вы вошли по коду восстановления, он больше не действует; осталось: {counted(left, CODES)}. "
        "Если телефон или ключ потерян, отключите его здесь и добавьте другой."
    )
