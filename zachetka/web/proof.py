"""Proving that it is still the same person: the fields, the question to an access key, the answer (ASVS 6.3.3, 7.5.3).

Two places ask: the second step of a sign-in, and `confirmation` before what cannot be taken back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django import forms

from zachetka.access import access_keys
from zachetka.core.errors import RuleViolation
from zachetka.people.actions import factors
from zachetka.people.actions.factors import APP, KEY, KEY_NOT_FITTING, Proof

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from zachetka.access.models import Account, SecondFactor

QUESTION: Final = "key_question"
"""Where a session keeps what an access key was asked, until it answers: once."""


class ProofForm(forms.Form):
    """A code, or the answer of an access key that a script has put in."""

    code = forms.CharField(
        label="Код",
        max_length=64,
        error_messages={"required": "Введите код."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    key = forms.CharField(max_length=access_keys.LONGEST, required=False, widget=forms.HiddenInput)

    def __init__(self, known: Sequence[SecondFactor], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["code"].required = not self.data.get(self.add_prefix("key"))
        has_app = any(one.kind == APP for one in known)
        self.fields["code"].label = "Код из приложения" if has_app else "Код восстановления"
        self.fields["code"].help_text = (
            "Шесть цифр. Нет телефона под рукой — введите код восстановления."
            if has_app
            else "Если ключа под рукой нет: один из кодов, что вы распечатали. Каждый действует один раз."
        )


def question(request: HttpRequest, known: Sequence[SecondFactor]) -> dict[str, Any] | None:
    """Return what the browser is to ask its keys for, and keep the question; None when there are no keys."""
    keys = [one for one in known if one.kind == KEY]
    if not keys or not access_keys.are_possible():
        return None
    asked = access_keys.ask_proof(keys)
    request.session[QUESTION] = asked.kept
    return asked.told


def prove(request: HttpRequest, account: Account, typed: dict[str, Any], *, at: datetime) -> Proof:
    """Take what was typed, or what a key has answered to the question of this session.

    Raises:
        TooMany, RuleViolation: as `factors.prove_by_code`.
    """
    if not typed.get("key"):
        return factors.prove_by_code(account, typed["code"], at=at)
    kept = request.session.pop(QUESTION, None)
    return factors.prove_by_key(account, kept=kept or {}, answer=answer_of(typed["key"]), at=at)


def answer_of(text: str) -> dict[str, Any]:
    """Return what the script of the page has sent.

    Raises:
        RuleViolation: it is not what such a script sends.
    """
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise RuleViolation("3.8", KEY_NOT_FITTING, field="code")
    return read
