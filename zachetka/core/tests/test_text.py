"""Normal forms of text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.core import text


@pytest.mark.clause("2.1")
def test_two_spellings_of_one_name_have_one_search_key() -> None:  # A6, A14
    assert text.search_key("Ковалёв") == text.search_key(" КОВАЛЕВ ") == "ковалев"
    assert text.search_key("Д’Артаньян—Иванова") == text.search_key("д'артаньян-иванова")
    assert text.search_key(unicodedata.normalize("NFD", "Йорданский")) == text.search_key("Йорданский")


@pytest.mark.clause("2.1")
def test_russian_names_sort_by_the_alphabet() -> None:
    mixed = ["Жуков", "Ёлкин", "Ежов", "Елкин", "Дёмин", "Демин"]
    assert sorted(mixed, key=text.sort_key) == ["Демин", "Дёмин", "Ежов", "Елкин", "Ёлкин", "Жуков"]


@pytest.mark.clause("2.1")
def test_any_part_of_a_word_has_its_pieces_among_the_pieces_of_the_word() -> None:
    pieces = text.trigrams("Ковалёв Роман")
    for part in ("к", "ко", "ков", "вал", "алё", "роман", "Ром", "ковалев р"):
        assert text.query_grams(part) <= pieces
    assert not text.query_grams("ов") <= pieces
    assert not text.query_grams("коваленко") <= pieces


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "bad", ["а\0", "а\u0007", "а\u202e", "а\ud800", chr(0xFFFD), "а\nб", "а\u2028б", "ж" + "\u0301" * 9, "\ue000"]
)
def test_text_that_cannot_be_shown_is_refused(bad: str) -> None:
    assert text.flaw(bad)


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("good", ["", "О'Коннор", "Nguyễn Thị Ánh", "a\u200bb", "😀", "Й", "=1+1", "<script>"])
def test_unusual_text_is_not_refused_for_being_unusual(good: str) -> None:
    assert text.flaw(good) == ""
    assert text.flaw("строка\nстрока\tтаб", lines=True) == ""


@pytest.mark.clause("2.1")
@given(st.text(max_size=60))
def test_the_stored_form_does_not_change_when_taken_again(value: str) -> None:
    assert text.tidy(text.tidy(value)) == text.tidy(value)
    assert text.search_key(text.search_key(value)) == text.search_key(value)
