"""Specimens for the design sheet: synthetic, fixed, so that two pictures of the page can be compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from zachetka.core.clock import end_of_day
from zachetka.rendering.acts import Come, Stage
from zachetka.rendering.fields import Day
from zachetka.rendering.tasks import Notice, Task
from zachetka.web import home
from zachetka.web.states import STATES

COLOURS = (
    ("Текст", "ink", "surface"),
    ("Второй текст", "ink2", "surface"),
    ("Подпись", "ink3", "surface"),
    ("Подпись на фоне", "ink3", "bg"),
    ("Ссылка", "brand-ink", "surface"),
    ("Ссылка в строке", "brand-ink", "brand-soft"),
    ("Успех", "ok", "ok-soft"),
    ("Внимание", "warn", "warn-soft"),
    ("Ошибка", "bad", "bad-soft"),
    ("Сведения", "info", "info-soft"),
)
STEPS = (4, 8, 12, 16, 24, 32, 48)


class Specimen(forms.Form):
    """A form with every kind of field, two of them wrong."""

    exam_on = Day(label="Дата экзамена", help_text="Не позже сегодняшнего дня")
    basis = forms.CharField(label="Основание")
    commission = forms.CharField(label="Комиссия второй пересдачи")
    volume = forms.IntegerField(label="Объём программы, ч")
    form = forms.ChoiceField(label="Форма обучения", choices=[("full", "очная"), ("part", "очно-заочная")])
    note = forms.CharField(label="Примечание", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agreed = forms.BooleanField(label="Слушатель ознакомлен с приказом")

    def clean_commission(self) -> str:
        """Refuse, to show how a refusal looks (273-ФЗ ст. 58 ч. 6)."""
        raise forms.ValidationError("Нужно не меньше трёх человек.", code="6 ст. 58 Закона № 273-ФЗ")

    def clean_volume(self) -> int:
        """Refuse, to show how a refusal looks (Порядок № 266)."""
        raise forms.ValidationError("Для диплома нужно 250 и больше.", code="18 Порядка № 266")


def specimens(today: date) -> dict[str, Any]:
    """Return everything that the design sheet shows, dates around `today`."""
    tasks = [
        Task(
            "Ведомость «Контракт: заключение и исполнение» — нет 15 оценок",
            "ПП-26-03 · преподаватель Дроздов И. П.",
            "#tasks",
            "Напомнить",
            today - timedelta(days=2),
        ),
        Task(
            "Допуск к итоговой аттестации группы ПК-26-14",
            "Готовы 24 из 28 человек",
            "#tasks",
            "Проверить допуск",
            today,
        ),
        Task(
            "Заявление о зачёте: Ермолаев К. В., 2 дисциплины, 68 ч",
            "Сопоставление готово, нужен протокол комиссии № 9",
            "#tasks",
            "Сопоставить",
            today + timedelta(days=1),
        ),
    ]
    form = Specimen(
        {
            "exam_on": today,
            "basis": "Служебная записка № 41",
            "commission": "Орлов С. Д.",
            "volume": "249",
            "form": "full",
            "agreed": "on",
        }
    )
    day = timedelta(days=1)
    return {
        "colours": COLOURS,
        "spaces": STEPS,
        "states": STATES,
        "form": form,
        "rows": home.rows(tasks, today),
        "notices": [Notice("Журнал цел", "Проверен сегодня в 06:00", "shield-check", "ok")],
        "figures": FIGURES,
        "path": [
            {"date": today - 77 * day, "label": "Зачислена"},
            {"date": today - 66 * day, "label": "1-й зачёт"},
            {"date": today - 11 * day, "label": "Исправление", "tone": "warn"},
            {"date": today - 3 * day, "label": "Долг", "tone": "bad"},
            {"date": today, "label": "Сегодня", "tone": "now"},
            {"date": today + 25 * day, "label": "Итоговая аттестация", "tone": "ahead"},
            {"date": today + 32 * day, "label": "Диплом", "tone": "ahead"},
        ],
        "eyes": EYES,
        "tabs": [
            {"label": "Результаты", "url": "#tabs", "count": 9, "current": True},
            {"label": "Документы", "url": "#tabs", "count": 0, "current": False},
            {"label": "Кто смотрел", "url": "#tabs", "count": None, "current": False},
        ],
        "charts": CHARTS,
        "as_of_moment": end_of_day(today - 13 * day),
        "job": {
            "id": 0,
            "label": "Печать зачётных книжек",
            "done": 10,
            "total": 24,
            "state": "running",
            "active": True,
        },
        "facts": [
            ("Рег. номер", "ПК-26-0321 … 0344, без пропусков"),
            ("Бланки", "78 № 104414 … 104438"),
            ("Испорчен", ""),
        ],
    }


FIGURES = [
    {"label": "Освоено", "figure": "160", "base": "из 256 ч, 5 из 9 дисциплин", "bar": 160, "whole": 256},
    {"label": "Средний балл", "figure": "4,33", "base": "по 3 экзаменам", "note": "по группе 4,1"},
    {"label": "Задолженность", "figure": "1", "base": "дисциплина", "tone": "bad", "note": "осталось 2 пересдачи из 2"},
    {
        "label": "Итоговая аттестация",
        "figure": "18 декабря",
        "note": "допуска пока нет: долг и 3 оценки",
        "note_tone": "warn",
        "note_icon": "lock",
    },
]
EYES = [
    Stage("Составила", "Соснина Л. А., архивариус, 16.11.2026", Come.DONE),
    Stage("Утверждает директор", "Воронцов А. Н. — это вы", Come.NOW),
    Stage("Исполняют трое из комиссии", "после утверждения", Come.AHEAD),
]
_QUARTERS = ["I", "II", "III", "IV*"]
_MARKS = [("отлично", 118), ("хорошо", 164), ("удовлетворительно", 57), ("неудовлетворительно", 14), ("неявка", 6)]
CHARTS = [
    {
        "id": "chart-share",
        "title": "Завершение и первая попытка",
        "subtitle": "Доля от начавших, по кварталам 2026 года. *Квартал не окончен",
        "folded": True,
        "figure": {
            "kind": "line",
            "unit": "%",
            "categories": _QUARTERS,
            "series": [
                {"name": "завершили", "values": [86, 88, 91, 90]},
                {"name": "с 1-й попытки", "values": [73, 74, 70, 66]},
            ],
        },
        "head": ["Квартал", "завершили, %", "с 1-й попытки, %"],
        "rows": list(zip(_QUARTERS, (86, 88, 91, 90), (73, 74, 70, 66), strict=True)),
    },
    {
        "id": "chart-marks",
        "title": "Оценки итоговой аттестации",
        "subtitle": "359 попыток с 1 января 2026",
        "folded": True,
        "figure": {
            "kind": "hbar",
            "unit": "",
            "categories": [name for name, _ in _MARKS],
            "series": [{"name": "попыток", "values": [n for _, n in _MARKS]}],
        },
        "head": ["Оценка", "Попыток"],
        "rows": _MARKS,
    },
]
