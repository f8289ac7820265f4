"""The search over everything: «Фамилия, группа или номер документа». Each room looks among its own records.

A source is `search(actor, text, limit) -> list[Hit]`; it shows only what `visible_to` gives, so a stranger's record and no
record look the same (п. 3.8).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from zachetka.learning.queries import cohorts, orders, searching
from zachetka.programs import queries as programs
from zachetka.rendering.tasks import Hit

if TYPE_CHECKING:
    from zachetka.access.models import Account

Source = Callable[["Account", str, int], list[Hit]]

SOURCES: Final[tuple[Source, ...]] = (
    searching.people,
    cohorts.search,
    searching.record_books,
    orders.search,
    programs.search,
)
"""Functions of the rooms, the most asked for first."""

LONGEST: Final = 200
"""Characters of a query; what is longer is cut."""
_IGNORED: Final = str.maketrans({"\x00": "", "№": " "})
"""«№ 5-з» and «№5-з» ask for the number «5-з»."""
SUGGESTED: Final = 8
FOUND: Final = 20
"""Of one room; whoever looks among more narrows the words, or goes to the list of the room."""


class Found(NamedTuple):
    """What the page of the search shows; `is_cut` when some room found more than it shows."""

    hits: list[Hit]
    is_cut: bool


def find(actor: Account, text: str) -> Found:
    """Return what the rooms found for `text`, at most `FOUND` from each; an empty text finds nothing."""
    rooms = _found(actor, text, FOUND + 1)
    return Found([hit for found in rooms for hit in found[:FOUND]], any(len(found) > FOUND for found in rooms))


def suggest(actor: Account, text: str) -> list[Hit]:
    """Return a handful of hits in which every room that found something has its say."""
    rooms = [found for found in _found(actor, text, SUGGESTED) if found]
    return sorted(_in_turn(rooms)[:SUGGESTED], key=lambda hit: next(n for n, found in enumerate(rooms) if hit in found))


def _in_turn(rooms: list[list[Hit]]) -> list[Hit]:
    """First of each room, then second of each, and so on."""
    return [hit for row in zip_longest(*rooms) for hit in row if hit is not None]


def _found(actor: Account, text: str, limit: int) -> list[list[Hit]]:
    text = " ".join(text.translate(_IGNORED).split())[:LONGEST]
    return [source(actor, text, limit) for source in SOURCES] if text else []
