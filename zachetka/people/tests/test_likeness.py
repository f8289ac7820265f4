"""The rules by which two cards look like one person: reasons, their weight, what speaks against (п. 2.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.people.rules.likeness import (
    SENTENCES,
    SUGGESTED_FROM,
    WEIGHTS,
    Facts,
    Reason,
    Strength,
    folded,
    is_news,
    is_slip,
    is_snils_slip,
    points,
    reasons,
    snils_slips,
    strength,
    swapped,
    told,
)
from zachetka.people.rules.snils import is_valid

pytestmark = pytest.mark.clause("2.1")

BORN = date(1990, 5, 4)
R = Reason


def facts(last_name: str = "Ковалёва", first_name: str = "Анна", patronymic: str = "Петровна", **known: Any) -> Facts:
    return Facts.of(last_name, first_name, patronymic, **({"birth_date": BORN} | known))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (facts(), (R.SAME_NAME, R.SAME_BIRTH)),
        (facts("Ковалева"), (R.NAME_SPELT, R.SAME_BIRTH)),
        (facts("Koвaлёва"), (R.NAME_SPELT, R.SAME_BIRTH)),
        (facts(patronymic=""), (R.NO_PATRONYMIC, R.SAME_BIRTH)),
        (facts("Ковлаёва"), (R.NEAR_NAME, R.SAME_BIRTH)),
        (facts(first_name="Анан"), (R.NEAR_NAME, R.SAME_BIRTH)),
        (facts("Белова", former=["Ковалёва"]), (R.FORMER_SURNAME, R.SAME_BIRTH)),
        (facts("Белова"), ()),
        (facts(first_name="Яна"), ()),
        (facts(birth_date=date(1990, 4, 5)), (R.SAME_NAME, R.BIRTH_SWAPPED)),
        (facts("Ковлаева", birth_date=date(1990, 4, 5)), (R.NEAR_NAME, R.BIRTH_SWAPPED)),
        (facts(birth_date=None), (R.SAME_NAME, R.BIRTH_UNKNOWN)),
        (facts(birth_date=date(1991, 5, 4)), ()),
    ],
)
def test_names_and_dates_look_alike_or_not(other: Facts, expected: tuple[Reason, ...]) -> None:
    assert reasons(facts(), other) == expected


def test_a_compound_surname_is_the_same_with_a_hyphen_a_space_or_neither() -> None:
    for surname in ("Римская Корсакова", "Римская-Корсакова", "РимскаяКорсакова"):
        assert R.NAME_SPELT in reasons(facts("Римская–Корсакова"), facts(surname))
    assert folded("О’Коннор") == folded("о'коннор")


def test_one_document_of_education_says_more_than_a_name() -> None:
    paper = [("107704", "0031822")]
    one, other = facts(papers=paper), facts("Белова", birth_date=date(1980, 1, 31), papers=paper)
    assert reasons(one, other) == (R.SAME_PAPER,)
    assert reasons(facts(papers=[("", "123")]), facts("Белова", papers=[("", "123")])) == ()


def test_two_numbers_of_insurance_that_differ_by_more_than_a_slip_are_two_people() -> None:
    one = facts(snils="90000000182")
    assert reasons(one, facts(snils="90000000384")) == (R.SNILS_SLIP, R.SAME_NAME, R.SAME_BIRTH)
    assert reasons(one, facts(snils="90000012345")) == ()
    assert reasons(one, facts(snils=None)) == (R.SAME_NAME, R.SAME_BIRTH)


def test_an_address_counts_only_with_the_first_name_and_never_against_the_date() -> None:
    shared: dict[str, Any] = {"email": "family@example.ru", "phone": "+79001112233"}
    assert reasons(facts(**shared), facts("Белова", birth_date=None, **shared)) == ()
    assert reasons(facts(**shared), facts("Белова", **shared)) == (R.SAME_BIRTH, R.SAME_EMAIL, R.SAME_PHONE)
    assert reasons(facts(**shared), facts("Белова", first_name="Яна", **shared)) == ()
    assert reasons(facts(**shared), facts(birth_date=date(1960, 1, 31), **shared)) == ()


def test_a_full_namesake_alone_troubles_nobody() -> None:
    assert reasons(facts(birth_date=None), facts(birth_date=None)) == ()
    assert WEIGHTS[R.SAME_NAME] < SUGGESTED_FROM
    assert strength(points((R.SAME_NAME, R.SAME_BIRTH))) is Strength.LIKELY
    assert strength(points((R.SAME_NAME, R.SAME_BIRTH, R.SAME_EMAIL))) is Strength.SURE
    assert strength(points((R.NEAR_NAME, R.BIRTH_SWAPPED))) is Strength.POSSIBLE


def test_reasons_are_told_in_one_sentence_and_each_has_words_and_a_weight() -> None:
    assert told((R.SAME_NAME, R.SAME_BIRTH)) == "Имя совпадает полностью; дата рождения та же."
    assert SENTENCES.keys() == WEIGHTS.keys() == set(R)
    assert told(()) == ""


def test_only_something_beyond_what_was_known_asks_again() -> None:
    assert not is_news((R.SAME_NAME,), ["same_name", "same_birth"])
    assert is_news((R.SAME_NAME, R.SAME_EMAIL), ["same_name", "same_birth"])
    assert is_news((R.SAME_NAME,), [])


# --- What holds of any two ------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Ковалёва", "Ковалева", "Ковлаева", "Белова", "Ли", ""])
FACTS = st.builds(
    Facts.of,
    NAMES,
    st.sampled_from(["Анна", "Анан", "Яна"]),
    st.sampled_from(["Петровна", ""]),
    former=st.lists(NAMES, max_size=2),
    birth_date=st.sampled_from([None, BORN, date(1990, 4, 5), date(1977, 1, 31)]),
    snils=st.sampled_from(["", "90000000182", "90000000384", "90000012345"]),
    email=st.sampled_from(["", "a@example.ru"]),
    phone=st.sampled_from(["", "+79001112233"]),
    papers=st.lists(st.sampled_from([("1", "0031822"), ("", "123"), ("", "1234567")]), max_size=2),
)
TEXTS = st.text("абв", max_size=6)


@given(FACTS, FACTS)
def test_the_order_of_the_two_does_not_matter(one: Facts, other: Facts) -> None:
    assert reasons(one, other) == reasons(other, one)


@given(FACTS, FACTS)
def test_whoever_is_suggested_weighs_enough(one: Facts, other: Facts) -> None:
    found = reasons(one, other)
    assert not found or points(found) >= SUGGESTED_FROM


@given(FACTS, FACTS)
def test_a_shared_document_never_makes_two_cards_less_alike(one: Facts, other: Facts) -> None:
    shared = frozenset({("ВСГ", "7654321")})
    more = reasons(_with(one, shared), _with(other, shared))
    assert set(reasons(one, other)) <= set(more)
    assert points(more) >= points(reasons(one, other))


def _with(one: Facts, papers: frozenset[tuple[str, str]]) -> Facts:
    return Facts(
        one.surnames, one.first_name, one.patronymic, one.spelt, one.birth_date, one.snils, one.email, one.phone,
        one.papers | papers,
    )  # fmt: skip


@given(TEXTS, TEXTS)
def test_a_slip_goes_both_ways_and_nothing_is_a_slip_of_itself(one: str, other: str) -> None:
    assert is_slip(one, other) == is_slip(other, one)
    assert not is_slip(one, one)


@given(st.text("абв", min_size=1, max_size=6), st.integers(0, 5), st.sampled_from("абвг"))
def test_one_letter_put_in_or_exchanged_or_two_swapped_are_slips(text: str, place: int, letter: str) -> None:
    place %= len(text)
    assert is_slip(text, text[:place] + letter + text[place:])
    exchanged = text[:place] + letter + text[place + 1 :]
    swapped_letters = text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]
    assert exchanged == text or is_slip(text, exchanged)
    assert swapped_letters == text or is_slip(text, swapped_letters)


@given(st.integers(1_001_999, 999_999_999))
def test_every_number_a_slip_away_is_found_and_has_a_right_control_number(nine: int) -> None:
    number = f"{nine:09}00"
    near = snils_slips(number)
    assert len(near) <= 89
    assert all(is_snils_slip(number, one) and (is_valid(one) or not int(one[:9])) for one in near)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_swapped_date_swaps_back(day: date) -> None:
    other = swapped(day)
    assert other is None or (other != day and swapped(other) == day)
