"""What is asked of whoever passes a sheet to another teacher or day (п. 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from zachetka.access.models import Account
from zachetka.learning.models import MarkSheet
from zachetka.learning.queries.teachers import WHO, teachers
from zachetka.people.models import Employee
from zachetka.rendering.fields import Day
from zachetka.rendering.meanwhile import SharedForm


class SheetForm(SharedForm):
    """Who fills a sheet, when it is controlled, by which day it is filled."""

    shared = ("teacher", "held_on", "due_on")
    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    teacher = forms.ModelChoiceField(
        label="Преподаватель", queryset=Employee.objects.none(), empty_label=None, help_text=WHO
    )
    held_on = Day(label="Контроль")
    due_on = Day(label="Заполнить до")

    def __init__(self, typed: Any = None, *, sheet: MarkSheet, seen: str, day: date, actor: Account) -> None:
        super().__init__(typed, initial=written_in(sheet) | {"seen": seen})
        self.day, self.actor = day, actor
        self.offer(sheet)
        self.fields[
            "held_on"
        ].help_text = (
            f"С {sheet.cohort.starts_on:%d.%m.%Y} по {sheet.cohort.ends_on:%d.%m.%Y}; когда есть оценки, не меняется"
        )

    def offer(self, sheet: MarkSheet) -> None:
        """Offer whoever may teach, and whoever keeps `sheet` now."""
        offered = teachers(self.day).visible_to(self.actor).values("pk")
        choice = Employee.objects.filter(Q(pk__in=offered) | Q(pk=sheet.teacher_id))
        choice = choice.select_related("person").order_by("person__sort_key", "pk")
        self.fields["teacher"].queryset = choice  # type: ignore[attr-defined]


def written_in(sheet: MarkSheet) -> dict[str, object]:
    """Return what the shared fields say of `sheet`."""
    return {"teacher": sheet.teacher_id, "held_on": sheet.held_on, "due_on": sheet.due_on}
