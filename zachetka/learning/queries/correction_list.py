"""The list of corrections: what waits for a second person, and what was decided (п. 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.core.text import query_grams, search_key
from zachetka.learning.models import Correction
from zachetka.learning.queries.mark_history import mark_words
from zachetka.rendering.pieces import code
from zachetka.rendering.tables import Column, Empty, Filter, Table

if TYPE_CHECKING:
    from zachetka.access.models import Account

LOOKS: Final = {
    Correction.State.PROPOSED: "badge badge-warn",
    Correction.State.CONFIRMED: "badge badge-ok",
    Correction.State.REFUSED: "badge badge-bad",
}


def corrections_seen(actor: Account) -> QuerySet[Correction]:
    """Return the corrections that `actor` may read, with everything a row shows."""
    return with_rows(Correction.objects.visible_to(actor))


def with_rows(corrections: QuerySet[Correction]) -> QuerySet[Correction]:
    """Return `corrections` with everything a row shows."""
    return corrections.select_related(
        "grade",
        "mark__grade",
        "mark__sheet__module",
        "mark__sheet__cohort",
        "mark__enrolment__learner__person",
        "proposed_by",
        "decided_by",
    ).annotate(
        place=Case(When(state=Correction.State.PROPOSED, then=Value("1")), default=Value("2"), output_field=CharField())
    )


def learner_of(correction: Correction) -> str:
    """Return «Климова И. С.»."""
    return correction.mark.enrolment.learner.person.short_name


def _found(rows: QuerySet[Correction], text: str) -> QuerySet[Correction]:
    for word in search_key(text).split():
        rows = rows.filter(
            Q(mark__sheet__cohort__code__folded__contains=word)
            | Q(mark__sheet__module__title__folded__contains=word)
            | Q(mark__enrolment__learner__person__search__contains=sorted(query_grams(word)) or [word])
        )
    return rows


def _with_state(rows: QuerySet[Correction], value: str) -> QuerySet[Correction]:
    return rows.filter(state=value)


def _cohort(correction: Correction) -> SafeString:
    return code(correction.mark.sheet.cohort.code)


def _change(correction: Correction) -> SafeString:
    return format_html("<span><del>{}</del> → <b>{}</b></span>", mark_words(correction.mark), mark_words(correction))


def _state(correction: Correction) -> SafeString:
    classes = LOOKS[Correction.State(correction.state)]
    return format_html('<span class="{}">{}</span>', classes, correction.get_state_display())


CORRECTIONS: Final = Table[Correction](
    name="corrections",
    label="Исправления оценок",
    noun="исправление,исправления,исправлений",
    sort="state",
    columns=(
        Column(
            "learner",
            "Слушатель",
            learner_of,
            sort=("mark__enrolment__learner__person__sort_key",),
            link=lambda row: reverse("learning:correction", args=[row.pk]),
        ),
        Column(
            "cohort",
            "Группа",
            lambda row: row.mark.sheet.cohort.code,
            cell=_cohort,
            sort=("mark__sheet__cohort__code",),
        ),
        Column("module", "Дисциплина", lambda row: row.mark.sheet.module.title, sort=("mark__sheet__module__title",)),
        Column("change", "Исправление", lambda row: f"{mark_words(row.mark)} → {mark_words(row)}", cell=_change),
        Column("who", "Предложил", lambda row: row.proposed_by.display_name, sort=("proposed_by__display_name",)),
        Column("when", "Когда", lambda row: row.proposed_at, sort=("proposed_at",)),
        Column("state", "Состояние", lambda row: row.get_state_display(), cell=_state, sort=("place", "proposed_at")),
    ),
    filters=(Filter("state", "Все состояния", Correction.State.choices, _with_state),),
    search=_found,
    searchable="Слушатель, группа, дисциплина",
    empty=Empty(
        "Исправлений нет",
        "Оценку закрытой ведомости исправляет преподаватель: с причиной и документом. Здесь её подтверждает второй человек.",
        "pencil",
    ),
)
