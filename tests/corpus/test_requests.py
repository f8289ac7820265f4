"""Bad input against every address, as every role: never a 5xx, never a write by a look (security.md c)."""

from __future__ import annotations

import hashlib
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.academy import ROLES, Academy
from tests.architecture.routes import routes
from tests.corpus.canaries import planted, tried_by
from tests.corpus.crawl import addresses, all_addresses
from tests.corpus.spoiling import snapshot
from tests.corpus.texts import TEXTS, dealt
from tests.corpus.walks import Caged, Walks

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

BAD = ("A16", "A19", "A23", "A25", "C5", "C9", "E4", "E6", "B17", "empty")
"""Cases that are put into every question an address may be asked."""


@pytest.mark.parametrize("login", ROLES)
def test_every_address_answers_every_role_without_a_fault_and_a_look_changes_nothing(
    walks: Walks, caged: Caged, login: str
) -> None:
    walk = walks(login)
    assert [(one.address, one.status) for one in walk.met if one.status >= 500] == []
    assert set(tried_by(caged.cages, ROLES.index(login))) <= {one.address for one in walk.met}
    assert walk.changed == ()


def test_every_address_sends_a_stranger_away_and_changes_nothing(academy: Academy) -> None:
    client, before = Client(raise_request_exception=False), snapshot()
    for place, route in enumerate(routes()):
        for address in dealt(place, addresses(route), 2):
            response = client.get(address)
            assert response.status_code < 500, (route.name, address, response.status_code)
            if route.permissions:
                leads = urlsplit(response.headers.get("Location", "")).path
                assert response.status_code in {404, 405} or leads == "/accounts/login/", (route.name, address, leads)
    assert snapshot() == before


@pytest.mark.parametrize("login", ["teacher", "methodist"])
def test_no_address_falls_over_a_bad_query(academy: Academy, login: str) -> None:
    client = academy.visitor(login)
    for place, route in enumerate(routes(), ROLES.index(login)):
        for number, address in enumerate(dealt(place, addresses(route), 2), place):
            for case in dealt(number, BAD, len(BAD)):
                text = TEXTS[case][:4000]
                response = client.get(address, dict.fromkeys(("q", "sort", "page", "on", "state", "stated"), text))
                assert response.status_code < 500, (route.name, address, case, response.status_code)


def test_every_address_is_asked_by_some_roles_and_every_bad_query_is_put_somewhere(
    academy: Academy, caged: Caged
) -> None:
    """The shares of a run leave nothing out that the whole campaign asks; each role asks something of every route."""
    askers, put = Counter[str](), set[str]()
    for first in range(len(ROLES)):
        tried = set(tried_by(caged.cages, first))
        assert [route.name for route in routes() if not tried & {*addresses(route), *planted(route, caged.cages)}] == []
        askers.update(tried)
        for place in range(first, first + len(routes())):
            put.update(case for number in range(place, place + 2) for case in dealt(number, BAD, len(BAD)))
    assert {address for _, address in all_addresses()} <= askers.keys()
    assert min(askers[address] for route in routes() for address in planted(route, caged.cages)) >= len(ROLES) // 4
    assert put == set(BAD)


def test_the_snapshot_would_notice_a_write(academy: Academy) -> None:
    from zachetka.access.models import Unit

    before = snapshot()
    unit = Unit.objects.create(name=hashlib.sha256(b"negative control").hexdigest())
    assert snapshot() != before
    unit.delete()
    assert snapshot() == before
