"""The list of sheets: whose, until when, how far (п. 2.2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.core.composed import Given
from zachetka.core.text import query_grams, search_key
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.completeness import awaits_admission, members, sitting
from zachetka.learning.queries.study_plans import otherwise
from zachetka.programs.models import Module
from zachetka.rendering.pieces import code
from zachetka.rendering.tables import Column, Empty, Filter, Table

if TYPE_CHECKING:
    from zachetka.access.models import Account

OPEN, CLOSED, OVERDUE, AHEAD, REOPENED = "open", "closed", "overdue", "ahead", "reopened"
CANCELLED = "cancelled"
STATES: Final = (
    (OPEN, "заполняется"),
    (OVERDUE, "срок прошёл"),
    (AHEAD, "контроль впереди"),
    (REOPENED, "открыта заново"),
    (CLOSED, "закрыта"),
    (CANCELLED, "отменена"),
)
LOOKS: Final = {
    OPEN: ("badge badge-brand", "заполняется"),
    OVERDUE: ("badge badge-bad", "срок прошёл"),
    AHEAD: ("badge", "контроль впереди"),
    REOPENED: ("badge badge-warn", "открыта заново"),
    CLOSED: ("badge", "закрыта"),
    CANCELLED: ("badge", "отменена"),
}
ENDED: Final = Q(state__in=[MarkSheet.State.CLOSED, MarkSheet.State.CANCELLED])
"""Nobody waits for these: they stand after the others, the last first."""


def listed(actor: Account, today: date) -> QuerySet[MarkSheet]:
    """Return the sheets that `actor` may read, with `filled`, `learning` and `standing` (a key of `STATES`)."""
    return (
        with_counts(MarkSheet.objects.visible_to(actor), today)
        .select_related("cohort", "module", "teacher__person")
        .annotate(
            standing=Case(
                When(state=MarkSheet.State.CLOSED, then=Value(CLOSED)),
                When(state=MarkSheet.State.REOPENED, then=Value(REOPENED)),
                When(state=MarkSheet.State.CANCELLED, then=Value(CANCELLED)),
                When(held_on__gt=today, then=Value(AHEAD)),
                When(due_on__lt=today, then=Value(OVERDUE)),
                default=Value(OPEN),
            ),
            pressing=Case(When(ENDED, then=Value(1)), default=Value(0), output_field=IntegerField()),
            in_turn=Case(When(ENDED, then=Value(date.max) - F("due_on")), default=F("due_on") - Value(date.min)),
        )
    )


def with_counts(sheets: QuerySet[MarkSheet], day: date | Given) -> QuerySet[MarkSheet]:
    """Return `sheets` with `filled`, how many have a mark, and `learning`, how many have to on `day` (п. 2.2).

    Whoever has finished since had to have the mark they have, so a sheet reads the same when its cohort is over. Nobody
    has to have a mark of a sheet after the end, nor after a withdrawal.
    """
    marks = Mark.objects.in_force().filter(sheet=OuterRef("pk"), grade__isnull=False)
    people = Enrolment.objects.filter(sitting(day), cohort=OuterRef("cohort"))
    people = people.exclude(otherwise(OuterRef(OuterRef("module")))).filter(started_on__lte=OuterRef("held_on"))
    people = people.exclude(awaits_admission(OuterRef(OuterRef("module")), OuterRef(OuterRef("held_on"))))
    named = members().filter(sitting(day, "enrolment__"), sheet=OuterRef("pk"))
    by_then = Order.objects.filter(
        pk=OuterRef("enrolment__admission_order"), effective_on__lte=OuterRef("sheet__held_on")
    )
    named = named.exclude(~Exists(by_then), sheet__module__sort=Module.Sort.FINAL)
    finished = _counted(marks.filter(enrolment__state=Enrolment.State.COMPLETED), "sheet")
    present = Case(When(attempt=1, serial=1, then=_counted(people, "cohort")), default=_counted(named, "sheet"))
    counted = marks.filter(sitting(day, "enrolment__") | Q(enrolment__state=Enrolment.State.COMPLETED))
    return sheets.annotate(filled=_counted(counted, "sheet"), learning=present + finished)


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    counts = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _found(rows: QuerySet[MarkSheet], text: str) -> QuerySet[MarkSheet]:
    """Find by the code of the cohort, a part of the module's title or of the teacher's name."""
    for word in search_key(text).split():
        rows = rows.filter(
            Q(cohort__code__folded__contains=word)
            | Q(module__title__folded__contains=word)
            | Q(teacher__person__search__contains=sorted(query_grams(word)) or [word])
        )
    return rows


def _standing(rows: QuerySet[MarkSheet], value: str) -> QuerySet[MarkSheet]:
    return rows.filter(Q(("standing", value)))


def _badge(sheet: MarkSheet) -> SafeString:
    classes, word = LOOKS[sheet.standing]  # type: ignore[attr-defined] # annotated by `listed`
    return format_html('<span class="{}">{}</span>', classes, word)


def _cohort(sheet: MarkSheet) -> SafeString:
    return code(sheet.cohort.code)


def _teacher(sheet: MarkSheet) -> SafeString:
    return code(sheet.teacher.person.short_name)


def filled_words(sheet: MarkSheet) -> str:
    """Return «13 из 28» for a sheet of `listed`."""
    return f"{sheet.filled} из {sheet.learning}"  # type: ignore[attr-defined] # annotated by `listed`


def _grid(sheet: MarkSheet) -> str:
    return f"{reverse('learning:cohort-sheet', args=[sheet.cohort.code])}?column={sheet.pk}"


def _as_list_address(sheet: MarkSheet) -> str:
    return reverse("learning:sheet", args=[sheet.pk])


def _as_list(sheet: MarkSheet) -> SafeString:
    return format_html(
        '<a href="{}" aria-label="Списком: {}, {}">Списком</a>',
        _as_list_address(sheet),
        sheet.cohort.code,
        sheet.module.title,
    )


SHEETS: Final = Table[MarkSheet](
    name="sheets",
    label="Ведомости",
    noun="ведомость,ведомости,ведомостей",
    sort="due",
    columns=(
        Column("module", "Дисциплина", lambda row: row.module.title, sort=("module__title",), link=_grid, width=44),
        Column("cohort", "Группа", lambda row: row.cohort.code, cell=_cohort, sort=("cohort__code", "module__ordinal")),
        Column("attempt", "Поп.", lambda row: row.attempt, sort=("attempt",), align="right", width=8),
        Column(
            "teacher",
            "Преподаватель",
            lambda row: row.teacher.person.full_name,
            cell=_teacher,
            sort=("teacher__person__sort_key",),
            width=32,
        ),
        Column("held", "Контроль", lambda row: row.held_on, sort=("held_on",)),
        Column("filled", "Внесено", filled_words, sort=("filled",), align="right"),
        Column("due", "Заполнить до", lambda row: row.due_on, sort=("pressing", "in_turn"), back=("due_on",)),
        Column("state", "Состояние", lambda row: LOOKS[row.standing][1], cell=_badge, sort=("standing",)),  # type: ignore[attr-defined] # annotated by `listed`
        Column("as_list", "", _as_list_address, cell=_as_list, export=False),
    ),
    filters=(Filter("state", "Все состояния", STATES, _standing),),
    search=_found,
    searchable="Группа, дисциплина, преподаватель",
    empty=Empty(
        "Ведомостей нет",
        "Ведомость открывается на каждую дисциплину, когда методист формирует группу и назначает преподавателей.",
        "table",
    ),
)
