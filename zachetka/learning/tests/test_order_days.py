"""By whose norms an order is judged, and how far back it may take effect (273-ФЗ ст. 53, 57; п. 2.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.db import IntegrityError, transaction

from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.enrolments import _CHECKS
from zachetka.learning.grounds import GROUNDS, Ground
from zachetka.learning.models import Carried, Enrolment, Order
from zachetka.learning.tests.make import NOON, make_cohort, make_enrolments, make_order
from zachetka.learning.tests.make_equivalences import blind, elsewhere, issue, make_draft, match
from zachetka.learning.tests.make_transfers import MOVED, make_other, make_transfer, two, typed
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.people.tests.make import make_learners
from zachetka.programs.models import Grade, ScaleVersion
from zachetka.programs.norms import SHARE
from zachetka.programs.tests.make import make_norm, make_program_version, make_scale

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 53", "273-ФЗ ст. 57")]

EVE: Final = MOVED.date() - timedelta(days=1)
"""After the three controls; an order of the day after may take effect on it."""


def blinded(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)


# --- Norms ---------------------------------------------------------------------------------------------------------------


def of_ten_hours() -> Enrolment:
    (learner,) = make_enrolments(make_cohort(make_program_version(scales=("five_point",) * 3, hours_each=10)), 1)
    typed(learner, 1, "5")
    return learner


@pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7")
def test_hours_are_judged_by_the_norm_of_the_day_of_issue_however_far_back_the_order_takes_effect(
    monkeypatch: pytest.MonkeyPatch,
):
    learner = of_ten_hours()
    target = elsewhere(learner, hours_each=12)
    order = match(make_draft(learner, target, effective_on=EVE), learner, {1: 1})
    make_norm(SHARE, 100, valid_from=MOVED.date())
    with pytest.raises(RuleViolation, match="10 ч вместо 12, а нужно не меньше 100 %"):
        match(make_draft(learner, target, effective_on=EVE), learner, {1: 1})
    with pytest.raises(RuleViolation, match="а нужно не меньше 100 %"):
        issue(order)
    blinded(monkeypatch)
    with pytest.raises(IntegrityError, match="Часов прежней дисциплины"), transaction.atomic():
        issue(order)


@pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7")
def test_a_norm_that_comes_tomorrow_is_none_today():
    learner = of_ten_hours()
    order = match(make_draft(learner, elsewhere(learner, hours_each=12), effective_on=EVE), learner, {1: 1})
    make_norm(SHARE, 100, valid_from=MOVED.date() + timedelta(days=1))
    issue(order)
    assert Carried.objects.get().origin.hours == 10


@pytest.mark.clause("2.3")
def test_a_mark_of_another_scale_is_read_through_the_edition_of_the_day_of_issue(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "5")
    old = ScaleVersion.objects.get(scale=make_scale("pass_fail"))
    ScaleVersion.objects.filter(pk=old.pk).update(valid_to=EVE)
    newer = ScaleVersion.objects.create(scale=old.scale, valid_from=MOVED.date(), basis="приказ № 9-од")
    for place, (sign, passes) in enumerate((("зач", True), ("нз", False), ("н", False)), 1):
        Grade.objects.create(
            version=newer, ordinal=place, symbol=sign, label=f"{sign}.", is_passing=passes, is_absence=place == 3
        )
    order = match(make_draft(learner, elsewhere(learner, scales=("pass_fail",) * 3), effective_on=EVE), learner, {1: 1})
    with monkeypatch.context() as backdated:
        backdated.setattr("zachetka.learning.actions.transfers.legal_date", lambda _at: EVE)
        with pytest.raises(IntegrityError, match="в день издания"), transaction.atomic():
            issue(order)
    issue(order)
    assert Carried.objects.get().edition == newer


@pytest.mark.clause("273-ФЗ ст. 61")
def test_a_ground_that_the_law_has_dropped_is_not_named_by_an_order_dated_back(monkeypatch: pytest.MonkeyPatch):
    (learner,) = make_enrolments(make_cohort(), 1)
    given: dict[str, Any] = {"kind": "withdrawal", "ground": "outside", "effective_on": date(2026, 10, 1), "at": NOON}
    dropped = Ground(
        "по иным обстоятельствам", "пункт 3", "273-ФЗ ст. 61 ч. 2", valid_to=NOON.date() - timedelta(days=1)
    )
    with monkeypatch.context() as changed:
        changed.setitem(GROUNDS, Order.Ground.OUTSIDE, dropped)
        with pytest.raises(RuleViolation, match="Сегодня закон такого основания не знает"), transaction.atomic():
            make_order(learner.cohort, [learner.learner], **given)
    make_order(learner.cohort, [learner.learner], **given)  # the control: while the law keeps it


# --- How far back --------------------------------------------------------------------------------------------------------


def test_no_order_takes_effect_before_what_was_sat_since(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 2, "5")  # on 6 October
    other = make_other(learner.cohort)
    early = date(2026, 10, 5)
    with pytest.raises(RuleViolation, match=r"результат за 06\.10\.2026, день приказа — не раньше") as refusal:
        make_transfer(learner, other, effective_on=early)
    assert refusal.value.field == "effective_on"
    with monkeypatch.context() as patched:
        patched.setattr("zachetka.learning.actions.enrolments._check_sat", lambda *_: None)
        with pytest.raises(IntegrityError, match="сдано последнее из сданного"), transaction.atomic():
            make_transfer(learner, other, effective_on=early)
    make_transfer(learner, other, effective_on=date(2026, 10, 6))


def test_whoever_is_withdrawn_may_have_been_missed_since_but_has_sat_nothing(monkeypatch: pytest.MonkeyPatch):
    learner, other = two()
    typed(learner, 1, "н")  # the other one sat it
    given: dict[str, Any] = {"kind": "withdrawal", "ground": "own_wish", "effective_on": date(2026, 10, 1), "at": MOVED}
    make_order(learner.cohort, [learner.learner], **given)
    with pytest.raises(RuleViolation, match=r"результат за 05\.10\.2026"), transaction.atomic():
        make_order(other.cohort, [other.learner], **given)
    monkeypatch.setattr("zachetka.learning.actions.enrolments._check_sat", lambda *_: None)
    with pytest.raises(IntegrityError, match="сдано последнее из сданного"), transaction.atomic():
        make_order(other.cohort, [other.learner], **given)


def test_an_absence_after_the_day_of_a_transfer_keeps_the_transfer_from_that_day():
    learner, _ = two()
    typed(learner, 1, "н")
    with pytest.raises(RuleViolation, match=r"результат за 05\.10\.2026"):
        make_transfer(learner, make_other(learner.cohort), effective_on=date(2026, 10, 1))


def unasked(order: Order, _today: date) -> list[Enrolment]:
    """Enrol as an order would whose day nobody asks about."""
    return [
        Enrolment(learner=line.learner, cohort=order.cohort, started_on=order.effective_on, enrolment_order=order)
        for line in order.lines.select_related("learner__person")
    ]


def test_the_database_enrols_from_the_day_of_the_order_and_never_before_the_programme(monkeypatch: pytest.MonkeyPatch):
    cohort = make_cohort()
    monkeypatch.setitem(_CHECKS, Order.Kind.ENROLMENT, unasked)
    with pytest.raises(IntegrityError, match="не раньше, чем утверждена программа"), transaction.atomic():
        make_order(cohort, make_learners(1), effective_on=date(2025, 8, 31))
    make_order(cohort, make_learners(1), effective_on=date(2025, 9, 1))


def test_the_database_dates_an_order_by_the_day_of_its_issue():
    (learner,) = make_enrolments(make_cohort(), 1)
    order = make_order(
        learner.cohort, [learner.learner], kind="withdrawal", ground="own_wish", at=MOVED, approved=False
    )
    run("UPDATE learning_order SET state = 'submitted' WHERE id = %s", order.pk)
    issued = (
        "UPDATE learning_order SET state = 'approved', number = '1-о', order_date = %s, approved_at = %s,"
        " approved_by_id = a.id, approved_by_person = a.person_uid FROM access_account a"
        " WHERE a.id = %s AND learning_order.id = %s"
    )
    head = make_account("head").pk
    refuses("Дата приказа — день его издания", issued, EVE, MOVED, head, order.pk)
    refuses("Номера «1-о» нет в книге приказов", issued, MOVED.date(), MOVED, head, order.pk)  # the control: asked next
