"""Builders of transfers to another plan, by the actions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import connection

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.learning.actions.equivalences import match_modules
from zachetka.learning.actions.orders import approve_order, draft_order, submit_order
from zachetka.learning.equivalence_rules import Chosen, pairs_of, proposed
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.equivalences import matching_of
from zachetka.learning.tests.make import make_cohort
from zachetka.learning.tests.make_transfers import MOVED
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.models import Module, Program, ProgramVersion
from zachetka.programs.tests.make import make_program_version

PROPOSED: Final[dict[int, Any]] = {}
"""Confirms what the system proposes."""


def make_plan_like(version: ProgramVersion, *, program: Program | None = None, **given: Any) -> ProgramVersion:
    """Make a version of another programme of the unit, or of `program`, with the same names of modules."""
    known: dict[str, Any] = {"scales": ("five_point",) * version.modules.count()}
    where = {"program": program} if program else {"unit": version.program.unit}
    return make_program_version(**where, **(known | given))


def make_draft(enrolment: Enrolment, target: Cohort, *, at: datetime = MOVED, **given: Any) -> Order:
    """Draft a transfer that nobody has matched yet."""
    known: dict[str, Any] = {"effective_on": at.date(), "basis": "заявление слушателя от 09.10.2026"}
    actor = given.pop("actor", None) or make_account("methodist", unit=enrolment.cohort.program_version.program.unit)
    return draft_order(
        enrolment.cohort, kind=Order.Kind.TRANSFER, learners=[enrolment.learner], target=target, request_key=uuid4(),
        actor=actor, at=at, **(known | given),
    )  # fmt: skip


def match(order: Order, enrolment: Enrolment, own: Mapping[int, Any] = PROPOSED, *, at: datetime = MOVED) -> Order:
    """Confirm what is proposed, but for `own`: place in the new plan → place in the plan of `enrolment`, None for nothing."""
    how = matching_of(order, [enrolment], day=legal_date(at))
    shown = how.shown[enrolment.pk]
    choices = dict(proposed(how.targets, shown.earlier, how.norms))
    assert order.target is not None
    places = {one.ordinal: one.pk for one in Module.objects.filter(version=order.target.program_version_id)}
    of = {one.ordinal: one.pk for one in Module.objects.filter(version=enrolment.cohort.program_version_id)}
    for place, whence in own.items():
        if isinstance(whence, Chosen) or whence is None:
            choices[places[place]] = whence
        else:
            choices[places[place]] = Chosen((enrolment.pk, of[whence]))
    return match_modules(order, enrolment.learner, choices, seen=seen_of(order), actor=order.drafted_by, at=at)


def issue(order: Order, *, at: datetime = MOVED) -> Order:
    """Submit the draft and issue it; what is true of the whole transaction is asked now."""
    order = submit_order(order, actor=order.drafted_by, at=at)
    order = approve_order(order, seen=seen_of(order), actor=make_account("head"), at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return order


def make_matched(
    enrolment: Enrolment, target: Cohort, own: Mapping[int, Any] = PROPOSED, *, at: datetime = MOVED, **given: Any
) -> Enrolment:
    """Transfer to another plan by an issued order and return the new record book."""
    order = make_draft(enrolment, target, at=at, **given)
    issue(match(order, enrolment, own, at=at), at=at)
    enrolment.refresh_from_db()
    rows = Enrolment.objects.select_related("cohort__program_version__program", "learner__person", "study_plan")
    return rows.get(continues=enrolment)


def cohort_of(version: ProgramVersion, **given: Any) -> Cohort:
    """Make a cohort whose controls are in November."""
    days = [date(2026, 11, 10 + place) for place in range(version.modules.count())]
    return make_cohort(version, **({"held_on": days} | given))


def elsewhere(learner: Enrolment, **given: Any) -> Cohort:
    """Return a cohort of another programme with modules of the same names."""
    return cohort_of(make_plan_like(learner.cohort.program_version, **given))


def approve(version: ProgramVersion) -> None:
    head = make_account()
    version.state = ProgramVersion.State.SUBMITTED
    version.save()
    version.state, version.valid_from = ProgramVersion.State.APPROVED, date(2025, 9, 1)
    version.approved_by, version.approved_by_person, version.approved_at = (
        head,
        head.person_uid,
        MOVED - timedelta(days=1),
    )
    version.save()


def blind(*given: Any) -> Any:
    """Match as the rule does and see no flaw: what the database then says is its own."""
    return [replace(pair, flaw="") for pair in pairs_of(*given)]
