"""The interface and the documents call sealing by one word, «закрепить», as the glossary does (п. 3.3)."""

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
