"""A day typed into a form: every usual spelling is one day, none is guessed, and each refusal says what to write."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from zachetka.rendering.fields import Day

pytestmark = pytest.mark.clause("2.4")


@pytest.mark.parametrize(
    "typed",
    [
        *("24.11.2026", " 24.11.2026 ", "24.11.2026.", "2026-11-24", "24-11-2026", "24 11 2026"),
        *("24112026", "24/11/2026", date(2026, 11, 24)),
    ],
)
def test_usual_spellings_are_the_day(typed: object) -> None:
    assert Day().clean(typed) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "typed", ["31.02.2026", "2026-02-29", "00.01.2026", "32/13/2026", "вчера", "٢٤.١١.٢٠٢٦", "2026"]
)
def test_a_day_that_is_not_there_is_told_how_days_are_written(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Day().clean(typed)
    assert refusal.value.messages == ["Такого дня нет: запишите ДД.ММ.ГГГГ, например 24.11.2026."]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("03/04/2026", "Не понять, что впереди, день или месяц: запишите 03.04.2026 или 04.03.2026."),
        ("03/25/2026", "Похоже на месяц впереди дня: запишите 25.03.2026."),
        ("01.02.05", "Год двумя цифрами: запишите четырьмя, 2005."),
        ("24/11/98", "Год двумя цифрами: запишите четырьмя, 1998."),
        ("31.12.1989", "Дата должна быть между 01.01.1990 и 31.12.2099."),
    ],
)
def test_what_could_be_another_day_is_asked_and_never_guessed(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Day().clean(typed)
    assert refusal.value.messages == [said]


def test_nothing_typed_is_no_day_where_none_is_needed() -> None:
    assert Day(required=False).clean("") is None
    with pytest.raises(ValidationError):
        Day().clean("")
