"""Canonical JSON (п. 3.3): equal values give equal bytes, ambiguous values give none."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.core.canonical import GREATEST_INTEGER, canonical, plain

pytestmark = pytest.mark.clause("3.3")

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-GREATEST_INTEGER, GREATEST_INTEGER) | NAMES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@given(VALUES)
def test_what_was_written_reads_back_and_writes_the_same(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@given(st.dictionaries(NAMES, st.integers(0, 9)))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"б": 1, "a": 2, "Z": 3}, '{"Z":3,"a":2,"б":1}'),
        ({"\uff21": 1, "\U0001f600": 2}, '{"😀":2,"Ａ":1}'),  # by UTF-16 code units, as RFC 8785 wants
        ("й", '"й"'),
        ("и\u0306", '"й"'),
        ('"\\/\b\f\n\r\t\x1f\x7f', '"\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f"'),
        (Decimal("4.50"), '"4.50"'),
        (Decimal("1E+3"), '"1000"'),
        (Decimal("-0.00"), '"0.00"'),
        (NOON, '"2026-03-01T12:00:00.000000Z"'),
        (NOON.astimezone(timezone(timedelta(hours=3))), '"2026-03-01T12:00:00.000000Z"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (b"\x00\xff", '"00ff"'),
        (Colour.RED, '"red"'),
        ((1, [True, None]), "[1,[true,null]]"),
    ],
)
def test_every_type_has_one_form(value, written):
    assert canonical(value) == written.encode()


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 3, 1),  # noqa: DTZ001 - the naive moment is the point
        Decimal("NaN"),
        Decimal("Infinity"),
        "я\ud800",
        "a\0",
        "я\0",
        GREATEST_INTEGER + 1,
        {"й": 1, "и\u0306": 2},
    ],
)
def test_an_ambiguous_value_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        canonical({"value": value})


@pytest.mark.parametrize("value", [1.0, float("nan"), {1, 2}, object(), {1: 2}, {None: 1}])
def test_a_value_without_a_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical([value])


def test_plain_is_what_a_database_keeps():
    assert plain({"at": NOON, "n": Decimal("1.0")}) == {"at": "2026-03-01T12:00:00.000000Z", "n": "1.0"}
