"""Builders of cohorts, enrolments, sheets and marks, made by the actions themselves: what they make is lawful."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.learning.actions.cohorts import Assignment, create_cohort
from zachetka.learning.actions.marks import Cell, close_sheet, propose_correction, set_marks
from zachetka.learning.actions.orders import approve_order, draft_order, submit_order
from zachetka.learning.actions.reopenings import ask_reopening
from zachetka.learning.models import Cohort, Correction, Enrolment, Mark, MarkSheet, Order, Reopening
from zachetka.learning.queries.record_book import RecordBook, record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.teachers import teachers as teachers_on
from zachetka.lifecycle.hands import seen_of
from zachetka.people.models import Employee, Learner
from zachetka.people.tests.make import employee_of, make_learners, make_lecturer, make_teacher
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version

ENROLLED: Final = datetime(2026, 9, 4, 9, 0, tzinfo=UTC)
NOON: Final = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""Noon in Moscow, after every control of `make_cohort`."""
HELD: Final = date(2026, 10, 5)
"""The day of the first control; each next one is a day later."""
_NUMBERS = count(1)


def make_cohort(
    version: ProgramVersion | None = None,
    *,
    teacher: Employee | None = None,
    teachers: Sequence[Employee] = (),
    held_on: Sequence[date] = (),
    learners: int = 0,
    actor: Account | None = None,
    **given: Any,
) -> Cohort:
    """Make a cohort with a sheet for each module; module n is taught by `teachers[n]`, else by `teacher`."""
    version = version or make_program_version()
    teacher = teacher or make_lecturer(unit=version.program.unit)
    for one in {teacher, *teachers}:
        if not teachers_on(legal_date(given.get("at", ENROLLED))).filter(pk=one.pk).exists():
            make_teacher(one)
    assignments = {
        module.pk: Assignment(
            teacher=teachers[place] if place < len(teachers) else teacher,
            held_on=held_on[place] if place < len(held_on) else HELD + timedelta(days=place),
        )
        for place, module in enumerate(version.modules.all())
    }
    known: dict[str, Any] = {
        "code": f"ПК-26-{next(_NUMBERS):02}",
        "starts_on": date(2026, 9, 7),
        "ends_on": date(2026, 12, 25),
        "attestation_on": date(2026, 12, 18),
        "at": ENROLLED,
    }
    cohort = create_cohort(
        version,
        assignments=assignments,
        actor=actor or make_account("methodist", unit=version.program.unit),
        **(known | given),
    )
    if learners:
        make_enrolments(cohort, learners)
    return cohort


def make_order(
    cohort: Cohort,
    learners: Sequence[Learner],
    *,
    kind: str = Order.Kind.ENROLMENT,
    approved: bool = True,
    at: datetime = ENROLLED,
    **given: Any,
) -> Order:
    """Make an order about `learners`, drafted by a methodist and issued by a head unless `approved=False`."""
    methodist = make_account("methodist", unit=cohort.program_version.program.unit)
    of_whoever_learns = kind != Order.Kind.ENROLMENT
    day = max(cohort.starts_on, legal_date(at)) if of_whoever_learns else cohort.starts_on
    known: dict[str, Any] = {"effective_on": day, "basis": "личные заявления", "request_key": uuid4()}
    order = draft_order(cohort, kind=kind, learners=learners, actor=methodist, at=at, **(known | given))
    if approved:
        order = submit_order(order, actor=methodist, at=at)
        order = approve_order(order, seen=seen_of(order), actor=make_account("head"), at=at)
    return order


def make_enrolments(cohort: Cohort, learners: int | Sequence[Learner] = 1) -> list[Enrolment]:
    """Enrol people by an issued order; they come back in the order of the sheet."""
    people = make_learners(learners) if isinstance(learners, int) else learners
    order = make_order(cohort, people)
    return list(
        Enrolment.objects.filter(enrolment_order=order)
        .select_related("learner__person", "cohort__program_version")
        .order_by("learner__person__sort_key", "pk")
    )


def make_enrolment(cohort: Cohort | None = None, learner: Learner | None = None) -> Enrolment:
    return make_enrolments(cohort or make_cohort(), [learner] if learner else 1)[0]


def make_sheet(
    *, teacher: Account | None = None, learners: int = 2, scale: str = "five_point", **given: Any
) -> MarkSheet:
    """Make the sheet of a cohort with one module; `teacher_of(sheet)` may fill it."""
    teacher = teacher or make_teacher()
    cohort = make_cohort(
        make_program_version(scales=(scale,), hours_each=72), teacher=employee_of(teacher), learners=learners, **given
    )
    return MarkSheet.objects.select_related("cohort", "module", "teacher__person").get(cohort=cohort)


def teacher_of(sheet: MarkSheet) -> Account:
    """Return the account of the sheet's teacher, made when there is none."""
    found = Account.objects.filter(person_uid=sheet.teacher.person.uid).first()
    return found or make_teacher(sheet.teacher)


def enrolments_of(sheet: MarkSheet) -> list[Enrolment]:
    rows = Enrolment.objects.filter(cohort_id=sheet.cohort_id).select_related("learner__person")
    return list(rows.order_by("learner__person__sort_key", "pk"))


def fill_sheet(sheet: MarkSheet, texts: str | Sequence[str] = "4", *, at: datetime = NOON) -> list[Mark]:
    """Type `texts` down the column, one for each learner; a single string goes to everybody."""
    rows = enrolments_of(sheet)
    wanted = [texts] * len(rows) if isinstance(texts, str) else list(texts)
    cells = [Cell(row.pk, text, None) for row, text in zip(rows, wanted, strict=False) if text]
    outcomes = set_marks(sheet, cells, actor=teacher_of(sheet), at=at)
    assert not [outcome.refusal for outcome in outcomes if outcome.refusal]
    by_row = {outcome.enrolment_id: outcome.mark for outcome in outcomes}
    return [mark for row in rows if (mark := by_row.get(row.pk)) is not None]


def make_mark(
    enrolment: Enrolment | None = None,
    sheet: MarkSheet | None = None,
    text: str = "4",
    *,
    closed: bool = False,
    at: datetime = NOON,
) -> Mark:
    """Make a mark typed by the sheet's teacher; `closed=True` also closes the sheet, others in it get «н»."""
    if sheet is None:
        sheet = MarkSheet.objects.filter(cohort=enrolment.cohort).first() if enrolment else make_sheet(learners=1)
        assert sheet is not None
    enrolment = enrolment or enrolments_of(sheet)[0]
    (outcome,) = set_marks(sheet, [Cell(enrolment.pk, text, None)], actor=teacher_of(sheet), at=at)
    assert outcome.mark is not None, outcome.refusal
    if closed:
        marked = set(Mark.objects.in_force().filter(sheet=sheet).values_list("enrolment_id", flat=True))
        absent = [Cell(row.pk, "н", None) for row in enrolments_of(sheet) if row.pk not in marked]
        set_marks(sheet, absent, actor=teacher_of(sheet), at=at)
        close_sheet(sheet, actor=teacher_of(sheet), at=at)
    return Mark.objects.select_related("sheet", "enrolment__learner__person", "grade").get(pk=outcome.mark.pk)


def make_correction(mark: Mark | None = None, *, text: str = "5", at: datetime = NOON, **given: Any) -> Correction:
    """Make a correction that waits for the second person."""
    mark = mark or make_mark(closed=True)
    known = {"reason": "не учтён ответ на вопрос 14", "basis": "служебная записка от 18.11.2026 № 41"}
    return propose_correction(mark, text=text, actor=teacher_of(mark.sheet), at=at, **(known | given))


def make_reopening(sheet: MarkSheet, *, actor: Account | None = None, at: datetime = NOON, **given: Any) -> Reopening:
    """Ask to open the closed `sheet` again for three days."""
    known: dict[str, Any] = {
        "reason": "баллы внесены по черновику",
        "basis": "служебная записка № 41 от 20.11.2026",
        "until": legal_date(at) + timedelta(days=3),
    }
    return ask_reopening(sheet, actor=actor or teacher_of(sheet), at=at, **(known | given))


def book_of(enrolment: Enrolment, seen_at: datetime = NOON) -> RecordBook:
    found = Enrolment.objects.select_related(*PAPERS).get(pk=enrolment.pk)
    return record_book(found, at=NOON, seen_at=seen_at)


def sheet(cohort: Cohort, place: int) -> MarkSheet:
    found = MarkSheet.objects.main().select_related("module", "cohort", "teacher__person")
    return found.get(cohort=cohort, module__ordinal=place)


def methodist_of(enrolment: Enrolment) -> Any:
    return make_account("methodist", unit=enrolment.cohort.program_version.program.unit)
