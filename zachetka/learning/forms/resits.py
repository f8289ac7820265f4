"""What is asked of whoever appoints a resit or records a good reason (273-ФЗ ст. 58)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms

from zachetka.access.models import Account
from zachetka.core.working_days import working_day
from zachetka.learning.models import Excuse
from zachetka.learning.queries.debts import Examinee
from zachetka.learning.queries.teachers import WHO, teachers
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.people.models import Employee
from zachetka.programs.queries import least_commission
from zachetka.rendering.fields import Day, Line

SOON: Final = timedelta(days=7)
TO_FILL: Final = timedelta(days=3)
FIRST_ATTEMPT: Final = 1
"""Apart from the group, yet for the first time: no resit."""
EARLIER: Final = "группа сдавала раньше"
EXCUSED: Final = "уважительная причина"
ROOM: Final = 4
"""Members whom the form has room for besides the chair, unless more are needed."""


class ResitForm(forms.Form):
    """Who sits again, who takes it, when."""

    people = forms.TypedMultipleChoiceField(
        label="Кто пересдаёт",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Отметьте, кто пересдаёт."},
    )
    teacher = forms.ModelChoiceField(label="Преподаватель", queryset=Employee.objects.none(), empty_label="Выберите…")
    held_on = Day(label="День пересдачи")
    due_on = Day(label="Заполнить ведомость до")

    def __init__(self, typed: Any, *, examinees: Sequence[Examinee], attempt: int, actor: Account, today: date) -> None:
        day = working_day(today + SOON, first=today, last=today + SOON + TO_FILL)
        self.examinees, self.attempt = {one.enrolment.pk: one for one in examinees}, attempt
        initial = {"people": list(self.examinees), "held_on": day, "due_on": day + TO_FILL}
        super().__init__(typed, initial=initial)
        self.fields["people"].choices = [(pk, _line(one)) for pk, one in self.examinees.items()]  # type: ignore[attr-defined]
        working = Employee.objects.visible_to(actor).filter(left_on__isnull=True).select_related("person")
        staff = working.order_by("person__sort_key", "pk")
        self.fields["teacher"].queryset = staff.filter(pk__in=teachers(today).values("pk"))  # type: ignore[attr-defined]
        self.fields["teacher"].help_text = WHO
        if attempt == FIRST_ATTEMPT:
            self.fields["people"].label, self.fields["held_on"].label = "Кто сдаёт", "День сдачи"
            self.fields["people"].error_messages["required"] = "Отметьте, кто сдаёт."
        if attempt == LAST_ATTEMPT:
            self.fields["teacher"].label = "Председатель комиссии"
            self.fields["teacher"].help_text = f"Он же ведёт ведомость. {WHO}"
            needed = least_commission(day) - 1
            for place in range(1, max(ROOM, needed) + 1):
                self.fields[f"member_{place}"] = forms.ModelChoiceField(
                    label=f"Член комиссии {place}",
                    queryset=staff,
                    empty_label="Выберите…",
                    required=place <= needed,
                )
            self.fields["basis"] = Line(
                label="Приказ о комиссии", max_length=200, help_text="Номер и дата: № 41-к от 20.11.2026"
            )

    @property
    def commission(self) -> list[Employee]:
        """The members besides the chair, as chosen."""
        given = (one for name, one in self.cleaned_data.items() if name.startswith("member_"))
        return [one for one in given if one is not None]


def _line(examinee: Examinee) -> str:
    if examinee.apart_by is not None:
        until = f"по индивидуальному плану, до {examinee.apart_by:%d.%m.%Y}"
    elif examinee.owed:
        until = f"{examinee.cause}, до {examinee.owed.until:%d.%m.%Y}"
    else:
        until = EARLIER if examinee.is_missed else EXCUSED
    return f"{examinee.enrolment.learner.person.full_name} — {until}"


class ExcuseForm(forms.Form):
    """Days with a good reason and their paper."""

    kind = forms.ChoiceField(label="Причина", choices=[("", "Выберите…"), *Excuse.Kind.choices])
    first_day = Day(label="С какого дня")
    last_day = Day(label="По какой день")
    basis = Line(
        label="Документ", max_length=200, help_text="Вид, номер, дата: справка № 118 от 20.11.2026. Диагноз не пишут"
    )


class CancelForm(forms.Form):
    """Why a row is taken back."""

    why = Line(label="Почему отозвана", max_length=200)
