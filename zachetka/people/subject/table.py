"""The book of requests of data subjects: asked, due, answered, by whom (152-ФЗ ст. 20)."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from zachetka.people import queries
from zachetka.people.models import Person, SubjectRequest
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table

State = SubjectRequest.State
BADGES: Final = {
    State.WAITING: ("warn", "clock"),
    State.PREPARED: ("info", "file-zip"),
    State.ANSWERED: ("ok", "check"),
}


def _named(rows: QuerySet[SubjectRequest], text: str) -> QuerySet[SubjectRequest]:
    return rows.filter(person__in=queries.by_name(Person.objects.all(), text))


def _answered_by(row: SubjectRequest) -> str:
    if row.answered_by is None:
        return ""
    return (
        "система"
        if row.way == SubjectRequest.Way.SYSTEM and row.answered_by == row.recorded_by
        else str(row.answered_by)
    )


REQUESTS: Table[SubjectRequest] = Table(
    name="subject-requests",
    label="Запросы субъектов данных",
    noun="запрос,запроса,запросов",
    columns=(
        Column("person", "Кто обратился", lambda row: row.person.full_name, sort=("person__sort_key",),
               link=lambda row: reverse("people:request", args=[row.pk]), width=44),
        Column("asked", "Когда", lambda row: row.asked_on, sort=("asked_on",)),
        Column("way", "Как", lambda row: row.get_way_display(), sort=("way", "asked_on")),
        Column("due", "Ответить до", lambda row: row.due_on, sort=("due_on",)),
        Column("answered", "Отвечено", lambda row: row.answered_on, sort=("answered_on",)),
        Column("by", "Кто ответил", _answered_by, width=32),
        Column("state", "Состояние", lambda row: str(State(row.state).label), sort=("state", "due_on"),
               cell=lambda row: badge(*BADGES[State(row.state)], str(State(row.state).label))),
    ),
    sort="-asked",
    filters=(Filter("state", "Любое состояние", State.choices, lambda rows, value: rows.filter(state=value)),),
    search=_named,
    searchable="Фамилия или имя",
    empty=Empty(
        title="Запросов не было",
        text="Письменный запрос вносят с карточки человека; спрошенное в системе появится здесь само.",
        icon="mail-question",
    ),
    most_counted=10_000,
)  # fmt: skip
