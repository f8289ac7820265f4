"""An open sheet passes to another teacher or another day (п. 2.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.learning import telling
from zachetka.learning.actions.handovers import SITS, sits_it
from zachetka.learning.models import MarkSheet
from zachetka.learning.queries.teachers import refuse_others
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.hands import require_seen
from zachetka.lifecycle.steps import lock
from zachetka.programs.models import ScaleVersion

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Employee


def change_sheet(
    sheet: MarkSheet, *, teacher: Employee, held_on: date, due_on: date, seen: str, actor: Account, at: datetime
) -> MarkSheet:
    """Give an open sheet to `teacher`, to be controlled on `held_on` and filled by `due_on` (п. 2.2).

    Marks that stand keep the teacher and the day they were given by. Said twice, it changes nothing the second time.
    The event keeps what was appointed before, so that a record book of a past date shows it (п. 2.5). `seen` is
    `lifecycle.hands.seen_of` of the sheet when its page was opened.

    Raises:
        Stale: somebody changed the sheet after `seen`, and it says something else.
        Forbidden: the cohort is not of the actor's unit.
        IllegalStep: the sheet is closed.
        RuleViolation: a day does not fit, marks hold the day of control, the teacher no longer works here or
            has no role in force.
        Busy: somebody else holds the sheet.
    """
    with transaction.atomic():
        sheet = lock(sheet)
        require(actor, Permission.COHORT_EDIT, sheet)
        if sheet.state != MarkSheet.State.OPEN:
            raise IllegalStep("2.2", "Ведомость закрыта: преподавателя и сроки в ней не меняют.")
        wanted = {"teacher_id": teacher.pk, "held_on": held_on, "due_on": due_on}
        changed = sorted(name for name, value in wanted.items() if getattr(sheet, name) != value)
        if not changed:
            return sheet
        require_seen(
            sheet, seen, clause="2.2", sentence="Пока вы правили, ведомость изменили. Откройте страницу заново."
        )
        if "teacher_id" in changed and teacher.left_on is not None and teacher.left_on <= legal_date(at):
            raise RuleViolation("2.2", "Этот преподаватель уже не работает: выберите другого.", field="teacher")
        if not sheet.is_main and "held_on" in changed:
            raise RuleViolation(
                "273-ФЗ ст. 58", "День пересдачи не переносят: отмените её и назначьте новую.", field="held_on"
            )
        if sheet.attempt == LAST_ATTEMPT and "teacher_id" in changed:
            raise RuleViolation(
                "273-ФЗ ст. 58", "Ведомость комиссии передают по документу, её члену: «Передать…».", field="teacher"
            )
        if "teacher_id" in changed and sits_it(sheet, teacher):
            raise RuleViolation("3.8", SITS, field="teacher")
        if "teacher_id" in changed:
            refuse_others({"teacher": teacher}, legal_date(at))
        if "held_on" in changed:
            _check_day(sheet, held_on)
        if due_on < held_on:
            raise RuleViolation("2.2", "Ведомость заполняют в день контроля или позже.", field="due_on")
        was = {name: getattr(sheet, name) for name in wanted}
        sheet.teacher, sheet.held_on, sheet.due_on = teacher, held_on, due_on
        sheet.save()
        record_event(EventType.SHEET_CHANGED, sheet, actor=actor, at=at, clause="2.2", fields=changed, was=was)
        if "due_on" in changed:
            telling.sheet_put_off(sheet, at=at)
    return sheet


def _check_day(sheet: MarkSheet, held_on: date) -> None:
    cohort = sheet.cohort
    if not cohort.starts_on <= held_on <= cohort.ends_on:
        raise RuleViolation(
            "2.2",
            f"Контроль — в пределах срока обучения: {cohort.starts_on:%d.%m.%Y} — {cohort.ends_on:%d.%m.%Y}.",
            field="held_on",
        )
    if sheet.marks.exists():
        raise RuleViolation(
            "2.2",
            f"В ведомости уже есть оценки за {sheet.held_on:%d.%m.%Y}: день контроля не переносят.",
            field="held_on",
        )
    begun = ScaleVersion.objects.filter(
        scale=sheet.module.scale_id, valid_from__gt=held_on, valid_from__lte=sheet.held_on
    )
    if (first := begun.order_by("valid_from").first()) is not None:
        raise RuleViolation(
            "2.3",
            f"С {first.valid_from:%d.%m.%Y} оценивают по другой редакции шкалы: в дни прежней контроль не переносят.",
            field="held_on",
        )
