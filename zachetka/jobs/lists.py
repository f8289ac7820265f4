"""The list of background work: its columns, filter and search (п. 3.9)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from zachetka.core.text import search_key
from zachetka.jobs.models import Job
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table

STATE = Job.State
LOOKS: Final = {
    STATE.WAITING: ("neutral", "clock"),
    STATE.RUNNING: ("brand", "loader-2"),
    STATE.DONE: ("ok", "check"),
    STATE.FAILED: ("bad", "alert-circle"),
    STATE.CANCELLED: ("neutral", "ban"),
}


def _word(row: Any) -> str:
    return str(STATE(row.state).label)


def _state(row: Any) -> SafeString:
    return badge(*LOOKS[STATE(row.state)], _word(row))


def _titled(rows: QuerySet[Job], text: str) -> QuerySet[Job]:
    return rows.filter(title__folded__contains=search_key(text))


JOBS: Table[Job] = Table(
    name="jobs",
    label="Фоновые задания",
    noun="задание,задания,заданий",
    columns=(
        Column("title", "Задание", lambda row: row.title, sort=("title",),
               link=lambda row: reverse("jobs:job", args=[row.pk]), width=60),
        Column("asked", "Запрошено", lambda row: row.asked_at, sort=("asked_at",), width=20),
        Column("ended", "Закончено", lambda row: row.ended_at, sort=("ended_at",), width=20),
        Column("state", "Состояние", _word, cell=_state, sort=("state",)),
        Column("outcome", "Итог", lambda row: row.outcome, width=70),
    ),
    sort="-asked",
    filters=(Filter("state", "Любое состояние", STATE.choices, lambda rows, value: rows.filter(state=value)),),
    search=_titled,
    searchable="Название задания",
    empty=Empty(
        title="Заданий не было",
        text="Здесь появятся долгие загрузки, выгрузки и проверки, которые вы запустите.",
        icon="clock",
    ),
)  # fmt: skip
