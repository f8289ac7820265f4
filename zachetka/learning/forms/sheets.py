"""What is asked of whoever passes a sheet to another teacher or day (п. 2.2)."""

from __future__ import annotations

from typing import Any

from django import forms

from zachetka.access.models import Account
from zachetka.learning.models import MarkSheet
from zachetka.people.models import Employee
from zachetka.rendering.fields import Day


class SheetForm(forms.Form):
    """Who fills a sheet, when it is controlled, by which day it is filled."""

    teacher = forms.ModelChoiceField(label="Преподаватель", queryset=Employee.objects.none(), empty_label=None)
    held_on = Day(label="Контроль")
    due_on = Day(label="Заполнить до")

    def __init__(self, typed: Any = None, *, sheet: MarkSheet, actor: Account) -> None:
        super().__init__(typed, initial={"teacher": sheet.teacher_id, "held_on": sheet.held_on, "due_on": sheet.due_on})
        working = Employee.objects.visible_to(actor).filter(left_on__isnull=True)
        present = Employee.objects.filter(pk=sheet.teacher_id)
        choice = (working | present).distinct().select_related("person").order_by("person__sort_key", "pk")
        self.fields["teacher"].queryset = choice  # type: ignore[attr-defined]
        self.fields[
            "held_on"
        ].help_text = (
            f"С {sheet.cohort.starts_on:%d.%m.%Y} по {sheet.cohort.ends_on:%d.%m.%Y}; когда есть оценки, не меняется"
        )
