"""E6 and E7 of the bad-input corpus: asking a list about columns it does not show, and taking a list away (п. 3.8)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.academy import ROLES, Academy
from tests.architecture.routes import Route, routes
from tests.corpus.texts import dealt
from zachetka.access.models import Account
from zachetka.access.policy import MATRIX, Role
from zachetka.people.models import Person

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

LOOKUPS = (
    "snils", "birth_date", "password", "snils__startswith", "email__contains", "phone__regex", "birth_date__gte",
    "person__snils", "person__snils__startswith", "user__password__startswith", "account__password__startswith",
    "learner__person__snils__startswith", "drafted_by__password__startswith",
)  # fmt: skip
ORDERS = {"sort": "password", "order_by": "person__snils", "ordering": "-snils", "fields": "password,snils"}
REFUSED = 400
ROWS = re.compile(r"<tbody.*?</tbody>", re.DOTALL)
VISITORS = ("methodist", "admin", "security", "teacher")
ASKING = ("teacher", "secretary", "chair", "learner")


def lists() -> list[str]:
    """Return the addresses without a parameter that show a list: found, not written down."""
    plain = [f"/{route.pattern}" for route in routes() if route.permissions and not route.converters]
    return [address for address in plain if not address.endswith(("export/", "new/", "search/", "propose/"))]


def exports() -> list[Route]:
    """Return the addresses that hand out a whole list as a file."""
    return [route for route in routes() if route.name.endswith(("export", "_export")) and not route.converters]


def told(client: Client, address: str, asked: dict[str, str]) -> tuple[int, list[str]]:
    """Return the status and the rows in their order: what a list tells about hidden columns, it tells by them."""
    answer = client.get(address, asked)
    return answer.status_code, [re.sub(r"\?[^\"]*", "", rows) for rows in ROWS.findall(answer.content.decode())]


@pytest.mark.parametrize("login", VISITORS)
def test_a_lookup_of_a_hidden_column_is_refused_or_changes_nothing_e4_e6(academy: Academy, login: str) -> None:
    client, refused, guesses = academy.visitor(login), 0, [(lookup, "9") for lookup in LOOKUPS] + list(ORDERS.items())
    for place, address in enumerate(lists(), VISITORS.index(login)):
        status, before = told(client, address, {})
        if status != 200 or not before:
            continue
        for name, guess in dealt(place, guesses, len(VISITORS)):  # the others by the next visitors
            status, rows = told(client, address, {name: guess})
            assert status == REFUSED or rows == before, (address, name)
            assert status in {200, REFUSED}, (address, name)
            refused += status == REFUSED
    assert refused >= len(LOOKUPS)


def test_a_list_that_obeyed_its_address_would_be_noticed_e6(academy: Academy) -> None:
    """The negative control: a filter that the list does know changes what is told."""
    client = academy.visitor("methodist")
    assert told(client, "/people/", {"q": "Соколова"}) != told(client, "/people/", {})


@pytest.mark.parametrize("login", ROLES)
def test_a_list_leaves_only_with_whoever_may_take_it_e7(academy: Academy, login: str) -> None:
    client = academy.visitor(login)
    held = Account.objects.get(login=login).roles_held
    assert len(exports()) >= 4
    for route in exports():
        may = any(role in MATRIX[permission] for permission in route.permissions for role in held)  # type: ignore[index]
        for kind in ("xlsx", "csv"):
            answer = client.get(f"/{route.pattern}", {"file": kind})
            assert (answer.status_code != 403) == may, (route.name, answer.status_code)
            assert may or "attachment" not in answer.headers.get("Content-Disposition", ""), route.name


def test_people_leave_with_two_roles_alone_e7(academy: Academy) -> None:
    takers = {login for login in ROLES if academy.visitor(login).get("/people/export/?file=xlsx").status_code == 200}
    assert takers == {Role.METHODIST.value, Role.PRIVACY.value}


@pytest.mark.parametrize("login", ASKING)
def test_a_filter_by_somebody_foreign_says_what_a_filter_by_nobody_says_e3(academy: Academy, login: str) -> None:
    client = academy.visitor(login)
    seen = client.get("/people/").content.decode()
    foreign = next(one for one in Person.objects.order_by("-pk") if one.full_name not in seen)
    for place, address in enumerate(lists(), ASKING.index(login)):
        for name in dealt(
            place, ("learner", "person", "q", "enrolment"), len(ASKING)
        ):  # another one by the next visitor
            told_of = [
                told(client, address, {name: value})
                for value in (str(foreign.uid), "00000000-0000-4000-8000-000000000000")
            ]
            assert told_of[0] == told_of[1], (address, name)


@pytest.mark.parametrize("login", ["teacher", "registrar", "head", "inspector", "secretary", "learner", "admin"])
def test_search_by_a_hidden_field_finds_nobody_e5_e10(academy: Academy, login: str) -> None:
    person = Person.objects.exclude(snils=None).exclude(email="").order_by("pk")[0]
    client = academy.visitor(login)
    for text in (person.email, str(person.snils)[:6], person.phone):
        answer = client.get("/search/", {"q": text, "suggest": "1"})
        assert person.full_name not in answer.content.decode(), (login, text)
