"""Closed sheets opened again: what stands against it, who keeps a sheet, what waits for a person, the list (п. 2.2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.access.guard import can
from zachetka.access.models import RoleAssignment
from zachetka.access.policy import MATRIX, Permission
from zachetka.core.text import search_key
from zachetka.learning.final_protocol import CLAUSE, ONLY_BY_PROTOCOL
from zachetka.learning.models import Commissioner, Correction, Mark, MarkSheet, Reopening
from zachetka.learning.models.reopening import ReopeningQuerySet
from zachetka.learning.queries.completeness import sitting
from zachetka.learning.queries.mark_history import mark_words
from zachetka.programs.models import Module
from zachetka.rendering.pieces import code
from zachetka.rendering.tables import Column, Empty, Filter, Table
from zachetka.rendering.tasks import Task

if TYPE_CHECKING:
    from zachetka.access.models import Account


def may_ask(sheet: MarkSheet, actor: Account) -> bool:
    """True when `actor` may ask to open `sheet` again and nobody has: the page offers it then."""
    return (
        sheet.state == MarkSheet.State.CLOSED
        and sheet.module.sort != Module.Sort.FINAL
        and can(actor, Permission.REOPENING_ASK, sheet)
        and not Reopening.objects.waiting().filter(sheet=sheet).exists()
    )


ASKED_BY_YOU: Final = "Повторное открытие попросили вы: решает другой человек."
TAUGHT_BY_YOU: Final = (
    "Ведомость ведёте или закрыли вы, вносили в неё оценки или замещаете преподавателя: решает о ней другой человек."
)
OPENED_BY_YOU: Final = "Заново ведомость открыли вы: исправляет и закрывает её другой человек."
OWN_MARK: Final = "В этой ведомости ваша оценка: о ней просят и решают другие."


class Trouble(NamedTuple):
    """Why a sheet is not opened again, and which clause says so."""

    clause: str
    sentence: str


def trouble_of(sheet: MarkSheet, today: date) -> Trouble | None:
    """Return what stands against opening a closed `sheet` again; None when nothing does. Three queries at most."""
    if sheet.module.sort == Module.Sort.FINAL:
        return Trouble(
            CLAUSE,
            f"{ONLY_BY_PROTOCOL}: её ведомость заново не открывают. Исправление предлагают вдвоём, с номером и датой протокола.",
        )
    if sheet.teacher.left_on is not None and sheet.teacher.left_on <= today:
        return Trouble(
            "2.2",
            "Преподаватель ведомости уволен: сначала передайте ведомость другому, на странице группы — «Передать…».",
        )
    if Correction.objects.waiting().filter(mark__sheet=sheet).exists():
        return Trouble("2.1", "Сначала решите исправления оценок, которые ждут в этой ведомости.")
    changing = Mark.objects.filter(sitting(today, "enrolment__"), sheet=sheet, enrolment__admission_order__isnull=True)
    if not changing.exists():
        return Trouble(
            "273-ФЗ ст. 59",
            "Менять нечего: все допущены к итоговой аттестации или уже не учатся. Такую оценку меняет только исправление.",
        )
    return None


def keepers_of(sheet: MarkSheet, day: date) -> frozenset[UUID]:
    """Return the people who keep `sheet` on `day`, typed in it or closed it: none of them opens it again (п. 3.8); one query."""
    judges = Commissioner.objects.filter(sheet=sheet).values_list("employee__person__uid", flat=True)
    typed = Mark.objects.filter(sheet=sheet).values_list("recorded_by_person", flat=True)
    deputies = _substitutions(day).filter(substitutes__account__person_uid=sheet.teacher.person.uid)
    others = judges.order_by().union(
        typed.order_by(), deputies.order_by().values_list("account__person_uid", flat=True)
    )
    closer = [sheet.closed_by.person_uid] if sheet.closed_by is not None else []
    return frozenset({sheet.teacher.person.uid, *closer, *others})


def _substitutions(day: date) -> QuerySet[RoleAssignment]:
    """Return the roles by which somebody fills on `day` the sheets of whoever is away."""
    fills = [role.value for role in MATRIX[Permission.SHEET_FILL]]
    return RoleAssignment.objects.in_force(day).filter(role__in=fills, substitutes__isnull=False)


def has_mark_in(sheet: MarkSheet, actor: Account) -> bool:
    """True when the natural person behind `actor` has a mark in `sheet`."""
    return Mark.objects.filter(sheet=sheet, enrolment__learner__person__human_uid=actor.person_uid).exists()


def hands_of(reopening: Reopening, actor: Account, day: date) -> str:
    """Return why `actor` does not decide `reopening` on `day`, "" when nothing keeps them from it (п. 3.8); two queries at most."""
    if reopening.asked_by_person == actor.person_uid:
        return ASKED_BY_YOU
    if actor.person_uid in keepers_of(reopening.sheet, day):
        return TAUGHT_BY_YOU
    return OWN_MARK if has_mark_in(reopening.sheet, actor) else ""


def changes_of(reopening: Reopening, actor: Account) -> list[tuple[Mark, str, str]]:
    """Return each mark written by `reopening` with what stood before it and what it says, in words; one query."""
    rows = Mark.objects.visible_to(actor).filter(reopening=reopening)
    rows = rows.select_related("grade", "supersedes__grade", "enrolment__learner__person")
    return [
        (mark, mark_words(mark.supersedes) if mark.supersedes else "", mark_words(mark))
        for mark in rows.order_by("recorded_at", "pk")
    ]


def reopenings_seen(actor: Account) -> ReopeningQuerySet:
    """Return the reopenings that `actor` may read, with everything a row shows."""
    return (
        Reopening.objects.visible_to(actor)
        .select_related(
            "sheet__module",
            "sheet__cohort",
            "sheet__teacher__person",
            "sheet__closed_by",
            "asked_by",
            "decided_by",
            "ended_by",
        )
        .annotate(
            place=Case(
                When(state=Reopening.State.ASKED, then=Value("1")),
                When(state=Reopening.State.OPEN, then=Value("2")),
                default=Value("3"),
                output_field=CharField(),
            )
        )
    )


MOST: Final = 40
"""Tasks of one kind; the rest is in the list."""


def tasks_to_decide(actor: Account, today: date) -> list[Task]:
    """Return the requests of others that `actor` may decide; one query."""
    if not actor.allowed(Permission.REOPENING_DECIDE):
        return []
    mine = Reopening.objects.visible_to(actor, Permission.REOPENING_DECIDE).waiting()
    foreign = mine.exclude(asked_by_person=actor.person_uid).exclude(sheet__teacher__person__uid=actor.person_uid)
    judged = Commissioner.objects.filter(employee__person__uid=actor.person_uid).values("sheet")
    marked = Mark.objects.filter(enrolment__learner__person__human_uid=actor.person_uid).values("sheet")
    away = _substitutions(today).filter(account__person_uid=actor.person_uid)
    typed = Mark.objects.filter(sheet=OuterRef("sheet"), recorded_by_person=actor.person_uid)
    foreign = foreign.exclude(sheet__in=judged).exclude(sheet__in=marked).exclude(Exists(typed))
    foreign = foreign.exclude(sheet__teacher__person__uid__in=away.values("substitutes__account__person_uid"))
    rows = foreign.exclude(sheet__closed_by__person_uid=actor.person_uid).select_related(*_SHOWN)
    return [
        Task(
            f"Открыть ведомость заново: «{row.sheet.module.title}»",
            f"{row.sheet.cohort.code} · просит {row.asked_by.display_name}",
            reverse("learning:reopening", args=[row.pk]),
            "Решить",
            row.until,
        )
        for row in rows.order_by("asked_at", "pk")[:MOST]
    ]


def tasks_to_fill(actor: Account) -> list[Task]:
    """Return the sheets opened again that `actor` fills: each closes itself after its term; one query."""
    if not actor.allowed(Permission.SHEET_FILL):
        return []
    sheets = MarkSheet.objects.visible_to(actor, Permission.SHEET_FILL).filter(state=MarkSheet.State.REOPENED)
    running = Reopening.objects.running().filter(sheet__in=sheets).select_related(*_SHOWN)
    running = running.exclude(decided_by_person=actor.person_uid)
    return [
        Task(
            f"Ведомость открыта заново: «{row.sheet.module.title}»",
            f"{row.sheet.cohort.code} · {row.reason}",
            reverse("learning:sheet", args=[row.sheet_id]),
            "Исправить и закрыть",
            row.until,
        )
        for row in running.order_by("until", "pk")[:MOST]
    ]


_SHOWN: Final = ("sheet__module", "sheet__cohort", "asked_by")

LOOKS: Final = {
    Reopening.State.ASKED: "badge badge-warn",
    Reopening.State.OPEN: "badge badge-brand",
    Reopening.State.REFUSED: "badge badge-bad",
    Reopening.State.ENDED: "badge",
}


def _found(rows: QuerySet[Reopening], text: str) -> QuerySet[Reopening]:
    for word in search_key(text).split():
        rows = rows.filter(
            Q(sheet__cohort__code__folded__contains=word) | Q(sheet__module__title__folded__contains=word)
        )
    return rows


def _with_state(rows: QuerySet[Reopening], value: str) -> QuerySet[Reopening]:
    return rows.filter(state=value)


def _cohort(row: Reopening) -> SafeString:
    return code(row.sheet.cohort.code)


def _state(row: Reopening) -> SafeString:
    return format_html('<span class="{}">{}</span>', LOOKS[Reopening.State(row.state)], row.get_state_display())


REOPENINGS: Final = Table[Reopening](
    name="reopenings",
    label="Повторные открытия ведомостей",
    noun="открытие,открытия,открытий",
    sort="state",
    columns=(
        Column(
            "module",
            "Дисциплина",
            lambda row: row.sheet.module.title,
            sort=("sheet__module__title",),
            link=lambda row: reverse("learning:reopening", args=[row.pk]),
        ),
        Column("cohort", "Группа", lambda row: row.sheet.cohort.code, cell=_cohort, sort=("sheet__cohort__code",)),
        Column("who", "Просит", lambda row: row.asked_by.display_name, sort=("asked_by__display_name",)),
        Column("when", "Когда", lambda row: row.asked_at, sort=("asked_at",)),
        Column("basis", "Основание", lambda row: row.basis),
        Column("until", "По какой день", lambda row: row.until, sort=("until",)),
        Column("state", "Состояние", lambda row: row.get_state_display(), cell=_state, sort=("place", "asked_at")),
    ),
    filters=(Filter("state", "Все состояния", Reopening.State.choices, _with_state),),
    search=_found,
    searchable="Группа, дисциплина",
    empty=Empty(
        "Ведомости заново не открывали",
        "Закрытую ведомость открывает заново руководитель: по просьбе преподавателя или методиста, с причиной и документом.",
        "lock-open",
    ),
)
