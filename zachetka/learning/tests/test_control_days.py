"""Days of control are proposed by the hours of a plan, on working days (п. 2.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zachetka.core.working_days import is_working
from zachetka.learning.terms import likely_end, next_monday, spread

pytestmark = pytest.mark.usefixtures("collected_statics")


@pytest.mark.clause("2.2")
def test_days_of_control_follow_the_hours_and_avoid_weekends() -> None:
    monday = date(2026, 11, 2)
    days = spread([10, 10, 20], monday, monday + timedelta(days=25))
    assert days == [date(2026, 11, 6), date(2026, 11, 13), date(2026, 11, 27)]
    assert all(day.weekday() < 5 for day in days)
    assert likely_end(monday, 72) == date(2026, 11, 27)


@pytest.mark.clause("2.2", "ТК РФ ст. 112")
def test_nothing_is_proposed_on_a_holiday() -> None:
    days = spread([10] * 8, date(2026, 12, 7), date(2027, 1, 15))
    assert all(is_working(day) for day in days)
    assert next_monday(date(2026, 12, 30)) == date(2027, 1, 11)
    assert likely_end(date(2026, 12, 28), 18) == date(2026, 12, 30)
