"""Group D of the bad-input corpus: accounts, second factors, sessions; each case by its number (п. 3.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client
from pytest_django import Settings

from tests.at_once import at_once
from zachetka.access.hashers import Argon2
from zachetka.access.models import Account, RoleAssignment, Session, SignInThrottle
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.access.throttle import count_try
from zachetka.core.clock import now
from zachetka.core.errors import IllegalStep, TooMany
from zachetka.ledger.models import Event
from zachetka.people.actions import passwords
from zachetka.people.tests.test_factors import code, with_app
from zachetka.web.signin import BY_LOGIN

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

DOOR, SECOND, CHANGE = "/accounts/login/", "/accounts/login/second/", "/accounts/password/change/"
PASSWORD, WRONG = "сорок два кита плывут", "совсем-не-тот-пароль"
LATER = timedelta(minutes=1)


def knock(client: Client, login: str = "belova", password: str = PASSWORD, **given: str) -> Any:
    return client.post(DOOR, {"login": login, "password": password, **given})


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def belova(password: str = PASSWORD, *roles: Role) -> Account:
    return make_account(*(roles or (Role.METHODIST,)), login="belova", password=password)


def entered(password: str = PASSWORD) -> Client:
    client = Client()
    knock(client, password=password)
    return client


@pytest.mark.parametrize(
    "login",
    [
        "' OR 1=1 --",
        "belova'; DROP TABLE access_account--",
        "*)(uid=*))(|(uid=*",
        "belova*",
        "\\",
        "$ne",
        "a" * 5000,
        "\x00",
    ],
)
def test_d1_what_a_database_or_a_directory_would_read_is_a_login_nobody_has(db: None, login: str) -> None:
    belova()
    client = Client()
    assert knock(client, login).status_code in {200, 400}
    assert not is_in(client)
    assert Account.objects.filter(login="belova").exists()


@pytest.mark.parametrize("login", ["BELOVA", "belova ", "\tBelova"])
def test_d2_case_and_spaces_are_no_other_login(db: None, login: str) -> None:
    belova()
    client = Client()
    knock(client, login)
    assert is_in(client)


@pytest.mark.parametrize("login", ["bеlova", "belovа", "ｂelova", "belova\u200b", "bel\u0301ova"])
def test_d2_letters_that_look_alike_are_another_login(db: None, login: str) -> None:
    belova()
    client = Client()
    knock(client, login)
    assert not is_in(client)


def test_d3_twins_that_differ_after_72_bytes_are_two_passwords(db: None) -> None:
    twin = "к" * 36
    assert len(twin.encode()) == 72
    belova(f"{twin}а")
    assert not is_in(entered(f"{twin}б"))
    assert is_in(entered(f"{twin}а")), "the control"


def test_d4_a_password_of_128_signs_is_taken_whole(db: None) -> None:
    belova()
    client = entered()
    long = "шесть ежей, самовар и два кита " * 5
    new = long[:128]
    assert client.post(CHANGE, {"current": PASSWORD, "new": new, "again": new}).status_code == 302
    assert is_in(entered(new))
    assert not is_in(entered(new[:127]))


def test_d5_the_first_passwords_of_every_list_are_refused(db: None) -> None:
    belova()
    client = entered()
    known = sorted(one for one in CommonPasswordValidator().passwords if len(one) >= 12)
    assert len(known) > 50
    for password in known[:: len(known) // 25]:
        answer = client.post(CHANGE, {"current": PASSWORD, "new": password, "again": password})
        assert answer.status_code == 422, password


@pytest.mark.parametrize(
    "password", ["академия-академия", "frfltvbz-frfltvbz", "Белова Ольга Сергеевна", "belova-belova-1"]
)
def test_d6_the_academys_and_ones_own_name_are_refused(db: None, password: str) -> None:
    account = belova()
    Account.objects.filter(pk=account.pk).update(display_name="Белова Ольга Сергеевна")
    answer = entered().post(CHANGE, {"current": PASSWORD, "new": password, "again": password})
    assert answer.status_code == 422


def test_d7_an_unknown_login_is_answered_alike_and_costs_as_much(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    belova()
    computed: list[str] = []
    encode = Argon2.encode

    def counted(self: Argon2, password: str, salt: str) -> str:
        computed.append("encode")
        return encode(self, password, salt)

    verify = Argon2.verify

    def verified(self: Argon2, password: str, encoded: str) -> bool:
        computed.append("verify")
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2, "encode", counted)
    monkeypatch.setattr(Argon2, "verify", verified)
    bodies, costs = [], []
    for login in ("belova", "nobody"):
        computed.clear()
        text = knock(Client(), login, WRONG).content.decode()
        bodies.append(re.sub(r'value="[^"]*"|[a-z]+-token[^>]*', "", text))
        costs.append(len(computed))
    assert bodies[0] == bodies[1]
    assert costs == [1, 1], "one hash each: the time tells nothing"


@pytest.mark.parametrize(
    "address", ["/accounts/password/reset/", "/accounts/password/reset/key/1-abc/", "/accounts/recover/"]
)
def test_d8_to_d11_there_is_no_link_that_resets_a_password(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "a@b.example"}).status_code == 404


@pytest.fixture
def given(db: None) -> tuple[Account, str]:
    """An account of the staff with a temporary password that two people gave, in place of such a link."""
    account, at = belova(), now()
    passwords.ask_password(account, actor=make_account(Role.ADMIN), at=at)
    return account, passwords.release_password(account, actor=make_account(Role.SECURITY), at=at)


def test_d8_asking_again_and_again_gives_one_request(db: None) -> None:
    account, admin, at = belova(), make_account(Role.ADMIN), now()
    passwords.ask_password(account, actor=admin, at=at)
    for _ in range(20):
        with pytest.raises(IllegalStep):
            passwords.ask_password(account, actor=admin, at=at)


def test_d9_a_temporary_password_ends_with_the_first_own_one(given: tuple[Account, str]) -> None:
    _, temporary = given
    client = entered(temporary)
    assert client.get("/").headers["Location"] == CHANGE
    assert client.post(CHANGE, {"current": temporary, "new": PASSWORD, "again": PASSWORD}).status_code == 302
    assert not is_in(entered(temporary))
    assert is_in(entered())


def test_d10_a_newer_temporary_password_ends_the_one_before_and_each_ends_in_a_day(given: tuple[Account, str]) -> None:
    account, first = given
    at = now()
    passwords.ask_password(account, actor=make_account(Role.ADMIN), at=at)
    second = passwords.release_password(account, actor=make_account(Role.SECURITY), at=at)
    stale, fresh = Client(), Client()
    knock(stale, password=first)
    assert stale.get("/").headers["Location"].startswith(DOOR)
    with time_machine.travel(now() + timedelta(hours=25)):
        knock(fresh, password=second)
        assert fresh.get("/").headers["Location"].startswith(DOOR)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example#localhost"])
def test_d11_a_foreign_host_is_answered_with_nothing(db: None, host: str) -> None:
    answer = Client(raise_request_exception=False).get(DOOR, headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


@pytest.fixture
def app(db: None) -> tuple[Client, str, list[str]]:
    """A client at the second step, the secret of the application, the recovery codes."""
    _, secret, codes = with_app(belova())
    client = Client()
    assert knock(client).headers["Location"] == SECOND
    return client, secret, codes


def second(client: Client, typed: str) -> bool:
    client.post(SECOND, {"code": typed})
    return is_in(client)


def test_d12_a_code_seen_over_the_shoulder_opens_nothing(app: tuple[Client, str, list[str]]) -> None:
    client, secret, _ = app
    with time_machine.travel(now() + LATER, tick=False):
        assert second(client, code(secret, now()))
        thief = Client()
        knock(thief)
        assert not second(thief, code(secret, now()))


@pytest.mark.parametrize(("windows", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_d13_two_windows_away_opens_nothing(app: tuple[Client, str, list[str]], windows: int, opens: bool) -> None:  # noqa: FBT001
    client, secret, _ = app
    with time_machine.travel(now() + 5 * LATER, tick=False):
        assert second(client, code(secret, now() + windows * timedelta(seconds=30))) is opens


def test_d14_a_recovery_code_opens_once(app: tuple[Client, str, list[str]]) -> None:
    client, _, codes = app
    assert second(client, codes[0])
    again = Client()
    knock(again)
    assert not second(again, codes[0])
    assert second(again, codes[1]), "the control"


def test_d15_a_session_that_somebody_prepared_is_not_the_one_that_comes_in(db: None) -> None:
    belova()
    client = Client()
    client.cookies["session"] = "prepared0by0somebody0else00000000"
    client.get(DOOR)
    knock(client)
    assert is_in(client)
    assert client.cookies["session"].value != "prepared0by0somebody0else00000000"
    assert not Session.objects.filter(session_key="prepared0by0somebody0else00000000").exists()


def test_d15_the_key_is_another_after_each_step_up(app: tuple[Client, str, list[str]]) -> None:
    client, secret, _ = app
    keys = [client.session.session_key]
    with time_machine.travel(now() + LATER, tick=False):
        second(client, code(secret, now()))
        keys.append(client.session.session_key)
    assert len(set(keys)) == len(keys)


def test_d16_a_closed_account_is_out_at_once_and_does_not_come_back(db: None) -> None:
    account, client = belova(), entered()
    assert is_in(client)
    Account.objects.filter(pk=account.pk).update(is_active=False, closed_at=now())
    assert not is_in(client)
    assert not is_in(entered())


def test_d17_a_role_taken_away_opens_nothing_at_the_next_request(db: None) -> None:
    account = belova()
    client = entered()
    assert client.get("/cohorts/").status_code == 200
    RoleAssignment.objects.filter(account=account).update(state=RoleAssignment.State.ENDED)
    assert client.get("/cohorts/").status_code == 403


@pytest.mark.parametrize(("seconds", "stays"), [(15 * 60 - 5, True), (15 * 60 + 1, False)])
def test_d18_a_quarter_of_an_hour_of_silence_ends_it(db: None, seconds: int, stays: bool) -> None:  # noqa: FBT001
    belova()
    client = entered()
    with time_machine.travel(now() + timedelta(seconds=seconds)):
        assert is_in(client) is stays


def forged() -> Iterator[str]:
    yield from ("", "x", "0" * 32, "../../../etc/passwd", "' OR 1=1--", "a" * 4000, "%00", "ключ".encode().hex())


@pytest.mark.parametrize("cookie", list(forged()))
def test_d19_a_forged_cookie_is_nobody(db: None, cookie: str) -> None:
    belova()
    entered()
    client = Client()
    client.cookies["session"] = cookie
    assert client.get("/").status_code in {302, 400}


def test_d19_what_a_session_holds_is_signed(db: None) -> None:
    account = belova()
    client = entered()
    row = Session.objects.get(session_key=client.session.session_key)
    body, _, signature = row.session_data.rpartition(":")
    Session.objects.filter(pk=row.pk).update(session_data=f"{body}:{signature[:-2]}xx")
    assert not is_in(client), "changed past the system, it is nobody's"
    assert Account.objects.get(pk=account.pk).is_active


@pytest.mark.parametrize("token", [None, "", "a" * 32, "b" * 64])
def test_d20_without_the_token_of_its_own_page_nothing_is_sent(db: None, token: str | None) -> None:
    belova()
    strict = Client(enforce_csrf_checks=True)
    strict.get(DOOR)
    given = {"login": "belova", "password": PASSWORD} | ({} if token is None else {"csrfmiddlewaretoken": token})
    assert strict.post(DOOR, given).status_code == 403
    assert not is_in(strict)


def test_d20_a_token_of_before_the_sign_in_is_too_old_after_it(db: None) -> None:
    belova()
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(DOOR)
    old = str(page.context["csrf_token"])
    strict.post(DOOR, {"login": "belova", "password": PASSWORD, "csrfmiddlewaretoken": old})
    assert is_in(strict)
    assert strict.post("/accounts/logout/", {"csrfmiddlewaretoken": old}).status_code == 403
    fresh = str(strict.get("/").context["csrf_token"])
    assert strict.post("/accounts/logout/", {"csrfmiddlewaretoken": fresh}).status_code == 302, "the control"


@pytest.mark.parametrize("foreign", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_d20_a_foreign_origin_sends_nothing(db: None, foreign: str) -> None:
    belova()
    strict = Client(enforce_csrf_checks=True)
    token = str(strict.get(DOOR).context["csrf_token"])
    given = {"login": "belova", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert strict.post(DOOR, given, headers={"origin": foreign}).status_code == 403


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https:evil.example", "%09//evil.example", "\t//evil.example"]
)
@pytest.mark.parametrize("with_factor", [False, True])
def test_d21_a_sign_in_leads_nowhere_else_at_either_step(db: None, address: str, with_factor: bool) -> None:  # noqa: FBT001
    account = belova()
    codes = with_app(account)[2] if with_factor else []
    client = Client()
    answer = knock(client, next=address)
    for typed in codes[:1]:
        answer = client.post(SECOND, {"code": typed})
    leads = answer.headers["Location"]
    assert leads.startswith("/")
    assert not leads.startswith(("//", "/\\", "/\t"))


def test_d22_of_a_thousand_wrong_passwords_at_once_five_are_looked_at(fresh_database: object) -> None:
    at, through = now(), list[str]()

    def hundred() -> None:
        for _ in range(100):
            with suppress(TooMany):
                count_try(BY_LOGIN, "belova", at)
                through.append("one more")

    assert at_once(*[hundred] * 10) == [None] * 10
    assert len(through) == 5
    assert SignInThrottle.objects.get().failures == 1000


def test_d22_the_second_step_counts_as_the_first_does(fresh_database: object, settings: Settings) -> None:
    account, secret, _ = with_app(belova())
    clients = [Client() for _ in range(4)]
    assert [knock(one).headers["Location"] for one in clients] == [SECOND] * 4

    def guess(client: Client) -> list[int]:
        return [client.post(SECOND, {"code": "000000"}).status_code for _ in range(5)]

    came = at_once(*[partial(guess, one) for one in clients])
    statuses = [status for guessed in came if isinstance(guessed, list) for status in guessed]
    assert statuses.count(422) == 5
    assert statuses.count(429) == 15
    with time_machine.travel(now() + LATER):
        assert not second(clients[0], code(secret, now())), "even the right one waits"
    assert Event.objects.filter(type="second_factor.refused", actor=account).count() == 5
