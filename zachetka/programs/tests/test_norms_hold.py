"""What an academy sets for itself is a norm with dates and an act, never a number in the code (п. 2.2, 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from zachetka.core.clock import now
from zachetka.core.errors import RuleViolation
from zachetka.ledger.models import Event
from zachetka.programs.actions.norms import record_minima
from zachetka.programs.models.program import Kind
from zachetka.programs.norms import BY_NAME, COMMISSION, NORMS, REOPENING, SHARE, Edition, Norm
from zachetka.programs.queries import happened, least_commission, least_share, reopening_days
from zachetka.programs.tests.make import make_norm
from zachetka.programs.tests.test_ways import refuses, run

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.3")]


@dataclass(frozen=True)
class Case:
    """A norm of which one edition holds on a day: how it is asked, and how the database calls its guards."""

    norm: Norm
    ask: Callable[[date], int]
    alone: str
    ranged: str


CASES = [
    pytest.param(
        Case(COMMISSION, least_commission, "commission_minimum_is_alone_on_its_days", "commission_minimum_is_of_several"),
        id="commission", marks=pytest.mark.clause("273-ФЗ ст. 58 ч. 6"),
    ),
    pytest.param(
        Case(SHARE, least_share, "hour_share_is_alone_on_its_days", "hour_share_is_a_share"),
        id="share", marks=pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7"),
    ),
    pytest.param(
        Case(REOPENING, reopening_days, "reopening_term_is_alone_on_its_days", "reopening_term_is_of_days"),
        id="reopening", marks=pytest.mark.clause("2.2"),
    ),
]  # fmt: skip
EVERY = pytest.mark.parametrize("case", CASES)
AUTUMN = date(2026, 9, 1)


def table(norm: Norm) -> str:
    return norm.model._meta.db_table


@EVERY
def test_the_norm_is_that_of_the_day(case: Case):
    (born,) = case.norm.born
    make_norm(case.norm, born.number + 1, valid_from=AUTUMN)
    assert (case.ask(AUTUMN - timedelta(days=1)), case.ask(AUTUMN)) == (born.number, born.number + 1)


@EVERY
def test_a_day_without_a_norm_is_said_so(case: Case):
    with pytest.raises(RuleViolation, match=rf"31\.08\.2013 не установлено, {case.norm.asked}") as refusal:
        case.ask(date(2013, 8, 31))
    assert refusal.value.clause == case.norm.clause


@EVERY
def test_a_norm_is_ended_and_set_anew_never_changed(case: Case):
    refuses("заканчивают и вводят", f"UPDATE {table(case.norm)} SET {case.norm.model.column} = 5")  # noqa: S608 - names of ours
    refuses("не удаляется", f"DELETE FROM {table(case.norm)}")  # noqa: S608
    run(f"UPDATE {table(case.norm)} SET valid_to = '2026-08-31'")  # noqa: S608
    refuses("заканчивают и вводят", f"UPDATE {table(case.norm)} SET valid_to = NULL")  # noqa: S608


@EVERY
def test_one_norm_holds_on_a_day(case: Case):
    refuses(
        case.alone,
        f"INSERT INTO {table(case.norm)} ({case.norm.model.column}, valid_from, basis) VALUES (5, '2026-09-01', '№ 5-од')",  # noqa: S608
    )


@EVERY
def test_the_database_takes_the_numbers_that_a_person_may_set_and_no_others(case: Case):
    least, most = case.norm.between
    for number, fits in ((least - 1, False), (least, True), (most, True), (most + 1, False)):
        with transaction.atomic():
            if fits:
                make_norm(case.norm, number, valid_from=AUTUMN)
            else:
                with pytest.raises(DatabaseError, match=case.ranged), transaction.atomic():
                    make_norm(case.norm, number, valid_from=AUTUMN)
            transaction.set_rollback(True)


def is_the_least_that_is_taken(norm: Norm) -> bool:
    """True when the database refuses an hour less than `norm.between` begins with, and takes the hours it begins with."""
    least, _ = norm.between
    taken = []
    for number in (least - 1, least):
        try:
            with transaction.atomic():
                norm.rows().create(**norm.of, hours=number, valid_from=date(2030, 1, 1), basis="№ 5-од")
                transaction.set_rollback(True)
        except DatabaseError as refused:
            if "установило министерство" not in str(refused):
                raise
            continue
        taken.append(number)
    return taken == [least]


@pytest.mark.parametrize("kind", Kind)
def test_no_act_of_the_academy_goes_below_the_hours_of_the_ministry(kind: Kind):
    """The table of norms and `laws/editions.sql` say the same hours; an hour more or less in one of them is noticed."""
    norm = BY_NAME[f"hours-{kind.value.replace('_', '-')}"]
    least, most = norm.between
    assert is_the_least_that_is_taken(norm)
    assert not is_the_least_that_is_taken(replace(norm, between=(least + 1, most)))
    if least > 1:
        assert not is_the_least_that_is_taken(replace(norm, between=(least - 1, most)))


@pytest.mark.parametrize("norm", [norm for norm in NORMS if norm.born], ids=lambda norm: norm.name)
def test_what_a_migration_entered_is_recorded_once_and_nothing_else(norm: Norm):
    assert {Edition.of(row) for row in norm.rows()} == set(norm.born)
    past_the_system = norm.rows().create(
        **norm.of, **{norm.model.column: norm.born[0].number}, valid_from=date(2012, 1, 1), valid_to=date(2012, 12, 31), basis="никакой"
    )  # fmt: skip
    record_minima(now())
    assert record_minima(now()) == 0
    recorded = Event.objects.filter(type=norm.event).values_list("object_id", flat=True)
    assert str(past_the_system.pk) not in recorded
    assert not happened().exists()
