"""The lines of a record book as they stood at a moment: marks by when they were written and superseded (п. 2.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from zachetka.core.clock import legal_date
from zachetka.core.russian import date_digits, date_words
from zachetka.learning.equivalence_rules import counts_as
from zachetka.learning.models import Carried, Enrolment, Mark, MarkSheet, PlanLine
from zachetka.learning.queries.admission import Attempted, Obstacle, obstacle_of
from zachetka.learning.queries.excuses import known_at
from zachetka.learning.queries.record_attempts import Attempt, Written
from zachetka.learning.queries.record_carried import ordered_words, words_of
from zachetka.learning.queries.record_debts import Debt
from zachetka.learning.queries.record_rows import Rows
from zachetka.learning.queries.study_plans import in_force_at, lines_of
from zachetka.learning.rules import Counted, Excused, Tried, counted
from zachetka.programs.models import Module
from zachetka.rendering.forms.mentions import Name

TAKEN_BACK: Final = "снята"
SHORT_CONTROL: Final[dict[str, str]] = {
    Module.Control.GRADED_CREDIT: "дифф. зачёт",
    Module.Control.DEFENCE: "защита",
    Module.Control.QUALIFICATION_EXAM: "квал. экзамен",
}
"""Forms of control that are too long for a column of the table."""


@dataclass(frozen=True)
class Line:
    """A module of the plan and what the learner has got in it.

    Attributes:
        attempts: those with a mark, the first one first.
        awaited: the sheet in which the next mark is to appear; None when none is appointed.
        day: the legal day shown.
        is_ended: the learner had left by then, so nothing is awaited.
        is_missed: the group sat it before the learner came or was admitted to it: they sit it apart.
        goes_on_in: number of the record book in which the study went on by a transfer; "" when none had been issued.
        excused: days with a good reason, as known at the moment shown.
        later: how the line reads today when it reads otherwise.
        own: how the individual plan in force takes it, when not with the group (273-ФЗ ст. 34 ч. 1 п. 3).
    """

    module: Module
    attempts: tuple[Attempt, ...]
    awaited: MarkSheet | None
    awaited_teacher: Name | None
    day: date
    is_ended: bool
    excused: tuple[Excused, ...] = ()
    later: str = ""
    own: PlanLine | None = None
    goes_on_in: str = ""
    is_missed: bool = False

    @property
    def is_out(self) -> bool:
        """The individual plan leaves it out."""
        return self.own is not None and self.own.is_out

    @property
    def is_carried(self) -> bool:
        """The order of transfer took what was sat before along (273-ФЗ ст. 57)."""
        return self.own is not None and self.own.way == PlanLine.Way.CARRIED

    @property
    def carried_from(self) -> str:
        """Number of the book in which the mark that counts was set, "" when it is this one."""
        return str(self.carried.source) if self.carried else ""

    @property
    def carried(self) -> Carried | None:
        """By which row the mark that counts was carried here; None when it was set here."""
        return self.written.carried if self.is_carried and self.written else None

    @cached_property
    def carried_words(self) -> str:
        """Whence it counts here: `record_carried.words_of`; "" of what was set here."""
        if self.carried is None or self.written is None:
            return ""
        return words_of(self.carried, self.written.words if self.written.counted else "", is_passed=self.is_passed)

    @property
    def carried_badge(self) -> str:
        """«зачтено из ЗК-26-0001», of a debt «перенесено из ЗК-26-0001»."""
        return f"{'зачтено' if self.is_passed else 'перенесено'} из {self.carried_from}"

    @cached_property
    def credited_words(self) -> str:
        """The same with the order; "" of what is not of another plan."""
        return ordered_words(self.carried, self.carried_words) if self.carried and self.carried.is_matched else ""

    @property
    def is_credited(self) -> bool:
        """It is left out because it was passed before, elsewhere (273-ФЗ ст. 34 ч. 1 п. 7)."""
        return self.own is not None and self.own.way == PlanLine.Way.CREDITED

    @cached_property
    def own_words(self) -> str:
        """What the individual plan says of it: «зачтено ранее», «по ИУП до 14.12.2026»; "" with the group."""
        return self.own.words if self.own else ""

    @cached_property
    def sat(self) -> list[Attempt]:
        """The attempts that have a mark."""
        return [attempt for attempt in self.attempts if attempt.current and attempt.current.grade]

    @cached_property
    def tried(self) -> list[Attempted]:
        """The same as the rules of debts see them, each with the grade in words."""
        return [
            Attempted(
                Tried(one.mark.held_on, one.grade.is_passing, one.grade.is_absence, attempt.lapsed_on),
                one.counts_as or one.words,
                attempt.is_settled,
            )
            for attempt in self.sat
            if (one := attempt.current) and one.grade
        ]

    @cached_property
    def counted(self) -> Counted:
        """What the attempts come to (273-ФЗ ст. 58)."""
        return counted([one.tried for one in self.tried], self.excused)

    @property
    def is_excused(self) -> bool:
        """The mark that counts is an absence for a good reason: no debt, and no attempt used (273-ФЗ ст. 58 ч. 2)."""
        return self.counted.is_put_off

    @cached_property
    def result(self) -> Attempt | None:
        """The attempt whose mark counts."""
        if self.counted.result is not None:
            return self.sat[self.counted.result]
        return next((attempt for attempt in reversed(self.attempts) if attempt.current), None)

    @cached_property
    def control(self) -> str:
        """The form of control, short enough for a column."""
        return SHORT_CONTROL.get(self.module.control) or self.module.get_control_display()

    @cached_property
    def written(self) -> Written | None:
        """The mark that counts."""
        return self.result.current if self.result else None

    @cached_property
    def words(self) -> str:
        """The grade in words, "" when there is none."""
        return (self.written.counts_as or self.written.words) if self.written else ""

    @cached_property
    def score(self) -> Decimal | None:
        """Points of a hundred, when the teacher typed points and the scale of the plan knows them."""
        return self.written.mark.score if self.written and not self.written.counted else None

    @cached_property
    def reading(self) -> tuple[object, ...]:
        """What makes two readings of the line the same."""
        return self.words, self.score, self.result.sheet.attempt if self.result else None, self.own_words

    @cached_property
    def points(self) -> int | None:
        """What goes into the average; None for «зачтено», «неявка» and no mark."""
        grade = self.written.grade if self.written else None
        return grade.points if grade else None

    @cached_property
    def is_passed(self) -> bool:
        """The mark that counts is positive."""
        return bool(self.written and self.written.grade and self.written.grade.is_passing)

    @cached_property
    def has_history(self) -> bool:
        """There is more to tell than the mark that counts."""
        return len(self.attempts) > 1 or any(len(attempt.marks) > 1 for attempt in self.attempts)

    @cached_property
    def debt(self) -> Debt | None:
        """The debt that the last negative mark or absence makes; final attestation makes none (273-ФЗ ст. 58 ч. 2)."""
        found = None if self.module.sort == Module.Sort.FINAL else self.counted.owed
        if found is None:
            return None
        return Debt(
            module=self.module,
            cause=self.words,
            since=found.since,
            until=found.until,
            retakes_used=found.resits,
            retake_on=self.awaited.held_on if self.awaited and self.awaited.held_on >= self.day else None,
            day=self.day,
            is_ended=self.is_ended,
            is_preliminary=bool(self.result and not self.result.is_closed),
            carried_to=self.goes_on_in,
        )

    @cached_property
    def obstacle(self) -> Obstacle | None:
        """Why the line stands between the learner and final attestation; the sentences of `admission.obstacles`."""
        return None if self.is_out else obstacle_of(self.module, self.tried, self.excused)

    @cached_property
    def is_late(self) -> bool:
        """The mark should have been there by the day shown."""
        return not self.written and not self.is_ended and self.until is not None and self.until < self.day

    @cached_property
    def until(self) -> date | None:
        """Last day by which the mark is to be there: of the sheet, or of the individual plan while no sheet is appointed."""
        if self.awaited is not None:
            return self.awaited.due_on
        return self.own.held_by if self.own else None

    @cached_property
    def plan_words(self) -> str:
        """What stands in place of a mark: «в плане, 14 декабря», «не внесена, срок был 21.11.2026»."""
        if self.is_out:
            return self.own_words
        if self.is_ended:
            return "оценки нет"
        if self.is_late and self.until is not None:
            return f"не внесена, срок был {date_digits(self.until)}"
        if self.awaited is None:
            return f"в плане, до {date_words(self.until, self.day)}" if self.until else "в плане"
        if self.awaited.held_on <= self.day:
            return f"ждём оценку до {date_digits(self.awaited.due_on)}"
        return f"в плане, {date_words(self.awaited.held_on, self.day)}"


def lines_at(rows: Rows, moment: datetime, *, is_ended: bool, goes_on_in: str = "") -> tuple[Line, ...]:
    """Return a line for each module of the plan as it stood at `moment`; `is_ended` and `goes_on_in` as in `Line`."""
    sheets: dict[int, list[MarkSheet]] = defaultdict(list)
    for sheet in rows.sheets:
        if (rows.opened.get(sheet.pk, moment) <= moment or sheet.is_main) and is_of(sheet) and _stands(sheet, moment):
            for module in rows.lines_of.get(sheet.pk, (sheet.module_id,)):
                sheets[module].append(_as_appointed(rows, sheet, moment))
    marks: dict[int, list[Mark]] = defaultdict(list)
    for mark in rows.marks:
        if mark.recorded_at <= moment:
            marks[mark.sheet_id].append(mark)
    excused = tuple(known_at(rows.excuses, moment))
    own = lines_of(in_force_at(rows.plans, moment))
    lines = (
        _line(rows, module, sheets[module.pk], marks, excused, own.get(module.pk), moment=moment, is_ended=is_ended)
        for module in rows.modules
    )
    return tuple(replace(line, goes_on_in=goes_on_in) for line in lines)


def _stands(sheet: MarkSheet, moment: datetime) -> bool:
    """False of a resit that had been taken back by then: nothing is awaited of it."""
    return sheet.state != MarkSheet.State.CANCELLED or sheet.closed_at is None or moment < sheet.closed_at


def is_of(sheet: MarkSheet) -> bool:
    """True of the sheets that concern the learner: the main ones, and those that name them."""
    return sheet.is_main or sheet.names_me  # type: ignore[attr-defined] # annotated by `rows_of`


def _as_appointed(rows: Rows, sheet: MarkSheet, moment: datetime) -> MarkSheet:
    """Return `sheet` as it was appointed at `moment`: what stood before the first change that came later."""
    was = next((was for at, was in rows.changed.get(sheet.pk, ()) if at > moment), None)
    if was is None:
        return sheet
    then = copy(sheet)
    then.teacher_id, then.held_on, then.due_on = was
    return then


def _line(
    rows: Rows,
    module: Module,
    sheets: Sequence[MarkSheet],
    marks: dict[int, list[Mark]],
    excused: tuple[Excused, ...],
    own: PlanLine | None,
    *,
    moment: datetime,
    is_ended: bool,
) -> Line:
    attempts = tuple(
        _attempt(rows, module, sheet, marks[sheet.pk], moment, is_ended=is_ended) for sheet in sheets if marks[sheet.pk]
    )
    since = _first_day(rows.enrolment, module, moment)
    missed = [sheet for sheet in sheets if sheet.is_main and sheet.held_on < since]
    here = [
        sheet
        for sheet in sheets
        if sheet.cohort_id == rows.enrolment.cohort_id and sheet not in missed and not (own and sheet.is_main)
    ]
    empty = [sheet for sheet in here if not _holds(marks[sheet.pk])]
    awaited = empty[-1] if empty else None
    return Line(
        module=module,
        attempts=attempts,
        awaited=awaited,
        awaited_teacher=_teacher_of(rows, awaited, moment) if awaited else None,
        day=legal_date(moment),
        is_ended=is_ended,
        excused=excused,
        own=own,
        is_missed=bool(missed) and not own and not attempts,
    )


def _first_day(enrolment: Enrolment, module: Module, moment: datetime) -> date:
    """Return from when the learner may sit `module`: their first day, of final attestation the day that admits them (273-ФЗ ст. 59)."""
    order = enrolment.admission_order
    if module.sort != Module.Sort.FINAL or order is None or order.approved_at is None or order.approved_at > moment:
        return enrolment.started_on
    return order.effective_on


def _teacher_of(rows: Rows, sheet: MarkSheet, moment: datetime) -> Name:
    return rows.names.teacher(sheet.teacher_id, legal_date(moment), known_at=moment)


def _holds(written: Sequence[Mark]) -> bool:
    return bool(written) and written[-1].grade_id is not None


def _attempt(
    rows: Rows, module: Module, sheet: MarkSheet, written: Sequence[Mark], moment: datetime, *, is_ended: bool
) -> Attempt:
    """Replay the chain of one cell: each mark held until the next one superseded it."""
    after = {mark.supersedes_id: mark for mark in written if mark.supersedes_id}
    again = any(
        since <= moment and (ended is None or moment < ended) for since, ended in rows.reopened.get(sheet.pk, ())
    )
    is_closed = sheet.closed_at is not None and sheet.closed_at <= moment and not again
    return Attempt(
        sheet=sheet,
        marks=tuple(
            _written(rows, module, mark, after.get(mark.pk), moment, is_closed=is_closed) for mark in reversed(written)
        ),
        is_closed=is_closed,
        is_left=is_ended or written[0].enrolment_id != rows.enrolment.pk,
    )


def _written(
    rows: Rows, module: Module, mark: Mark, newer: Mark | None, moment: datetime, *, is_closed: bool
) -> Written:
    carried = rows.carried_as(mark, module.pk) if mark.enrolment_id != rows.enrolment.pk else None
    values = rows.editions.get(carried.edition_id, ()) if carried and carried.edition_id is not None else ()
    return Written(
        mark=mark,
        words=mark.grade.label if mark.grade else TAKEN_BACK,
        teacher=rows.names.teacher(mark.teacher_id, mark.held_on, known_at=max(moment, mark.recorded_at)),
        entered_by=mark.entered_by,  # type: ignore[attr-defined] # annotated by `rows_of`, as the next one
        confirmed_by=mark.seconded_by or "",  # type: ignore[attr-defined]
        reopened_by=mark.reopened_by or "",  # type: ignore[attr-defined]
        until=newer.recorded_at if newer else None,
        is_retyped=newer is not None and newer.confirmed_by_id is None and newer.reopening_id is None,
        seal=rows.seals.get(mark.pk),
        can_be_corrected=is_closed and newer is None and mark.pk in rows.correctable,
        is_awaited=mark.pk in rows.awaited,
        is_damaged=mark.pk in rows.damaged,
        carried=carried,
        counted=counts_as(mark.grade, mark.score, values) if mark.grade and values else None,
    )
