"""Builders of transfers, by the actions themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.tests.make import make_cohort, make_order

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
