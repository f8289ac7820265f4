"""The charts of a head's «Сегодня»: what the orders say month by month, drawn on the server (п. 2.4, 3.9)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.movement import Month, movement
from zachetka.learning.tests.make import NOON, make_cohort, make_enrolment, make_enrolments, make_order
from zachetka.learning.tests.make_transfers import make_transfer
from zachetka.rendering.charts import Series, bars, line
from zachetka.web.home_sections import movement_of_year

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.4")]

DAY = date(2026, 11, 20)
LATER = date(2026, 12, 30)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def year() -> None:
    """Enrol three on 7 September: one leaves on 15 October, one is transferred on the 10th, one leaves on 25 December."""
    cohort = make_cohort()
    gone, moved, going = make_enrolments(cohort, 3)
    make_transfer(moved, make_cohort(cohort.program_version))
    for one, day in ((gone, date(2026, 10, 15)), (going, date(2026, 12, 25))):
        at = noon(min(day, DAY))
        make_order(cohort, [one.learner], kind="withdrawal", ground="own_wish", at=at, effective_on=day)


def told(reader: Account, day: date) -> dict[int, Month]:
    return {one.first.month: one for one in movement(reader, day)}


def flows(one: Month) -> tuple[int, int, int]:
    return one.started, one.finished, one.left


def test_a_month_counts_who_began_and_left_in_it_and_a_transfer_is_neither() -> None:
    year()
    found = told(make_account("head"), DAY)
    assert [flows(found[month]) for month in (8, 9, 10, 11)] == [(0, 0, 0), (3, 0, 0), (0, 0, 1), (0, 0, 0)]
    assert flows(told(make_account("head"), LATER)[12]) == (0, 0, 1), "the end that was ahead has come"


@pytest.mark.parametrize("day", [DAY, LATER], ids=["an end is ahead", "it has come"])
def test_how_many_learn_is_what_the_books_say_on_the_last_day_of_each_month(day: date) -> None:
    year()
    found = movement(make_account("head"), day)
    for one in found:
        last = min(one.first.replace(day=monthrange(one.first.year, one.first.month)[1]), day)
        assert one.learning == Enrolment.objects.going_on(last).filter(started_on__lte=last).count(), one.first
    assert len({one.learning for one in found}) > 2, "the number moves: a figure that stands still would be seen"


def test_what_is_counted_is_what_the_reader_may_read_at_a_fixed_cost(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    year()
    stranger = make_account("methodist", unit=make_unit())
    assert {(flows(one), one.learning) for one in movement(stranger, DAY)} == {((0, 0, 0), 0)}
    for learners in (1, 5):
        make_enrolments(make_cohort(), learners)
        head = make_account("head")
        assert head.roles_held, "read before, as every page does"
        with django_assert_num_queries(3):
            movement(head, DAY)


def test_the_charts_are_for_the_head_alone_and_every_figure_stands_in_their_tables() -> None:
    make_enrolment()
    assert movement_of_year(make_account("methodist"), NOON) is None
    section = movement_of_year(make_account("head"), NOON)
    assert section is not None
    flow, learning = section.rows
    assert [row for row in flow.rows if row[1] != "0"] == [("сентябрь 2026", "1", "0", "0")]
    assert [row[1] for row in learning.rows][-3:] == ["1", "1", "1"]
    assert flow.words == "За двенадцать месяцев начали 1, окончили 0; больше всего начали — сентябрь 2026: 1."


def test_a_system_in_which_nobody_learns_has_no_charts() -> None:
    client = Client()
    client.force_login(make_account("head"))
    assert "chart-svg" not in client.get("/").content.decode()


def test_bars_begin_at_zero_and_are_as_long_as_their_figures() -> None:
    drawn = bars(["а", "б"], [Series("начали", [10, 5]), Series("окончили", [0, 10])])
    lengths = [float(found) for found in re.findall(r'<rect class="chart-fill-\d" [^>]*height="([\d.]+)"', drawn)]
    feet = {
        round(float(y) + float(height), 1)
        for y, height in re.findall(r'<rect class="chart-fill-\d" [^>]*y="([\d.]+)"[^>]*height="([\d.]+)"', drawn)
    }
    assert lengths == [lengths[0], lengths[0] / 2, 0, lengths[0]]
    assert len(feet) == 1
    assert "style=" not in drawn, "the policy of content lets no style in"


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    assert "<rect" in bars(["а"], [Series("начали", [0])])
    assert "polyline" in line(["а"], [0])
    assert "circle" not in line([], [])
