"""The law of debts as arithmetic: attempts, a year, good reasons (273-ФЗ ст. 58 ч. 2, 5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.learning.rules import Excused, Owed, Tried, debt_until, owed

pytestmark = pytest.mark.clause("273-ФЗ ст. 58 ч. 5")

FAILED = date(2026, 2, 10)


def failed(day: date) -> Tried:
    return Tried(day, passes=False)


def absent(day: date) -> Tried:
    return Tried(day, passes=False, is_absence=True)


def test_a_debt_lasts_a_year_from_the_day_it_arose_and_counts_its_resits():
    assert owed([failed(FAILED)], []) == Owed(FAILED, date(2027, 2, 10), 0)
    tried = [failed(FAILED), failed(date(2026, 3, 1)), failed(date(2026, 4, 15))]
    assert owed(tried, []) == Owed(FAILED, date(2027, 2, 10), 2)
    assert owed([*tried[:2], Tried(date(2026, 4, 15), passes=True)], []) is None
    assert owed([], []) is None


def test_forty_days_of_illness_move_the_term_by_forty_days():
    ill = Excused(date(2026, 6, 1), date(2026, 7, 10))
    assert debt_until(FAILED, [ill]) == date(2027, 2, 10) + timedelta(days=40) == date(2027, 3, 22)


def test_days_that_came_into_the_term_by_illness_count_as_well():
    first, second = Excused(date(2027, 2, 1), date(2027, 2, 10)), Excused(date(2027, 2, 15), date(2027, 2, 16))
    assert debt_until(FAILED, [first]) == date(2027, 2, 20)
    assert debt_until(FAILED, [first, second]) == date(2027, 2, 22)


def test_other_reasons_and_days_outside_the_term_move_nothing():
    other = Excused(date(2026, 6, 1), date(2026, 7, 10), shifts=False)
    before = Excused(date(2026, 1, 1), date(2026, 2, 9))
    after = Excused(date(2027, 3, 1), date(2027, 3, 9))
    assert debt_until(FAILED, [other, before, after]) == date(2027, 2, 10)


def test_the_same_days_are_not_counted_twice():
    leave = Excused(date(2026, 6, 1), date(2026, 6, 30))
    ill = Excused(date(2026, 6, 10), date(2026, 6, 20))
    assert debt_until(FAILED, [leave, ill]) == debt_until(FAILED, [leave])


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_an_absence_with_a_good_reason_is_no_attempt_and_no_debt():
    ill = Excused(date(2026, 2, 8), date(2026, 2, 12))
    assert owed([absent(FAILED)], [ill]) is None
    assert owed([absent(FAILED)], []) == Owed(FAILED, date(2027, 2, 10), 0)  # negative control
    assert owed([failed(FAILED)], [ill]) is not None  # whoever came and failed was there
    resit = date(2026, 3, 1)
    later = Excused(resit, resit)
    assert owed([failed(FAILED), absent(resit)], [later]) == Owed(FAILED, date(2027, 2, 11), 0)


PERIODS = st.lists(
    st.tuples(st.integers(-400, 900), st.integers(0, 120), st.booleans()).map(
        lambda given: Excused(
            FAILED + timedelta(days=given[0]), FAILED + timedelta(days=given[0] + given[1]), shifts=given[2]
        )
    ),
    max_size=6,
)


@given(periods=PERIODS)
def test_the_term_is_a_year_and_the_days_of_illness_within_it(periods: list[Excused]):
    until = debt_until(FAILED, periods)
    ill = {
        day
        for period in periods
        if period.shifts
        for day in range(period.first.toordinal(), period.last.toordinal() + 1)
        if FAILED.toordinal() <= day <= until.toordinal()
    }
    assert (until - date(2027, 2, 10)).days == len(ill)


@given(periods=PERIODS)
def test_a_good_reason_never_takes_time_away(periods: list[Excused]):
    assert debt_until(FAILED, periods) >= debt_until(FAILED, periods[:-1]) >= date(2027, 2, 10)
