"""What is asked of whoever proposes a correction, and of whoever refuses one (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from zachetka.rendering.fields import Line, Lines

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

    def __init__(self, *args: Any, grades: Sequence[Grade], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if any(grade.score_from is not None for grade in grades):
            self.fields["text"].help_text = "Баллы от 0 до 100, не больше одного знака после запятой."
        else:
            choices = [(grade.symbol, grade.label) for grade in grades]
            self.fields["text"] = forms.ChoiceField(label="Новая оценка", choices=choices, widget=forms.RadioSelect)


class RefusalForm(forms.Form):
    """Why a correction is refused."""

    why = Lines(label="Почему отклонено", max_length=500, help_text="Ответ увидит тот, кто предложил.")
