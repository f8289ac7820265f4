"""The search over everything: each room has its say."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from tests.pages import signed_in, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.rendering.tasks import Hit
from zachetka.web import search


def _room(kind: str, number: int) -> search.Source:
    def source(actor: Account, text: str, limit: int) -> list[Hit]:
        return [Hit(f"{kind} {n}", "", "/", kind, "book") for n in range(number)][:limit]

    return source


@pytest.mark.clause("2.4")
def test_a_room_with_many_finds_does_not_crowd_out_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SOURCES", (_room("группа", 50), _room("слушатель", 2), _room("приказ", 0)))
    kinds = [hit.kind for hit in search.suggest(Mock(), "а")]
    assert kinds == ["группа"] * 6 + ["слушатель"] * 2
    found = search.find(Mock(), "а")
    assert (len(found.hits), found.is_cut) == (search.FOUND + 2, True)


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(
    ("number", "said"),
    [(search.FOUND, f"Найдено: {search.FOUND}"), (search.FOUND + 1, f"Показано: {search.FOUND}, нашлось больше")],
)
@pytest.mark.usefixtures("db", "collected_statics")
def test_a_search_that_shows_a_part_says_so(monkeypatch: pytest.MonkeyPatch, number: int, said: str) -> None:
    monkeypatch.setattr(search, "SOURCES", (_room("группа", number),))
    assert said in text_of(signed_in(make_account("head")).get("/search/", {"q": "а"}))


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_an_empty_text_asks_nobody(text: str) -> None:
    assert search.find(Mock(), text).hits == search.suggest(Mock(), text) == []
