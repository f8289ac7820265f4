"""Resits: whom they name, how often, until when, who takes them, and that one is taken back (273-ФЗ ст. 58 ч. 5, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import Case, date_digits, date_words, in_words
from zachetka.learning import telling
from zachetka.learning.lifecycle import CANCEL_SHEET
from zachetka.learning.models import Cancellation, Cohort, Commissioner, Enrolment, Mark, MarkSheet, SheetMember
from zachetka.learning.queries.completeness import LAWFUL_STATES, people_of
from zachetka.learning.queries.debts import Examinee, examinees_in
from zachetka.learning.queries.teachers import refuse_others
from zachetka.learning.rules import LAST_ATTEMPT, RESITS
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.people.models import Employee
from zachetka.programs.models import Module
from zachetka.programs.queries import least_commission

if TYPE_CHECKING:
    from zachetka.access.models import Account

OWN_CANCEL: Final = "Вы сами значитесь среди пересдающих: пересдачу отменяет другой человек."
LAW: Final = "273-ФЗ ст. 58"
TERM: Final = "273-ФЗ ст. 58 ч. 5"
COMMISSION: Final = "273-ФЗ ст. 58 ч. 6"
OWN: Final = "Вы сами значитесь среди пересдающих: пересдачу назначает другой человек."


def appoint_resit(
    cohort: Cohort,
    module: Module,
    *,
    enrolments: Sequence[Enrolment],
    teacher: Employee,
    held_on: date,
    due_on: date,
    commission: Sequence[Employee] = (),
    basis: str = "",
    actor: Account,
    at: datetime,
) -> MarkSheet:
    """Open a sheet in which `enrolments` sit `module` again on `held_on` (273-ФЗ ст. 58 ч. 5, 6).

    All of them sit the same attempt: the first, anew after an absence for a good reason, apart from the group by an
    individual plan or because the group sat it without them, or a resit. `commission`, whose chair
    is `teacher`, takes the second resit and no other; `basis` is the order that names it. Asked twice for the very same
    sheet, returns the one that is there. Nobody is named to a day that has passed: what was sat earlier is a mark to correct,
    with its document.

    Raises:
        Forbidden: the cohort is not of the actor's unit.
        RuleViolation: nobody is named, somebody has no debt, a mark in a sheet that is still open, no resit left, a year
            that has passed, a resit appointed already; attempts differ; the day has passed; the commission is too small;
            whoever appoints or takes the resit sits it.
    """
    with transaction.atomic():
        cohort = lock(cohort)
        require(actor, Permission.RESIT_APPOINT, cohort)
        if module.version_id != cohort.program_version_id:
            raise RuleViolation(LAW, "Этой дисциплины нет в плане группы.")
        people = _locked(cohort, enrolments, is_final=module.sort == Module.Sort.FINAL)
        for one in people:
            require_another_person(one.human_uid, actor, OWN)
        if same := _appointed_before(cohort, module, people, teacher, held_on):
            return same
        how = examinees_in(module, people)
        attempts = {pk: _attempt(examinee, held_on) for pk, examinee in how.items()}
        if len(set(attempts.values())) > 1:
            raise RuleViolation(
                TERM, "У отмеченных разные попытки: назначьте первую и вторую пересдачи отдельно.", field="people"
            )
        attempt = next(iter(attempts.values()))
        _check_they_have_come(people, held_on, is_final=module.sort == Module.Sort.FINAL)
        _check_days(held_on, due_on, legal_date(at), teacher)
        _check_judges(people, teacher, commission)
        panel = _panel(attempt, held_on, teacher, commission, basis)
        serial = MarkSheet.objects.filter(cohort=cohort, module=module, attempt=attempt).count() + 1
        sheet = MarkSheet.objects.create(
            cohort=cohort,
            module=module,
            attempt=attempt,
            serial=serial,
            commission_basis=basis if panel else "",
            teacher=teacher,
            held_on=held_on,
            due_on=due_on,
        )
        members = SheetMember.objects.bulk_create(
            SheetMember(sheet=sheet, enrolment=one, named_by=actor, named_by_person=actor.person_uid, named_at=at)
            for one in people
        )
        judges = Commissioner.objects.bulk_create(
            Commissioner(sheet=sheet, employee=one, is_chair=one.pk == teacher.pk) for one in panel
        )
        record_event(EventType.SHEET_OPENED, sheet, actor=actor, at=at, clause=LAW)
        record_events(
            [
                *(_happened(EventType.SHEET_MEMBER_NAMED, row, actor, at) for row in members),
                *(_happened(EventType.COMMISSIONER_NAMED, row, actor, at) for row in judges),
            ]
        )
        telling.resit_appointed(sheet, people, panel or [teacher], at=at)
    return sheet


def cancel_resit(sheet: MarkSheet, *, reason: str, actor: Account, at: datetime) -> MarkSheet:
    """Take back a resit that nobody has sat, so that another can be appointed (273-ФЗ ст. 58). The reason stays with it.

    Raises:
        Forbidden: the cohort is not of the actor's unit.
        IllegalStep: its sheet is closed, or it was cancelled already.
        RuleViolation: no reason; it is the sheet of the group; somebody has a mark in it; the actor is to sit it.
    """
    if not reason:
        raise RuleViolation(
            LAW, "Напишите, почему пересдача отменена: её увидят преподаватель и сдающие.", field="reason"
        )
    with take(CANCEL_SHEET, sheet, actor=actor, at=at) as sheet:
        if sheet.is_main:
            raise RuleViolation(LAW, "Это ведомость группы: отменяют назначенную пересдачу.")
        for named in sheet.members.select_related("enrolment__learner__person"):
            require_another_person(named.enrolment.human_uid, actor, OWN_CANCEL)
        if Mark.objects.in_force().filter(sheet=sheet, grade__isnull=False).exists():
            raise RuleViolation(LAW, "В ведомости уже есть оценки: пересдачу сдавали, и она остаётся.")
        written = Cancellation.objects.create(
            sheet=sheet, reason=reason, cancelled_by=actor, cancelled_by_person=actor.person_uid, cancelled_at=at
        )
        record_event(EventType.CANCELLATION_WRITTEN, written, actor=actor, at=at, clause=LAW)
        sheet.closed_by, sheet.closed_at = actor, at
        sitting = people_of(sheet, legal_date(at)).select_related("learner__person")
        telling.resit_cancelled(sheet, list(sitting), reason, actor=actor, at=at)
    return sheet


def _happened(kind: EventType, row: SheetMember | Commissioner, actor: Account, at: datetime) -> Happening:
    about = row.enrolment.subject_uid if isinstance(row, SheetMember) else None
    return Happening(type=kind, subject=row, actor=actor, at=at, clause=LAW, about=about)


def _locked(cohort: Cohort, enrolments: Sequence[Enrolment], *, is_final: bool) -> list[Enrolment]:
    if not enrolments:
        raise RuleViolation(LAW, "Отметьте, кто пересдаёт.", field="people")
    rows = Enrolment.objects.filter(cohort=cohort, pk__in=[one.pk for one in enrolments])
    rows = rows.select_related("learner__person", "admission_order")
    found = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    if len(found) != len({one.pk for one in enrolments}):
        raise RuleViolation(LAW, "Кого-то из отмеченных нет в группе: обновите страницу.", field="people")
    for one in found:
        one.cohort = cohort
        if one.state not in LAWFUL_STATES:
            raise RuleViolation(
                LAW, f"{one.learner}: {one.get_state_display()}, пересдачу не назначают.", field="people"
            )
        if is_final and one.state != Enrolment.State.ADMITTED:
            raise RuleViolation(
                "273-ФЗ ст. 59", f"{one.learner}: нет приказа о допуске к итоговой аттестации.", field="people"
            )
    return found


def _appointed_before(
    cohort: Cohort, module: Module, people: Sequence[Enrolment], teacher: Employee, held_on: date
) -> MarkSheet | None:
    wanted = {one.pk for one in people}
    open_ones = MarkSheet.objects.open().filter(cohort=cohort, module=module, teacher=teacher, held_on=held_on)
    for sheet in open_ones.exclude(attempt=1, serial=1):
        if set(sheet.members.values_list("enrolment_id", flat=True)) == wanted:
            return sheet
    return None


def _attempt(examinee: Examinee, held_on: date) -> int:
    """Return which attempt `held_on` would be, or refuse with the reason in the law."""
    who = examinee.enrolment.learner
    if examinee.appointed:
        raise RuleViolation(LAW, f"{who}: пересдача уже назначена на {date_words(examinee.appointed)}.", field="people")
    if examinee.is_unsettled:
        raise RuleViolation(
            LAW,
            f"{who}: ведомость с оценкой ещё открыта. Сначала её закрывают, потом назначают пересдачу.",
            field="people",
        )
    if examinee.apart_by is not None and held_on > examinee.apart_by:
        raise RuleViolation(
            "273-ФЗ ст. 34 ч. 1 п. 3",
            f"{who}: по индивидуальному плану сдать надо до {date_words(examinee.apart_by)}. Другой срок — новым планом.",
            field="held_on",
        )
    if examinee.is_put_off or examinee.is_missed or examinee.apart_by is not None:
        return 1
    owed = examinee.owed
    if owed is not None and examinee.module.sort == Module.Sort.FINAL:
        raise RuleViolation(
            "273-ФЗ ст. 59",
            f"{who}: итоговая аттестация не пройдена, пересдачи у неё нет. Решает приказ об отчислении.",
            field="people",
        )
    if owed is None:
        raise RuleViolation(LAW, f"{who}: задолженности по этой дисциплине нет.", field="people")
    if owed.resits >= RESITS:
        raise RuleViolation(
            TERM,
            f"{who}: две пересдачи использованы, третьей закон не даёт. Решает приказ об отчислении.",
            field="people",
        )
    if held_on > owed.until:
        raise RuleViolation(
            TERM,
            f"{who}: год на пересдачу истекает {date_words(owed.until)}, позже пересдать нельзя. "
            "Болезнь и отпуск сдвигают срок: учтите уважительную причину.",
            field="held_on",
        )
    if examinee.last_on and held_on <= examinee.last_on:
        raise RuleViolation(
            LAW, f"{who}: прежняя попытка была {date_words(examinee.last_on)}, пересдача — позже.", field="held_on"
        )
    return owed.resits + 2


def _check_they_have_come(people: Sequence[Enrolment], held_on: date, *, is_final: bool) -> None:
    for one in people:
        admitted = one.admission_order.effective_on if is_final and one.admission_order else held_on
        if held_on < admitted:
            raise RuleViolation(
                "273-ФЗ ст. 59",
                f"{one.learner}: допуск с {date_words(admitted)}, аттестация — не раньше.",
                field="held_on",
            )
        if held_on < one.started_on:
            raise RuleViolation(
                LAW, f"{one.learner}: зачисление с {date_words(one.started_on)}, сдача — не раньше.", field="held_on"
            )


def _check_days(held_on: date, due_on: date, today: date, teacher: Employee) -> None:
    if held_on < today:
        raise RuleViolation(
            TERM,
            f"{date_digits(held_on)} уже прошло: пересдачу назначают на сегодня или позже. "
            "Если её сдали тогда, исправьте оценку с документом об этом.",
            field="held_on",
        )
    if due_on < held_on:
        raise RuleViolation("2.2", "Ведомость заполняют в день контроля или позже.", field="due_on")
    if teacher.left_on is not None and teacher.left_on <= today:
        raise RuleViolation("2.2", "Этот преподаватель уже не работает: выберите другого.", field="teacher")
    refuse_others({"teacher": teacher}, today)


def _check_judges(people: Sequence[Enrolment], teacher: Employee, commission: Sequence[Employee]) -> None:
    sitting = {one.human_uid for one in people}
    if teacher.person.human_uid in sitting:
        raise RuleViolation("3.8", "Преподаватель сам значится среди пересдающих: выберите другого.", field="teacher")
    if any(one.person.human_uid in sitting for one in commission):
        raise RuleViolation(
            "3.8", "Член комиссии сам значится среди пересдающих: выберите другого.", field="commission"
        )


def _panel(attempt: int, held_on: date, chair: Employee, commission: Sequence[Employee], basis: str) -> list[Employee]:
    if attempt != LAST_ATTEMPT:
        if commission:
            raise RuleViolation(
                COMMISSION, "Комиссия нужна на второй пересдаче; эту принимает преподаватель.", field="commission"
            )
        return []
    panel = {one.person.human_uid: one for one in (chair, *commission)}
    least = least_commission(held_on)
    if len(panel) < least:
        raise RuleViolation(
            COMMISSION,
            f"Вторую пересдачу принимает комиссия: нужно не меньше {in_words(least, case=Case.GENITIVE)} разных человек.",
            field="commission",
        )
    if not basis:
        raise RuleViolation(COMMISSION, "Назовите приказ о комиссии: номер и дату.", field="basis")
    return list(panel.values())
