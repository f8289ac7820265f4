"""Signing in: counted in the database, one answer for every failure, sessions that end (п. 3.8; ASVS 6 and 7)."""

import re
import sys
from contextlib import suppress
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.test import Client

from tests.at_once import at_once
from zachetka.access import throttle
from zachetka.access.models import Account, RoleAssignment, SignInThrottle
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.access.throttle import Limit, count_try
from zachetka.core.address import networks
from zachetka.core.clock import now
from zachetka.core.errors import TooMany
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.web.signin import BY_LOGIN

pytestmark = pytest.mark.clause("3.8")

PASSWORD = "верный-пароль-для-проверки"
WRONG = "совсем-не-тот-пароль"
DOOR = "/accounts/login/"


def knock(client: Client, login: str, password: str, **headers: str):
    return client.post(DOOR, {"login": login, "password": password}, headers=headers)


def test_the_right_password_opens_and_leaves_a_trace(client, db):
    account = make_account(Role.METHODIST, login="belova", password=PASSWORD)
    assert knock(client, "belova", PASSWORD).status_code == 302
    assert client.get("/").status_code == 200
    event = Event.objects.newest_first()[0]
    assert (event.type, event.actor) == (EventType.ACCOUNT_SIGNED_IN, account)


@pytest.mark.parametrize("login", ["BELOVA", " belova ", "Belova"])
def test_a_login_is_one_however_it_is_typed_d2(client, db, login):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    assert knock(client, login, PASSWORD).status_code == 302


def test_an_unknown_login_gets_the_same_answer_as_a_wrong_password_d7(client, db):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    wrong, unknown = (
        re.sub(r'(value="[^"]*"|[a-z]+-token[^>]*)', "", knock(client, login, WRONG).content.decode())
        for login in ("belova", "nobody")
    )
    assert "Логин или пароль не подходят" in wrong.replace("\xa0", " ")
    assert wrong == unknown


@pytest.mark.parametrize("spoof", [False, True])
def test_the_sixth_try_waits_whatever_x_forwarded_for_says(client, db, spoof):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    for place in range(5):
        headers = {"x-forwarded-for": f"10.0.0.{place}"} if spoof else {}
        assert knock(client, "belova", WRONG, **headers).status_code == 200
    refused = knock(client, "belova", PASSWORD, **({"x-forwarded-for": "10.9.9.9"} if spoof else {}))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Слишком много попыток" in refused.content.decode()


def test_one_address_cannot_try_many_logins(client, db):
    statuses = [knock(client, f"login{place}", WRONG).status_code for place in range(31)]
    assert statuses == [200] * 30 + [429]


def test_the_right_password_takes_back_what_was_used_up(client, db):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    for _ in range(4):
        knock(client, "belova", WRONG)
    assert knock(client, "belova", PASSWORD).status_code == 302
    assert not SignInThrottle.objects.filter(key__startswith="login:").exists()
    assert SignInThrottle.objects.get(key__startswith="address:").failures == 4


def test_the_window_ends(db):
    limit = Limit("login", 2, timedelta(minutes=5), "{minutes}")
    at = now()
    count_try(limit, "x", at)
    count_try(limit, "x", at)
    with pytest.raises(TooMany) as refusal:
        count_try(limit, "x", at + timedelta(minutes=4))
    assert 0 < refusal.value.retry_after <= 60
    count_try(limit, "x", at + timedelta(minutes=6))


def test_a_hundred_parallel_tries_let_five_through_d22(fresh_database):
    limit, at = Limit("login", 5, timedelta(minutes=5), "{minutes}"), now()

    through: list[str] = []

    def ten_tries() -> None:
        for _ in range(10):
            with suppress(TooMany):
                count_try(limit, "belova", at)
                through.append("one more")

    assert at_once(*[ten_tries] * 10) == [None] * 10
    assert len(through) == 5


def test_the_table_of_tries_is_no_list_of_logins(client, db):
    knock(client, "belova", WRONG)
    assert not SignInThrottle.objects.filter(key__contains="belova").exists()


def test_a_refused_try_leaves_a_trace_without_what_was_typed(client, db):
    knock(client, "somebody", WRONG)
    event = Event.objects.newest_first()[0]
    assert event.type == EventType.ACCOUNT_SIGN_IN_REFUSED
    assert "somebody" not in str(event.body) + event.object_id


def test_staff_who_were_idle_for_a_quarter_of_an_hour_sign_in_again_d18(client, db):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    knock(client, "belova", PASSWORD)
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert client.get("/").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=30, seconds=1)):
        assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/people/new/?a=1", "/people/new/%3Fa%3D1"),
        ("http://evil.example/people/new/", "/"),
        ("", "/"),
    ],
)
def test_who_sends_after_the_end_is_told_that_nothing_is_written_and_comes_back_to_the_form(client, db, referer, back):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    knock(client, "belova", PASSWORD)
    with time_machine.travel(now() + timedelta(minutes=16)):
        sent = client.post("/people/new/", {"first_name": "Анна"}, headers={"referer": referer})
        assert sent["Location"] == f"/accounts/login/?next={back}"
        assert "Отправленное не записано" in client.get(sent["Location"]).content.decode().replace("\u00a0", " ")
        # nobody is signed in now: the same place, and an address that only takes is never one
        again = client.post("/notices/read/", headers={"referer": referer})
        assert again["Location"] == f"/accounts/login/?next={back}&lost=1"
    with time_machine.travel(now() + timedelta(minutes=17)):
        assert client.get("/people/?q=1")["Location"] == "/accounts/login/?next=/people/%3Fq%3D1"


@pytest.mark.parametrize(("method", "is_told"), [("post", True), ("get", False)])
def test_who_sends_after_leaving_in_another_tab_is_told_that_nothing_is_written(client, db, method, is_told):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    knock(client, "belova", PASSWORD)
    client.post("/accounts/logout/")
    came_from = {"referer": "http://testserver/people/new/"}
    answer = getattr(client, method)("/people/new/", {"last_name": "Проверкин"}, headers=came_from)
    assert answer["Location"].startswith(f"{DOOR}?next=/people/new/")
    assert not client.cookies["session"].value, "a stranger gets no session for it"
    door = client.get(answer["Location"]).content.decode().replace("\u00a0", " ")
    assert ("Отправленное не записано: войдите и отправьте ещё раз." in door) is is_told


def test_a_session_ends_after_twelve_hours_of_work(client, db):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    knock(client, "belova", PASSWORD)
    start = now()
    for quarter in range(1, 12 * 6 + 1):
        with time_machine.travel(start + timedelta(minutes=10 * quarter - 1)):
            assert client.get("/healthz").status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1)):
        assert client.get("/").status_code == 302


def test_the_session_key_is_another_after_signing_in_d15(client, db):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    client.get(DOOR)
    before = client.session.session_key
    knock(client, "belova", PASSWORD)
    assert client.session.session_key != before


def test_a_closed_account_is_out_at_the_next_request_d16(client, db):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    knock(client, "belova", PASSWORD)
    Account.objects.filter(login="belova").update(is_active=False, closed_at=now())
    assert client.get("/").status_code == 302
    assert knock(client, "belova", PASSWORD).status_code == 200


def test_a_role_that_ended_opens_nothing_at_the_next_request_d17(client, db):
    account = make_account(Role.METHODIST, login="belova", password=PASSWORD)
    knock(client, "belova", PASSWORD)
    assert client.get("/cohorts/").status_code == 200
    RoleAssignment.objects.filter(account=account).update(state=RoleAssignment.State.ENDED)
    assert client.get("/cohorts/").status_code == 403


@pytest.mark.parametrize(
    "next_", ["//evil.example", "/\\evil.example", "https:evil.example", "%09//evil", "javascript:1"]
)
def test_signing_in_leads_nowhere_else_d21(client, db, next_):
    make_account(Role.METHODIST, login="belova", password=PASSWORD)
    answer = client.post(DOOR, {"login": "belova", "password": PASSWORD, "next": next_})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"] or answer.headers["Location"].startswith("/%")
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith(("//", "/\\"))


def test_nobody_signs_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.parametrize("login", ["' OR 1=1 --", "*)(uid=*", "a" * 5000, "\x00", "аdmin"])
def test_strange_logins_are_refused_quietly_d1(client, db, login):
    assert knock(client, login, WRONG).status_code in {200, 400}


@pytest.fixture
def behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = networks("127.0.0.0/8, 10.0.0.0/8")


def test_behind_a_proxy_of_ours_each_visitor_has_tries_of_their_own(client, db, behind_a_proxy):
    for place in range(30):
        knock(client, f"login{place}", WRONG, **{"x-forwarded-for": "203.0.113.5"})
    assert knock(client, "belova", WRONG, **{"x-forwarded-for": "203.0.113.5"}).status_code == 429
    assert knock(client, "belova", WRONG, **{"x-forwarded-for": "203.0.113.6"}).status_code == 200


def test_what_stands_left_of_the_visitor_moves_nothing(client, db, behind_a_proxy):
    tries = [
        knock(client, f"login{place}", WRONG, **{"x-forwarded-for": f"198.51.100.{place}, 203.0.113.5, 10.0.0.7"})
        for place in range(31)
    ]
    assert [answer.status_code for answer in tries] == [200] * 30 + [429]


def test_without_proxies_of_ours_a_rotating_header_moves_nothing(client, db):
    tries = [knock(client, f"login{place}", WRONG, **{"x-forwarded-for": f"198.51.100.{place}"}) for place in range(31)]
    assert [answer.status_code for answer in tries] == [200] * 30 + [429]


def test_a_stranger_who_poses_as_a_proxy_moves_nothing(client, db, behind_a_proxy):
    tries = [
        client.post(
            DOOR,
            {"login": f"login{place}", "password": WRONG},
            headers={"x-forwarded-for": f"198.51.100.{place}"},
            REMOTE_ADDR="203.0.113.9",
        )
        for place in range(31)
    ]
    assert [answer.status_code for answer in tries] == [200] * 30 + [429]


@pytest.mark.clause("3.8")
def test_counts_that_are_over_go_while_others_begin(db):
    begun = now() - timedelta(days=1)
    for number in range(40):
        count_try(BY_LOGIN, f"invented-{number}", begun)
    assert SignInThrottle.objects.count() == 40
    at = now()
    for number in range(20):
        count_try(BY_LOGIN, f"another-{number}", at)
    assert SignInThrottle.objects.filter(window_started_at__lt=at).count() == 0
    assert SignInThrottle.objects.count() == 20, "what still counts has stayed"


@pytest.mark.clause("3.8")
def test_one_try_removes_few_and_no_window_outlives_what_is_kept(db):
    for number in range(10):
        count_try(BY_LOGIN, f"invented-{number}", now() - timedelta(days=1))
    count_try(BY_LOGIN, "another", now())
    assert SignInThrottle.objects.count() == 11 - throttle.REMOVED_AT_ONCE
    import_module("zachetka.urls")
    rooms = [module for name, module in sys.modules.items() if name.startswith("zachetka.") and ".tests" not in name]
    limits = {one for module in rooms for one in vars(module).values() if isinstance(one, Limit)}
    assert len(limits) >= 6
    assert max(limit.window for limit in limits) <= throttle.KEPT
