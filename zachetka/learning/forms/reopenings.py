"""What is asked of whoever wants a closed sheet opened again, and of whoever refuses (п. 2.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms

from zachetka.core.errors import RuleViolation
from zachetka.core.russian import DAY, counted
from zachetka.learning.rules import paper_words
from zachetka.programs.queries import reopening_days
from zachetka.rendering.fields import Day, Line, Lines

USUAL: Final = timedelta(days=3)
KINDS: Final = (
    "служебная записка",
    "заявление обучающегося",
    "протокол апелляционной комиссии",
    "акт проверки",
    "приказ",
)
"""Documents that a reopening usually rests on; the field suggests them."""


class AskForm(forms.Form):
    """Why, on which paper, until when."""

    reason = Lines(
        label="Причина",
        max_length=500,
        help_text="Её увидят слушатели, руководитель и проверяющий: «баллы внесены по черновику».",
    )
    kind = Line(label="Документ-основание", max_length=100, help_text="Вид документа: служебная записка, акт проверки")
    number = Line(label="Номер документа", max_length=60)
    issued_on = Day(label="Дата документа")
    until = Day(label="По какой день открыть", help_text="Потом закроется сама")

    def __init__(self, typed: Any, *, today: date) -> None:
        super().__init__(typed, initial={"until": today + USUAL, "issued_on": today})
        self.fields["kind"].widget.attrs["list"] = "kinds"
        days = reopening_days(today)
        self.latest = today + timedelta(days=days)
        self.fields["until"].help_text = f"Не больше чем на {counted(days, DAY)}; потом закроется сама"
        self._today = today

    def clean(self) -> dict[str, Any]:
        """Put the parts of the document together into one line, as it is kept."""
        given = super().clean() or self.cleaned_data
        parts = [given.get(name) for name in ("kind", "number", "issued_on")]
        if all(parts):
            try:
                given["basis"] = paper_words(*parts, today=self._today)  # type: ignore[arg-type] # each is there
            except RuleViolation as refusal:
                self.add_error(refusal.field or None, refusal.sentence)
        return given
