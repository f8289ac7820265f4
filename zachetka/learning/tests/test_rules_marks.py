"""What a cell means in a scale, the average, the term of a debt: pure rules (п. 2.2, 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zachetka.learning.rules import GradeLike, Typed, average, debt_until, rates, read_cell
from zachetka.programs.scale_rules import Value
from zachetka.programs.scales import FIVE_POINT, HUNDRED_POINT, PASS_FAIL


@dataclass
class Grade:
    symbol: str
    label: str
    is_passing: bool
    is_absence: bool
    points: int | None
    score_from: int | None
    score_to: int | None


def scale(values: tuple[Value, ...]) -> list[GradeLike]:
    return [Grade(v.symbol, v.label, v.passes, v.absence, v.points, *(v.scores or (None, None))) for v in values]


FIVE, PASS, HUNDRED = scale(FIVE_POINT), scale(PASS_FAIL), scale(HUNDRED_POINT)


def symbol(text: str, grades: list[GradeLike]) -> str:
    read = read_cell(text, grades)
    assert isinstance(read, Typed), read
    assert read.grade is not None
    return read.grade.symbol


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("5", "5"),
        (" 4 ", "4"),
        ("отлично", "5"),
        ("ХОР", "4"),
        ("уд", "3"),
        ("неуд", "2"),
        ("Н", "н"),
        ("H", "н"),
        ("н/я", "н"),
    ],
)
def test_a_five_point_cell_takes_signs_words_and_latin_twins(text: str, means: str):
    assert symbol(text, FIVE) == means


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("з", "зач"),
        ("З", "зач"),
        ("зачёт", "зач"),
        ("зачтено", "зач"),
        ("p", "зач"),
        ("НЗ", "нз"),
        ("незачет", "нз"),
        ("н", "н"),
    ],
)
def test_a_pass_cell_takes_one_letter(text: str, means: str):
    assert symbol(text, PASS) == means


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("text", ["6", "0", "1", "зачтено", "55", "5+", "хор+", "५", "७२", "005", "4.0", "1e400", "NaN", "Infinity", "-0", "−1", "a" * 4000, "5\x00", "\ud800"])  # fmt: skip
def test_what_is_not_in_the_five_point_scale_is_refused_with_what_fits(text: str):
    refusal = read_cell(text, FIVE)
    assert isinstance(refusal, str)
    assert "5, 4, 3, 2 и н" in refusal
    assert len(refusal) < 120


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("text", ["", " ", "-", "—", "–"])
def test_an_empty_cell_takes_the_mark_back(text: str):
    assert read_cell(text, FIVE) == Typed(None, None)


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("text", "score", "means"),
    [
        ("72,5", "72.5", "4"),
        ("72.5", "72.5", "4"),
        ("100", "100", "5"),
        ("0", "0", "2"),
        ("-0", "0", "2"),
        ("007", "7", "2"),
        ("49,4", "49.4", "2"),
        ("49,5", "49.5", "3"),
        ("59.5", "59.5", "3"),
        ("84,5", "84.5", "5"),
        ("5,0", "5", "2"),
        ("72,50", "72.5", "4"),
    ],
)
def test_points_are_converted_half_up_and_comma_is_dot(text: str, score: str, means: str):
    read = read_cell(text, HUNDRED)
    assert isinstance(read, Typed)
    assert read.grade is not None
    assert (read.score, read.grade.symbol) == (Decimal(score), means)


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("text", ["101", "100,1", "-1", "1e1", "1e400", "1_0", "NaN", "inf", "७२", "+5", "72,55", "9" * 10, str(2**63), "зачтено", "0x10"])  # fmt: skip
def test_points_outside_the_scale_or_in_another_writing_are_refused(text: str):
    assert isinstance(read_cell(text, HUNDRED), str)


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("text", ["5", "4", "3", "2"])
def test_five_alone_is_ambiguous_where_points_are_typed(text: str):
    refusal = read_cell(text, HUNDRED)
    assert isinstance(refusal, str)
    assert f"«{text},0»" in refusal
    assert symbol("отлично", HUNDRED) == "5"


@pytest.mark.clause("2.3")
@given(st.text(max_size=50), st.sampled_from([FIVE, PASS, HUNDRED]))
@example("\x00", FIVE)
def test_any_text_is_a_mark_of_the_scale_or_a_sentence(text: str, grades: list[GradeLike]):
    read = read_cell(text, grades)
    if isinstance(read, str):
        assert read.endswith(".")
    elif read.grade is not None:
        assert read.grade in grades
        assert read.score is None or 0 <= read.score <= 100


@pytest.mark.clause("2.3")
@given(st.decimals(min_value=0, max_value=100, places=1))
def test_every_score_of_the_scale_falls_into_one_grade(score: Decimal):
    read = read_cell(str(score).replace(".", ","), HUNDRED)
    if str(score) in {"2", "3", "4", "5"}:
        return
    assert isinstance(read, Typed)
    assert read.grade is not None
    assert read.grade.score_from is not None
    assert read.grade.score_to is not None
    assert read.score == score
    assert read.grade.score_from - Decimal("0.5") <= score < read.grade.score_to + Decimal("0.5")


@pytest.mark.clause("2.2")
@given(st.lists(st.integers(2, 5) | st.none()))
def test_the_average_is_of_graded_marks_only_and_lies_between_them(points: list[int | None]):
    counted = [value for value in points if value is not None]
    mean = average(points)
    if not counted:
        assert mean is None
    else:
        assert mean is not None
        assert min(counted) <= mean <= max(counted)
        assert abs(mean - Decimal(sum(counted)) / len(counted)) <= Decimal("0.005")


@pytest.mark.clause("2.2")
def test_the_average_rounds_half_up():
    assert average([4, 4, 4, 4, 4, 4, 4, 5]) == Decimal("4.13")
    assert average([None, None]) is None


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
@example(date(2024, 2, 29))
def test_a_debt_may_be_closed_within_a_year(arose_on: date):
    last = debt_until(arose_on)
    assert timedelta(days=365) <= last - arose_on <= timedelta(days=366)
    assert (last.month, last.day) == (arose_on.month, min(arose_on.day, 28) if arose_on.month == 2 else arose_on.day)


@pytest.mark.clause("2.2")
@pytest.mark.parametrize(
    ("given_grades", "success", "quality"),
    [
        ("5 4 3 2", "75.0", "50.0"),
        ("5 5 4", "100.0", "100.0"),
        ("3 н", "50.0", "0.0"),
        ("5 5 5 4 4 3", "100.0", "83.3"),
        ("2", "0.0", "0.0"),
    ],
)
def test_success_is_who_passed_and_quality_is_who_did_well(given_grades: str, success: str, quality: str):
    by_symbol = {grade.symbol: grade for grade in FIVE}
    found = rates([by_symbol[symbol] for symbol in given_grades.split()])
    assert (found.success, found.quality) == (Decimal(success), Decimal(quality))


@pytest.mark.clause("2.2")
def test_where_nobody_can_have_points_there_is_no_quality_and_of_nobody_there_is_nothing():
    passed, failed, absent = PASS
    found = rates([passed, passed, failed, absent])
    assert (found.success, found.quality) == (Decimal("50.0"), None)
    assert (rates([]).success, rates([]).quality) == (None, None)
