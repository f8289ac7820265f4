"""What is asked of whoever records an encouragement, and of whoever takes one back (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms

from zachetka.core.errors import RuleViolation
from zachetka.learning.award_kinds import kinds_on
from zachetka.learning.rules import paper_words
from zachetka.rendering.fields import Day, Line, Lines

PAPERS: Final = ("приказ", "протокол конкурсной комиссии", "распоряжение", "решение педагогического совета")
"""Documents that an encouragement usually rests on; the field suggests them."""


class AwardForm(forms.Form):
    """What for, when, on which paper."""

    kind = forms.ChoiceField(label="Вид поощрения")
    wording = Lines(
        label="За что", max_length=500, help_text="Так и будет в зачётной книжке: «за победу в конкурсе проектов»"
    )
    awarded_on = Day(label="День поощрения")
    paper = Line(label="Документ-основание", max_length=100, help_text="Вид документа: приказ, протокол конкурса")
    number = Line(label="Номер документа", max_length=60)
    issued_on = Day(label="Дата документа")

    def __init__(self, typed: Any, *, today: date) -> None:
        super().__init__(typed, initial={"awarded_on": today, "issued_on": today})
        choices = [("", "Выберите…"), *((kind.value, kind.label) for kind in kinds_on(today))]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["paper"].widget.attrs["list"] = "papers"
        self._today = today

    def clean(self) -> dict[str, Any]:
        """Put the parts of the document together into one line, as it is kept."""
        given = super().clean() or self.cleaned_data
        parts = [given.get(name) for name in ("paper", "number", "issued_on")]
        if all(parts):
            try:
                given["basis"] = paper_words(*parts, today=self._today)  # type: ignore[arg-type] # each is there
            except RuleViolation as refusal:
                self.add_error("paper" if refusal.field == "kind" else refusal.field or None, refusal.sentence)
        return given


class CancelForm(forms.Form):
    """Why an encouragement is taken back."""

    why = Line(label="Почему отозвано", max_length=500)
