"""What a person chooses about notices (п. 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from zachetka.core.text import tidy
from zachetka.notices.kinds import KINDS, Mail, NoticeKind
from zachetka.notices.models import LAST_HOUR

HIDDEN: Final = "hidden"
CHOICES: Final = (*((mail.value, mail.label) for mail in Mail), (HIDDEN, "не показывать"))


class Address(forms.EmailField):
    """An e-mail address in its tidy form."""

    def to_python(self, value: Any) -> str:
        """Return the tidy address."""
        return tidy(str(value or ""))


class SettingsForm(forms.Form):
    """By kind what to show and how to mail it; the hour of the digest; the address."""

    email = Address(
        label="Почта для писем",
        required=False,
        max_length=254,
        help_text="В письме только «есть новое» и ссылка: ни имён, ни оценок. Пусто — писем не будет",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Это не адрес почты: он такой, как имя@example.ru."},
    )
    hour = forms.TypedChoiceField(
        label="Час сводки",
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(LAST_HOUR + 1)],
        help_text="По Москве",
    )

    def __init__(self, *args: Any, chosen: Mapping[NoticeKind, tuple[bool, Mail]], **given: Any) -> None:
        super().__init__(*args, **given)
        for kind, (shown, mail) in chosen.items():
            line = KINDS[kind]
            self.fields[field_of(kind)] = forms.ChoiceField(
                label=line.sentence[:1].upper() + line.sentence[1:],
                choices=CHOICES,
                initial=mail.value if shown else HIDDEN,
            )
        self.kinds = list(chosen)

    def rows(self) -> list[forms.BoundField]:
        """Return the fields of the kinds, in the order of the table."""
        return [self[field_of(kind)] for kind in self.kinds]

    def choices(self) -> dict[NoticeKind, tuple[bool, Mail]]:
        """Return what was chosen."""
        typed = {kind: self.cleaned_data[field_of(kind)] for kind in self.kinds}
        return {kind: (value != HIDDEN, Mail.NONE if value == HIDDEN else Mail(value)) for kind, value in typed.items()}


def field_of(kind: NoticeKind) -> str:
    """Return the name of the field of a kind: dots do not stand in names of fields."""
    return kind.value.replace(".", "-")
