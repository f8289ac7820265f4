"""Encouragements: of a record book as of any moment, and the list of the academy (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.core.composed import Composed, Given
from zachetka.core.text import query_grams, search_key
from zachetka.learning.models import Award
from zachetka.rendering.pieces import code
from zachetka.rendering.tables import Column, Empty, Filter, Table

if TYPE_CHECKING:
    from zachetka.access.models import Account

AWARDS_OF: Final = Composed(
    lambda: (
        Award.objects.filter(enrolment__id__any=Given("enrolments"))
        .select_related("enrolment__cohort")
        .order_by("awarded_on", "pk")
    )
)
"""Every row of one learner in a chain of record books, those taken back and those that take back too."""


class Shown(NamedTuple):
    """An award as a book shows it; `cancelled` took it back after the moment shown, None while it holds."""

    award: Award
    cancelled: Award | None


def shown_at(rows: Sequence[Award], moment: datetime) -> tuple[Shown, ...]:
    """Return the awards in force at `moment`, recorded by then and not taken back by then, the earliest first."""
    back = {row.cancels_id: row for row in rows if row.cancels_id is not None}
    return tuple(
        Shown(row, back.get(row.pk))
        for row in rows
        if row.cancels_id is None
        and row.recorded_at <= moment
        and (row.pk not in back or back[row.pk].recorded_at > moment)
    )


def later_than(rows: Sequence[Award], moment: datetime) -> int:
    """Return how many awards that hold were recorded after `moment`."""
    back = {row.cancels_id for row in rows}
    return sum(row.cancels_id is None and row.recorded_at > moment and row.pk not in back for row in rows)


def awards_seen(actor: Account) -> QuerySet[Award]:
    """Return the awards that `actor` may read, those taken back too, with everything a row shows."""
    return (
        Award.objects.visible_to(actor)
        .recorded()
        .select_related(
            "enrolment__learner__person",
            "enrolment__cohort__program_version",
            "recorded_by",
            "cancelled_by__recorded_by",
        )
    )


def _found(rows: QuerySet[Award], text: str) -> QuerySet[Award]:
    for word in search_key(text).split():
        rows = rows.filter(
            Q(enrolment__cohort__code__folded__contains=word)
            | Q(enrolment__learner__person__search__contains=sorted(query_grams(word)) or [word])
        )
    return rows


def _with_kind(rows: QuerySet[Award], value: str) -> QuerySet[Award]:
    return rows.filter(kind=value)


def _with_state(rows: QuerySet[Award], value: str) -> QuerySet[Award]:
    return rows.filter(cancelled_by__isnull=value == "in_force")


def _years(actor: Account) -> list[tuple[str, str]]:
    bounds = Award.objects.visible_to(actor).recorded().order_by("awarded_on").values_list("awarded_on", flat=True)
    first = bounds.first()
    last = bounds.last() if first else None
    return [(str(year), f"{year} год") for year in range(last.year, first.year - 1, -1)] if first and last else []


def _in_year(rows: QuerySet[Award], value: str) -> QuerySet[Award]:
    year = int(value)
    return rows.filter(awarded_on__gte=date(year, 1, 1), awarded_on__lte=date(year, 12, 31))


def _cohort(row: Award) -> SafeString:
    return code(row.enrolment.cohort.code)


def is_cancelled(row: Award) -> bool:
    """True for an award, read with `cancelled_by`, that was taken back."""
    return hasattr(row, "cancelled_by")


def _state_word(row: Award) -> str:
    return "отозвано" if is_cancelled(row) else "внесено"


def _state(row: Award) -> SafeString:
    return format_html(
        '<span class="{}">{}</span>', "badge" if is_cancelled(row) else "badge badge-ok", _state_word(row)
    )


_AWARDS: Final = Table[Award](
    name="awards",
    label="Поощрения",
    noun="поощрение,поощрения,поощрений",
    sort="-day",
    columns=(
        Column(
            "learner",
            "Слушатель",
            lambda row: row.enrolment.learner.person.short_name,
            sort=("enrolment__learner__person__sort_key",),
            link=lambda row: reverse("learning:award", args=[row.pk]),
        ),
        Column(
            "cohort", "Группа", lambda row: row.enrolment.cohort.code, cell=_cohort, sort=("enrolment__cohort__code",)
        ),
        Column("kind", "Вид", lambda row: row.get_kind_display(), sort=("kind",)),
        Column("wording", "За что", lambda row: row.wording),
        Column("day", "День", lambda row: row.awarded_on, sort=("awarded_on",)),
        Column("basis", "Документ", lambda row: row.basis),
        Column("state", "Состояние", _state_word, cell=_state),
    ),
    search=_found,
    searchable="Слушатель, группа",
    empty=Empty(
        "Поощрений нет",
        "Поощрение вносит методист: в зачётной книжке слушателя, раздел «Поощрения».",
        "certificate",
    ),
)


def awards_for(actor: Account) -> Table[Award]:
    """Return the list as `actor` filters it: the years are of what they may read (п. 3.8)."""
    return replace(
        _AWARDS,
        filters=(
            Filter("kind", "Все виды", Award.Kind.choices, _with_kind),
            Filter("year", "Все годы", partial(_years, actor), _in_year),
            Filter(
                "state", "Внесённые и отозванные", (("in_force", "внесённые"), ("cancelled", "отозванные")), _with_state
            ),
        ),
    )
