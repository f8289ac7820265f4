"""What waits for a learner on the page «Сегодня»: debts with their terms, the next control (п. 2.5; 273-ФЗ ст. 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from zachetka.access.policy import Role
from zachetka.core.clock import legal_date
from zachetka.core.russian import WEEKDAYS, date_words
from zachetka.learning.models import Enrolment, Mark, MarkSheet, SheetMember
from zachetka.learning.queries.carrying import carrying
from zachetka.learning.queries.completeness import sitting
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.last_marks import IN_TURN, lapse
from zachetka.learning.queries.record_debts import Debt, retake_words
from zachetka.learning.queries.study_plans import own_lines
from zachetka.learning.rules import Excused, Tried, counted
from zachetka.programs.models import Module
from zachetka.rendering.tasks import Notice, Task

if TYPE_CHECKING:
    from zachetka.access.models import Account

NEAR: Final = timedelta(days=7)
"""A control in less than this waits for the learner among the tasks; a later one is only told of."""


@dataclass(frozen=True, slots=True)
class _Course:
    """One enrolment with what is known of each module: marks in the order of attempts, sheets likewise."""

    enrolment: Enrolment
    marks: dict[int, list[Mark]]
    sheets: dict[int, list[MarkSheet]]
    excused: list[Excused]
    modules: dict[int, Module]

    @property
    def address(self) -> str:
        return reverse("learning:record-book", args=[self.enrolment.pk])


def learner_tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the debts of `actor`, each with its last day or the retake already appointed, and the control of the week; four queries."""
    today = legal_date(at)
    courses = _courses(actor, today)
    debts = [_task(course, debt) for course in courses for debt in _debts(course, today)]
    return debts + [
        _control(course, sheet) for course, sheet in _next_controls(courses, today) if _is_near(sheet, today)
    ]


def learner_notices(actor: Account, at: datetime) -> list[Notice]:
    """Return the next control of each course that `actor` learns on, unless it is near enough to wait among the tasks; four queries."""
    today = legal_date(at)
    coming = _next_controls(_courses(actor, today), today)
    return [_notice(course, sheet, today) for course, sheet in coming if not _is_near(sheet, today)]


def _courses(actor: Account, today: date) -> list[_Course]:
    if Role.LEARNER not in actor.roles_held:
        return []  # whoever does not learn here pays nothing for the question
    own = Enrolment.objects.filter(sitting(today), learner__person__human_uid=actor.person_uid).visible_to(actor)
    courses = {
        row.pk: _Course(row, defaultdict(list), defaultdict(list), [], {})
        for row in own.select_related("cohort__program_version").order_by("pk")
    }
    if not courses:
        return []
    people = [course.enrolment for course in courses.values()]
    by_plan = own_lines(people)
    carried = carrying(people, by_plan)
    marks = Mark.objects.in_force().filter(enrolment__in=carried.with_sources(courses), grade__isnull=False)
    marks = marks.annotate(lapsed_on=lapse())
    for mark in marks.select_related("grade", "sheet__module").order_by("enrolment_id", *IN_TURN):
        for pk, module in carried.places(mark.enrolment_id, mark.sheet.module_id, courses):
            courses[pk].marks[module].append(mark)
    _name_lines(courses.values())
    for pk, reasons in excuses_of(courses, carried).items():
        courses[pk].excused.extend(reasons)
    sheets = MarkSheet.objects.held().filter(cohort__in={course.enrolment.cohort_id for course in courses.values()})
    mine = SheetMember.objects.filter(
        sheet=OuterRef("pk"), enrolment__in=courses
    )  # one of those who learn, in a cohort
    sheets = sheets.filter(Q(attempt=1, serial=1) | Exists(mine))
    for sheet in sheets.select_related("module").order_by("attempt", "serial"):
        for course in courses.values():
            otherwise = sheet.is_main and sheet.module_id in by_plan[course.enrolment.pk]
            if course.enrolment.cohort_id == sheet.cohort_id and not otherwise:
                course.sheets[sheet.module_id].append(sheet)
    return list(courses.values())


def _name_lines(courses: Collection[_Course]) -> None:
    """Find the line of the plan for each module with marks: what a transfer carried from another plan counts as one of this; one query more then."""
    known = {
        mark.sheet.module_id: mark.sheet.module for one in courses for marks in one.marks.values() for mark in marks
    }
    other = {module for one in courses for module in one.marks} - known.keys()
    known |= Module.objects.in_bulk(other) if other else {}
    for one in courses:
        one.modules.update({module: known[module] for module in one.marks})


def _debts(course: _Course, today: date) -> Iterator[Debt]:
    for module_id, marks in course.marks.items():
        module = course.modules[module_id]
        graded = [(one, one.grade) for one in marks if one.grade]
        tried = [
            Tried(one.held_on, grade.is_passing, grade.is_absence, one.lapsed_on)  # type: ignore[attr-defined] # annotated by `_courses`
            for one, grade in graded
        ]
        how = counted(tried, course.excused)
        found = how.owed
        if found is None or how.result is None or module.sort == Module.Sort.FINAL:
            continue
        marked = {mark.sheet_id for mark in marks}
        appointed = [
            sheet.held_on
            for sheet in course.sheets[module_id]
            if not sheet.is_main and sheet.pk not in marked and sheet.held_on >= today
        ]
        yield Debt(
            module=module,
            cause=graded[how.result][1].label,
            since=found.since,
            until=found.until,
            retakes_used=found.resits,
            retake_on=min(appointed, default=None),
            day=today,
        )


def _task(course: _Course, debt: Debt) -> Task:
    return Task(
        title=f"Пересдать: «{debt.module.title}»",
        detail=f"{retake_words(debt).capitalize()} · закрыть долг до {date_words(debt.until)}",
        url=course.address,
        verb="Открыть зачётку",
        term=debt.retake_on or debt.until,
    )


def _next_controls(courses: Collection[_Course], today: date) -> list[tuple[_Course, MarkSheet]]:
    return [(course, sheet) for course in courses if (sheet := _next_control(course, today))]


def _is_near(sheet: MarkSheet, today: date) -> bool:
    return sheet.held_on - today < NEAR


def _next_control(course: _Course, today: date) -> MarkSheet | None:
    coming = [
        sheet
        for module_id, sheets in course.sheets.items()
        for sheet in sheets
        if sheet.attempt == 1
        and sheet.held_on >= today
        and sheet.pk not in {one.sheet_id for one in course.marks[module_id]}
    ]
    return min(coming, key=lambda sheet: (sheet.held_on, sheet.module.ordinal), default=None)


def _control(course: _Course, sheet: MarkSheet) -> Task:
    return Task(
        title=_control_words(sheet),
        detail=f"«{course.enrolment.cohort.program_version.title}»",
        url=course.address,
        verb="Открыть зачётку",
        term=sheet.held_on,
    )


def _control_words(sheet: MarkSheet) -> str:
    return f"{sheet.module.get_control_display().capitalize()}: «{sheet.module.title}»"


def _notice(course: _Course, sheet: MarkSheet, today: date) -> Notice:
    weekday = f"{WEEKDAYS[sheet.held_on.weekday()]}, {date_words(sheet.held_on, today)}"
    return Notice(
        title=_control_words(sheet),
        detail=f"{weekday} · «{course.enrolment.cohort.program_version.title}»",
        icon="calendar-event",
        url=course.address,
    )
