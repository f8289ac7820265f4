"""Every form sent six times at the same moment over real HTTP does what it does once (security.md N1, N3; п. 3.3).

The suite does so with what has most to lose (`tests/faults/test_repeats.py`); `make corpus` with every form there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest

from tests.academy import Academy
from tests.browser import served
from tests.corpus.accepting import REFUSED, Sendable, posted, sendables, undone
from tests.corpus.crawl import unhurried
from tests.corpus.texts import CAMPAIGN
from tests.faults.visitor import Visitor
from tests.journeys.every_form import shape, shown
from zachetka.access.models import Account
from zachetka.ledger.models import Event

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import Client

pytestmark = [pytest.mark.clause("3.3"), pytest.mark.timeout(3600)]

TIMES: Final = 6
ANEW_EACH_TIME: Final = frozenset({"learning:record-book-proof", "learning:sign-in", "learning:cohort-sign-in"})
"""Addresses of which each sending states a fact of its own: a proof taken away, a password handed out."""


@pytest.fixture(scope="module")
def port(academy: Academy, application: WSGIHandler) -> Iterator[int]:
    """The port at which the academy of this module is served by threads."""
    with served(application) as address:
        yield int(address.rpartition(":")[2])


def stated() -> int:
    """Return how many events state a fact."""
    return Event.objects.filter(commitment__isnull=False).count()


def once(client: Client, form: Sendable) -> int | None:
    """Return how many facts a form states; None when it is refused as things stand. Nothing of it stays."""
    with undone(client):
        before = stated()
        return stated() - before if posted(client, form).status_code < REFUSED else None


def met(academy: Academy) -> Iterator[tuple[str, Sendable]]:
    """Yield every form with whoever is shown it."""
    for login, address, content in shown(academy):
        yield from ((login, form) for form in sendables([(address, content)]))


@pytest.mark.skipif(not CAMPAIGN, reason="a part of `make corpus`")
def test_every_form_sent_six_times_at_once_does_what_it_does_once(academy: Academy, port: int) -> None:
    done, wrong = set[str](), list[str]()
    for login, form in met(academy):
        kind = shape(form.target)
        if kind in done or "file" in form.names or "logout" in kind or form.route in ANEW_EACH_TIME:
            continue
        facts = once(academy.visitor(login), form)
        if facts is None:
            continue
        done.add(kind)
        unhurried()
        before = stated()
        visitor = Visitor.of(Account.objects.get(login=login), port)
        statuses = visitor.at_once(TIMES, form.target, form.fields)
        if stated() - before != facts or max(statuses) >= 500:
            wrong.append(f"{login} {form.target}: {statuses}, {stated() - before} of {facts}")
    assert wrong == []
    assert len(done) > 60, sorted(done)
