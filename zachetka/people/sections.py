"""Parts of pages about people that upper rooms fill: what one learns or teaches here is known there (п. 2.5, 3.8).

A room registers a function with `@on_card` or `@on_dismissal`; the page asks each. The function shows only what the policy gives its reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Employee, Person


@dataclass(frozen=True, slots=True)
class CardSection:
    """One part of the page.

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
Handover = Callable[["Employee", "Account"], "CardSection | None"]
PROVIDERS: Final[list[Provider]] = []
HANDOVERS: Final[list[Handover]] = []
KEPT: Final[list[Provider]] = []


def on_card(provider: Provider) -> Provider:
    """Register a part of the card; None from it means that the reader has no right to that part at all."""
    PROVIDERS.append(provider)
    return provider


def on_kept(provider: Provider) -> Provider:
    """Register a part of the page that tells what is kept of a person; None as in `on_card`."""
    KEPT.append(provider)
    return provider


def kept_sections_of(person: Person, reader: Account) -> list[CardSection]:
    """Return the parts of the page «что хранится» that upper rooms add, in their order."""
    return [section for provider in KEPT if (section := provider(person, reader)) is not None]


def sections_of(person: Person, reader: Account) -> list[CardSection]:
    """Return the parts of the card of `person` that `reader` may see, in the order of the rooms."""
    return [section for provider in PROVIDERS if (section := provider(person, reader)) is not None]


def on_dismissal(handover: Handover) -> Handover:
    """Register what an employee leaves behind; None from it means: nothing, or nothing for that reader."""
    HANDOVERS.append(handover)
    return handover


def left_behind(employee: Employee, reader: Account) -> list[CardSection]:
    """Return what others will have to take over from `employee`, in the order of the rooms."""
    return [section for handover in HANDOVERS if (section := handover(employee, reader)) is not None]
