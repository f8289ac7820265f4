"""What an individual plan must be, for any plan: pure rules, compared with plain words (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.learning.plan_rules import LAW, Planned, Terms, Way, flaws, hours_kept, hours_taken

pytestmark = pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3")

FIRST, END = date(2026, 11, 20), date(2026, 12, 25)
DAYS = st.dates(date(2026, 11, 1), date(2027, 1, 31))
PAPERS = st.sampled_from(["", "диплом № 118 от 01.06.2025", "диплом № 118 от 01.06.2025"])
LINES = st.builds(
    Planned,
    key=st.integers(1, 9),
    title=st.just("Правовые основы"),
    hours=st.integers(1, 200),
    group_on=DAYS,
    is_group_closed=st.sampled_from([False, False, False, True]),
    has_mark=st.sampled_from([False, False, True]),
    appointed_on=st.none() | st.none() | DAYS,
    before=st.just(Way.GROUP) | st.sampled_from(Way),
    way=st.just(Way.GROUP) | st.sampled_from(Way),
    held_by=DAYS | DAYS | st.none(),
    basis=PAPERS,
)
PLANS = st.lists(LINES, min_size=1, max_size=4)
TERMS = st.builds(
    Terms,
    first=st.just(FIRST),
    ends_on=st.dates(date(2026, 11, 10), date(2027, 2, 20)),
    ends_before=DAYS,
    least=st.integers(0, 200),
    least_basis=st.just("п. 18"),
)
"""Days and hours near one another, so that one plan in ten or so is lawful and says something."""


def line(**given: object) -> Planned:
    known = Planned(key=1, title="Правовые основы", hours=72, group_on=date(2026, 12, 1))
    return replace(known, **given)  # type: ignore[arg-type]


def terms(**given: object) -> Terms:
    return replace(Terms(FIRST, END, ends_before=END), **given)  # type: ignore[arg-type]


def said(*lines: Planned, **given: object) -> list[str]:
    return [flaw.sentence for flaw in flaws([line(key=9, title="Планирование"), *lines], terms(**given))]


@given(PLANS, TERMS)
def test_no_lawful_plan_is_below_the_minimum_of_hours_with_what_was_credited(lines: list[Planned], days: Terms):
    if not flaws(lines, days):
        assert sum(one.hours for one in lines if one.way is not Way.NEEDS) >= days.least


@given(PLANS, TERMS)
def test_no_lawful_plan_touches_a_module_with_a_mark_or_an_appointed_day(lines: list[Planned], days: Terms):
    if not flaws(lines, days):
        fixed = [one for one in lines if one.has_mark or one.appointed_on]
        assert all(one.way is one.before for one in fixed)


@given(PLANS, TERMS)
def test_no_lawful_plan_leaves_a_module_out_without_a_paper(lines: list[Planned], days: Terms):
    if not flaws(lines, days):
        assert all(one.basis for one in lines if one.way.is_out)


@given(PLANS, TERMS)
def test_in_a_lawful_plan_everything_is_sat_by_its_end(lines: list[Planned], days: Terms):
    if not flaws(lines, days):
        for one in lines:
            until = one.held_by if one.way is Way.APART else one.group_on if one.way is Way.GROUP else None
            assert one.has_mark or until is None or until <= days.ends_on


@given(PLANS)
def test_hours_are_taken_credited_or_left_out_and_nothing_else(lines: list[Planned]):
    left = sum(one.hours for one in lines if one.way is Way.NEEDS)
    credited = sum(one.hours for one in lines if one.way is Way.CREDITED)
    assert hours_taken(lines) + credited + left == sum(one.hours for one in lines)
    assert hours_kept(lines) == hours_taken(lines) + credited


def test_a_plan_that_says_nothing_new_is_none():
    assert said() == ["Такой план ничем не отличается от нынешнего: измените срок или дисциплины."]
    assert said(ends_on=END + timedelta(days=30)) == []  # a longer term alone is a plan


def test_an_accelerated_plan_names_a_day_of_its_own_for_what_the_group_sits_later():
    early = date(2026, 11, 30)
    (flaw,) = [one for one in flaws([line()], terms(ends_on=early)) if one.key]
    assert (flaw.clause, flaw.field) == (LAW, "way")
    assert "группа сдаёт 01.12.2026, позже окончания плана" in flaw.sentence
    assert not flaws([line(way=Way.APART, held_by=early)], terms(ends_on=early))


@pytest.mark.parametrize("day", [FIRST - timedelta(days=1), END + timedelta(days=1)])
def test_a_term_of_a_module_lies_within_the_plan(day: date):
    (sentence,) = said(line(way=Way.APART, held_by=day))
    assert sentence == "«Правовые основы»: срок — с 20.11.2026 по 25.12.2026, в пределах плана."


@pytest.mark.parametrize("day", [FIRST, END])
def test_the_first_and_the_last_day_of_the_plan_are_within_it(day: date):
    assert said(line(way=Way.APART, held_by=day)) == []


@pytest.mark.clause("273-ФЗ ст. 58")
def test_a_debt_is_not_washed_away_by_a_plan():
    for way in (Way.APART, Way.CREDITED, Way.NEEDS):
        (sentence,) = said(line(has_mark=True, way=way, held_by=END, basis="диплом"))
        assert "план её не снимает; долг закрывают пересдачей" in sentence


@pytest.mark.clause("273-ФЗ ст. 59")
def test_final_attestation_is_nobody_spared():
    for way in (Way.CREDITED, Way.NEEDS):
        (sentence,) = said(line(is_final=True, way=way, basis="диплом"))
        assert "итоговую аттестацию проходят все" in sentence
    assert said(line(is_final=True, way=Way.APART, held_by=END)) == []


@pytest.mark.clause("2.3")
def test_what_was_credited_counts_against_the_minimum_and_what_is_left_out_does_not():
    paper = "диплом № 118"
    assert not said(line(way=Way.CREDITED, basis=paper), least=144, least_basis="п. 18 приказа № 266")
    (sentence,) = said(line(way=Way.NEEDS, basis=paper), least=144, least_basis="п. 18 приказа № 266")
    assert sentence == "В плане 72 ч вместе с зачтённым, а минимум этого вида — 144 ч, п. 18 приказа № 266."


@pytest.mark.clause("2.2")
def test_nobody_comes_back_into_a_closed_sheet_of_the_group():
    back = line(before=Way.CREDITED, before_basis="диплом", is_group_closed=True)
    assert said(back) == ["«Правовые основы»: ведомость группы закрыта, назначьте свой срок."]
    assert said(replace(back, way=Way.APART, held_by=END)) == []


def test_a_plan_with_nothing_to_study_is_none():
    only = [line(way=Way.CREDITED, basis="диплом"), line(key=2, is_final=True)]
    assert "изучать нечего" in flaws(only, terms())[0].sentence


def test_a_plan_of_more_than_five_years_is_a_slip_of_the_pen():
    assert "больше пяти лет" in said(ends_on=date(2032, 1, 1))[0]
    assert "кончается раньше, чем начинается" in said(ends_on=FIRST - timedelta(days=1))[0]
