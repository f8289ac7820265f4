"""What to bring from Moodle: the shape of input only (п. 2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from zachetka.learning.models import MarkSheet
from zachetka.rendering.fields import Whole

LARGEST: Final = 999_999_999


class PeopleForm(forms.Form):
    """Which global group of Moodle."""

    cohort = Whole(
        label="Номер глобальной группы",
        most=LARGEST,
        help_text="В Moodle: «Администрирование» → «Глобальные группы», число в адресе группы после id=.",
        error_messages={"required": "Впишите номер группы."},
    )


class MarksForm(forms.Form):
    """Which course of Moodle, for which of one's open sheets."""

    course = Whole(
        label="Номер курса",
        most=LARGEST,
        help_text="Число в адресе курса Moodle после id=.",
        error_messages={"required": "Впишите номер курса."},
    )
    sheet = forms.ChoiceField(label="Ведомость", error_messages={"required": "Выберите ведомость."})

    def __init__(self, data: Any = None, *, sheets: Sequence[MarkSheet], **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            ("", "выберите"),
            *((str(one.pk), f"{one.cohort.code} · {one.module.title}, {one.attempt}-я попытка") for one in sheets),
        ]
