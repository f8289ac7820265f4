"""Builders of transfers, by the actions themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.completeness import without_mark
from zachetka.learning.tests.make import NOON, make_cohort, make_enrolments, make_order, sheet, teacher_of
from zachetka.programs.tests.make import make_program_version

MOVED: Final = datetime.fromisoformat("2026-10-10T12:00:00+03:00")
"""After the three controls of `make_cohort`, before those of `make_other`."""


def make_other(cohort: Cohort, **given: Any) -> Cohort:
    """Make another cohort of the same version, whose controls are in November."""
    days = [date(2026, 11, 10 + place) for place in range(cohort.program_version.modules.count())]
    return make_cohort(cohort.program_version, **({"held_on": days} | given))


def make_transfer(enrolment: Enrolment, target: Cohort, *, at: datetime = MOVED, **given: Any) -> Order:
    """Make an order of transfer, issued unless `approved=False`."""
    known: dict[str, Any] = {"effective_on": at.date(), "basis": "заявление слушателя от 09.10.2026"}
    order = make_order(
        enrolment.cohort, [enrolment.learner], kind=Order.Kind.TRANSFER, target=target, at=at, **(known | given)
    )
    with (
        connection.cursor() as cursor
    ):  # what is true of the whole transaction is asked now, and not at the end of the test
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    enrolment.refresh_from_db()
    return order


TYPED = MOVED - timedelta(days=1)
LATER = datetime.fromisoformat("2026-10-21T12:00:00+03:00")


def typed(enrolment: Enrolment, place: int, text: str, *, at: datetime = TYPED, closed: bool = True) -> None:
    """Type `text` for `enrolment` and «4» for the others of its cohort who are of the sheet."""
    found = sheet(enrolment.cohort, place)
    people = [*without_mark(found, NOON.date())]
    cells = [Cell(one.pk, text if one == enrolment else "4", None) for one in people]
    outcomes = set_marks(found, cells, actor=teacher_of(found), at=at)
    assert not [one.refusal for one in outcomes if one.refusal]
    if closed:
        close_sheet(found, actor=teacher_of(found), at=at)


def two(**given: Any) -> tuple[Enrolment, Enrolment]:
    """Return two learners of a cohort of three modules of twelve hours, controlled on 5, 6 and 7 October."""
    version = make_program_version(scales=("five_point",) * 3)
    first, second = make_enrolments(make_cohort(version, **given), 2)
    return first, second


def moved(enrolment: Enrolment, target: Cohort | None = None, **given: Any) -> Enrolment:
    """Transfer to another cohort of the version and return the new record book."""
    make_transfer(enrolment, target or make_other(enrolment.cohort), **given)
    rows = Enrolment.objects.select_related("cohort__program_version__program", "learner__person", "study_plan")
    return rows.get(continues=enrolment)
