"""What is asked of whoever proposes a correction, and of whoever refuses one (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from zachetka.core.errors import RuleViolation
from zachetka.learning.final_protocol import ONLY_BY_PROTOCOL, protocol_words
from zachetka.rendering.fields import Day, Line, Lines

if TYPE_CHECKING:
    from zachetka.programs.models import Grade

BASES = (
    "Служебная записка преподавателя от … № …",
    "Заявление слушателя от … № …",
    "Протокол апелляционной комиссии от … № …",
    "Экзаменационный лист от … № …",
)
"""Documents that a correction usually rests on; the field suggests them."""


class ProposalForm(forms.Form):
    """A new value, the reason and the document it rests on."""

    text = Line(label="Новая оценка", max_length=40)
    reason = Lines(
        label="Причина",
        max_length=500,
        help_text="Её увидят слушатель, второй человек и проверяющий: «не учтён ответ на вопрос 14».",
    )
    basis = Line(
        label="Документ-основание",
        max_length=200,
        widget=forms.TextInput(attrs={"list": "bases", "autocomplete": "off"}),
        help_text="Вид, дата и номер: «служебная записка от 18.11.2026 № 41».",
    )

    def __init__(self, *args: Any, grades: Sequence[Grade], is_final: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        if is_final:
            del self.fields["basis"]
            self.fields["number"] = Line(
                label="Номер исправляющего протокола комиссии", max_length=60, help_text=f"{ONLY_BY_PROTOCOL}."
            )
            self.fields["issued_on"] = Day(label="Дата протокола")
        if any(grade.score_from is not None for grade in grades):
            self.fields["text"].help_text = "Баллы от 0 до 100, не больше одного знака после запятой."
        else:
            choices = [(grade.symbol, grade.label) for grade in grades]
            self.fields["text"] = forms.ChoiceField(label="Новая оценка", choices=choices, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        """Put the protocol of a commission together into the document that the correction keeps."""
        given = super().clean() or self.cleaned_data
        number, issued_on = given.get("number"), given.get("issued_on")
        if number and issued_on:
            try:
                given["basis"] = protocol_words(number, issued_on, today=self._today)
            except RuleViolation as refusal:
                self.add_error("number" if refusal.field == "kind" else refusal.field or None, refusal.sentence)
        return given


class RefusalForm(forms.Form):
    """Why a correction is refused."""

    why = Lines(label="Почему отклонено", max_length=500, help_text="Ответ увидит тот, кто предложил.")
