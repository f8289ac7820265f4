"""Terms counted in working days (152-ФЗ ст. 20; ТК РФ ст. 112)."""

from __future__ import annotations

from datetime import date

import pytest

from zachetka.core.working_days import after_working_days, is_working

pytestmark = pytest.mark.clause("152-ФЗ ст. 20")


@pytest.mark.parametrize(
    ("asked", "count", "due"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # a Friday, so the term is Monday
        (date(2026, 11, 20), 10, date(2026, 12, 4)),
        (date(2026, 10, 30), 3, date(2026, 11, 5)),  # 4 November is a holiday
        (date(2026, 12, 30), 2, date(2027, 1, 11)),  # the New Year holidays are not counted
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # asked on a Saturday
    ],
)
def test_a_term_of_working_days_steps_over_weekends_and_holidays(asked: date, count: int, due: date) -> None:
    assert after_working_days(asked, count) == due
    assert is_working(due)


def test_a_term_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        after_working_days(date(2026, 11, 20), 0)
