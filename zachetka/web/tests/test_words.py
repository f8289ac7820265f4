"""Words of the interface: tags, filters, the sentence of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template

from zachetka.access.models import Account
from zachetka.rendering.tasks import Task
from zachetka.web import home

TODAY = date(2026, 11, 23)


def _told(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).replace("\u00a0", " ")


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(
    ("source", "value", "told"),
    [
        ('{{ v|plural:"строка,строки,строк" }}', 22, "строки"),
        ('{{ v|counted:"строка,строки,строк" }}', 38, "38 строк"),
        ("{{ v|grouped }}", 48_113, "48 113"),
        ("{{ v|grouped }}", None, "—"),
        ("{{ v|decimal_ru:2 }}", Decimal("4.333"), "4,33"),
        ("{{ v|hours }}", 72, "72 ч"),
        ("{{ v|dash }}", 0, "0"),
        ("{{ v|dash }}", "", "—"),
        ("{{ v|date_ru }}", datetime(2026, 9, 17, 22, tzinfo=UTC), "18.09.2026"),
        ("{{ v|moment_ru }}", datetime(2026, 6, 25, 13, 42, tzinfo=UTC), "25.06.2026 16:42"),
        ("{{ v|clock_ru }}", datetime(2026, 6, 25, 8, 24, tzinfo=UTC), "11:24"),
        ("{{ v|date_words:today }}", date(2026, 12, 18), "18 декабря"),
        ("{{ v|due:today }}", date(2026, 11, 21), "Просрочено 2 дня"),
        ("{{ v|initials }}", "Белова Ольга Сергеевна", "Белова О. С."),
        ("{{ v|initials }}", None, "—"),
        ("{{ v|monogram }}", "Белова Ольга Сергеевна", "ОБ"),
        ("{{ v|given_names }}", "Белова Ольга Сергеевна", "Ольга Сергеевна"),
        ("{{ v|typeset }}", "<b>№ 5</b>", "&lt;b&gt;№ 5&lt;/b&gt;"),
    ],
)
def test_values_are_told_as_people_write_them(source: str, value: object, told: str) -> None:
    assert _told(source, v=value, today=TODAY) == told


def test_a_badge_is_tone_icon_and_word() -> None:
    badge = _told('{% badge "debt" %}')
    assert "badge-bad" in badge
    assert "<svg" in badge
    assert badge.endswith("долг</span>")


@pytest.mark.parametrize(("value", "whole", "width"), [(160, 256, 62), (0, 0, 0), (300, 256, 100), (None, 10, 0)])
def test_a_bar_is_drawn_by_attributes_and_stays_within_its_box(value: int | None, whole: int, width: int) -> None:
    assert f'<rect width="{width}" height="6"/></svg>' in _told("{% bar v w %}", v=value, w=whole)


def test_a_wrong_field_keeps_its_value_and_names_the_clause() -> None:
    class Volume(forms.Form):
        hours = forms.IntegerField(label="Объём, ч", help_text="Академические часы")

        def clean_hours(self) -> int:
            raise forms.ValidationError("Нужно 250 и больше.", code="1.3")

    told = _told("{% field form.hours %}", form=Volume({"hours": "249"}))
    assert 'value="249"' in told
    assert "п. 1.3" in told
    assert 'aria-invalid="true"' in told
    assert 'aria-describedby="id_hours-hint id_hours-error"' in told


def _task(days: int | None) -> Task:
    return Task(f"Дело {days}", "", "/", "Сделать", None if days is None else TODAY + timedelta(days=days))


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([], "Ничего не ждёт. Новое появится здесь само."),
        ([3, None], "Срочного нет."),
        ([-2, 0, 1], "Одно дело просрочено, одно — на сегодня. Остальное терпит."),
        ([-2, -1], "Два дела просрочены."),
        ([0], "Одно дело на сегодня."),
    ],
)
def test_the_day_is_told_in_one_sentence(days: list[int | None], sentence: str) -> None:
    assert home.sentence([_task(n) for n in days], TODAY) == sentence


@pytest.mark.clause("2.4")
def test_what_has_no_term_stands_after_the_week_and_before_what_is_due_in_a_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [_task(300), _task(None), _task(6), _task(0), _task(-2)]
    monkeypatch.setattr(home, "SOURCES", (lambda _actor, _at: found,))
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    assert home.tasks_of(Account(), at) == [found[4], found[3], found[2], found[1], found[0]]


def test_one_button_is_blue_and_it_is_the_act_of_today() -> None:
    rows = home.rows([_task(-2), _task(0), _task(0), _task(None)], TODAY)
    assert [row.primary for row in rows] == [False, True, False, False]
    assert [row.tone for row in rows] == ["bad", "warn", "warn", ""]
    assert rows[3].term == "Без срока"
