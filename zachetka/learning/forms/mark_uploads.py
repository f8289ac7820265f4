"""Handing in a file of marks, and saying what its columns are (п. 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from zachetka.intake.cells import Sheet
from zachetka.intake.layout import header_choices
from zachetka.learning.gradebook.columns import Field
from zachetka.learning.gradebook.layout import Column, Correction, Target, lay_out
from zachetka.learning.mark_preview import choices, readings
from zachetka.rendering.fields import RequestKey


class MarkFileForm(forms.Form):
    """A file of marks."""

    file = forms.FileField(
        label="Файл с оценками",
        allow_empty_file=True,
        max_length=255,
        help_text=(
            "Книга .xlsx или таблица .csv, до 10 МБ; подойдёт и выгрузка журнала оценок Moodle. Слушателей узнаём по "
            "номеру зачётной книжки, ФИО, почте или СНИЛС."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Выберите файл с оценками."},
    )
    key = RequestKey()


class MarkSheetForm(forms.Form):
    """What one sheet of a file is: whether it is taken, where its header is, which column is what."""

    taken = forms.BooleanField(required=False)
    header_row = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, sheet: Sheet, targets: Sequence[Target], before: Correction) -> None:
        super().__init__(data)
        self.before = before
        self.fields["header_row"].choices = header_choices(sheet)  # type: ignore[attr-defined]
        guessed = lay_out(sheet, targets, Correction(header_row=before.header_row))
        standing = lay_out(sheet, targets, before)
        self.guessed = _by_index(guessed.columns if guessed else ())
        self.standing = _by_index(standing.columns if standing else ())
        for index in self.guessed:
            self.fields[f"column-{index}"] = forms.ChoiceField(required=False, choices=choices(targets))
            column = self.standing.get(index, self.guessed[index])
            self.fields[f"reading-{index}"] = forms.ChoiceField(required=False, choices=readings(column))

    def correction(self) -> Correction:
        """Return what was said; with another header everything is guessed anew.

        Once a column of marks is chosen by hand, the others are not guessed any more: what is said is what counts.
        """
        typed = self.cleaned_data
        header_row = int(typed["header_row"]) if typed["header_row"] else None
        roles: dict[int, Field | int | None] = {}
        told: dict[int, str] = {}
        if header_row == self.before.header_row:
            for index, guess in self.guessed.items():
                if f"column-{index}" not in self.data:
                    continue
                role = _role(typed[f"column-{index}"])
                if role != guess.role or isinstance(role, int):
                    roles[index] = role
                standing = self.standing.get(index, guess)
                reading = typed[f"reading-{index}"]
                asked = f"reading-{index}" in self.data and isinstance(role, int)
                if asked and (reading != standing.reading or index in self.before.readings):
                    told[index] = reading
            if roles == {index: one.role for index, one in self.guessed.items() if isinstance(one.role, int)}:
                roles = {}  # nothing but our own guess was sent back
        return Correction(taken=typed["taken"], header_row=header_row, roles=roles, readings=told)


def _by_index(columns: Sequence[Column]) -> dict[int, Column]:
    return {column.index: column for column in columns}


def _role(chosen: str) -> Field | int | None:
    if chosen.isascii() and chosen.isdigit():
        return int(chosen)
    return Field(chosen) if chosen else None
