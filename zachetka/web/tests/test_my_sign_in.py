"""«Мой вход»: what opens the account, from where it is open, what can be ended at once (п. 3.8; УПД.8; ASVS 7.5.2)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests.pages import text_of
from zachetka.access.models import Account, Session
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import factors
from zachetka.people.tests.soft_key import SoftKey
from zachetka.people.tests.test_factors import with_app, with_key
from zachetka.web.devices import device_of

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

PAGE = "/accounts/security/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
PASSWORD, NEW = "верный-пароль-для-проверки", "шесть ежей и самовар"


def holder(*roles: Role) -> tuple[Account, Client]:
    account = make_account(*(roles or (Role.METHODIST,)), password=PASSWORD)
    return account, inside(account)


def inside(account: Account, browser: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": browser})
    client.post("/accounts/login/", {"login": account.login, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("header", "said"), [(FIREFOX, "Firefox, Linux"), (EDGE, "Edge, Windows"), ("", "браузер не назвал себя")]
)
def test_a_device_is_told_in_words(header: str, said: str) -> None:
    assert device_of(header) == said


def test_one_sees_the_open_sessions_and_ends_another_but_not_this_one() -> None:
    account, client = holder()
    elsewhere = inside(account, EDGE)
    page = client.get(PAGE)
    assert "Firefox, Linux" in text_of(page)
    assert "Edge, Windows" in text_of(page)
    here, other = page.context["sessions"]
    assert (here.is_here, other.is_here) == (True, False)
    assert not [key for key in Session.objects.values_list("session_key", flat=True) if key in text_of(page)]
    assert client.post(f"{PAGE}sessions/{here.uid}/end/").status_code == 302
    assert client.get(PAGE).status_code == 200, "leaving is another button"
    assert client.post(f"{PAGE}sessions/{other.uid}/end/").status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert client.post(f"{PAGE}sessions/{other.uid}/end/").status_code == 302
    ended = Event.objects.filter(type=EventType.ACCOUNT_SESSIONS_ENDED)
    assert [(event.actor, event.body) for event in ended] == [(account, {"quantity": 1})], "once, however often asked"


def test_all_the_others_end_with_one_button() -> None:
    account, client = holder()
    others = [inside(account) for _ in range(3)]
    assert client.post(f"{PAGE}sessions/end/").status_code == 302
    assert [other.get("/").status_code for other in others] == [302] * 3
    assert "Других сеансов нет" in text_of(client.post(f"{PAGE}sessions/end/", follow=True))


def test_nobody_ends_the_session_of_another() -> None:
    account, client = holder()
    (own,) = client.get(PAGE).context["sessions"]
    _, stranger = holder()
    stranger.post(f"{PAGE}sessions/{own.uid}/end/")
    stranger.post(f"{PAGE}sessions/end/")
    assert client.get("/").status_code == 200
    with_app(account)
    (factor,) = factors.factors_of(account)
    assert stranger.post(f"{PAGE}factors/{factor.pk}/end/").status_code == 404


def test_sessions_that_are_over_are_not_shown() -> None:
    account, _ = holder()
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert len(inside(account).get(PAGE).context["sessions"]) == 1


def test_a_change_of_the_password_leaves_this_session_alone() -> None:
    account, client = holder()
    inside(account)
    given = {"current": PASSWORD, "new": NEW, "again": NEW}
    assert client.post("/accounts/password/change/", given).status_code == 302
    assert len(client.get(PAGE).context["sessions"]) == 1
    assert Session.objects.filter(account=account).count() == 1


def test_the_last_sign_ins_are_shown_with_those_refused() -> None:
    account, client = holder()
    client.post("/accounts/password/change/", {"current": "мимо", "new": NEW, "again": NEW})
    entries = client.get(PAGE).context["entries"]
    assert [refused for _, refused in entries] == [True, False]
    assert "отказано" in text_of(client.get(PAGE))
    assert account.login not in {event.body.get("login") for event, _ in entries}


def test_codes_are_counted_down_and_made_anew() -> None:
    account, client = holder(Role.LEARNER)
    with_app(account)
    client.force_login(account)
    assert client.get(PAGE).context["codes_left"] == 10
    answer = client.post(f"{PAGE}codes/")
    assert len(answer.context["codes"]) == 10
    assert "Прежние больше не действуют" in text_of(answer)
    assert all(code in text_of(answer) for code in answer.context["codes"])
    assert 'download="zachetka-codes.txt"' in text_of(answer)


def test_what_changes_a_factor_is_asked_anew_after_five_minutes() -> None:
    account, _ = holder(Role.LEARNER)
    with_app(account)
    (factor,) = factors.factors_of(account)
    client = Client()
    client.force_login(account)
    acts = (
        (client.post, f"{PAGE}codes/"),
        (client.post, f"{PAGE}factors/{factor.pk}/end/"),
        (client.get, f"{PAGE}key/"),
    )
    with time_machine.travel(now() + timedelta(minutes=6)):
        for act, address in (*acts, (client.get, f"{PAGE}app/")):
            assert act(address).status_code == 403, address
    for act, address in acts:
        assert act(address).status_code in {200, 302}, address


def test_an_access_key_is_added_from_the_page_and_a_cancelled_one_is_not(settings: Settings) -> None:
    account, client = holder(Role.LEARNER)
    told = client.get(f"{PAGE}key/").context["question"]
    assert client.post(f"{PAGE}key/", {"name": "Токен", "key": ""}).status_code == 422
    key = SoftKey(settings.PUBLIC_URL)
    stale = client.post(f"{PAGE}key/", {"name": "Токен", "key": json.dumps(key.made(told))})
    assert stale.status_code == 422, "the page has asked another question since"
    made = key.made(stale.context["question"])
    assert len(client.post(f"{PAGE}key/", {"name": "Токен", "key": json.dumps(made)}).context["codes"]) == 10
    assert [one.name for one in factors.factors_of(account)] == ["Токен"]
    settings.PUBLIC_URL = "http://192.168.0.5:8000"
    assert client.get(f"{PAGE}key/").headers["Location"] == f"{PAGE}app/"
    assert "Добавить ключ доступа" not in text_of(client.get(PAGE))


def test_staff_cannot_end_the_only_factor(settings: Settings) -> None:
    settings.MFA_REQUIRED = True
    account = make_account(Role.METHODIST, password=PASSWORD)
    with_key(account, now())
    client = Client()
    client.force_login(account)
    session = client.session
    session["second_factor"] = "key"
    session.save()
    (factor,) = factors.factors_of(account)
    assert "Отключить: " not in text_of(client.get(PAGE))
    assert client.post(f"{PAGE}factors/{factor.pk}/end/").status_code == 422


def test_the_page_costs_the_same_however_much_it_shows(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    account, client = holder(Role.LEARNER)
    with_app(account)
    client.force_login(account)
    costs = []
    for _ in range(2):
        with django_assert_num_queries(7):  # session, account, roles, factors, codes, sessions, sign-ins
            client.get(PAGE)
        costs.append(len(client.get(PAGE).context["entries"]))
        with_app(account)
        for _ in range(3):
            Client().force_login(account)
        client.force_login(account)
    assert costs[1] > costs[0]


def test_a_stranger_is_led_to_the_door() -> None:
    for address in (PAGE, f"{PAGE}app/", f"{PAGE}key/"):
        assert Client().get(address).headers["Location"].startswith("/accounts/login/")
    assert Client().post(f"{PAGE}codes/").headers["Location"].startswith("/accounts/login/")
