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


class SheetForm(forms.Form):
    """Who fills a sheet, when it is controlled, by which day it is filled."""

    teacher = forms.ModelChoiceField(
        label="Преподаватель", queryset=Employee.objects.none(), empty_label=None, help_text=WHO
    )
    held_on = Day(label="Контроль")
    due_on = Day(label="Заполнить до")

    def __init__(self, typed: Any = None, *, sheet: MarkSheet, day: date, actor: Account) -> None:
        super().__init__(typed, initial={"teacher": sheet.teacher_id, "held_on": sheet.held_on, "due_on": sheet.due_on})
        offered = teachers(day).visible_to(actor).values("pk")
        choice = Employee.objects.filter(Q(pk__in=offered) | Q(pk=sheet.teacher_id))
        choice = choice.select_related("person").order_by("person__sort_key", "pk")
        self.fields["teacher"].queryset = choice  # type: ignore[attr-defined]
        self.fields[
            "held_on"
        ].help_text = (
            f"С {sheet.cohort.starts_on:%d.%m.%Y} по {sheet.cohort.ends_on:%d.%m.%Y}; когда есть оценки, не меняется"
        )
