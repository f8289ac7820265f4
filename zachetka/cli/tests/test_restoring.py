"""An administrator who forgot the password comes in again, by an order and from the console alone (п. 3.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from click.testing import CliRunner, Result
from django.db import IntegrityError, connections, transaction
from django.test import Client
from pytest_django import Settings

from zachetka import cli
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.ledger.models import Event
from zachetka.people.actions.factors import factors_of
from zachetka.people.actions.passwords import restore_access
from zachetka.people.tests.test_factors import with_app
from zachetka.postgres.address import Place

pytestmark = pytest.mark.clause("3.8")

FORGOTTEN = "сорок два кита плывут"
BY_ORDER = ["--order", "31-к", "--order-date", "12.01.2026"]


@pytest.fixture
def console(fresh_database: Place, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def database(_duty: object) -> Iterator[Place]:
        yield fresh_database

    monkeypatch.setattr("zachetka.cli.restoring.database", database)
    return CliRunner()


def restored(console: CliRunner, login: str, by: list[str] = BY_ORDER) -> Result:
    return console.invoke(cli.zachetka, ["restore-access", login, *by])


@pytest.mark.parametrize("role", ["admin", "security"])
def test_the_only_administrator_comes_in_again_and_is_told_by_whom(
    console: CliRunner, collected_statics: None, role: str
) -> None:
    account = make_account(role, password=FORGOTTEN)
    open_session = Client()
    open_session.force_login(account)
    answer = restored(console, account.login.upper())
    assert answer.exit_code == 0, answer.output
    (password,) = re.findall(r"((?:\w{4}-){4}\w{4})", answer.stdout)
    assert open_session.get("/").headers["Location"].startswith("/accounts/login/")
    client = Client()
    assert client.post("/accounts/login/", {"login": account.login, "password": FORGOTTEN}).status_code != 302
    assert client.post("/accounts/login/", {"login": account.login, "password": password}).status_code == 302
    page = unescape(client.get("/", follow=True).content.decode()).replace("\u00a0", " ")
    assert "с консоли сервера по приказу № 31-к" in page
    event = Event.objects.get(type="account.access_restored")
    assert event.actor is None
    assert event.subject_uid == account.person_uid
    assert event.body == {"order": "31-к", "order_date": "2026-01-12"}
    assert password not in str(list(Event.objects.values_list("body", flat=True)))
    assert Account.objects.get(pk=account.pk).initial_until == event.at + timedelta(hours=24)


def test_with_the_password_the_second_factor_begins_anew(
    console: CliRunner, collected_statics: None, settings: Settings
) -> None:
    settings.MFA_REQUIRED = True
    account, _, codes = with_app(make_account("admin", password=FORGOTTEN))
    answer = restored(console, account.login)
    assert answer.exit_code == 0, answer.output
    assert not factors_of(account)
    assert not account.recovery_codes.live().exists()
    assert not [code for code in codes if code in answer.output]
    (password,) = re.findall(r"((?:\w{4}-){4}\w{4})", answer.stdout)
    client = Client()
    client.post("/accounts/login/", {"login": account.login, "password": password})
    assert client.get("/").headers["Location"] == "/accounts/password/change/"
    own = {"current": password, "new": FORGOTTEN, "again": FORGOTTEN}
    assert client.post("/accounts/password/change/", own).status_code == 302
    assert client.get("/").headers["Location"] == "/accounts/security/app/"
    ended = Event.objects.filter(type="second_factor.ended").values_list("actor", flat=True)
    assert list(ended) == [None]


@pytest.mark.parametrize(
    ("role", "by", "said"),
    [
        ("head", BY_ORDER, "остальным пароль выдают они"),
        ("learner", BY_ORDER, "остальным пароль выдают они"),
        ("admin", ["--order", " ", "--order-date", "12.01.2026"], "номер приказа"),
        ("admin", ["--order", "1", "--order-date", "01.01.2099"], "будущим"),
        ("closed", BY_ORDER, "закрыта"),
        ("nobody", BY_ORDER, "логина nobody нет"),
    ],
)
def test_what_the_console_does_not_give(console: CliRunner, role: str, by: list[str], said: str) -> None:
    login = "nobody"
    if role != "nobody":
        account = make_account("admin" if role == "closed" else role, password=FORGOTTEN)
        login = account.login
        if role == "closed":
            Account.objects.filter(pk=account.pk).update(is_active=False, closed_at=now())
    answer = restored(console, login, by)
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert not Event.objects.filter(type="account.access_restored").exists()
    assert not Account.objects.exclude(initial_until=None).exists()


def test_the_application_cannot_do_it(db: None) -> None:
    account = make_account("admin", password=FORGOTTEN)
    with pytest.raises(IntegrityError, match="запрашивает один человек"):
        restore_access(account, order_number="31-к", order_date=legal_date(now()), at=now())


GIVE = "UPDATE access_account SET initial_until = now(), initial_given_by_person = {} WHERE id = %s"


def give(alias: str, account: Account, given_by: str = "NULL") -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(GIVE.format(given_by), [account.pk])


@pytest.mark.parametrize("role", ["admin", "security"])
def test_the_database_takes_it_from_the_owner_for_these_two_alone(fresh_database: Place, role: str) -> None:
    account, head = make_account(role), make_account("head")
    for alias, whom, given_by in (
        ("default", account, "NULL"),
        ("migrate", head, "NULL"),
        ("migrate", account, "gen_random_uuid()"),
    ):
        with pytest.raises(IntegrityError, match="запрашивает один человек"):
            give(alias, whom, given_by)
    give("migrate", account)
    assert Account.objects.get(pk=account.pk).initial_until is not None
