"""E1, E2, E8, E16, E17 with every number of every kind in every address: what is another's looks like nothing (п. 3.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from tests.academy import ROLES, Academy
from tests.architecture.routes import routes
from tests.corpus.crawl import unhurried
from tests.corpus.foreign import OF_LEARNING, SEEN_BY, Foreign, about, belongings
from tests.corpus.texts import dealt
from zachetka.core.clock import now

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(900)]

NOTHING: Final = {"uuid": "00000000-0000-4000-8000-000000000000", "str": "НЕТ-00-00", "int": "999999999"}
PARAMETER: Final = re.compile(r"<(\w+):\w+>")
VARYING: Final = re.compile(r'csrfmiddlewaretoken" value="[^"]*"|csrf-token[^>]*|nonce="[^"]*"|X-CSRFToken": "[^"]*')


@pytest.fixture(scope="module")
def foreign(academy: Academy) -> Foreign:
    return belongings(now() - timedelta(hours=2))


def pairs(foreign: Foreign, login: str) -> Iterator[tuple[str, str, str]]:
    """Yield the route, its address with what is another's, the same with what there is not; where `login` has no business."""
    for route in routes():
        found = [one for one in sorted(SEEN_BY, key=len, reverse=True) if route.pattern.startswith(one)]
        first = PARAMETER.search(route.pattern)
        if not found or first is None or login in SEEN_BY[found[0]]:
            continue
        before, kind = route.pattern[: first.start()], first[1]
        known = foreign.addresses.get(f"{before}<{kind}") or foreign.addresses.get(before)
        if known is None:
            continue
        rest = PARAMETER.sub(lambda part: {"slug": "orders"}.get(part[1], "1"), route.pattern[first.end() :])
        yield route.name, f"/{before}{known}{rest}", f"/{before}{NOTHING[kind]}{rest}"


def told(client: Client, method: str, address: str) -> tuple[int, str, Any]:
    """All that an answer says but its own address and what is random in every page."""
    unhurried()
    answer = client.generic(method, address, headers={"x-http-method-override": "GET"})
    said = (
        VARYING.sub("", answer.getvalue().decode("utf-8", "replace")).replace(quote(address), "#").replace(address, "#")
    )
    leads = answer.headers.get("Location", "").replace(quote(address), "#")
    return answer.status_code, said, (leads, answer.headers.get("Allow"), answer.headers.get("Content-Type"))


def told_apart(
    client: Client, foreign: Foreign, login: str, methods: tuple[str, ...]
) -> list[tuple[str, str, int, int]]:
    """Return where an answer about another's record differs from one about nothing: address, method, both statuses."""
    found = []
    for place, (name, theirs, nobodys) in enumerate(pairs(foreign, login), ROLES.index(login)):
        for method in dealt(place, methods, 4):  # another one by the next role
            answers = told(client, method, theirs), told(client, method, nobodys)
            if answers[0] != answers[1] or answers[0][0] < 400:
                found.append((name, method, answers[0][0], answers[1][0]))
    return found


@pytest.mark.parametrize("login", ROLES)
def test_in_no_address_does_anothers_record_look_otherwise_than_none_e1_e2_e8_e16_e17(
    academy: Academy, foreign: Foreign, login: str
) -> None:
    before = about(foreign)
    assert told_apart(academy.visitor(login), foreign, login, ("GET", "POST", "HEAD", "PUT")) == []
    assert about(foreign) == before


def test_every_address_with_a_number_is_on_the_table() -> None:
    numbered = {route.pattern for route in routes() if PARAMETER.search(route.pattern)}
    held = tuple(SEEN_BY)
    others = {
        "verify/",
        "employees/",
        "accounts/<int:pk>/",
        "roles/",
        "registers/",
        "emergency/",
        "help/",
        "doubles/",
        "merges/",
        "destruction/",
        "withdrawals/",
        "holds/",
    }
    """A code that is nobody's; a page of the guide; records that are of the whole academy: whoever may see one of them may see all;
    of the person's own acts and withdrawals `zachetka/destruction/tests/test_pages.py` asks a stranger."""
    assert {one for one in numbered if not one.startswith((*held, *others))} == set()


def test_every_kind_of_record_was_asked_for(foreign: Foreign) -> None:
    asked = {name.partition(":")[0] for name, _, _ in pairs(foreign, "security")}
    assert asked >= {"people", "learning", "programs", "jobs", "notices", "imports"}
    assert len(list(pairs(foreign, "security"))) >= 60


def test_a_record_that_shows_itself_or_is_touched_would_be_noticed(academy: Academy, foreign: Foreign) -> None:
    """The negative control: whom it concerns gets another answer; a row that refers to it is another digest."""
    inspector = academy.visitor("inspector")
    shown = told_apart(inspector, foreign, "admin", ("GET",) * 4)
    assert {"learning:record-book", "learning:sheet", "learning:order", "people:card"} <= {name for name, *_ in shown}
    before = about(foreign)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO learning_verificationtoken (token, enrolment_id, made_at) VALUES (repeat('Z', 26), %s, now())",
            [foreign.keys["learning_enrolment"][0]],
        )
    assert {place for place, digest in about(foreign).items() if digest != before[place]} == {
        "learning_verificationtoken.enrolment_id"
    }
    assert set(OF_LEARNING) <= {place.partition(".")[0] for place in before}
