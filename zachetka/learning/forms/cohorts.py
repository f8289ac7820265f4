"""The shape of what is typed to form a cohort (п. 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zachetka.access.models import Account
from zachetka.learning.actions.cohorts import Assignment
from zachetka.learning.queries.cohorts import suggested_code, versions_to_teach
from zachetka.learning.queries.teachers import WHO, teachers
from zachetka.learning.terms import likely_end, next_monday, spread
from zachetka.people.models import Employee
from zachetka.programs.models import Module, ProgramVersion
from zachetka.rendering.fields import Choices, Day, Line


class VersionChoice(forms.Form):
    """Which programme is taught."""

    version = forms.ModelChoiceField(label="Программа", queryset=ProgramVersion.objects.none(), empty_label="Выберите…")

    def __init__(self, *args: Any, actor: Account, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["version"].queryset = versions_to_teach(actor)  # type: ignore[attr-defined]


class CohortForm(forms.Form):
    """A cohort of one version, with a teacher and a day of control for each line of its plan."""

    code = Line(label="Шифр группы", max_length=20)
    starts_on = Day(label="Начало")
    ends_on = Day(label="Окончание")
    attestation_on = Day(label="Итоговая аттестация", required=False)
    teacher = forms.ModelChoiceField(
        label="Преподаватель", queryset=Employee.objects.none(), required=False, empty_label="—",
        help_text=f"Для всех строк, где не выбран другой. {WHO}",
    )  # fmt: skip

    def __init__(self, typed: Any = None, *, version: ProgramVersion, day: date, actor: Account) -> None:
        self.modules = sorted(version.modules.all(), key=lambda module: module.ordinal)
        starts_on = max(next_monday(day), version.valid_from or day)
        ends_on = likely_end(starts_on, version.hours)
        days = spread([module.hours for module in self.modules], starts_on, ends_on) if self.modules else []
        initial = {
            "code": suggested_code(version.program.kind, starts_on),
            "starts_on": starts_on,
            "ends_on": ends_on,
            "attestation_on": self._attestation(days),
        }
        super().__init__(typed, initial=initial)
        employees = teachers(day).visible_to(actor).select_related("person")
        self.fields["teacher"].queryset = employees  # type: ignore[attr-defined]
        names = [("", "как у всех"), *((str(one.pk), f"{one.person.full_name}, {one.position}") for one in employees)]
        self.teachers = {one.pk: one for one in employees}
        for module, held_on in zip(self.modules, days, strict=True):
            self.fields[f"teacher_{module.pk}"] = forms.ChoiceField(
                label=f"Преподаватель: {module.title}", choices=names, required=False, widget=Choices
            )
            self.fields[f"held_on_{module.pk}"] = Day(label=f"Контроль: {module.title}", initial=held_on)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label or ""

    def _attestation(self, days: list[date]) -> date | None:
        finals = [held for module, held in zip(self.modules, days, strict=True) if module.sort == Module.Sort.FINAL]
        return finals[-1] if finals else None

    @property
    def lines(self) -> list[tuple[Module, forms.BoundField, forms.BoundField]]:
        """Return each line of the plan with its two fields."""
        return [(module, self[f"teacher_{module.pk}"], self[f"held_on_{module.pk}"]) for module in self.modules]

    def assignments(self) -> dict[int, Assignment]:
        """Return who teaches what and when it is controlled; a line without a teacher is left out."""
        typed, found = self.cleaned_data, {}
        for module in self.modules:
            chosen = typed.get(f"teacher_{module.pk}")
            teacher = self.teachers[int(chosen)] if chosen else typed.get("teacher")
            if teacher is not None:
                found[module.pk] = Assignment(teacher, typed[f"held_on_{module.pk}"])
        return found

    def respread(self) -> dict[str, str]:
        """Return what was typed, with days of control spread anew over the dates typed."""
        data = {name: self.data.get(name, "") for name in self.fields}
        starts_on, ends_on = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if starts_on and ends_on and starts_on <= ends_on:
            days = spread([module.hours for module in self.modules], starts_on, ends_on)
            data |= {f"held_on_{module.pk}": held.isoformat() for module, held in zip(self.modules, days, strict=True)}
            if last := self._attestation(days):
                data["attestation_on"] = last.isoformat()
        return data
