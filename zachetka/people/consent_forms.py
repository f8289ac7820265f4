"""The shape of what is typed about consents and their withdrawal (152-ФЗ ст. 9, 21)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zachetka.people.actions.consents import Terms
from zachetka.people.models import Consent
from zachetka.people.rules.purposes import CATEGORIES, purposes_on
from zachetka.rendering.fields import Day, Line, RequestKey


class ConsentForm(forms.Form):
    """A consent as it was signed."""

    key = RequestKey()
    purpose = forms.ChoiceField(label="На что согласие")
    given_on = Day(label="Когда дано")
    valid_until = Day(label="Действует по", required=False, help_text="Пусто — до отзыва")
    signature = forms.ChoiceField(label="Чем подписано", choices=Consent.Signature.choices)
    document = Line(label="Документ", max_length=200, help_text="Отдельный документ: «Согласие № 12 от 01.09.2026»")
    withdrawal_way = Line(
        label="Как отозвать", max_length=200, initial="заявлением в учебный отдел или кнопкой в системе"
    )

    def __init__(self, *args: Any, today: date, **given: Any) -> None:
        super().__init__(*args, **given)
        asked = [
            (one.code, f"{one.words}: {', '.join(CATEGORIES[name] for name in one.categories)}")
            for one in purposes_on(today)
        ]
        self.fields["purpose"].choices = asked  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """Return the consent typed."""
        return Terms(**{name: value for name, value in self.cleaned_data.items() if name != "key"})


class WithdrawalForm(forms.Form):
    """A withdrawal as it was handed in."""

    withdrawn_on = Day(label="Когда отозвано")
    document = Line(label="Документ", max_length=200, help_text="«Заявление, вх. № 16 от 30.11.2026»")
