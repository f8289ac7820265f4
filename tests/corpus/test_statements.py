"""Reading commits the academy to nothing: no address that is only opened leaves an event with a commitment (п. 3.8)."""

from __future__ import annotations

from typing import Final

import pytest

from tests.academy import Academy
from tests.corpus.crawl import all_addresses
from zachetka.ledger.models import Event

pytestmark = pytest.mark.clause("2.1", "3.8")

MAY: Final = {"verification_token.made"}
"""What opening a page may make: the token of the first print, one for the life of a book."""


def stated() -> list[str]:
    return list(Event.objects.filter(commitment__isnull=False).order_by("pk").values_list("type", flat=True))


def test_opening_every_address_states_nothing_however_often(academy: Academy) -> None:
    client = academy.visitor("registrar")
    before, opened = stated(), set()
    for _ in range(2):
        for route, address in all_addresses():
            if client.get(address).status_code in {200, 202}:
                opened.add(route.name)
    assert {"learning:record-book", "learning:record-book-pdf"} <= opened
    made = stated()[len(before) :]
    assert set(made) <= MAY
    assert len(made) <= len({address for route, address in all_addresses() if route.name == "learning:record-book-pdf"})
    client.post("/record-books/1/proof/")  # the negative control: asking does state
    assert stated()[len(before) + len(made) :] == ["record_book.exported"]
