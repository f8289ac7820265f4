"""Reading commits the academy to nothing: no address that is only opened leaves an event with a commitment (п. 3.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from pytest_django import DjangoDbBlocker

from tests.academy import ROLES, Academy, opened
from tests.corpus.canaries import PROOF
from tests.corpus.walks import Caged, Walks, stated
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("2.1", "3.8"), pytest.mark.timeout(600)]

TOKEN: Final = "verification_token.made"
"""The token of the first print, one for the life of a book."""
PAPERS: Final = {TOKEN, "summary.stated"}
"""What a paper that is taken away leaves: a summary sheet has a code that says what it said."""


@pytest.fixture
def academy(database_server: Place, caged: Caged, django_db_blocker: DjangoDbBlocker) -> Iterator[Academy]:
    """The academy as it was before the walks."""
    with opened(database_server, caged.template, django_db_blocker) as copy:
        yield copy


@pytest.mark.parametrize("login", ROLES)
def test_opening_every_address_and_every_link_states_nothing(walks: Walks, login: str) -> None:
    assert set(walks(login).stated) <= PAPERS


def test_opening_an_address_again_and_again_states_nothing(walks: Walks, academy: Academy) -> None:
    client, before = academy.visitor("registrar"), len(stated())
    met = [one for one in walks("registrar").met if one.status in {200, 202} and "?" not in one.address]
    addresses = [one.address for one in met if not PROOF.fullmatch(one.address)]
    books = [address for address in addresses if address.startswith("/record-books/") and address.endswith("/pdf/")]
    assert books
    for _ in range(2):
        for address in addresses:
            assert client.get(address).status_code in {200, 202}, address
    made = stated()[before:]
    assert set(made) <= {TOKEN}
    assert len(made) <= len(books)
    client.post("/record-books/1/proof/")  # the negative control: asking does state
    assert stated()[before + len(made) :] == ["record_book.exported"]
