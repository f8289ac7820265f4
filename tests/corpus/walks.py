"""One walk of each role through an academy with canaries: every address there is, every link that it is shown (п. 3.8).

Several files ask of what came back: whether a link opened and which forms it bore (`test_forms.py`), whether an address fell or
a look wrote (`test_requests.py`), whose canary was heard (`test_canary.py`), what was stated (`test_statements.py`). A worker walks once as each role, and the files are
one worker's (`conftest.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.academy import ROLES, opened
from tests.corpus.canaries import PLACES, Cage, Found, Met, answers, plant, seek
from tests.corpus.spoiling import snapshot
from tests.databases import connected_to, copied
from zachetka.core.clock import now
from zachetka.learning.actions import record_books
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place


class Caged(NamedTuple):
    """A database with the academy and the canaries, and where they are: of the own teacher, of a colleague, of the other unit."""

    template: str
    cages: list[Cage]


class Walk(NamedTuple):
    """What one role met, where it heard canaries, which tables its looks have changed and which facts they have stated."""

    met: tuple[Met, ...]
    heard: Found
    changed: tuple[str, ...]
    stated: tuple[str, ...]


Walks = Callable[[str], Walk]


@pytest.fixture(scope="session")
def caged(
    database_server: Place, academy_template: str, collected_statics: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Caged]:
    """The academy of this run with canaries in it, sealed."""
    with copied(database_server, academy_template) as name:
        with connected_to(name, django_db_blocker), django_db_blocker.unblock():
            cages = [plant(place, now() - timedelta(hours=2)) for place in PLACES]
            seal(now())
        yield Caged(name, cages)


@pytest.fixture(scope="session")
def walks(database_server: Place, caged: Caged, django_db_blocker: DjangoDbBlocker) -> Walks:
    """Walk as an account, in an academy of its own; the second time, remember."""
    orders = set[tuple[str, str]]()

    @cache
    def walked(login: str) -> Walk:
        with opened(database_server, caged.template, django_db_blocker) as academy, sealed_at_once():
            return _walk(academy.visitor(login), caged.cages, ROLES.index(login), orders)

    return walked


def _walk(client: Client, cages: list[Cage], first: int, orders: set[tuple[str, str]]) -> Walk:
    met, heard, changed, facts = list[Met](), Found(), list[str](), list[str]()
    before, known = snapshot(), len(stated())

    def compare() -> None:
        changed.extend(table for table, digest in snapshot().items() if digest != before[table])
        facts.extend(stated()[known:])

    for one in answers(client, cages, first=first, orders=orders, asking=compare):
        seek(one, cages, heard)
        bears_forms = one.is_shown and one.status == 200  # the rest is not asked for again
        met.append(one._replace(text=one.text if bears_forms else "", said="", links=()))
    return Walk(tuple(met), heard, tuple(changed), tuple(facts))


def stated() -> list[str]:
    """Return the kinds of events to which the academy is committed, in their order."""
    return list(Event.objects.filter(commitment__isnull=False).order_by("pk").values_list("type", flat=True))


@contextmanager
def sealed_at_once() -> Iterator[None]:
    """Let a file of proofs be there as soon as it was asked for, as the sealer would see to it in a second."""

    def at_once(stated: record_books.Stated) -> bytes | None:
        seal(now())
        return record_books.sealed_bundle(stated)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zachetka.learning.views.record_book.sealed_bundle", at_once)
        yield
