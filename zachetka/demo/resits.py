"""A chapter of a life: whoever failed a module sits it again, the last time before a commission (273-ФЗ ст. 58 ч. 5, 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from zachetka.core.clock import LEGAL_ZONE
from zachetka.demo.acts import Act, workday
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.people.models import Employee

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.demo.staff import Staff


class Debtor(Protocol):
    """A record book, as its life remembers it."""

    @property
    def pk(self) -> int: ...
    @property
    def is_of_heroine(self) -> bool: ...


class Life(Protocol):
    """What the chapter needs of the life that it is of."""

    has_resits: bool

    @property
    def books(self) -> Sequence[Debtor]: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def methodist(self) -> Account: ...
    @property
    def teachers(self) -> Sequence[tuple[Employee, Account]]: ...
    def account_of(self, sheet: MarkSheet) -> Account: ...


_AGAIN: Final = {"pass_fail": ("зач", "нз"), "hundred_point": ("58", "41"), "five_point": ("3", "2")}
"""Scale → what is typed at a resit: passed, and failed once more."""


def sit_again(life: Life, sheet: MarkSheet, at: datetime, final_on: date) -> Iterator[Act]:
    """Whoever failed a module sits it again; the first of them fails again and goes before a commission.

    Draws nothing, so all else in the life is as it would be without it.
    """
    days = [workday(at.date() + timedelta(days=lag), final_on) for lag in (6, 15)]
    if not life.has_resits or days[-1] + timedelta(days=2) >= final_on:
        return
    yield Act(at)
    owing = _owing(life, sheet)
    if not owing or not life.has_resits:
        return
    life.has_resits = False
    passing, failing = _AGAIN[sheet.module.scale.code]
    for attempt, day in enumerate(days, 2):
        resit = _appoint(life, sheet, owing, attempt, day, at)
        yield Act(sat := datetime.combine(day, time(15, 10), tzinfo=LEGAL_ZONE))
        here = [book for book in owing if book in life.books]
        is_last = attempt == LAST_ATTEMPT
        cells = [Cell(book.pk, passing if place or is_last else failing, None) for place, book in enumerate(here)]
        if cells:
            set_marks(resit, cells, actor=life.account_of(resit), at=sat)
        yield Act(closed := sat + timedelta(hours=1))
        close_sheet(resit, actor=life.account_of(resit), at=closed)
        owing = here[:1]
        if is_last or not owing:
            return
        yield Act(at := closed + timedelta(days=1))


def _owing(life: Life, sheet: MarkSheet) -> list[Debtor]:
    """Those who failed at `sheet` and still learn; the heroine keeps her debt."""
    marks = Mark.objects.in_force().filter(sheet=sheet, grade__is_passing=False)
    failed = set(marks.values_list("enrolment_id", flat=True))
    return [book for book in life.books if book.pk in failed and not book.is_of_heroine]


def _appoint(life: Life, sheet: MarkSheet, owing: Sequence[Debtor], attempt: int, day: date, at: datetime) -> MarkSheet:
    chair, commission, basis = sheet.teacher, list[Employee](), ""
    if attempt == LAST_ATTEMPT:
        chair = next(employee for employee, _ in life.teachers if employee.pk != sheet.teacher_id)
        commission = [sheet.teacher, life.staff.employees["chair"]]
        basis = f"приказ о комиссии от {at:%d.%m.%Y} № {at.day}-ос"
    people = Enrolment.objects.in_bulk([book.pk for book in owing])
    return appoint_resit(
        sheet.cohort,
        sheet.module,
        enrolments=[people[book.pk] for book in owing],
        teacher=chair,
        held_on=day,
        due_on=day + timedelta(days=2),
        commission=commission,
        basis=basis,
        actor=life.methodist,
        at=at,
    )
