"""Parts of a person's card that upper rooms fill: what they learn here belongs to the room that knows (п. 2.5).

A room registers a function with `@on_card`; the card asks each. The function shows only what the policy gives its reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person


@dataclass(frozen=True, slots=True)
class CardSection:
    """One part of the card.

    Attributes:
        title: its head.
        template: draws the rows of it, given `section`.
        rows: what it shows; empty says `empty`.
        empty: one sentence for nobody's rows.
    """

    title: str
    template: str
    rows: list[Any]
    empty: str


Provider = Callable[["Person", "Account"], "CardSection | None"]
PROVIDERS: Final[list[Provider]] = []


def on_card(provider: Provider) -> Provider:
    """Register a part of the card; None from it means that the reader has no right to that part at all."""
    PROVIDERS.append(provider)
    return provider


def sections_of(person: Person, reader: Account) -> list[CardSection]:
    """Return the parts of the card of `person` that `reader` may see, in the order of the rooms."""
    return [section for provider in PROVIDERS if (section := provider(person, reader)) is not None]
