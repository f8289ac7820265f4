"""A sheet passes to another teacher by a paper, whatever its state (п. 2.2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation, Stale
from zachetka.learning import telling
from zachetka.learning.models import HandOver, MarkSheet, Reopening
from zachetka.learning.queries.teachers import refuse_others
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Employee

CLAUSE: Final = "2.2"
OWN: Final = "Ведомость передаёт другой человек: не тот, кто её вёл, и не тот, кому она переходит."
SITS: Final = "Этот преподаватель сам значится среди сдающих: выберите другого."


def hand_over_sheet(sheet: MarkSheet, *, teacher: Employee, basis: str, actor: Account, at: datetime) -> MarkSheet:
    """Pass `sheet` to `teacher` by the paper `basis`: closed, open again or of a commission, whose member it stays with (п. 2.2).

    Marks keep the teacher whose control it was; what may be done with the sheet is theirs who keeps it: to close it, to ask
    for its reopening, to propose corrections. Said twice, it changes nothing the second time. The event keeps who kept it
    before, so that a record book of a past day shows it (п. 2.5).

    Raises:
        Forbidden: the cohort is not of the actor's unit.
        IllegalStep: the sheet was cancelled.
        RuleViolation: no paper; the new teacher no longer works here, has no role in force, is not of the commission, sits the
            resit or decided on the reopening that runs; it is about the actor.
        Busy: somebody else holds the sheet.
        Stale: it was closed meanwhile: a closed sheet passes on by a paper of after its closing.
    """
    with transaction.atomic():
        sheet = lock(sheet)
        require(actor, Permission.SHEET_HAND_OVER, sheet)
        if sheet.state == MarkSheet.State.CANCELLED:
            raise IllegalStep(CLAUSE, "Пересдача отменена: передавать нечего.")
        if sheet.teacher_id == teacher.pk:
            return sheet
        before = sheet.teacher
        for one in (before, teacher):
            require_another_person(one.person.human_uid, actor, OWN)
        if not basis:
            raise RuleViolation(CLAUSE, "Назовите документ: вид, номер, дата.", field="basis")
        if sheet.closed_at is not None and at < sheet.closed_at:
            raise Stale(CLAUSE, "Ведомость тем временем закрыли: откройте страницу заново и передайте её закрытой.")
        _check_teacher(sheet, teacher, at)
        was = {"teacher_id": before.pk, "held_on": sheet.held_on, "due_on": sheet.due_on}
        handed = HandOver.objects.create(
            sheet=sheet,
            was=before,
            teacher=teacher,
            basis=basis,
            handed_by=actor,
            handed_by_person=actor.person_uid,
            handed_at=at,
        )
        record_event(EventType.SHEET_HANDED_OVER, handed, actor=actor, at=at, clause=CLAUSE)
        sheet.teacher = teacher
        sheet.save(update_fields=["teacher"])
        record_event(EventType.SHEET_CHANGED, sheet, actor=actor, at=at, clause=CLAUSE, fields=["teacher_id"], was=was)
        telling.sheet_handed_over(handed, actor=actor, at=at)
    return sheet


def _check_teacher(sheet: MarkSheet, teacher: Employee, at: datetime) -> None:
    today = legal_date(at)
    if teacher.left_on is not None and teacher.left_on <= today:
        raise RuleViolation(CLAUSE, "Этот преподаватель уже не работает: выберите другого.", field="teacher")
    refuse_others({"teacher": teacher}, today)
    if sheet.attempt == LAST_ATTEMPT and not sheet.commissioners.filter(employee=teacher).exists():
        raise RuleViolation(
            "273-ФЗ ст. 58 ч. 6", "Ведомость комиссии переходит к её члену: выберите из комиссии.", field="teacher"
        )
    if sits_it(sheet, teacher):
        raise RuleViolation("3.8", SITS, field="teacher")
    running = Reopening.objects.running().filter(sheet=sheet, decided_by_person=teacher.person.human_uid)
    if running.exists():
        raise RuleViolation("3.8", "Этот человек открыл ведомость заново: ведёт её другой.", field="teacher")


def sits_it(sheet: MarkSheet, teacher: Employee) -> bool:
    """True of whoever is named among those who sit `sheet`."""
    return sheet.members.filter(enrolment__learner__person__human_uid=teacher.person.human_uid).exists()
