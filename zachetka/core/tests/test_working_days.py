"""Terms counted in working days (152-ФЗ ст. 20; ТК РФ ст. 112)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from zachetka.core import working_days
from zachetka.core.working_days import after_working_days, days_moved, is_working, working_day

pytestmark = pytest.mark.clause("152-ФЗ ст. 20")


@pytest.mark.parametrize(
    ("asked", "count", "due"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # a Friday, so the term is Monday
        (date(2026, 11, 20), 10, date(2026, 12, 4)),
        (date(2026, 10, 30), 3, date(2026, 11, 5)),  # 4 November is a holiday
        (date(2026, 12, 30), 2, date(2027, 1, 12)),  # 31 December is moved from 4 January; the New Year holidays
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # asked on a Saturday
    ],
)
def test_a_term_of_working_days_steps_over_weekends_and_holidays(asked: date, count: int, due: date) -> None:
    assert after_working_days(asked, count) == due
    assert is_working(due)


def test_a_term_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        after_working_days(date(2026, 11, 20), 0)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Days moved for the time of a test."""
    monkeypatch.setattr(working_days, "_moved", dict(working_days.DECREED))

    def move(text: str) -> None:
        working_days.move_days(days_moved(text))

    yield move
    working_days._made_up.cache_clear()


@pytest.mark.clause("ТК РФ ст. 112")
def test_holidays_are_not_worked_on_whatever_day_they_fall() -> None:
    for month, day in [*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)]:
        for year in (2025, 2026, 2027, 2028):
            assert not is_working(date(year, month, day))
    assert is_working(date(2026, 11, 3))


@pytest.mark.clause("ТК РФ ст. 112")
def test_a_holiday_on_a_weekend_gives_the_next_working_day_off_and_january_does_not() -> None:
    assert not is_working(date(2026, 3, 9))  # 8 March is a Sunday
    assert not is_working(date(2026, 5, 11))  # 9 May is a Saturday
    assert is_working(date(2026, 5, 12))
    assert is_working(date(2027, 1, 11))  # 2 and 3 January are a weekend


@pytest.mark.clause("ТК РФ ст. 112")
def test_days_moved_by_decree_are_off_and_a_saturday_given_for_one_is_worked(moved: Callable[[str], None]) -> None:
    assert not is_working(date(2026, 12, 31))  # for 4 January
    assert not is_working(date(2026, 1, 9))
    assert is_working(date(2027, 11, 5))
    assert not is_working(date(2027, 2, 20))
    moved("20.02.2027-22.02.2027, 13.06.2027–05.11.2027")
    assert is_working(date(2027, 2, 20))
    assert not is_working(date(2027, 2, 22))
    assert not is_working(date(2027, 11, 5))


@pytest.mark.clause("ТК РФ ст. 112")
def test_a_holiday_whose_rest_a_decree_moved_gives_no_other_day(moved: Callable[[str], None]) -> None:
    assert not is_working(date(2027, 5, 10))  # for 9 May, a Sunday
    moved("09.05.2027-04.05.2027")
    assert is_working(date(2027, 5, 10))
    assert not is_working(date(2027, 5, 4))


@pytest.mark.parametrize("text", ["9 января", "03.01.2026", "31.02.2026-01.03.2026", "02.12.2026-03.12.2026"])
def test_what_is_no_transfer_of_a_day_off_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        days_moved(text)


@pytest.mark.clause("2.2", "ТК РФ ст. 112")
def test_the_nearest_working_day_is_before_unless_that_is_too_early() -> None:
    first, last = date(2026, 12, 7), date(2027, 1, 20)
    assert working_day(date(2027, 1, 1), first=first, last=last) == date(2026, 12, 30)
    assert working_day(date(2027, 1, 1), first=date(2026, 12, 31), last=last) == date(2027, 1, 11)
    assert working_day(date(2027, 1, 2), first=date(2027, 1, 1), last=date(2027, 1, 8)) == date(2027, 1, 2)
