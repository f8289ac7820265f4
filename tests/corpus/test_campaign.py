"""Generated requests against every address as every role: never a 5xx, never slow (security.md G34; п. 3.8).

A run of the tests sends a share; `make corpus` sends 20 000 and more. Each request is undone, so that each meets the same
academy; what the database would have refused at the end of the transaction is asked for before. A request that was refused has
written nothing: whenever a row was touched under way, the whole database is compared with what it was.

Each visitor's account is a line of `campaign.jsonl` in the data folder of the tests; `docs/measured.md` is written from it.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client

from tests.academy import ROLES, Academy
from tests.architecture.routes import PUBLIC, routes
from tests.corpus.crawl import addresses, unhurried
from tests.corpus.requests import Odd, odd_requests
from tests.corpus.spoiling import TRACES, rows
from tests.corpus.texts import CAMPAIGN
from tests.journeys.every_page import name_of
from zachetka.access.policy import MATRIX, Permission

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(3600)]

SEED = os.environ.get("ZACHETKA_SEED", "2026")
EACH = 1_540 if CAMPAIGN else 60
"""Requests of one role: thirteen visitors send 20 020."""
SLOW = 2.0
"""Seconds; ninety-nine of a hundred answers take no longer: of the clock on a machine of our own, of the processor on any."""
DOOR: Final = "/accounts/login/"
PERMANENTLY: Final = 301
REFUSED: Final = 400
CROWDED: Final = 1.5
"""Processes a core that want to run; beyond, the clock tells of the others and not of us."""
FIELD = re.compile(r"""<(?:input|select|textarea|button)[^>]*\bname=["']([^"']+)["']""")


class Met(NamedTuple):
    """What one request came to."""

    odd: Odd
    status: int
    seconds: float
    worked: float
    half: tuple[str, ...] = ()
    """Tables in which a refused request has left something."""
    leads: str = ""
    """Where the answer sends the visitor."""

    @property
    def is_turned_away(self) -> bool:
        """True when whoever has not signed in was refused, sent to sign in, or to the same address with a slash at its end."""
        path = self.odd.address.partition("?")[0]
        slashed = self.status == PERMANENTLY and urlsplit(self.leads).path == f"{path}/"
        return self.status >= REFUSED or slashed or urlsplit(self.leads).path == DOOR


TOUCHED: Final = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND NOT relname ^@ ANY (%s)
"""


@pytest.fixture
def names(academy: Academy) -> dict[str, tuple[str, ...]]:
    """Route → the fields of its pages, as the roles that see them meet them."""
    return fields_met(academy)


@cache
def fields_met(academy: Academy) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for login in ("methodist", "teacher", "admin", "security", "head"):
        client = academy.visitor(login)
        for route in routes():
            if route.permissions and not any(login in MATRIX[Permission(one)] for one in route.permissions):
                continue  # no page is seen there
            if route.name in found and not CAMPAIGN:
                continue  # the fields are those of whoever sees it first
            unhurried()
            answer = client.get(addresses(route)[0])
            if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
                met = set(FIELD.findall(answer.content.decode())) - {"csrfmiddlewaretoken", "q"}
                found.setdefault(route.name, set()).update(met)
    everything = sorted({name for some in found.values() for name in some})
    return {route.name: tuple(sorted(found.get(route.name) or everything[:40])) for route in routes()}


def answers(client: Client, requests: Iterator[Odd]) -> Iterator[Met]:
    """Send each request and undo what it did."""
    signed_in, before = client.cookies.output(header="", sep=";"), rows()
    for odd in requests:
        client.cookies.clear()
        client.cookies.load(signed_in)  # a sign-out is undone in the database, and here
        half: tuple[str, ...] = ()
        with transaction.atomic():
            unhurried()
            untouched = touched()
            start, worked = time.perf_counter(), time.process_time()
            answer: Any = odd.sent(client)
            seconds, worked = time.perf_counter() - start, time.process_time() - worked
            status = answer.status_code
            closed(answer)
            if status < 500:
                assert not connection.needs_rollback, "the database is asked below"
                connection.check_constraints()
                if status >= 400 and touched() != untouched:
                    half = tuple(sorted(table for table, digest in rows().items() if digest != before[table]))
            transaction.set_rollback(True)
        yield Met(odd, status, seconds, worked, half, answer.headers.get("Location", ""))


def closed(answer: Any) -> None:
    """Close an answer with its files, and not the connection to the database along with it: it is in a transaction of ours."""
    request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        request_finished.connect(close_old_connections)


def touched() -> dict[str, int]:
    """Return how many rows of each table were written under way, those that were taken back too."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [list(TRACES)])
        return dict(cursor.fetchall())


def faults(met: list[Met]) -> list[str]:
    """Return the requests that were answered by a fault, each in a line."""
    return [f"{one.status}: {one.odd.route}: {one.odd}" for one in met if one.status >= 500]


@pytest.mark.parametrize("login", [*ROLES, ""])
def test_no_generated_request_meets_a_fault_or_is_slow_g34(
    academy: Academy, names: dict[str, tuple[str, ...]], login: str
) -> None:
    client = academy.visitor(login) if login else Client(raise_request_exception=False)
    met = list(answers(client, odd_requests(f"{SEED}:{login}", EACH, names)))
    account(login or "nobody", met)
    assert faults(met) == [], f"ZACHETKA_SEED={SEED}, {login or 'nobody'}"
    assert [f"{one.half}: {one.odd}" for one in met if one.half] == []
    assert len(met) == EACH
    assert len({one.odd.route for one in met}) >= min(EACH, len(routes())) // 2
    if login:
        statuses = sorted({one.status for one in met})
        assert sum(one.status == 200 for one in met) >= EACH // 100, statuses  # the visitor is still signed in
    else:
        assert let_in(met) == []
        assert [one for one in met if urlsplit(one.leads).path == DOOR]
    if CAMPAIGN:
        assert within([one.worked for one in met], 0.99) <= SLOW
        assert within([one.seconds for one in met], 0.99) <= SLOW or crowd() > CROWDED


def let_in(met: list[Met]) -> list[str]:
    """Return the requests by whoever has not signed in that were answered otherwise than by the door; public pages apart."""
    return [
        f"{one.status} {one.leads}: {one.odd}"
        for one in met
        if not one.is_turned_away and not {one.odd.route, name_of(one.odd.address)} & PUBLIC.keys()
    ]


def test_a_stranger_who_is_sent_anywhere_but_to_the_door_would_be_noticed(
    academy: Academy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a page that leads whoever knocks to the first page, and one that shows itself."""
    from zachetka.access import guard

    stranger, odd = Client(raise_request_exception=False), Odd("people:list", "GET", "/people/")
    assert let_in(list(answers(stranger, iter([odd, Odd("people:list", "GET", "/people")])))) == []
    for answer in (HttpResponseRedirect("/"), HttpResponse("Люди")):
        monkeypatch.setattr(guard, "redirect_to_login", lambda *_, answer=answer: answer)
        assert len(let_in(list(answers(stranger, iter([odd]))))) == 1


def within(seconds: list[float], share: float) -> float:
    """Return in how many seconds that share of the answers was there."""
    return sorted(seconds)[int(share * (len(seconds) - 1))]


def crowd() -> float:
    """Return how many processes a core have wanted to run of late."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def account(visitor: str, met: list[Met]) -> None:
    """Write down what a visitor came to."""
    told = {
        "visitor": visitor, "requests": len(met), "routes": len({one.odd.route for one in met}), "load": round(os.getloadavg()[0], 1),
        "statuses": dict(sorted(Counter(str(one.status) for one in met).items())), "half": sum(bool(one.half) for one in met),
        "clock": [round(within([one.seconds for one in met], share), 3) for share in (0.5, 0.99)],
        "processor": [round(within([one.worked for one in met], share), 3) for share in (0.5, 0.99)],
    }  # fmt: skip
    with (Path(settings.DATA_DIR).parent / "campaign.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(told) + "\n")


def test_the_same_seed_is_the_same_campaign(academy: Academy) -> None:
    first, second = (list(map(str, odd_requests("a", 50, {}))) for _ in range(2))
    assert first == second
    assert first != list(map(str, odd_requests("b", 50, {})))


def test_a_fault_and_a_late_refusal_of_the_database_would_be_noticed(
    academy: Academy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a page that breaks over one word."""
    from zachetka.people.views import persons

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(persons, "render", breaks)
    client = academy.visitor("methodist")
    met = list(answers(client, iter([Odd("people:list", "GET", "/people/")])))
    assert len(faults(met)) == 1


def test_a_refusal_that_has_written_would_be_noticed(academy: Academy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a page that writes a row, and then refuses; what a refusal took back is none."""
    from zachetka.access.models import Unit
    from zachetka.core.errors import RuleViolation
    from zachetka.people.views import persons

    def halfway(*_: object, **__: object) -> None:
        Unit.objects.create(name="Наполовину")
        raise RuleViolation("3.8", "Нельзя.")

    def whole(*_: object, **__: object) -> None:
        with transaction.atomic():
            halfway()

    for act, half in ((halfway, ("access_unit",)), (whole, ())):
        monkeypatch.setattr(persons, "render", act)
        (met,) = answers(academy.visitor("methodist"), iter([Odd("people:list", "GET", "/people/")]))
        assert (met.status, met.half) == (422, half)
