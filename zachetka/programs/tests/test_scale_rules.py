"""What an edition of a scale must be, told at the row and the field that is wrong (п. 2.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.programs.scale_rules import (
    ABSENT,
    HUNDRED,
    Change,
    GradeDraft,
    Shape,
    Value,
    changes_of,
    drafts_of,
    fault_of,
    values_of,
)
from zachetka.programs.scales import SCALES

pytestmark = pytest.mark.clause("2.3")

BOTH = Shape(counts=True, converts=True)
GOOD = [
    GradeDraft("5", "отлично", passes=True, points=5, least=90),
    GradeDraft("4", "хорошо", passes=True, points=4, least=75),
    GradeDraft("3", "удовлетворительно", passes=True, points=3, least=60),
    GradeDraft("2", "неудовлетворительно", passes=False, points=2, least=0),
]


@st.composite
def scales(draw: st.DrawFn) -> list[GradeDraft]:
    """Draw a scale of some values that converts a hundred points."""
    bounds = sorted(draw(st.sets(st.integers(1, HUNDRED), min_size=1, max_size=8)), reverse=True)
    passing = draw(st.integers(1, len(bounds)))
    return [
        GradeDraft(f"з{row}", f"значение {row}", row < passing, 50 - row, least)
        for row, least in enumerate([*bounds, 0])
    ]


@given(scales())
def test_every_point_of_a_hundred_is_of_one_value_and_of_one_only(drafts: list[GradeDraft]) -> None:
    assert fault_of(drafts, BOTH) is None
    ranges = [value.scores for value in values_of(drafts) if value.scores is not None]
    for score in range(HUNDRED + 1):
        assert sum(low <= score <= high for low, high in ranges) == 1, score


@pytest.mark.parametrize("values", [values for _, _, values in SCALES], ids=[code for code, _, _ in SCALES])
def test_the_scales_of_an_installation_are_scales_and_are_made_of_their_own_drafts(values: tuple[Value, ...]) -> None:
    drafts = drafts_of(values)
    assert fault_of(drafts, Shape.of(values)) is None
    assert values_of(drafts) == values
    assert values[-1] == ABSENT


@pytest.mark.parametrize(
    ("row", "given", "at", "words"),
    [
        (1, {"symbol": "5"}, (1, "symbol"), "уже значит «отлично»"),
        (1, {"symbol": "н"}, (1, "symbol"), "уже значит «неявка»"),
        (1, {"label": "Отлично"}, (1, "label"), "уже значит «отлично»"),
        (2, {"label": "Неявка"}, (2, "label"), "уже значит «неявка»"),
        (1, {"symbol": "отлично"}, (1, "symbol"), "уже значит «отлично»"),
        (1, {"passes": False}, (2, "passes"), "лучшее «хорошо» — нет"),
        (3, {"passes": True}, (0, "passes"), "хотя бы два значения"),
        (1, {"points": None}, (1, "points"), "Впишите балл"),
        (1, {"points": 6}, (1, "points"), "не больше 5"),
        (1, {"least": None}, (1, "least"), "со скольких баллов"),
        (1, {"least": 90}, (1, "least"), "меньше 90"),
        (3, {"least": 1}, (3, "least"), "начинается с 0"),
    ],
)
def test_what_is_no_scale_is_said_at_its_row_and_field(
    row: int, given: dict[str, object], at: tuple[int, str], words: str
) -> None:
    assert fault_of(GOOD, BOTH) is None  # the control: nothing else is wrong with it
    drafts = [*GOOD]
    drafts[row] = drafts[row]._replace(**given)  # type: ignore[arg-type] # fields of the table
    fault = fault_of(drafts, BOTH)
    assert fault is not None
    assert (fault.row, fault.field) == at
    assert words in fault.sentence


def test_a_scale_of_nothing_is_none() -> None:
    fault = fault_of([], BOTH)
    assert fault is not None
    assert "хотя бы два значения" in fault.sentence


def test_what_changes_is_told_by_sign_and_what_goes_comes_last() -> None:
    before = values_of(GOOD)
    after = values_of(
        [GOOD[0]._replace(least=85), GradeDraft("3", "удовлетворительно", passes=True, points=3, least=60), GOOD[3]]
    )
    assert changes_of(before, after) == [
        Change("5", "отлично, 90–100 из ста, балл 5, засчитывается", "отлично, 85–100 из ста, балл 5, засчитывается"),
        Change(
            "3",
            "удовлетворительно, 60–74 из ста, балл 3, засчитывается",
            "удовлетворительно, 60–84 из ста, балл 3, засчитывается",
        ),
        Change("2", *["неудовлетворительно, 0–59 из ста, балл 2, не засчитывается"] * 2),
        Change("н", "неявка", "неявка"),
        Change("4", "хорошо, 75–89 из ста, балл 4, засчитывается", ""),
    ]
