"""Fields of forms that every room uses, and how a refusal of an action gets to its field (п. 2.4).

What is typed here is only shaped: whole numbers, days, lines of text. Rules are the actions' own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zachetka.core.contacts import tells_contact
from zachetka.core.errors import Door, RuleViolation
from zachetka.core.text import flaw, tidy
from zachetka.core.typed_day import typed_day

FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
LONGEST_NUMBER: Final = 9


CONTACT: Final = (
    "Адрес почты и телефон пишут только в карточке: отсюда их не уничтожить вместе с ней. Назовите документ номером и датой "
    "(152-ФЗ ст. 21)."
)


def words_of(value: Any, *, lines: bool = False) -> str:
    """Return typed words as they are kept: tidy, on one line.

    Raises:
        ValidationError: the text has signs that cannot be kept, or an address or a number that no act could destroy here.
    """
    text = "" if value is None else str(value)
    if found := flaw(text, lines=lines):
        raise forms.ValidationError(found, code="text")
    if tells_contact(text):
        raise forms.ValidationError(CONTACT, code="contact")
    return tidy(text)


class Line(forms.CharField):
    """One line of text in its stored form; what cannot be kept is refused with the reason (security.md A, E)."""

    def __init__(self, *, max_length: int, **given: Any) -> None:
        super().__init__(max_length=max_length, **given)

    def to_python(self, value: Any) -> str:
        """Return the tidy line.

        Raises:
            ValidationError: see `words_of`.
        """
        return words_of(value)


class Lines(forms.CharField):
    """A few lines of text, kept as one tidy line; what cannot be kept is refused with the reason (security.md A)."""

    def __init__(self, *, max_length: int, rows: int = 3, **given: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **given)

    def to_python(self, value: Any) -> str:
        """Return the tidy text.

        Raises:
            ValidationError: see `words_of`.
        """
        return words_of(value, lines=True)


class Whole(forms.CharField):
    """A whole number typed in ordinary digits: no sign, no fraction, no other digits than 0–9."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, least: int = 1, most: int = 9999, unit: str = "", **given: Any) -> None:
        super().__init__(**given)
        self.least, self.most, self.unit = least, most, unit

    def clean(self, value: Any) -> Any:
        """Return the number, or None when an optional field is empty.

        Raises:
            ValidationError: not a number of this range; the sentence says what fits.
        """
        text = super().clean(value)
        if not text:
            return None
        fits = f"Нужно целое число от {self.least} до {self.most}{self.unit}."
        if not (text.isascii() and text.isdigit() and len(text.lstrip("0")) <= LONGEST_NUMBER):
            raise forms.ValidationError(fits, code="number")
        if not self.least <= int(text) <= self.most:
            raise forms.ValidationError(fits, code="range")
        return int(text)


class DayInput(forms.DateInput):
    """A day written ДД.ММ.ГГГГ whatever the browser's language; `day.js` adds dots and a calendar to it."""

    def __init__(self) -> None:
        line = {
            "inputmode": "numeric",
            "placeholder": "ДД.ММ.ГГГГ",
            "maxlength": 20,
            "autocomplete": "off",
            "data-day": "",
        }
        super().__init__(attrs=line, format="%d.%m.%Y")


class Day(forms.DateField):
    """A day as people and browsers write it; a day nobody can mean is refused, and none is guessed (B17, B18)."""

    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        """Return the day, or None when nothing is typed.

        Raises:
            ValidationError: no such day, two readings, a year of two digits; the sentence says what to write.
        """
        if isinstance(value, date) or value in self.empty_values:
            return super().to_python(value)
        try:
            return typed_day(str(value))
        except RuleViolation as refusal:
            raise forms.ValidationError(refusal.sentence, code="day") from None

    def clean(self, value: Any) -> Any:
        """Return the day.

        Raises:
            ValidationError: not a day, or not of our time.
        """
        day = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(
                f"Дата должна быть между {FIRST_DAY:%d.%m.%Y} и {LAST_DAY:%d.%m.%Y}.", code="range"
            )
        return day


class RequestKey(forms.UUIDField):
    """The key that makes a second sending of the same form the same act (security.md F4)."""

    widget = forms.HiddenInput


class Choices(forms.Select):
    """A select drawn at once: in a table of many rows a template for each option costs more than the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        """Return the select with its options; `value` stays chosen."""
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if str(key) == chosen else "", label) for key, label in self.choices),
        )
        return format_html("<select{}>{}</select>", flatatt(given), options)


@contextmanager
def at_its_field(form: forms.BaseForm) -> Iterator[None]:
    """Show a broken rule at its field of `form`, so that what was typed stays; everything else goes on up.

    The view checks `form.is_valid()` before and `form.errors` after.
    """
    try:
        yield
    except RuleViolation as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, error_of(refusal))


class Refused(forms.ValidationError):
    """A broken rule at a field; `door` is shown as a link under the sentence."""

    def __init__(self, sentence: str, code: str, door: Door | None) -> None:
        super().__init__(sentence, code=code)
        self.door = door


def error_of(refusal: RuleViolation) -> forms.ValidationError:
    """Return `refusal` as an error of a form: a clause of ours is shown apart, a law is named in the sentence."""
    if refusal.clause.replace(".", "").isdigit():
        return Refused(refusal.sentence, refusal.clause, refusal.door)
    return Refused(f"{refusal.sentence} Основание: {refusal.clause}.", "rule", refusal.door)
