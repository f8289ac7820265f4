"""What a transfer makes of a module: nothing that was tried is lost, whatever the numbers (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.learning.plan_rules import Way
from zachetka.learning.rules import Tried, owed
from zachetka.learning.transfer_rules import LineBefore, becomes, last_day

pytestmark = pytest.mark.clause("273-ФЗ ст. 57")

FIRST, UNTIL = date(2026, 10, 10), date(2026, 12, 17)
DAYS = st.dates(date(2026, 9, 1), date(2027, 1, 31))
TRIED = st.lists(st.builds(Tried, DAYS, st.booleans()), max_size=3, unique_by=lambda one: one.held_on).map(
    lambda rows: sorted(rows, key=lambda one: one.held_on)
)
STANDINGS = st.builds(
    LineBefore,
    key=st.just(1),
    title=st.just("Экономика"),
    tried=TRIED,
    before=st.sampled_from([Way.GROUP, Way.APART, Way.CREDITED, Way.NEEDS]),
    before_basis=st.just("диплом № 118"),
    group_on=st.none() | DAYS,
    is_group_open=st.booleans(),
    is_final=st.booleans(),
)


@given(STANDINGS)
def test_what_was_tried_is_carried_and_nothing_else_is(one: LineBefore):
    got = becomes(one, first=FIRST, until=UNTIL, book="ЗК-26-0001")
    assert (got.way is Way.CARRIED) == (bool(one.tried) and not one.is_final)


@given(STANDINGS)
@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_a_debt_goes_along_as_it_was(one: LineBefore):
    got = becomes(one, first=FIRST, until=UNTIL, book="ЗК-26-0001")
    assert got.owed == (owed(list(one.tried), []) if got.way is Way.CARRIED else None)


@given(STANDINGS)
def test_whoever_goes_with_the_group_finds_its_control_ahead(one: LineBefore):
    got = becomes(one, first=FIRST, until=UNTIL, book="ЗК-26-0001")
    if got.way is Way.GROUP and not got.flaw:
        assert one.is_group_open
        assert one.group_on is None or one.group_on >= FIRST


@given(STANDINGS, DAYS)
def test_a_difference_has_a_last_day_within_the_study_or_the_transfer_is_refused(one: LineBefore, until: date):
    got = becomes(one, first=FIRST, until=until, book="ЗК-26-0001")
    if got.way is Way.APART:
        assert bool(got.flaw) == (until < FIRST)
        assert got.flaw or got.held_by == until


@given(STANDINGS)
def test_a_line_of_the_plan_has_what_its_way_asks(one: LineBefore):
    """A paper for what is carried or left out, a day for what is apart: the constraint of the table."""
    got = becomes(one, first=FIRST, until=UNTIL, book="ЗК-26-0001")
    assert bool(got.basis) == (got.way in {Way.CARRIED, Way.CREDITED, Way.NEEDS})
    assert (got.held_by is not None) == (got.way is Way.APART)


def test_final_attestation_is_never_carried_and_cannot_have_passed_in_the_new_group():
    passed = LineBefore(1, "Защита", tried=[Tried(FIRST - timedelta(days=1), passes=True)], is_final=True)
    assert becomes(passed, first=FIRST, until=UNTIL, book="ЗК").way is Way.GROUP
    over = LineBefore(1, "Защита", group_on=FIRST - timedelta(days=1), is_final=True)
    assert "уже прошла" in becomes(over, first=FIRST, until=UNTIL, book="ЗК").flaw


@pytest.mark.clause("273-ФЗ ст. 59")
def test_a_difference_is_taken_before_final_attestation():
    assert last_day(date(2026, 12, 25), date(2026, 12, 18)) == date(2026, 12, 17)
    assert last_day(date(2026, 12, 25), None) == date(2026, 12, 25)
