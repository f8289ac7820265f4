"""The search over everything: «Фамилия, группа или номер документа». Each room looks among its own records.

A source is `search(actor, text, limit) -> list[Hit]`; it shows only what `visible_to` gives, so a stranger's record and no
record look the same (п. 3.8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from zachetka.learning.queries import cohorts, orders
from zachetka.programs import queries as programs
from zachetka.rendering.tasks import Hit

if TYPE_CHECKING:
    from zachetka.access.models import Account

Source = Callable[["Account", str, int], list[Hit]]

SOURCES: Final[tuple[Source, ...]] = (cohorts.search, orders.search, programs.search)
"""Functions of the rooms, the most asked for first."""

LONGEST: Final = 200
"""Characters of a query; what is longer is cut."""
SUGGESTED: Final = 8
FOUND: Final = 50


def find(actor: Account, text: str, limit: int = FOUND) -> list[Hit]:
    """Return what the rooms found for `text`, at most `limit` from each; an empty text finds nothing."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not text:
        return []
    return [hit for source in SOURCES for hit in source(actor, text, limit)]
