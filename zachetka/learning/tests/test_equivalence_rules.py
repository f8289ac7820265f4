"""Which earlier module may count as which, whatever the plans: each result once, only what is lawful (273-ФЗ ст. 34 ч. 1 п. 7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zachetka.learning.equivalence_rules import (
    COVERS,
    Chosen,
    Earlier,
    Likeness,
    Line,
    Norms,
    counts_as,
    fault,
    is_owed,
    left_behind,
    likeness,
    pairs_of,
    proposed,
)
from zachetka.ledger import verify_bundle
from zachetka.programs.models import Grade, Module
from zachetka.programs.scale_rules import Value
from zachetka.programs.scales import FIVE_POINT, HUNDRED_POINT, PASS_FAIL
from zachetka.programs.tests.make import make_scale

pytestmark = pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")


@dataclass(unsafe_hash=True)
class Sign:
    """A grade as the rules see it."""

    symbol: str
    label: str
    is_passing: bool
    is_absence: bool
    points: int | None
    score_from: int | None
    score_to: int | None

    @classmethod
    def of(cls, value: Value) -> Sign:
        low, high = value.scores or (None, None)
        return cls(value.symbol, value.label, value.passes, value.absence, value.points, low, high)


SCALES = {1: [*map(Sign.of, FIVE_POINT)], 2: [*map(Sign.of, PASS_FAIL)], 3: [*map(Sign.of, HUNDRED_POINT)]}
CONTROLS = st.sampled_from(sorted(Module.Control.values))
LINES = st.builds(
    Line,
    key=st.integers(1, 4),
    program=st.integers(1, 2),
    title=st.sampled_from(["Экономика", "экономика ", "Право", "Учёт", "Учет"]),
    hours=st.integers(8, 40),
    control=CONTROLS,
    control_words=st.just("форма"),
    scale=st.sampled_from([1, 2, 3]),
    scale_words=st.just("шкала"),
    results=st.frozensets(st.sampled_from(["умеет а", "умеет б"]), max_size=2),
    is_final=st.sampled_from([False, False, False, True]),
)


@st.composite
def plans(draw: st.DrawFn) -> list[Line]:
    """A plan: its lines have places of their own."""
    return [replace(line, key=place) for place, line in enumerate(draw(st.lists(LINES, min_size=1, max_size=5)), 1)]


@st.composite
def records(draw: st.DrawFn) -> list[Earlier]:
    """What somebody has to show: one result a module."""
    found = []
    for place, line in enumerate(draw(st.lists(LINES, max_size=5)), 101):
        own = replace(line, key=place, is_final=False)
        found.append(Earlier(7, "ЗК-26-0001", own, (own,), own, draw(st.sampled_from(SCALES[own.scale]))))
    return found


NORMS = st.builds(Norms, share=st.integers(50, 100), values=st.just(SCALES))


@given(plans(), records(), NORMS)
def test_each_result_is_proposed_once_and_only_where_it_may_count(plan: list[Line], rows: list[Earlier], norms: Norms):
    choices = proposed(plan, rows, norms)
    named = [chosen.key for chosen in choices.values() if chosen]
    assert len(named) == len(set(named))
    assert choices.keys() == {one.key for one in plan if not one.is_final}
    by_key = {one.key: one for one in rows}
    for target in plan:
        if chosen := choices.get(target.key):
            assert not fault(target, by_key[chosen.key], norms)
            assert likeness(target, by_key[chosen.key]) is not None


@given(plans(), records(), NORMS)
def test_what_is_proposed_has_no_flaw_but_a_debt_that_has_no_place(plan: list[Line], rows: list[Earlier], norms: Norms):
    choices = proposed(plan, rows, norms)
    for pair in pairs_of(plan, rows, choices, norms):
        assert not pair.flaw or "задолженность" in pair.flaw
        if pair.flaw and pair.earlier is not None:  # two debts of one name, and one place
            assert is_owed(pair.target, pair.earlier) or not pair.earlier.grade.is_passing
    assert {one.key for one in left_behind(rows, choices)} == {one.key for one in rows} - {
        chosen.key for chosen in choices.values() if chosen
    }


@given(plans(), records(), NORMS, st.data())
def test_whatever_is_chosen_what_passes_without_a_flaw_has_hours_and_control(
    plan: list[Line], rows: list[Earlier], norms: Norms, data: st.DataObject
):
    some = (
        st.none() | st.builds(Chosen, st.sampled_from([one.key for one in rows]), st.booleans()) if rows else st.none()
    )
    choices = {one.key: data.draw(some) for one in plan if not one.is_final}
    pairs = pairs_of(plan, rows, choices, norms)
    for pair in pairs:
        if pair.earlier is None or pair.flaw:
            continue
        there = [one for one in pairs if one.earlier == pair.earlier]
        assert len(there) == 1 or all(one.is_shared for one in there)
        if pair.earlier.grade.is_passing:
            hours = sum(one.target.hours for one in there)
            assert hours * norms.share <= pair.earlier.counted.hours * 100
            assert pair.target.control in COVERS[pair.earlier.counted.control]


def test_nothing_would_be_said_of_a_rule_that_proposes_twice():
    """The negative control of the first rule: a result offered to two modules is seen."""
    one = Line(1, 1, "Право", 20, "exam", "экзамен", 1, "шкала")
    two = replace(one, key=2, program=2)
    own = Earlier(7, "ЗК", replace(one, key=101), (replace(one, key=101),), replace(one, key=101), SCALES[1][0])
    both = {1: Chosen(own.key), 2: Chosen(own.key)}
    assert all(
        "уже засчитана" in pair.flaw or "ч вместо" in pair.flaw
        for pair in pairs_of([one, two], [own], both, Norms(40, SCALES))
    )
    assert [pair.flaw for pair in pairs_of([one, two], [own], {1: Chosen(own.key), 2: None}, Norms(100, SCALES))] == [
        "",
        "",
    ]


@pytest.mark.clause("2.3")
@given(
    st.sampled_from([1, 2, 3]), st.sampled_from([1, 2, 3]), st.integers(0, 4), st.none() | st.decimals(0, 100, places=1)
)
def test_no_scale_turns_a_failure_into_a_pass(was: int, becomes: int, place: int, score: Decimal | None):
    grade = SCALES[was][min(place, len(SCALES[was]) - 1)]
    found = counts_as(grade, score, SCALES[becomes])
    assert found is None or (found.is_passing, found.is_absence) == (grade.is_passing, grade.is_absence)


@pytest.mark.clause("2.3")
def test_a_pass_has_no_points_to_become_and_an_excellent_mark_is_a_pass():
    five, passes, hundred = SCALES[1], SCALES[2], SCALES[3]
    assert counts_as(passes[0], None, five) is None
    assert counts_as(passes[1], None, five) == five[3]
    assert counts_as(five[0], None, passes) == passes[0]
    assert counts_as(five[1], None, hundred) == hundred[1]
    assert counts_as(hundred[2], Decimal("69.4"), five) == five[2]
    assert counts_as(five[4], None, passes) == passes[2]


def test_an_exam_stands_for_a_credit_and_never_the_other_way():
    line = Line(1, 1, "Право", 20, "credit", "зачёт", 1, "шкала")
    exam = replace(line, key=9, program=2, control="exam", control_words="экзамен")
    own = Earlier(7, "ЗК", exam, (exam,), exam, SCALES[1][0])
    assert fault(line, own, Norms(100, SCALES)) == ""
    mild = Earlier(7, "ЗК", line, (line,), line, SCALES[1][0])
    assert "не заменяет" in fault(replace(exam, key=1), mild, Norms(100, SCALES))


def test_the_same_name_in_the_same_programme_is_the_same_module():
    line = Line(1, 1, "Учёт", 20, "exam", "экзамен", 1, "шкала")
    before = replace(line, key=9, title="учет ")
    own = Earlier(7, "ЗК", before, (before,), before, SCALES[1][0])
    assert likeness(line, own) is Likeness.EXACT
    assert likeness(replace(line, program=2), own) is Likeness.NAME
    assert likeness(replace(line, program=2, title="Другое"), own) is None


def offline(grade: Grade, score: Decimal | None, values: list[Grade]) -> str | None:
    """Return what the program that checks bundles makes of it."""
    scale = [(str(one.pk), verify_bundle.Opened(one.proven(), "нет")) for one in values]
    return verify_bundle.counts_as(grade.proven(), None if score is None else str(score), scale)


@pytest.mark.django_db
@pytest.mark.clause("2.3", "3.3")
def test_the_database_and_the_program_that_checks_bundles_read_a_mark_through_an_edition_as_the_rule_does():
    grades = {
        code: [*make_scale(code).versions.get().grades.order_by("ordinal")]
        for code in ("five_point", "pass_fail", "hundred_point")
    }
    seen = 0
    with connection.cursor() as cursor:
        for rows in grades.values():
            for grade in rows:
                for values in grades.values():
                    for score in (
                        None,
                        Decimal("0.0"),
                        Decimal("49.5"),
                        Decimal("69.4"),
                        Decimal("84.5"),
                        Decimal("100.0"),
                    ):
                        cursor.execute("SELECT learning_counts_as(%s, %s, %s)", [grade.pk, values[0].version_id, score])
                        found = counts_as(grade, score, values)
                        assert cursor.fetchone() == (found.pk if found else None,)
                        assert offline(grade, score, values) == (found and str(found.pk))
                        seen += found is not None
    assert seen > 100  # the comparison would hold of two rules that never find anything


@pytest.mark.django_db
def test_the_database_knows_which_control_stands_for_which_as_the_rule_does():
    with connection.cursor() as cursor:
        for was in Module.Control.values:
            for becomes in Module.Control.values:
                cursor.execute("SELECT learning_control_covers(%s, %s)", [was, becomes])
                assert cursor.fetchone() == (becomes in COVERS[was],)
