"""Handing in a list, and saying what its columns are."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from zachetka.intake.cells import Sheet
from zachetka.intake.layout import header_choices
from zachetka.people.intake.columns import Field
from zachetka.people.intake.header import Correction, lay_out
from zachetka.people.preview import CHOICES
from zachetka.rendering.fields import RequestKey

LEVELS: Final = [("", "не указано"), ("higher", "высшее"), ("secondary_vocational", "среднее профессиональное")]


class UploadForm(forms.Form):
    """A file of a list."""

    file = forms.FileField(
        label="Файл списка",
        allow_empty_file=True,
        max_length=255,
        help_text="Книга .xlsx или таблица .csv, до 10 МБ и 10 000 строк. Заголовки, итоги и подписи убирать не нужно.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Выберите файл списка."},
    )
    key = RequestKey()


class SheetForm(forms.Form):
    """What one sheet of an upload is: whether it is taken, where its header is, which column is what."""

    taken = forms.BooleanField(required=False)
    header_row = forms.ChoiceField(required=False)
    level = forms.ChoiceField(required=False, choices=LEVELS)

    def __init__(self, data: Any, *, sheet: Sheet, before: Correction) -> None:
        super().__init__(data)
        self.sheet, self.before = sheet, before
        self.fields["header_row"].choices = header_choices(sheet)  # type: ignore[attr-defined]
        guessed = lay_out(sheet, Correction(header_row=before.header_row))
        self.guessed = {} if guessed is None else {column.index: column.field for column in guessed.columns}
        for index in self.guessed:
            self.fields[f"column-{index}"] = forms.ChoiceField(required=False, choices=CHOICES)

    def correction(self) -> Correction:
        """Return what differs from our own guess; with another header the columns are guessed anew."""
        typed = self.cleaned_data
        header_row = int(typed["header_row"]) if typed["header_row"] else None
        fields: dict[int, Field | None] = {}
        if header_row == self.before.header_row:
            for index, guess in self.guessed.items():
                name = f"column-{index}"
                told = Field(typed[name]) if typed[name] else None
                if name in self.data and told is not guess:
                    fields[index] = told
        return Correction(taken=typed["taken"], header_row=header_row, fields=fields, level=typed["level"])
