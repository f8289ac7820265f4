"""Words that people read: sealing is one word, «закрепить» (п. 3.3), and nobody is told of in two genders (п. 2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.clause("3.3")

ROOT = Path(__file__).resolve().parents[2]
READ_BY_PEOPLE = (
    "zachetka/**/*.py",
    "zachetka/**/*.html",
    "zachetka/**/*.js",
    "benchmarks/*.py",
    "docs/**/*.md",
    "*.md",
)
OTHER_WORDS = re.compile(r"\b(?:о|за)печат(?!к)\w*|\bскреп\w*", re.IGNORECASE)


def other_words(text: str) -> list[str]:
    return OTHER_WORDS.findall(text)


def sources() -> Iterator[Path]:
    for pattern in READ_BY_PEOPLE:
        yield from ROOT.glob(pattern)


def test_sealing_has_one_word() -> None:
    found = {
        str(path.relative_to(ROOT)): words for path in sources() if (words := other_words(path.read_text("utf-8")))
    }
    assert not found
    assert "| закрепить событие" in (ROOT / "docs/glossary.md").read_text("utf-8")


def test_the_search_knows_the_other_words_and_no_more() -> None:
    text = "скрепление журнала, Опечатывание, запечатыватель, не опечатано; опечатка, отпечаток, напечатать, закреплено"
    assert other_words(text) == ["скрепление", "Опечатывание", "запечатыватель", "опечатано"]
    assert any(path.name == "ledger.html" for path in sources())


BOTH_GENDERS = re.compile(r"[А-Яа-яё]\((?:а|я|ла|ась|лась|ая|яя|на|ена|ца|ица)\)")


def told_with_brackets(text: str) -> list[str]:
    """Return the words whose gender is left to the reader: «утвердил(а)»."""
    return [found[0] for found in BOTH_GENDERS.finditer(text)]


@pytest.mark.clause("2.4")
def test_nobody_is_told_of_in_two_genders_at_once() -> None:
    found = {
        str(path.relative_to(ROOT)): words
        for pattern in (*READ_BY_PEOPLE, "zachetka/**/*.sql", "zachetka/**/*.typ", "docs/guide/*.md")
        for path in ROOT.glob(pattern)
        if "tests" not in path.parts and (words := told_with_brackets(path.read_text("utf-8")))
    }
    assert not found, "say it without gender: «кто утвердил — …», «утверждено»"


@pytest.mark.clause("2.4")
def test_a_word_with_a_bracketed_ending_would_be_noticed() -> None:
    text = "Утвердил(а), внёс(ла), явилась, явился(ась), ознакомлен(на); п. 2(а), слушатель (а также группа), f(a)"
    assert told_with_brackets(text) == ["л(а)", "с(ла)", "я(ась)", "н(на)"]
