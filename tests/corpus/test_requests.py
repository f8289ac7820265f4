"""Bad input against every address, as every role: never a 5xx, never a write by a look (security.md c)."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from psycopg import sql

from tests.academy import ROLES, Academy
from tests.architecture.routes import routes
from tests.corpus.crawl import addresses, all_addresses
from tests.corpus.texts import TEXTS, dealt

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

KEPT = (
    "learning_verificationtoken",
    "access_session",
    "access_refusaltally",
    "access_signinthrottle",
    "ledger_event",
    "ledger_opening",
    "procrastinate_",
)
"""Tables that a look may touch: the session, the counters, the trace of who looked or was refused, the address
on a printed paper; and the word to those who answer for security when it was often."""
BAD = ("A16", "A19", "A23", "A25", "C5", "C9", "E4", "E6", "B17", "empty")
"""Cases that are put into every question an address may be asked."""


def snapshot() -> dict[str, str]:
    """Return a digest of every table whose rows mean something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(KEPT)]
        found = {}
        for table in tables:
            told = " WHERE t.kind <> 'access.refused'" if table == "notices_notice" else ""
            row = sql.SQL("SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t{}")
            cursor.execute(row.format(sql.Identifier(table), sql.SQL(told)))
            rows, digest = cursor.fetchone()
            found[table] = f"{rows}:{digest}"
    return found


@pytest.mark.parametrize("login", [*ROLES, ""])
def test_every_address_answers_every_role_without_a_fault_and_a_look_changes_nothing(
    academy: Academy, login: str
) -> None:
    client = academy.visitor(login) if login else Client(raise_request_exception=False)
    before = snapshot()
    for place, route in enumerate(routes(), [*ROLES, ""].index(login)):
        for address in dealt(place, addresses(route), 2):  # the other half by the next role
            response = client.get(address)
            assert response.status_code < 500, (route.name, address, response.status_code)
            if not login and route.permissions:
                assert response.status_code in {302, 404, 405}, (route.name, address, response.status_code)
    assert snapshot() == before


@pytest.mark.parametrize("login", ["teacher", "methodist"])
def test_no_address_falls_over_a_bad_query(academy: Academy, login: str) -> None:
    client = academy.visitor(login)
    for place, route in enumerate(routes(), ROLES.index(login)):
        for number, address in enumerate(dealt(place, addresses(route), 2), place):
            for case in dealt(number, BAD, 5):
                text = TEXTS[case][:4000]
                response = client.get(address, dict.fromkeys(("q", "sort", "page", "on", "state", "stated"), text))
                assert response.status_code < 500, (route.name, address, case, response.status_code)


def test_every_address_is_asked_by_half_of_the_roles_and_every_bad_query_is_put_somewhere(academy: Academy) -> None:
    """The shares of a run leave nothing out that the whole campaign asks."""
    askers, put = Counter[str](), set[str]()
    for first in range(len(ROLES) + 1):
        for place, route in enumerate(routes(), first):
            askers.update(dealt(place, addresses(route), 2))
            put.update(case for number in range(place, place + 2) for case in dealt(number, BAD, 5))
    assert {address for _, address in all_addresses()} <= askers.keys()
    assert min(askers.values()) >= len(ROLES) // 2
    assert put == set(BAD)


def test_the_snapshot_would_notice_a_write(academy: Academy) -> None:
    from zachetka.access.models import Unit

    before = snapshot()
    unit = Unit.objects.create(name=hashlib.sha256(b"negative control").hexdigest())
    assert snapshot() != before
    unit.delete()
    assert snapshot() == before
