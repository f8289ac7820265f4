"""Of a scale one edition holds on a day, whoever asks, and the database takes no second (п. 2.3)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from zachetka.access.tests.make import make_account
from zachetka.core.constraints import constraint_of
from zachetka.postgres.address import Place
from zachetka.programs.models import GradingScale, ScaleVersion
from zachetka.programs.rules import holds_on
from zachetka.programs.tests.make import make_scale

pytestmark = pytest.mark.clause("2.3")

FIRST: Final = date(2026, 1, 1)
ALONE: Final = "scale_version_is_alone_on_its_days"
Term = tuple[date, date | None]


def on(day: int) -> date:
    """Return the day of this number, counted from the first."""
    return FIRST + timedelta(days=day)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """Draw a term of some days, some of them without an end."""
    start = draw(st.integers(0, 40))
    length = draw(st.none() | st.integers(0, 20))
    return on(start), None if length is None else on(start + length)


def share_a_day(one: Term, other: Term) -> bool:
    """True when some day is of both terms, told by going through the days."""
    return any(holds_on(*one, on(day)) and holds_on(*other, on(day)) for day in range(70))


def enter(scale: GradingScale, term: Term) -> str:
    """Enter an edition past every rule; return the constraint that refused it, "" when nothing did."""
    try:
        with transaction.atomic():
            ScaleVersion.objects.create(scale=scale, valid_from=term[0], valid_to=term[1], basis="приказ № 1-од")
    except IntegrityError as refused:
        return constraint_of(refused)
    return ""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(terms(), min_size=2, max_size=6))
def test_the_database_takes_an_edition_only_when_no_other_of_the_scale_shares_a_day_with_it(
    db: None, wanted: list[Term]
) -> None:
    with transaction.atomic():
        scale, other = (GradingScale.objects.create(code=code, name=code) for code in ("one", "other"))
        taken: list[Term] = []
        for term in wanted:
            refused = enter(scale, term)
            assert bool(refused) == any(share_a_day(term, known) for known in taken), (term, taken)
            assert refused in {"", ALONE, "scale_version_starts_once"}
            if not refused:
                taken.append(term)
        assert enter(other, wanted[0]) == "", "the control: another scale has days of its own"
        ends = [last for _, last in sorted(taken, key=lambda term: term[0])]
        starts = sorted(start for start, _ in taken)
        assert all(
            last is not None and last < start for last, (_, start) in zip(ends[:-1], pairwise(starts), strict=True)
        )
        transaction.set_rollback(True)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(terms(), max_size=6), day=st.integers(-5, 70))
def test_the_database_and_the_pages_agree_which_edition_holds_on_a_day_and_it_is_one_at_most(
    db: None, wanted: list[Term], day: int
) -> None:
    with transaction.atomic():
        scale = GradingScale.objects.create(code="one", name="одна")
        for term in wanted:
            enter(scale, term)
        asked = list(ScaleVersion.objects.in_force(on(day)).filter(scale=scale))
        assert asked == [one for one in ScaleVersion.objects.filter(scale=scale) if one.holds_on(on(day))]
        assert len(asked) <= 1
        transaction.set_rollback(True)


def test_a_last_day_and_a_first_day_are_days_of_their_editions() -> None:
    term = (on(3), on(5))
    assert [holds_on(*term, on(day)) for day in (2, 3, 5, 6)] == [False, True, True, False]
    assert holds_on(on(3), None, on(7000))


def test_an_edition_follows_once_the_one_before_it_has_a_last_day(db: None) -> None:
    old = make_scale().versions.get()
    next_one = (date(2027, 1, 1), None)
    assert enter(old.scale, next_one) == ALONE
    ScaleVersion.objects.filter(pk=old.pk).update(valid_to=date(2026, 12, 31))
    assert enter(old.scale, next_one) == ""


def test_two_who_enter_an_edition_at_once_enter_one(fresh_database: Place) -> None:
    scale = GradingScale.objects.create(code="one", name="одна")
    came = at_once(lambda: enter(scale, (on(1), None)), lambda: enter(scale, (on(2), None)))
    assert sorted(map(str, came)) == ["", ALONE]


def test_the_page_of_scales_tells_what_holds_today_and_what_is_yet_to_come(db: None, collected_statics: None) -> None:
    old = make_scale().versions.get()
    ScaleVersion.objects.filter(pk=old.pk).update(valid_to=date(2098, 12, 31))
    assert enter(old.scale, (date(2099, 1, 1), None)) == ""
    client = Client()
    client.force_login(make_account("methodist"))
    told = client.get("/programs/scales/").content.decode()
    assert told.count("ещё не действует") == 1
    assert told.count("действует</span>") == GradingScale.objects.count() + 1
