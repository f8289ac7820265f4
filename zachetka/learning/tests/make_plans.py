"""Builders of individual plans, by the actions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from zachetka.learning.actions.study_plans import PlanSaid, Taken
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.plan_rules import Way
from zachetka.learning.tests.make import make_order

WRITTEN: Final = datetime.fromisoformat("2026-09-20T12:00:00+03:00")
"""Before every control of `make_cohort`."""
PAPER: Final = "диплом № 118 от 01.06.2025"


def apart(day: date) -> Taken:
    return Taken(Way.APART, held_by=day)


def credited(paper: str = PAPER) -> Taken:
    return Taken(Way.CREDITED, basis=paper)


def needless(paper: str = "заявление от 14.09.2026") -> Taken:
    return Taken(Way.NEEDS, basis=paper)


def make_plan(
    enrolment: Enrolment,
    own: Mapping[int, Taken] | None = None,
    *,
    ends_on: date | None = None,
    at: datetime = WRITTEN,
    **given: Any,
) -> Order:
    """Make an order of an individual plan, issued unless `approved=False`; `own` is by the place in the programme, from 1."""
    modules = list(enrolment.cohort.program_version.modules.order_by("ordinal"))
    said = PlanSaid(
        ends_on or enrolment.cohort.ends_on, {modules[place - 1].pk: taken for place, taken in (own or {}).items()}
    )
    known: dict[str, Any] = {"effective_on": at.date(), "basis": "заявление слушателя от 14.09.2026"}
    order = make_order(
        enrolment.cohort, [enrolment.learner], kind=Order.Kind.STUDY_PLAN, plan=said, at=at, **(known | given)
    )
    with connection.cursor() as cursor:  # a transaction of its own issues one plan; a test has one for several
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    enrolment.refresh_from_db()
    return order
