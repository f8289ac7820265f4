"""Marks: set in an open sheet cell by cell, corrected in a closed one by two people (п. 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from zachetka.access.guard import is_own, require, require_another_person, require_reading
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.core.russian import date_words
from zachetka.learning import telling
from zachetka.learning.actions.reopenings import close_again
from zachetka.learning.equivalence_rules import LAW
from zachetka.learning.final_protocol import CLAUSE as FINAL
from zachetka.learning.final_protocol import ONLY_BY_PROTOCOL, is_protocol
from zachetka.learning.lifecycle import CLOSE_SHEET, CONFIRM_CORRECTION, REFUSE_CORRECTION
from zachetka.learning.models import Correction, Enrolment, Mark, MarkSheet, Reopening
from zachetka.learning.queries.cells import Seat, seats_asked, seats_read
from zachetka.learning.queries.completeness import first_without_mark
from zachetka.learning.queries.equivalences import why_carried_may_not_pass
from zachetka.learning.queries.reopenings import OPENED_BY_YOU
from zachetka.learning.queries.scales import grades_asked, grades_of
from zachetka.learning.rules import Typed, read_cell
from zachetka.learning.statements import marks_written
from zachetka.ledger.actions import Happening, record_event, record_fact
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from decimal import Decimal

    from zachetka.access.models import Account
    from zachetka.programs.models import Grade

OWN_MARK: Final = "Это ваша оценка: её исправление предлагают и решают другие."


@dataclass(frozen=True, slots=True)
class Cell:
    """What a teacher typed.

    Attributes:
        enrolment_id: whose cell.
        text: what stands in it; empty takes the mark back.
        seen: primary key of the mark that the teacher saw there, None for an empty cell.
    """

    enrolment_id: int
    text: str
    seen: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cell: the mark that now holds (None: empty), or why it was refused."""

    enrolment_id: int
    mark: Mark | None
    refusal: str = ""
    stale: bool = False


def set_marks(sheet: MarkSheet, cells: Sequence[Cell], *, actor: Account, at: datetime) -> list[Outcome]:
    """Write the cells of an open sheet: each accepted one is a new mark with its event, in one transaction (п. 2.2).

    The same cell with the same value again changes nothing, so a repeated request is harmless. A cell that another
    person changed meanwhile is refused with what stands there now; the others are written. Whoever was never in the cohort is
    no cell of this sheet: such a batch was made by hand and is refused whole (corpus E15).

    Raises:
        Forbidden: it is not the actor's sheet, or somebody is not of its cohort.
        IllegalStep: the sheet is closed, its control has not been held yet, or the term of its reopening has passed.
        RuleViolation: the actor opened it again (п. 3.8).
        Stale: another request wrote the same cell at this very moment.
    """
    outcomes, fresh, rows = _judge(sheet, cells, actor, at)
    if fresh:
        _write(sheet, fresh, rows, actor, at)
    return outcomes


def check_marks(sheet: MarkSheet, cells: Sequence[Cell], *, actor: Account, at: datetime) -> list[Outcome]:
    """Say what `set_marks` would do with `cells` and write nothing: the preview of a pasted column (п. 2.2).

    A mark that would be new has no primary key.

    Raises: as `set_marks`.
    """
    return _judge(sheet, cells, actor, at)[0]


def _judge(
    sheet: MarkSheet, cells: Sequence[Cell], actor: Account, at: datetime
) -> tuple[list[Outcome], list[Mark], dict[int, Seat]]:
    wanted = {cell.enrolment_id: cell for cell in cells}
    asked = grades_asked(sheet), seats_asked(sheet, wanted, legal_date(at))
    grades, seats = require_reading(actor, Permission.SHEET_FILL, sheet, *asked)
    reopening = _require_open(sheet, actor, at)
    by_pk, rows = {grade.pk: grade for grade in grades}, seats_read(seats)
    for found in rows.values():
        if found.mark is not None and found.mark.grade_id in by_pk:
            found.mark.grade = by_pk[found.mark.grade_id]
    if wanted.keys() - rows.keys():
        raise Forbidden(hidden=True)
    outcomes: list[Outcome] = []
    fresh: list[Mark] = []
    for cell in wanted.values():
        row = rows[cell.enrolment_id]
        current = row.mark
        read = _read(cell, row, grades, actor, reopening)
        if isinstance(read, str):
            outcomes.append(Outcome(cell.enrolment_id, current, read))
        elif _same(current, read):
            outcomes.append(Outcome(cell.enrolment_id, current))
        elif (current.pk if current else None) != cell.seen:
            now_is = str(current) if current else "пусто"
            outcomes.append(
                Outcome(cell.enrolment_id, current, f"Клетку тем временем изменили: сейчас «{now_is}».", stale=True)
            )
        else:
            fresh.append(_mark(sheet, cell.enrolment_id, read, current, reopening, actor, at))
            outcomes.append(Outcome(cell.enrolment_id, fresh[-1]))
    return outcomes, fresh, rows


def close_sheet(sheet: MarkSheet, *, actor: Account, at: datetime) -> MarkSheet:
    """Close the sheet: whatever is wrong in it later is corrected by two people; closes again what was opened again (п. 2.2).

    Raises:
        RuleViolation: somebody who learns in the cohort has neither a mark nor an absence.
        IllegalStep: it is closed already.
    """
    if sheet.state == MarkSheet.State.REOPENED:
        return close_again(sheet, actor=actor, at=at)
    with take(CLOSE_SHEET, sheet, actor=actor, at=at) as sheet:
        missing = first_without_mark(sheet, legal_date(at))
        if missing:
            names = ", ".join(row.learner.person.full_name for row in missing[:3])
            more = " и другие" if len(missing) > 3 else ""
            raise RuleViolation("2.2", f"Без оценки: {names}{more}. Внесите оценку или неявку «н».")
        sheet.closed_by, sheet.closed_at = actor, at
        telling.sheet_closed(sheet, at=at)
    return sheet


def propose_correction(mark: Mark, *, text: str, reason: str, basis: str, actor: Account, at: datetime) -> Correction:
    """Ask to correct a mark of a closed sheet, with a reason and a document (п. 2.1).

    Raises:
        RuleViolation: no reason or basis, of final attestation another basis than a protocol, a value outside the scale, the same value, a proposal already waits,
            the mark is the actor's own.
        IllegalStep: the sheet is open: simply type the mark.
        Stale: the mark was corrected meanwhile.
    """
    require(actor, Permission.CORRECTION_PROPOSE, mark)
    about = mark.enrolment.subject_uid
    require_another_person(mark.enrolment.human_uid, actor, OWN_MARK)
    if not reason:
        raise RuleViolation("2.1", "Напишите причину: её увидят слушатель и проверяющий.", field="reason")
    if not basis:
        raise RuleViolation("2.1", "Назовите документ-основание: вид, номер, дата.", field="basis")
    _require_protocol(mark.sheet, basis)
    read = read_cell(text, grades_of(mark.sheet))
    if isinstance(read, str):
        raise RuleViolation("2.3", read, field="text")
    if read.grade is None:
        raise RuleViolation("2.1", "В закрытой ведомости оценку не снимают, а исправляют на другую.", field="text")
    if mark.score is not None and read.score is None and not read.grade.is_absence:
        raise RuleViolation(
            "2.3", "Впишите балл от 0 до 100: без него исправление стёрло бы балл из зачётной книжки.", field="text"
        )
    with transaction.atomic():
        if lock(mark.sheet).state != MarkSheet.State.CLOSED:
            raise IllegalStep("2.1", "Ведомость ещё открыта: исправьте оценку прямо в ней.")
        if Mark.objects.filter(supersedes=mark).exists():
            raise Stale("2.1", "Эту оценку тем временем уже исправили: откройте зачётную книжку заново.")
        if _same(mark, read):
            raise RuleViolation("2.1", "Это та же оценка: исправлять нечего.", field="text")
        _require_it_may_pass(mark, _grade(read), read.score)
        if Correction.objects.waiting().filter(mark=mark).exists():
            raise RuleViolation("2.1", "Исправление этой оценки уже ждёт подтверждения.")
        correction = Correction.objects.create(
            mark=mark,
            grade=_grade(read),
            score=read.score,
            reason=reason,
            basis=basis,
            proposed_by=actor,
            proposed_by_person=actor.person_uid,
            proposed_at=at,
        )
        record_event(
            EventType.CORRECTION_PROPOSED,
            correction,
            actor=actor,
            at=at,
            clause="2.1",
            about=about,
            mark=mark.pk,
        )
        telling.correction_proposed(correction, actor=actor, at=at)
    return correction


def confirm_correction(correction: Correction, *, actor: Account, at: datetime) -> Mark:
    """Confirm another person's correction: a new mark supersedes the old one, which stays (п. 2.1).

    Raises:
        RuleViolation: whoever proposed it, or got the mark, may not confirm it.
        Stale: the mark was superseded meanwhile.
    """
    about, human = correction.mark.enrolment.subject_uid, correction.mark.enrolment.human_uid
    with take(CONFIRM_CORRECTION, correction, actor=actor, at=at) as correction:
        require_another_person(human, actor, OWN_MARK)
        _require_another(correction.proposed_by_person, actor)
        old = correction.mark
        lock(old.sheet)
        if Mark.objects.filter(supersedes=old).exists():
            raise Stale("2.1", "Эту оценку тем временем уже исправили: отклоните это исправление.")
        _require_protocol(old.sheet, correction.basis)
        _require_it_may_pass(old, correction.grade, correction.score)
        mark = Mark.objects.create(
            sheet=old.sheet,
            enrolment=old.enrolment,
            grade=correction.grade,
            score=correction.score,
            held_on=old.held_on,
            teacher=old.teacher,
            supersedes=old,
            reason=correction.reason,
            basis=correction.basis,
            recorded_by=correction.proposed_by,
            recorded_by_person=correction.proposed_by_person,
            confirmed_by=actor,
            confirmed_by_person=actor.person_uid,
            recorded_at=at,
        )
        record_event(EventType.MARK_CORRECTED, mark, actor=actor, at=at, clause="2.1", about=about, supersedes=old.pk)
        correction.result, correction.decided_by, correction.decided_by_person = mark, actor, actor.person_uid
        correction.decided_at = at
        telling.mark_corrected(mark, at=at)
        telling.correction_decided(correction, "подтверждено", actor=actor, at=at)
    return mark


def _require_protocol(sheet: MarkSheet, basis: str) -> None:
    if sheet.module.sort == Module.Sort.FINAL and not is_protocol(basis):
        raise RuleViolation(FINAL, f"{ONLY_BY_PROTOCOL}: назовите его номер и дату.", field="basis")


def _require_it_may_pass(mark: Mark, grade: Grade | None, score: Decimal | None) -> None:
    if grade is not None and (refusal := why_carried_may_not_pass(mark, grade, score)):
        raise RuleViolation(LAW, refusal, field="text")


def refuse_correction(correction: Correction, *, why: str, actor: Account, at: datetime) -> Correction:
    """Refuse a correction, saying why (п. 2.1)."""
    if not why:
        raise RuleViolation("2.1", "Напишите, почему исправление отклонено.", field="why")
    human = correction.mark.enrolment.human_uid
    with take(REFUSE_CORRECTION, correction, actor=actor, at=at) as correction:
        require_another_person(human, actor, OWN_MARK)
        _require_another(correction.proposed_by_person, actor)
        correction.refusal = why
        correction.decided_by, correction.decided_by_person, correction.decided_at = actor, actor.person_uid, at
        telling.correction_decided(correction, "отклонено", actor=actor, at=at)
    return correction


def _write(sheet: MarkSheet, fresh: list[Mark], rows: dict[int, Seat], actor: Account, at: datetime) -> None:
    for mark in fresh:
        mark.pk = rows[mark.enrolment_id].next_mark
    written = Stale("2.2", "Эту клетку в тот же миг записали ещё раз: обновите ведомость.")
    try:
        with refusing({"learning_mark_supersedes_id_key": written, "mark_has_one_first": written}, one_statement=True):
            record_fact(
                marks_written(sorted(fresh, key=lambda mark: mark.enrolment_id)),  # as orders lock them
                [
                    Happening(
                        type=EventType.MARK_SET if mark.grade_id else EventType.MARK_WITHDRAWN,
                        subject=mark,
                        actor=actor,
                        at=at,
                        clause="2.2",
                        about=rows[mark.enrolment_id].person_uid,
                    )
                    for mark in fresh
                ],
            )
        for mark in fresh:
            mark._state.adding, mark._state.db = False, connection.alias
    except IntegrityError as error:  # a guard without a name: the rows say what it saw
        if not MarkSheet.objects.filter(pk=sheet.pk, state=sheet.state).exists():
            raise IllegalStep("2.2", "Ведомость тем временем закрыли: оценка не внесена.") from error
        if not MarkSheet.objects.filter(pk=sheet.pk, held_on=sheet.held_on, teacher=sheet.teacher_id).exists():
            raise Stale("2.2", "У ведомости тем временем сменили преподавателя или дату: обновите её.") from error
        people = [mark.enrolment_id for mark in fresh]
        if any(now != rows[pk].state for pk, now in Enrolment.objects.filter(pk__in=people).values_list("pk", "state")):
            raise Stale("2.2", "О слушателе тем временем издали приказ: обновите ведомость.") from error
        raise


def _mark(
    sheet: MarkSheet,
    enrolment_id: int,
    read: Typed,
    current: Mark | None,
    reopening: Reopening | None,
    actor: Account,
    at: datetime,
) -> Mark:
    return Mark(
        sheet=sheet,
        enrolment_id=enrolment_id,
        grade=_grade(read) if read.grade is not None else None,
        score=read.score,
        held_on=sheet.held_on,
        teacher_id=sheet.teacher_id,
        supersedes=current,
        reason=reopening.reason if reopening else "",
        basis=reopening.basis if reopening else "",
        reopening=reopening,
        recorded_by=actor,
        recorded_by_person=actor.person_uid,
        recorded_at=at,
    )


def _grade(read: Typed) -> Grade:
    """The grade as the row it is: `grades_of` gave rows to the pure rule, and the rule gave one of them back."""
    grade: Grade = read.grade  # type: ignore[assignment]
    return grade


def _read(cell: Cell, row: Seat, grades: Sequence[Grade], actor: Account, reopening: Reopening | None) -> Typed | str:
    if is_own(row.person_uid, actor):
        return "Это ваша клетка: свою оценку вносит другой преподаватель."
    if not row.sits:
        return f"{Enrolment.State(row.state).label.capitalize()}: оценку внести нельзя."
    if row.is_relieved:
        return "Долга уже нет: прежняя оценка исправлена, пересдавать нечего (273-ФЗ ст. 58 ч. 5)."
    if row.is_final and not row.is_admitted:
        return "К итоговой аттестации не допущен приказом: оценку внести нельзя (273-ФЗ ст. 59)."
    if row.is_final and row.is_ahead:
        return "Допуск действует позже дня аттестации: слушатель проходит её отдельно (273-ФЗ ст. 59)."
    if not row.is_final and row.is_admitted:
        return "По этим оценкам уже издан приказ о допуске: оценку меняет только исправление вдвоём."
    read = read_cell(cell.text, grades)
    if reopening is not None and isinstance(read, Typed) and read.grade is None:
        return "В открытой заново ведомости оценку не снимают, а меняют на другую."
    return read


def _same(current: Mark | None, read: Typed) -> bool:
    if current is None or current.grade_id is None:
        return read.grade is None
    return current.grade == read.grade and current.score == read.score


def _require_open(sheet: MarkSheet, actor: Account, at: datetime) -> Reopening | None:
    """Return the reopening by which a closed sheet is open, None of a sheet that was never closed."""
    if sheet.state == MarkSheet.State.REOPENED:
        running = Reopening.objects.running().filter(sheet=sheet).first()
        if running is not None and not running.is_over(legal_date(at)):
            if running.decided_by_person == actor.person_uid:
                raise RuleViolation("3.8", OPENED_BY_YOU)
            return running
    if sheet.state == MarkSheet.State.CANCELLED:
        raise IllegalStep("2.2", "Пересдачу отменили: оценок в её ведомости нет.")
    if sheet.state != MarkSheet.State.OPEN:
        raise IllegalStep("2.2", "Ведомость закрыта. Исправление — через зачётную книжку, с причиной и основанием.")
    if legal_date(at) < sheet.held_on:
        raise IllegalStep("2.2", f"Контроль — {date_words(sheet.held_on)}: оценки вносят в этот день и позже.")
    return None


def _require_another(person: UUID, actor: Account) -> None:
    if person == actor.person_uid:
        raise RuleViolation("2.1", "Предложивший исправление не может его решить: нужен другой человек.")
