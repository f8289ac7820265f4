"""Pages of record books kept in the memory of a web process (п. 2.5, 3.8; decision 0100).

Only the rows decide whether a kept page is still the page (`core.kept`): the question that finds the book within the reader's
reach is among them, so whoever may not open it any more gets no page. A look is recorded before each, as before a page made anew.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.http import HttpResponse
from django.middleware.csrf import get_token

from zachetka.core.kept import Kept
from zachetka.core.traces import Trace
from zachetka.learning.models.enrolment import Whose

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest

SECTIONS: Final = frozenset({"", "attestation", "documents"})
"""Those that a look does not change, that name no moment of their making and that open nothing masked."""


class KeptBook(NamedTuple):
    """A page.

    Attributes:
        pieces: what stands between the tokens of its forms, each reader's own.
        whose: whose book it is.
        seen_at: the moment shown; None for the present one.
    """

    pieces: tuple[bytes, ...]
    whose: Whose
    seen_at: datetime | None


BOOKS: Final = Kept[KeptBook](weight=48 * 2**20, term=timedelta(minutes=15))
"""Not longer than a session of the staff may idle."""


def key_of(request: ActorRequest, section: str) -> Hashable | None:
    """Return all that the page depends on besides rows and day; None for a page that is not kept."""
    face = request.face()
    if section not in SECTIONS or request.method != "GET" or face is None:
        return None
    return request.get_full_path(), face


def kept_book(key: Hashable | None, at: datetime) -> KeptBook | None:
    """Return the page, if it would be made the same now."""
    return None if key is None else BOOKS.find(key, at)


def keep_book(
    key: Hashable | None, trace: Trace, answer: HttpResponse, token: str, *, whose: Whose, seen_at: datetime
) -> None:
    """Keep a page that was made as it was asked for, without the token of its forms; without a key nothing is kept."""
    if key is not None and answer.status_code == 200:
        pieces = tuple(answer.content.split(token.encode()))
        shown = None if seen_at is trace.at else seen_at
        BOOKS.keep(key, trace, KeptBook(pieces, whose, shown), len(answer.content))


def answer_of(request: ActorRequest, book: KeptBook) -> HttpResponse:
    """Return the page with a token of its own."""
    return HttpResponse(get_token(request).encode().join(book.pieces))
