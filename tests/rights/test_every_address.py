"""Every address, asked by every role in every way: the verdict is that of the hand-kept job descriptions (п. 3.8).

The address is asked for a record that need not exist: whoever lacks the right is refused before anything is looked up, and
whoever has it gets an answer of the page, never a fault.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.academy import ROLES, Academy
from tests.architecture.routes import PUBLIC, Route, routes
from tests.corpus.texts import dealt
from tests.rights.descriptions import DESCRIPTIONS
from zachetka.access.models import Account
from zachetka.access.policy import MATRIX
from zachetka.ledger.models import Event

pytestmark = pytest.mark.clause("3.8")

WRITTEN = {
    "int": "1",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "slug": "approve",
    "str": "0",
    "path": "0",
}
"""What stands in an address for each kind of its parts."""
FORBIDDEN = 403
ANSWERS = {200, 302, 400, 404, 405, 409, 410, 411, 413, 415, 422, 429}
TRACES = {
    *("access.refused", "person.read", "record_book.read", "personal_data.revealed", "list.exported"),
    *("cohort_marks.read", "person.found", "job.file_taken"),
    *(
        "record_book.exported",
        "verification_token.made",
        "summary.stated",
    ),  # a paper taken away says in the ledger what it said
}


def held(role: str) -> set[str]:
    """Return the permissions of the hand-kept page."""
    return {line.split()[0] for line in DESCRIPTIONS[role].strip().splitlines()}


def written(route: Route) -> str:
    address = "/" + route.pattern
    while "<" in address:
        before, _, rest = address.partition("<")
        inside, _, after = rest.partition(">")
        kind = inside.partition(":")[0] if ":" in inside else "str"
        address = before + WRITTEN.get(kind, "0") + after
    return address


def guarded() -> list[Route]:
    return [route for route in routes() if route.name not in PUBLIC]


def amiss(client: Client, role: str, method: str) -> Iterator[str]:
    """Yield the addresses that answer `method` otherwise than the job description of `role` says."""
    may = held(role)
    for route in guarded():
        is_open = bool({str(one) for one in route.permissions} & may)
        status = client.generic(method, written(route)).status_code
        fits = {FORBIDDEN, *ANSWERS} if is_open else {FORBIDDEN, 405, 411}  # a record of another's is 403 or 404 alike
        if status not in fits:
            yield f"{role} {method} {route.name}: {status}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_the_addresses_of_its_job_description_and_reading_writes_traces_alone(
    academy: Academy, role: str
):
    client, last = academy.visitor(role), Event.objects.latest("pk").pk
    assert list(amiss(client, role, "GET")) == []
    assert set(Event.objects.filter(pk__gt=last).values_list("type", flat=True)) <= TRACES
    assert list(amiss(client, role, "POST")) == []


def test_a_right_that_nobody_gave_would_be_noticed(academy: Academy, monkeypatch: pytest.MonkeyPatch):
    """Negative control: a teacher who may suddenly see accounts is seen by the walk."""
    cells = dict(MATRIX)
    permission = next(one for one in cells if str(one) == "account:read")
    cells[permission] = {**cells[permission], "teacher": next(iter(cells[permission].values()))}  # type: ignore[dict-item]
    client = academy.visitor("teacher")
    assert client.get("/accounts/list/").status_code == FORBIDDEN
    monkeypatch.setattr("zachetka.access.guard.MATRIX", cells)
    assert client.get("/accounts/list/").status_code == 200


def test_whoever_has_not_signed_in_is_sent_to_sign_in_from_every_address(academy: Academy):
    client = Client(raise_request_exception=False)
    wrong = []
    for route in guarded():
        answer = client.get(written(route))
        if answer.status_code not in {302, 405} or "/accounts/login/" not in answer.headers.get(
            "Location", "/accounts/login/"
        ):
            wrong.append(f"{route.name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("foreign", [False, True], ids=["no token", "foreign origin"])
def test_nothing_is_written_without_a_token_or_from_a_foreign_page(academy: Academy, foreign: bool):  # noqa: FBT001
    clients = {
        role: Client(enforce_csrf_checks=True, raise_request_exception=False) for role in ("methodist", "security")
    }
    for role, client in clients.items():
        client.force_login(Account.objects.get(login=role))
    headers = {"HTTP_ORIGIN": "https://foreign.example"} if foreign else {}
    events, wrong = Event.objects.count(), []
    for place, route in enumerate(routes()):
        for role, client in dealt(place + foreign, tuple(clients.items()), len(clients)):  # one so, the other otherwise
            status = client.post(written(route), data={"any": "thing"}, **headers).status_code  # type: ignore[arg-type]
            if status not in {FORBIDDEN, 404, 405, 413, 415}:
                wrong.append(f"{role} {route.name}: {status}")
    assert wrong == []
    assert Event.objects.count() == events
