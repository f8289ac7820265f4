"""Staff work with a second factor or not at all, whichever way they came in; the demo says that it asks for none (п. 3.8)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

import zachetka
from tests.architecture.routes import Route, routes
from zachetka.access.models import Account, Session
from zachetka.access.policy import Role
from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import factors
from zachetka.people.tests.test_factors import code, with_app, with_key
from zachetka.web.proof import QUESTION

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

PASSWORD = "верный-пароль-для-проверки"
DOOR, SECOND = "/accounts/login/", "/accounts/login/second/"
APP, KEY, SECURITY = "/accounts/security/app/", "/accounts/security/key/", "/accounts/security/"
OPEN = {APP, KEY, "/accounts/logout/", DOOR, "/theme/", "/healthz", "/readyz", "/accounts/password/change/"}
LATER = timedelta(minutes=1)


@pytest.fixture
def required(settings: Settings) -> None:
    settings.MFA_REQUIRED = True


def knock(client: Client, login: str = "belova") -> Any:
    return client.post(DOOR, {"login": login, "password": PASSWORD})


def belova(*roles: Role) -> Account:
    return make_account(*(roles or (Role.METHODIST,)), login="belova", password=PASSWORD)


def comes_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def plain_addresses(found: list[Route]) -> list[str]:
    """Return an address of every route, with numbers and names that may exist."""
    filled = []
    for route in found:
        address = re.sub(r"<int:\w+>", "1", route.pattern)
        address = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", address)
        filled.append("/" + re.sub(r"<(?:\w+:)?\w+>", "x", address))
    return filled


@pytest.mark.usefixtures("required")
def test_staff_without_a_second_factor_reach_the_page_that_adds_one_and_nothing_else(client: Client) -> None:
    belova()
    assert knock(client).status_code == 302
    for address in plain_addresses(routes()):
        for ask in (client.get, client.post):
            if address in OPEN:
                continue
            answer = ask(address)
            assert (answer.status_code, answer.headers.get("Location")) == (302, APP), address
    page = client.get(APP).content.decode()
    assert "Добавьте второй фактор" in page
    assert "Выйти" in page
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


def test_without_the_requirement_the_same_walk_would_find_pages_open(client: Client) -> None:
    belova()
    knock(client)
    opened = [address for address in plain_addresses(routes()) if client.get(address).status_code == 200]
    assert len(opened) > 10, "the control of the test above"


@pytest.mark.usefixtures("required")
def test_a_second_factor_opens_the_rest_at_once_and_shows_the_codes_once(client: Client) -> None:
    account = belova()
    knock(client)
    before = client.session.session_key
    page = client.get(APP)
    secret = page.context["secret"].replace(" ", "")
    assert client.get(APP).context["secret"].replace(" ", "") == secret, "a slip asks for no new scan"
    assert client.post(APP, {"code": "000000", "name": "Телефон"}).status_code == 422
    answer = client.post(APP, {"code": code(secret, now()), "name": "Телефон"})
    assert answer.status_code == 200
    assert len(answer.context["codes"]) == 10
    assert client.session.session_key != before, "ASVS 7.2.4: another key after the elevation"
    assert comes_in(client)
    assert answer.context["codes"][0] not in client.get(SECURITY).content.decode()
    assert secret not in str(dict(client.session))
    assert len(factors.factors_of(account)) == 1


@pytest.mark.usefixtures("required")
def test_a_learner_comes_in_with_a_password_and_adds_a_factor_who_wants(client: Client) -> None:
    belova(Role.LEARNER)
    knock(client)
    assert comes_in(client)
    assert client.get(APP).status_code == 200


@pytest.mark.usefixtures("required")
def test_a_learner_who_begins_to_work_here_adds_one_at_the_next_request(client: Client) -> None:
    account = belova(Role.LEARNER)
    knock(client)
    give_role(account, Role.TEACHER)
    assert client.get("/").headers["Location"] == APP


def test_whoever_has_a_factor_is_asked_for_it_although_nobody_requires_one(client: Client) -> None:
    account, secret, _ = with_app(belova(Role.LEARNER))
    assert knock(client).headers["Location"] == SECOND
    assert not comes_in(client)
    assert not Event.objects.filter(type=EventType.ACCOUNT_SIGNED_IN).exists()
    with time_machine.travel(now() + LATER):
        wrong = client.post(SECOND, {"code": "000000"})
        assert wrong.status_code == 422
        assert "не подошёл" in wrong.content.decode().replace("\xa0", " ")
        assert client.post(SECOND, {"code": code(secret, now())}).headers["Location"] == "/"
        assert comes_in(client)
    assert client.session["second_factor"] == "app"
    kinds = Event.objects.filter(actor=account).order_by("-pk").values_list("type", flat=True)
    assert list(kinds[:3]) == [
        EventType.ACCOUNT_SIGNED_IN, EventType.SECOND_FACTOR_USED, EventType.SECOND_FACTOR_REFUSED,
    ]  # fmt: skip


@pytest.mark.usefixtures("required")
def test_a_key_signs_the_question_of_this_page_once(client: Client) -> None:
    account = belova()
    key = with_key(account, now())
    knock(client)
    told = client.get(SECOND).context["question"]
    answer = key.signed(told)
    assert client.post(SECOND, {"key": json.dumps(answer)}).status_code == 302
    assert comes_in(client)
    assert QUESTION not in client.session
    again = Client()
    knock(again)
    again.get(SECOND)
    assert again.post(SECOND, {"key": json.dumps(answer)}).status_code == 422, "the answer to another question"
    assert again.post(SECOND, {"key": "{"}).status_code == 422
    assert again.post(SECOND, {"key": "[]"}).status_code == 422


@pytest.mark.usefixtures("required")
def test_a_recovery_code_leads_to_where_the_lost_telephone_is_ended(client: Client) -> None:
    _, _, codes = with_app(belova())
    knock(client)
    answer = client.post(SECOND, {"code": codes[0]}, follow=True)
    assert answer.redirect_chain[-1][0] == SECURITY
    assert "осталось: 9 кодов" in answer.content.decode().replace("\xa0", " ")
    again = Client()
    knock(again)
    assert again.post(SECOND, {"code": codes[0]}).status_code == 422


def test_the_second_step_without_the_first_leads_to_the_door(client: Client) -> None:
    assert client.get(SECOND).headers["Location"] == DOOR
    assert client.post(SECOND, {"code": "123456"}).headers["Location"] == DOOR


def test_the_second_step_does_not_wait_for_ever_and_can_be_left(client: Client) -> None:
    _, secret, _ = with_app(belova())
    knock(client)
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert client.post(SECOND, {"code": code(secret, now())}).headers["Location"] == DOOR
    knock(client)
    assert client.post(SECOND, {"leave": "1"}).headers["Location"] == DOOR
    assert client.get(SECOND).headers["Location"] == DOOR


def doors() -> list[str]:
    """Return every address that is open without a permission: one may come in by these alone."""
    return plain_addresses([route for route in routes() if not route.permissions])


@pytest.mark.usefixtures("required")
def test_no_way_in_goes_around_the_second_factor() -> None:
    with_app(belova())
    given = {"login": "belova", "username": "belova", "password": PASSWORD, "current": PASSWORD, "code": "000000"}
    for address in doors():
        client = Client()
        knock(client)
        client.get(address)
        client.post(address, given)
        assert not comes_in(client), address
        assert not Session.objects.filter(account__login="belova").exists(), address
    assert DOOR in doors()
    assert SECOND in doors()


@pytest.mark.usefixtures("required")
def test_no_way_in_goes_around_the_enrolment() -> None:
    belova()
    for address in doors():
        client = Client()
        client.post(address, {"login": "belova", "password": PASSWORD})
        assert not comes_in(client), address


def test_a_way_around_would_be_found() -> None:
    account, _, _ = with_app(belova())
    client = Client()
    client.force_login(account)
    assert comes_in(client), "the control: a way in that asks for no second factor"
    assert Session.objects.filter(account=account).exists()


@pytest.mark.usefixtures("required")
def test_an_open_page_without_the_factor_lets_nobody_add_another() -> None:
    account, secret, _ = with_app(belova())
    client = Client()
    client.force_login(account)
    assert client.get("/").headers["Location"] == APP
    page = client.get(APP)
    assert page.status_code == 403
    assert "Подтвердите, что это вы" in page.content.decode().replace("\xa0", " ")
    assert "data:image" not in page.content.decode()
    with time_machine.travel(now() + LATER):
        asked = {"confirm-asked": "GET", "confirm-code": code(secret, now())}
        assert client.post(APP, asked).headers["Location"] == APP
        assert client.get("/").status_code == 200


@pytest.mark.usefixtures("required")
def test_adding_and_ending_a_factor_ends_the_other_sessions(client: Client) -> None:
    account = belova(Role.LEARNER)
    elsewhere = Client()
    elsewhere.force_login(account)
    knock(client)
    assert comes_in(elsewhere)
    secret = client.get(APP).context["secret"].replace(" ", "")
    assert client.post(APP, {"code": code(secret, now()), "name": "Телефон"}).status_code == 200
    assert not comes_in(elsewhere)
    assert comes_in(client)
    elsewhere.force_login(account)
    (factor,) = factors.factors_of(account)
    assert client.post(f"/accounts/security/factors/{factor.pk}/end/").headers["Location"] == SECURITY
    assert not comes_in(elsewhere)
    assert comes_in(client)


def test_a_sign_in_costs_the_same_whoever_signs_in(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    belova()
    client.get(DOOR)
    with django_assert_max_num_queries(24):
        knock(client)


def required_by(folder: Path, **given: str) -> str:
    """Return what a web server with this data folder requires."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("ZACHETKA_")}
    surroundings |= {"ZACHETKA_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "zachetka.settings", **given}
    program = "from django.conf import settings; print(settings.MFA_REQUIRED)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=surroundings,
        cwd=Path(zachetka.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_real_academy_requires_it_the_demo_does_not_and_an_operator_decides(tmp_path: Path) -> None:
    assert required_by(tmp_path) == "True"
    assert required_by(tmp_path, ZACHETKA_MFA_REQUIRED="0") == "False"
    (tmp_path / "demo.json").write_text("{}")
    assert required_by(tmp_path) == "False"
    assert required_by(tmp_path, ZACHETKA_MFA_REQUIRED="1") == "True"
