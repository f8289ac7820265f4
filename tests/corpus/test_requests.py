"""Bad input against every address and every form, as every role: never a 5xx, never half a write (security.md c)."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from typing import TypeVar

import pytest
from django.db import connection
from django.test import Client
from psycopg import sql

from tests.academy import ROLES, Academy
from tests.corpus.crawl import all_addresses, pages
from tests.corpus.texts import TEXTS
from zachetka.ledger.sealer import seal_forever

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

Case = TypeVar("Case")
CAMPAIGN = os.environ.get("ZACHETKA_CORPUS") == "whole"
FIELD = re.compile(r"""<(?:input|select|textarea|button)[^>]*\bname=["']([^"']+)["']""")
FORM = re.compile(r"""<form[^>]*method=["']post["'][^>]*>.*?</form>""", re.DOTALL | re.IGNORECASE)
ACTION = re.compile(r"""\baction=["']([^"']*)["']""")
KEPT = (
    "learning_verificationtoken",
    "django_session",
    "access_signinthrottle",
    "ledger_event",
    "ledger_opening",
    "procrastinate_",
)
"""Tables that a look may touch: the session, the counters, the trace of who looked, the address on a printed paper."""


def dealt(place: int, cases: Sequence[Case], parts: int) -> Sequence[Case]:
    """Return the cases that the `place`-th form or address gets: a share, dealt round, so that every case is put
    somewhere in each run; all of them in the campaign (`make corpus`).
    """
    return cases if CAMPAIGN else cases[place % parts :: parts]


def snapshot() -> dict[str, str]:
    """Return a digest of every table whose rows mean something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(KEPT)]
        found = {}
        for table in tables:
            row = sql.SQL("SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t")
            cursor.execute(row.format(sql.Identifier(table)))
            rows, digest = cursor.fetchone()
            found[table] = f"{rows}:{digest}"
    return found


@pytest.mark.parametrize("login", [*ROLES, ""])
def test_every_address_answers_every_role_without_a_fault_and_a_look_changes_nothing(
    academy: Academy, login: str
) -> None:
    client = academy.visitor(login) if login else Client(raise_request_exception=False)
    before = snapshot()
    for route, address in all_addresses():
        response = client.get(address)
        assert response.status_code < 500, (route.name, address, response.status_code)
        if not login and route.permissions:
            assert response.status_code in {302, 404, 405}, (route.name, address, response.status_code)
    assert snapshot() == before


@pytest.mark.parametrize("login", ROLES)
def test_every_link_that_a_role_is_shown_opens(academy: Academy, login: str) -> None:
    stop = threading.Event()
    sealer = threading.Thread(target=seal_forever, args=(stop,), kwargs={"poll": 0.2})
    sealer.start()  # as the worker does: a proof waits for it
    try:
        opened = [(address, status) for address, _, status in pages(academy.visitor(login))]
    finally:
        stop.set()
        sealer.join()
    assert len(opened) >= 3
    assert [(address, status) for address, status in opened if status >= 400] == []


def forms_of(client: Client) -> list[tuple[str, tuple[str, ...]]]:
    """Return every form that this client meets: where it posts and its fields."""
    found = dict[str, tuple[str, ...]]()
    for address, text, _ in pages(client):
        for form in FORM.findall(text):
            action = ACTION.search(form)
            target = (action.group(1) if action and action.group(1) else address).partition("?")[0]
            shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", target)
            if "logout" in target:
                continue
            found.setdefault(shape, (target, *sorted(set(FIELD.findall(form)) - {"csrfmiddlewaretoken"})))
    return [(row[0], row[1:]) for row in found.values()]


@pytest.mark.parametrize("login", ["teacher", "methodist", "head", "admin", "security", "learner"])
def test_no_form_falls_over_bad_input(academy: Academy, login: str) -> None:
    client = academy.visitor(login)
    for place, (target, names) in enumerate(forms_of(client)):
        for case, text in dealt(place, tuple(TEXTS.items()), 6):
            value = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if case == "A17" else text
            response = client.post(target, dict.fromkeys(names, value) or {"x": value})
            assert response.status_code < 500, (target, case, response.status_code)


@pytest.mark.parametrize("login", ["teacher", "methodist"])
def test_no_address_falls_over_a_bad_query(academy: Academy, login: str) -> None:
    client = academy.visitor(login)
    for place, (route, address) in enumerate(all_addresses()):
        for case in dealt(place, ("A16", "A19", "A23", "A25", "C5", "C9", "E4", "E6", "B17", "empty"), 5):
            text = TEXTS[case][:4000]
            response = client.get(address, dict.fromkeys(("q", "sort", "page", "on", "state", "stated"), text))
            assert response.status_code < 500, (route.name, address, case, response.status_code)


def test_the_snapshot_would_notice_a_write(academy: Academy) -> None:
    from zachetka.access.models import Unit

    before = snapshot()
    unit = Unit.objects.create(name=hashlib.sha256(b"negative control").hexdigest())
    assert snapshot() != before
    unit.delete()
    assert snapshot() == before
