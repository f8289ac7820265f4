"""The search over everything: each room has its say."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from zachetka.access.models import Account
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
    assert len(search.find(Mock(), "а")) == 52


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_an_empty_text_asks_nobody(text: str) -> None:
    assert search.find(Mock(), text) == search.suggest(Mock(), text) == []
