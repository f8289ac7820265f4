"""The page where everybody who has signed in sets a password of their own (п. 3.8; ASVS 6.2)."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zachetka.access.models import Account
from zachetka.access.sessions import end_sessions
from zachetka.core.clock import now
from zachetka.people.actions.own_password import change_own_password
from zachetka.rendering.fields import at_its_field

LONGEST: Final = 4096
ASK: Final = "Заполните: без этого пароль не сменить."


def _secret(label: str, autocomplete: str, hint: str = "") -> forms.CharField:
    """Return a field that keeps every sign as it was typed."""
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        strip=False,
        help_text=hint,
        error_messages={"required": ASK},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class PasswordForm(forms.Form):
    """The present password and, twice, the new one."""

    current = _secret("Нынешний пароль", "current-password")
    new = _secret(
        "Новый пароль",
        "new-password",
        "Не короче 12 знаков. Удобно запомнить несколько слов, не связанных между собой.",
    )
    again = _secret("Новый пароль ещё раз", "new-password")

    def __init__(self, account: Account, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.account = account

    def clean_new(self) -> str:
        """A password that is long enough, not well known and not the holder's own name.

        Raises:
            ValidationError: which of these it is not.
        """
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.account)
        return new

    def clean(self) -> dict[str, Any]:
        """The new password is typed twice alike."""
        typed = super().clean() or self.cleaned_data
        if "new" in typed and "again" in typed and typed["new"] != typed["again"]:
            self.add_error("again", "Не совпадает с новым паролем выше.")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
def change(request: HttpRequest) -> HttpResponse:
    """Change one's password; this session goes on under a new key, the others end (ASVS 7.4.3)."""
    assert isinstance(request.user, Account)  # noqa: S101 - `login_required` has let only those in
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with at_its_field(form):
            account = change_own_password(request.user, current=typed["current"], new=typed["new"], at=now())
            end_sessions(account, but=request.session.session_key)
            update_session_auth_hash(request, account)
            messages.success(request, "Пароль изменён. Другие ваши сеансы закрыты.")
            return redirect("web:home")
    first = request.user.initial_until is not None
    return render(
        request, "account/password_change.html", {"form": form, "first": first}, status=422 if form.errors else 200
    )
