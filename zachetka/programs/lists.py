"""The list of programmes: its columns, filters and search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from zachetka.core.text import search_key
from zachetka.programs.models import Program, ProgramVersion
from zachetka.programs.models.program import Kind
from zachetka.rendering.pieces import badge, two_lines
from zachetka.rendering.tables import Column, Empty, Filter, Table

STATE = ProgramVersion.State
BADGES = {
    STATE.DRAFT: ("neutral", "pencil"),
    STATE.SUBMITTED: ("info", "send"),
    STATE.APPROVED: ("ok", "check"),
    STATE.RETIRED: ("neutral", "archive"),
}


def state_badge(state: str) -> SafeString:
    """Return how the state of a version looks."""
    tone, icon = BADGES[STATE(state)]
    return badge(tone, icon, str(STATE(state).label))


def _name(row: Any) -> SafeString:
    return two_lines(row.title or "без названия", row.code)


def _state(row: Any) -> SafeString:
    if row.newest_state in {STATE.DRAFT, STATE.SUBMITTED} and row.in_force:
        return badge("ok", "check", f"действует ред. {row.in_force}, готовится новая")
    return state_badge(row.newest_state)


def _searched(rows: QuerySet[Program], text: str) -> QuerySet[Program]:
    key = search_key(text)
    return rows.filter(Q(code__folded__contains=key) | Q(title__folded__contains=key))


PROGRAMS: Table[Program] = Table(
    name="programs",
    label="Программы",
    noun="программа,программы,программ",
    columns=(
        Column("title", "Программа", lambda row: row.title, cell=_name, sort=("title",),  # type: ignore[attr-defined]
               link=lambda row: reverse("programs:card", args=[row.pk]), width=60),
        Column("kind", "Вид", lambda row: row.get_kind_display(), sort=("kind",), width=34),
        Column("hours", "Часы", lambda row: row.hours, sort=("hours",), align="right"),  # type: ignore[attr-defined]
        Column("cohorts", "Групп", lambda row: row.cohorts, sort=("cohorts",), align="right"),  # type: ignore[attr-defined]
        Column("unit", "Подразделение", lambda row: row.unit.name, sort=("unit__name",), width=34),
        Column("state", "Состояние", lambda row: str(STATE(row.newest_state).label),  # type: ignore[attr-defined]
               cell=_state, sort=("newest_state",)),
    ),
    sort="title",
    filters=(
        Filter("kind", "Все виды", Kind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter("state", "Любое состояние", STATE.choices, lambda rows, value: rows.filter(Q(newest_state=value))),
    ),
    search=_searched,
    searchable="Название или шифр",
    empty=Empty(
        title="Программ пока нет",
        text="Программу составляет методист, утверждает руководитель; по утверждённой набирают группы.",
        icon="school",
    ),
)  # fmt: skip
