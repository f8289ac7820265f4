"""Transfers of the demo: within a version, to another programme with a difference, there and back; one waits to be matched (273-ФЗ ст. 57)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from zachetka.core.clock import legal_date
from zachetka.core.working_days import working_day
from zachetka.demo.life import HEROINE
from zachetka.learning.actions.cohorts import Assignment, create_cohort
from zachetka.learning.actions.equivalences import match_modules
from zachetka.learning.actions.orders import approve_order, draft_order, submit_order
from zachetka.learning.equivalence_rules import proposed
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.cohorts import suggested_code
from zachetka.learning.queries.equivalences import is_within_a_plan, matching_of
from zachetka.lifecycle.hands import seen_of

if TYPE_CHECKING:
    from zachetka.demo.life import Course
    from zachetka.demo.staff import Staff

WITHIN, BETWEEN, RETURNS, WAITS = range(4)
"""Who of the heroine's classmates without debts is transferred, and how."""
AGO: Final = timedelta(minutes=14)
"""The orders are of the last minutes, so that nothing in the life of their cohorts comes after them."""
BEFORE: Final = timedelta(days=10)
"""The two groups that take them began so long ago; the longest way to a control of theirs."""


def transfer(courses: Sequence[Course], staff: Staff, at: datetime) -> None:
    """Move three of the heroine's classmates, and leave the draft of a fourth to whoever matches its modules today."""
    home = _home()
    people = _movable(home) if home else []
    if home is None or len(people) <= WAITS:
        return
    of = {course.version.program_id: course for course in courses}
    own = of[home.program_version.program_id]
    near = next(course for course in courses if course.plan.code == "ПК-ЗАК")
    second = _group(own, staff, at, passed=0)
    other = _group(near, staff, at, passed=1)
    today, moment = legal_date(at), at - AGO
    _issued(people[WITHIN], second, "заявление № 31", today, staff, moment)
    _issued(people[BETWEEN], other, "заявление № 32", today, staff, moment + timedelta(minutes=3))
    away = _issued(
        people[RETURNS], other, "заявление № 29", today - timedelta(days=4), staff, moment + timedelta(minutes=6)
    )
    _issued(away, home, "заявление № 33", today, staff, moment + timedelta(minutes=9))
    _drafted(people[WAITS], other, "заявление № 34", today, staff, moment + timedelta(minutes=12))


def _home() -> Cohort | None:
    found = Enrolment.objects.filter(learner__person__snils=HEROINE.snils, state=Enrolment.State.ACTIVE)
    book = found.select_related("cohort__program_version__program").order_by("-started_on", "pk").first()
    return book.cohort if book else None


def _movable(home: Cohort) -> list[Enrolment]:
    """Return who learns with the heroine by the plan of the group and owes nothing, from the end of the list."""
    rows = Enrolment.objects.filter(cohort=home, state=Enrolment.State.ACTIVE, study_plan=None)
    rows = rows.exclude(learner__person__snils=HEROINE.snils).select_related("learner__person", "cohort")
    how = headways(rows)
    return [
        one for one in rows.order_by("-learner__person__sort_key", "pk") if how[one.pk].passed and not how[one.pk].debts
    ]


def _group(course: Course, staff: Staff, at: datetime, *, passed: int) -> Cohort:
    """Form a group of `course` that has begun; of its controls so many have been held already."""
    today = legal_date(at)
    starts_on = working_day(today - BEFORE, first=today - BEFORE, last=today)
    modules = list(course.version.modules.order_by("ordinal"))
    days = [_held(today, place - passed) for place in range(len(modules))]
    return create_cohort(
        course.version,
        code=suggested_code(course.plan.kind, starts_on),
        starts_on=starts_on,
        ends_on=days[-1] + timedelta(days=7),
        attestation_on=days[-1],
        assignments={
            module.pk: Assignment(course.teachers[place % len(course.teachers)][0], days[place])
            for place, module in enumerate(modules)
        },
        actor=staff.methodist(course.plan.unit),
        at=at - timedelta(days=2),
    )


def _held(today: date, place: int) -> date:
    """Return the day of a control: those ahead come a week after one another, one held is of a few days ago."""
    if place < 0:
        return today - timedelta(days=2)
    ahead = today + timedelta(days=8 + 7 * place)
    return working_day(ahead, first=ahead, last=ahead + timedelta(days=6))


def _drafted(book: Enrolment, target: Cohort, paper: str, on: date, staff: Staff, at: datetime) -> Order:
    return draft_order(
        book.cohort,
        kind=Order.Kind.TRANSFER,
        learners=[book.learner],
        effective_on=on,
        basis=f"{paper} от {on:%d.%m.%Y}",
        target=target,
        request_key=uuid5(book.learner.person.uid, f"{paper} {target.code}"),
        actor=staff.methodist(0),
        at=at,
    )


def _issued(book: Enrolment, target: Cohort, paper: str, on: date, staff: Staff, at: datetime) -> Enrolment:
    """Draft, match as is proposed, submit and issue; return the new record book."""
    order = _drafted(book, target, paper, on, staff, at)
    methodist = staff.methodist(0)
    if not is_within_a_plan(order):
        how = matching_of(order, [book], day=legal_date(at))
        choices = proposed(how.targets, how.shown[book.pk].earlier, how.norms)
        order = match_modules(order, book.learner, choices, seen=seen_of(order), actor=methodist, at=at)
    order = submit_order(order, actor=methodist, at=at + timedelta(minutes=1))
    approve_order(order, seen=seen_of(order), actor=staff.accounts["head"], at=at + timedelta(minutes=2))
    rows = Enrolment.objects.select_related("learner__person", "cohort__program_version__program")
    return rows.get(continues=book)
