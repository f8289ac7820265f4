"""What is asked of whoever passes a sheet on by a paper or takes a resit back (п. 2.2; 273-ФЗ ст. 58)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zachetka.access.models import Account
from zachetka.learning.models import MarkSheet
from zachetka.learning.queries.teachers import WHO, teachers
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.people.models import Employee
from zachetka.rendering.fields import Line


class HandOverForm(forms.Form):
    """To whom, on which paper."""

    teacher = forms.ModelChoiceField(
        label="Новый преподаватель", queryset=Employee.objects.none(), empty_label="Выберите…", help_text=WHO
    )
    basis = Line(label="Документ-основание", max_length=200, help_text="Вид, номер, дата: приказ № 52-к от 20.11.2026")

    def __init__(self, typed: Any, *, sheet: MarkSheet, actor: Account, today: date) -> None:
        super().__init__(typed)
        offered = teachers(today).visible_to(actor).exclude(pk=sheet.teacher_id)
        if sheet.attempt == LAST_ATTEMPT:
            offered = offered.filter(pk__in=sheet.commissioners.values("employee"))
            self.fields["teacher"].help_text = "Здесь члены комиссии, у которых действует роль преподавателя."
        choice = offered.select_related("person").order_by("person__sort_key", "pk")
        self.fields["teacher"].queryset = choice  # type: ignore[attr-defined]


class CancelResitForm(forms.Form):
    """Why."""

    reason = Line(
        label="Почему отменена",
        max_length=200,
        help_text="Увидят преподаватель и сдающие: «болезнь председателя комиссии»",
    )
