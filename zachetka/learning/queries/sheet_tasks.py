"""What of the sheets waits for a person today (п. 2.2): mine to fill and close, those to hand over, overdue ones, corrections."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from zachetka.access.guard import READER, Scopes, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given
from zachetka.core.russian import plural
from zachetka.learning.models import Correction, MarkSheet, Reopening
from zachetka.learning.queries.correction_list import with_rows
from zachetka.learning.queries.reopenings import tasks_to_decide, tasks_to_fill
from zachetka.learning.queries.sheet_list import filled_words, listed, with_counts
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.rendering.tasks import Task

if TYPE_CHECKING:
    from datetime import date

    from zachetka.access.models import Account

MOST = 40
"""Tasks of one kind; the rest is in the list of sheets."""
CONFIRM: Final = Permission.CORRECTION_CONFIRM
_SHOWN: Final = ("cohort", "module", "teacher__person")


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return what waits for `actor`; at most one query for each of six kinds."""
    today = legal_date(at)
    return [
        *tasks_to_fill(actor),
        *tasks_to_decide(actor, today),
        *_to_fill(actor, today),
        *_to_hand_over(actor),
        *_overdue(actor, today),
        *_to_decide(actor),
    ]


def _to_fill(actor: Account, today: date) -> list[Task]:
    """A teacher's sheets whose control has been held: fill them, then close them."""
    if not actor.allowed(Permission.SHEET_FILL):
        return []
    mine = MarkSheet.objects.visible_to(actor, Permission.SHEET_FILL).open().filter(held_on__lte=today)
    return [_of_teacher(sheet) for sheet in listed(actor, today).filter(pk__in=mine).order_by("due_on", "pk")[:MOST]]


def _of_teacher(sheet: MarkSheet) -> Task:
    missing = max(0, sheet.learning - sheet.filled)  # type: ignore[attr-defined] # annotated by `listed`
    if missing:
        title = f"Ведомость «{sheet.module.title}» — нет {missing} {plural(missing, 'оценки', 'оценок', 'оценок')}"
        return Task(title, sheet.cohort.code, _grid(sheet), "Внести", sheet.due_on)
    done = "заполнена" if sheet.learning else "пуста: оценивать некого"  # type: ignore[attr-defined] # annotated by `listed`
    title = f"Ведомость «{sheet.module.title}» {done} — осталось закрыть"
    return Task(title, sheet.cohort.code, reverse("learning:sheet-close", args=[sheet.pk]), "Закрыть", sheet.due_on)


def _to_hand_over(actor: Account) -> list[Task]:
    """For whoever forms cohorts: sheets open or open again whose teacher has left, since nobody can fill them."""
    if not actor.allowed(Permission.COHORT_EDIT):
        return []
    left = _without_a_teacher(scopes_of(actor, Permission.COHORT_EDIT))
    return [
        Task(
            f"Передать ведомость «{sheet.module.title}»: преподаватель уволен",
            f"{sheet.cohort.code} · {sheet.teacher.person.short_name}, уволен {sheet.teacher.left_on:%d.%m.%Y}",
            reverse(f"learning:sheet-{'hand-over' if _goes_by_a_paper(sheet) else 'change'}", args=[sheet.pk]),
            "Передать",
            sheet.term,  # type: ignore[attr-defined] # annotated by `_without_a_teacher`
        )
        for sheet in left(person_uid=actor.person_uid)
    ]


def _goes_by_a_paper(sheet: MarkSheet) -> bool:
    return sheet.attempt == LAST_ATTEMPT or sheet.state != MarkSheet.State.OPEN


@cache
def _without_a_teacher(scopes: Scopes) -> Composed[MarkSheet]:
    left = MarkSheet.objects.filter(reach(scopes, MarkSheet)).fillable().filter(teacher__left_on__isnull=False)
    running = Reopening.objects.running().filter(sheet=OuterRef("pk")).values("until")[:1]
    waiting = left.annotate(term=Coalesce(Subquery(running), "due_on"))
    return Composed(lambda: waiting.select_related(*_SHOWN).order_by("term", "pk")[:MOST])


def _overdue(actor: Account, today: date) -> list[Task]:
    """For whoever forms cohorts: sheets past their term that somebody else can still fill."""
    if not actor.allowed(Permission.COHORT_EDIT):
        return []
    late = _late(scopes_of(actor, Permission.SHEET_READ))
    return [
        Task(
            f"Ведомость «{sheet.module.title}» не закрыта: внесено {filled_words(sheet)}",
            f"{sheet.cohort.code} · преподаватель {sheet.teacher.person.short_name}",
            _grid(sheet),
            "Открыть",
            sheet.due_on,
        )
        for sheet in late(person_uid=actor.person_uid, day=today)
    ]


@cache
def _late(scopes: Scopes) -> Composed[MarkSheet]:
    seen = MarkSheet.objects.filter(reach(scopes, MarkSheet)).open()
    late = with_counts(seen.filter(due_on__lt=Given("day"), teacher__left_on__isnull=True), Given("day"))
    others = late.exclude(teacher__person__uid=READER)
    return Composed(lambda: others.select_related(*_SHOWN).order_by("due_on", "pk")[:MOST])


def _to_decide(actor: Account) -> list[Task]:
    """Corrections that another person proposed and this one may decide; whose mark it is stands on its page, which is a look at it."""
    if not actor.allowed(CONFIRM):
        return []
    seen, decided = (scopes_of(actor, right) for right in (Correction.objects.all().read_permission, CONFIRM))
    return [
        Task(
            f"Исправление оценки: «{row.mark.sheet.module.title}»",
            f"{row.mark.sheet.cohort.code} · предлагает {row.proposed_by.display_name}",
            reverse("learning:correction", args=[row.pk]),
            "Решить",
        )
        for row in _foreign(seen, decided)(person_uid=actor.person_uid)
    ]


@cache
def _foreign(seen: Scopes, decided: Scopes) -> Composed[Correction]:
    waiting = Correction.objects.filter(reach(seen, Correction), reach(decided, Correction)).waiting()
    foreign = waiting.exclude(proposed_by_person=READER).exclude(mark__enrolment__learner__person__human_uid=READER)
    return Composed(lambda: with_rows(foreign).order_by("proposed_at", "pk")[:MOST])


def _grid(sheet: MarkSheet) -> str:
    return f"{reverse('learning:cohort-sheet', args=[sheet.cohort.code])}?column={sheet.pk}"
