"""The list of cohorts: its columns, filters and search."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from zachetka.core.russian import plural
from zachetka.core.text import search_key
from zachetka.learning.models import Cohort
from zachetka.learning.queries.cohorts import Phase, phase_of
from zachetka.programs.models.program import Kind
from zachetka.rendering.pieces import badge, bar_cell, code, two_lines
from zachetka.rendering.tables import Column, Empty, Filter, Table

PHASE_BADGES = {
    Phase.AHEAD: ("neutral", "calendar-event"),
    Phase.RUNNING: ("brand", "school"),
    Phase.FINISHED: ("neutral", "flag-check"),
}


def phase_badge(cohort: Cohort, day: date) -> SafeString:
    """Return how the phase of `cohort` looks."""
    phase = phase_of(cohort, day)
    tone, icon = PHASE_BADGES[phase]
    return badge(tone, icon, phase.label)


def state_badge(row: Any, day: date) -> SafeString:
    """Return the most pressing thing about a listed cohort, or its phase."""
    if row.overdue:
        word = plural(row.overdue, "ведомость просрочена", "ведомости просрочены", "ведомостей просрочено")
        return badge("bad", "clock-exclamation", f"{row.overdue} {word}")
    if row.waits:
        return badge("info", "send", "приказ на подписи")
    if not row.learners:
        return badge("warn", "users-plus", "никого нет")
    return phase_badge(row, day)


def _name(row: Any) -> SafeString:
    return two_lines(code(row.code), f"{row.program_version.title}, {row.program_version.hours} ч")


def _searched(rows: QuerySet[Cohort], text: str) -> QuerySet[Cohort]:
    key = search_key(text)
    return rows.filter(Q(code__folded__contains=key) | Q(program_version__title__folded__contains=key))


def cohorts_table(day: date) -> Table[Cohort]:
    """Return the list as it is on the legal `day`."""
    return Table(
        name="cohorts",
        label="Группы",
        noun="группа,группы,групп",
        columns=(
            Column("code", "Группа и программа", lambda row: row.code, cell=_name, sort=("code",),
                   link=lambda row: reverse("learning:cohort", args=[row.pk]), width=14),
            Column("learners", "Чел.", lambda row: row.learners, sort=("learners",), align="right", width=8),
            Column("progress", "Оценено", _share,
                   cell=lambda row: bar_cell(row.marks_given, row.marks_wanted, "Выставлено оценок")),
            Column("state", "Состояние", lambda row: phase_of(row, day).label, cell=lambda row: state_badge(row, day)),
            Column("starts", "Начало", lambda row: row.starts_on, sort=("starts_on",), align="right"),
            Column("ends", "Окончание", lambda row: row.ends_on, sort=("ends_on",), align="right"),
            Column("attestation", "Аттестация", lambda row: row.attestation_on, sort=("attestation_on",), align="right"),
        ),
        sort="-starts",
        filters=(
            Filter("phase", "Все группы", [(phase.value, phase.label) for phase in Phase],
                   lambda rows, value: rows.filter(Phase(value).condition(day))),
            Filter("kind", "Все виды программ", Kind.choices,
                   lambda rows, value: rows.filter(program_version__program__kind=value)),
            Filter("sheets", "Любые ведомости", [("overdue", "с просроченными ведомостями")],
                   lambda rows, _: rows.filter(overdue__gt=0)),
        ),
        search=_searched,
        searchable="Шифр или программа",
        empty=Empty(
            title="Групп пока нет",
            text="Группу формируют по утверждённой программе: даты, преподаватели, ведомости. Людей зачисляют приказом.",
            icon="users-group",
        ),
    )  # fmt: skip


def _share(row: Any) -> str:
    return f"{row.marks_given} из {row.marks_wanted}" if row.marks_wanted else ""
