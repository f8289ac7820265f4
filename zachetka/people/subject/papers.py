"""Papers about a person that upper rooms add to the answer: record books are known there (152-ФЗ ст. 14; п. 2.5).

A room registers a function with `@in_answer`. It says how many pieces of work there are; each gives files by name and
says of one that could not be made, why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of the answer.

    Attributes:
        name: with its folder, «Зачётные книжки/ЗК-26-0025.pdf».
        content: the file; None when it could not be made.
        reason: why it could not.
    """

    name: str
    content: bytes | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for the papers of whom.

    Attributes:
        actor: None for the operator at the console.
        sleep: waits so many seconds while the sealer works; the console seals itself meanwhile.
    """

    person: Person
    actor: Account | None
    at: datetime
    sleep: Callable[[float], None]


Maker = Callable[[], list[Paper]]
Provider = Callable[[Asking], list[Maker]]
PROVIDERS: Final[list[Provider]] = []


def in_answer(provider: Provider) -> Provider:
    """Register papers of a room."""
    PROVIDERS.append(provider)
    return provider


def makers_of(asking: Asking) -> list[Maker]:
    """Return the pieces of work of every room; nothing is made yet."""
    return [maker for provider in PROVIDERS for maker in provider(asking)]
