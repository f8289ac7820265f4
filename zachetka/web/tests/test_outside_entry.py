"""Through the academy's sign-in service comes in whoever linked it from inside, past no second factor (п. 3.8; ASVS 10)."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from zachetka.access.models import Account, OutsideIdentity
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import factor_resets, identities, passwords
from zachetka.people.tests.test_factors import with_app
from zachetka.web.tests.service import CLIENT, HOST, SECRET, certificate, served, token

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

ENTER, BACK, SECURITY = "/accounts/outside/", "/accounts/outside/back/", "/accounts/security/"
ISSUER = f"https://{HOST}/realms/academy"


class Service:
    """What the service says; a test changes a word of it."""

    def __init__(self) -> None:
        self.subject = "f:7:belova"
        self.nonce = ""
        self.changed: dict[str, Any] = {}
        self.status, self.body = 200, b""
        self.sent: list[dict[str, str]] = []

    def answer(self, sent: dict[str, str]) -> tuple[int, Any]:
        self.sent.append(sent)
        if self.body:
            return self.status, self.body
        claims = {
            "iss": ISSUER, "aud": CLIENT, "sub": self.subject, "nonce": self.nonce, "exp": now().timestamp() + 300,
        }  # fmt: skip
        return self.status, token(**(claims | self.changed))

    def sends(self, answer: Any) -> str:
        """Be where somebody was sent; return the state with which they come back."""
        way = answer.headers["Location"] if answer.status_code == 302 else answer.context["way"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
        assert way.startswith(f"https://{HOST}/authorize?")
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid")
        assert asked["redirect_uri"].endswith(BACK)
        self.nonce, self.challenge = asked["nonce"], asked["code_challenge"]
        return str(asked["state"])

    def back(self, client: Client, answer: Any, **given: str) -> Any:
        """Send somebody back with a code."""
        return client.get(BACK, {"state": self.sends(answer), "code": "one-time"} | given)


@pytest.fixture
def service(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    pem, secret, told = certificate(tmp_path), tmp_path / "secret", Service()
    secret.write_text(f"{SECRET}\n")
    secret.chmod(0o600)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    asked = socket.getaddrinfo

    def resolved(host: Any, *args: Any, **given: Any) -> Any:
        return asked("127.0.0.1" if host == HOST else host, *args, **given)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with served(pem, told.answer) as port:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET_FILE = ISSUER, CLIENT, secret
        settings.OIDC_AUTHORIZE, settings.OIDC_TOKEN = f"https://{HOST}/authorize", f"https://{HOST}:{port}/token"
        settings.EXCHANGE_NETWORKS = [ip_network("127.0.0.0/8")]
        yield told


def inside(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def linked(service: Service, account: Account) -> Account:
    client = inside(account)
    assert service.back(client, client.post(f"{SECURITY}outside/link/")).headers["Location"] == SECURITY
    assert identities.account_of(ISSUER, service.subject) == account
    return account


def comes_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_off_by_default_there_is_no_such_page(client: Client) -> None:
    for address in (ENTER, BACK):
        assert client.get(address).status_code == 404
    assert inside(make_account(Role.TEACHER)).post(f"{SECURITY}outside/link/").status_code == 404
    assert "Войти через" not in client.get("/accounts/login/").content.decode()


def test_whoever_linked_it_from_inside_comes_in(service: Service, client: Client) -> None:
    account = linked(service, make_account(Role.TEACHER))
    assert f"Войти через {HOST}" in client.get("/accounts/login/").content.decode().replace("\xa0", " ")
    assert service.back(client, client.get(ENTER)).headers["Location"] == "/"
    assert comes_in(client)
    sent = service.sent[-1]
    assert (sent["client_secret"], sent["grant_type"], sent["code"]) == (SECRET, "authorization_code", "one-time")
    digest = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert digest == service.challenge
    kinds = Event.objects.filter(subject_uid=account.person_uid).values_list("type", flat=True)
    assert EventType.OUTSIDE_IDENTITY_LINKED in kinds
    assert service.subject not in str(list(Event.objects.values_list("body", flat=True)))


def test_nobody_is_made_and_nobody_is_found_by_a_name(service: Service, client: Client) -> None:
    make_account(Role.TEACHER, login="belova")
    service.changed = {"preferred_username": "belova", "email": "belova@academy.test", "email_verified": True}
    before = Account.objects.count()
    answer = service.back(client, client.get(ENTER))
    assert answer.headers["Location"] == "/accounts/login/"
    assert "ни с кем не связана" in client.get("/accounts/login/").content.decode().replace("\xa0", " ")
    assert not comes_in(client)
    assert Account.objects.count() == before
    assert Event.objects.newest_first()[0].type == EventType.ACCOUNT_SIGN_IN_REFUSED


def test_the_second_factor_is_asked_all_the_same(service: Service, client: Client, settings: Settings) -> None:
    settings.MFA_REQUIRED = True
    account = make_account(Role.LEARNER)
    linked(service, account)
    _, _, codes = with_app(account)
    assert service.back(client, client.get(ENTER)).headers["Location"] == "/accounts/login/second/"
    assert not comes_in(client)
    assert client.post("/accounts/login/second/", {"code": codes[0]}).status_code == 302
    assert comes_in(client)


def test_staff_without_a_factor_add_one_whichever_way_they_came(
    service: Service, client: Client, settings: Settings
) -> None:
    linked(service, make_account(Role.TEACHER))
    settings.MFA_REQUIRED = True
    service.back(client, client.get(ENTER))
    assert client.get("/").headers["Location"] == "/accounts/security/app/"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["zachetka", "another"]},
        {"aud": None},
        {"exp": 1_600_000_000},
        {"exp": "never"},
        {"exp": True},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "f:7:belova\x00"},
    ],
)
def test_a_token_that_says_something_else_opens_nothing(
    service: Service, client: Client, changed: dict[str, Any]
) -> None:
    linked(service, make_account(Role.TEACHER))
    service.changed = changed
    assert service.back(client, client.get(ENTER)).headers["Location"] == "/accounts/login/"
    assert not comes_in(client)


def test_a_token_for_two_opens_when_it_was_given_to_us(service: Service, client: Client) -> None:
    linked(service, make_account(Role.TEACHER))
    service.changed = {"aud": [CLIENT, "another"], "azp": CLIENT}
    service.back(client, client.get(ENTER))
    assert comes_in(client)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"id_token": 1}', b'{"id_token": "a"}', b'{"id_token": "a.!.b"}', b'{"id_token": "a.W10.b"}'],
)
def test_nonsense_opens_nothing(service: Service, client: Client, body: bytes) -> None:
    linked(service, make_account(Role.TEACHER))
    service.body = body
    assert service.back(client, client.get(ENTER)).headers["Location"] == "/accounts/login/"
    service.status = 500
    assert service.back(client, client.get(ENTER)).headers["Location"] == "/accounts/login/"
    assert not comes_in(client)


def test_an_answer_is_taken_once_from_whoever_was_sent_and_in_time(service: Service, client: Client) -> None:
    linked(service, make_account(Role.TEACHER))
    asked = len(service.sent)
    state = service.sends(client.get(ENTER))
    stranger = Client()
    assert stranger.get(BACK, {"state": state, "code": "x"}).headers["Location"] == "/accounts/login/"
    assert client.get(BACK, {"state": "another", "code": "x"}).headers["Location"] == "/accounts/login/"
    assert client.get(BACK, {"state": state, "code": "x"}).headers["Location"] == "/accounts/login/", "it was taken"
    state = service.sends(client.get(ENTER))
    assert client.get(BACK, {"state": state, "error": "access_denied"}).headers["Location"] == "/accounts/login/"
    state = service.sends(client.get(ENTER))
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert client.get(BACK, {"state": state, "code": "x"}).headers["Location"] == "/accounts/login/"
    assert len(service.sent) == asked, "nothing of it was asked of the service"


def test_an_identity_is_of_one_account_and_an_account_has_one(service: Service) -> None:
    account = linked(service, make_account(Role.TEACHER))
    other = inside(make_account(Role.TEACHER))
    service.back(other, other.post(f"{SECURITY}outside/link/"))
    assert "уже связана с другой" in other.get(SECURITY).content.decode().replace("\xa0", " ")
    linked(service, account)
    assert OutsideIdentity.objects.count() == 1
    service.subject = "f:8:other"
    client = inside(account)
    service.back(client, client.post(f"{SECURITY}outside/link/"))
    assert "сначала разорвите" in client.get(SECURITY).content.decode().replace("\xa0", " ")


def test_linking_is_asked_anew_and_not_done_by_a_link_from_elsewhere(service: Service) -> None:
    account = make_account(Role.TEACHER)
    client = inside(account)
    assert client.get(f"{SECURITY}outside/link/").status_code == 405
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert client.post(f"{SECURITY}outside/link/").status_code == 403
    answer = client.post(f"{SECURITY}outside/link/")
    client.logout()
    client.force_login(make_account(Role.TEACHER))
    assert service.back(client, answer).headers["Location"] in {"/accounts/login/", SECURITY}
    assert not OutsideIdentity.objects.exists(), "somebody else has signed in meanwhile"


def test_what_ends_the_factors_ends_the_link_and_so_does_its_holder(service: Service, client: Client) -> None:
    account = linked(service, make_account(Role.TEACHER))
    with_app(account)
    at = now()
    admin, security = make_account(Role.ADMIN), make_account(Role.SECURITY)
    factor_resets.ask_reset(account, order_number="1", order_date=at.date(), actor=admin, at=at)
    factor_resets.give_reset(account, actor=security, at=at)
    assert identities.account_of(ISSUER, service.subject) is None
    other = linked(service, make_account(Role.LEARNER))
    assert inside(other).post(f"{SECURITY}outside/end/").headers["Location"] == SECURITY
    assert inside(other).post(f"{SECURITY}outside/end/").headers["Location"] == SECURITY
    service.back(client, client.get(ENTER))
    assert not comes_in(client)
    ended = Event.objects.filter(type=EventType.OUTSIDE_IDENTITY_ENDED).values_list("actor", flat=True)
    assert list(ended) == [security.pk, other.pk]


def test_a_temporary_password_or_a_closed_account_is_not_gone_around(service: Service, client: Client) -> None:
    account = linked(service, make_account(Role.TEACHER))
    at = now()
    passwords.ask_password(account, actor=make_account(Role.ADMIN), at=at)
    passwords.release_password(account, actor=make_account(Role.SECURITY), at=at)
    service.back(client, client.get(ENTER))
    assert not comes_in(client)
    new = make_account(Role.TEACHER)
    service.subject = "f:9:closed"
    linked(service, new)
    Account.objects.filter(pk=new.pk).update(is_active=False, closed_at=at)
    service.back(client, client.get(ENTER))
    assert not comes_in(client)


def test_the_service_is_asked_over_tls_and_with_a_secret_that_others_do_not_read(
    service: Service, client: Client, settings: Settings
) -> None:
    linked(service, make_account(Role.TEACHER))
    asked = len(service.sent)
    settings.OIDC_SECRET_FILE.chmod(0o644)
    service.back(client, client.get(ENTER))
    settings.OIDC_SECRET_FILE = Path("/nonexistent/secret")
    service.back(client, client.get(ENTER))
    settings.OIDC_SECRET_FILE = None
    service.back(client, client.get(ENTER))
    settings.OIDC_TOKEN = settings.OIDC_TOKEN.replace("https:", "http:")
    service.back(client, client.get(ENTER))
    assert not comes_in(client)
    assert len(service.sent) == asked


def test_a_service_with_another_certificate_is_not_believed(
    service: Service, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked(service, make_account(Role.TEACHER))
    monkeypatch.delenv("SSL_CERT_FILE")
    assert service.back(client, client.get(ENTER)).headers["Location"] == "/accounts/login/"
    assert not comes_in(client)


def test_tries_are_counted(service: Service, client: Client) -> None:
    statuses = [client.get(ENTER).status_code for _ in range(31)]
    assert statuses == [302] * 30 + [429]
    assert client.get(BACK, {"state": "x", "code": "x"}).status_code == 429


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM access_outsideidentity",
        "UPDATE access_outsideidentity SET subject = 'another'",
        "UPDATE access_outsideidentity SET ended_at = now(); UPDATE access_outsideidentity SET ended_at = NULL",
    ],
)
def test_the_database_itself_keeps_a_link_as_it_was_made(service: Service, statement: str) -> None:
    linked(service, make_account(Role.TEACHER))
    with pytest.raises(IntegrityError, match="Связь с внешним входом"):
        run(statement)


def run(statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for one in statements.split(";"):
            cursor.execute(one)
