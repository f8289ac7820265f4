"""A password of one's own: counted, atomic, another one, other sessions ended, recorded (п. 3.8; ASVS 6.2, 7.4)."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.own_password import change_own_password

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

PAGE = "/accounts/password/change/"
OLD, NEW = "сорок два кита плывут", "шесть ежей и самовар"


def holder() -> tuple[Account, Client]:
    account = make_account(Role.METHODIST, password=OLD)
    client = Client()
    client.force_login(account)
    return account, client


def change(client: Client, current: str = OLD, new: str = NEW, again: str | None = None):
    return client.post(PAGE, {"current": current, "new": new, "again": new if again is None else again})


def test_the_new_password_opens_and_the_change_is_recorded(db: None) -> None:
    account, client = holder()
    assert change(client).status_code == 302
    account.refresh_from_db()
    assert account.check_password(NEW)
    event = Event.objects.newest_first()[0]
    assert (event.type, event.actor) == (EventType.ACCOUNT_PASSWORD_CHANGED, account)
    assert NEW not in str(event.body)


def test_the_other_sessions_end_and_this_one_goes_on_under_a_new_key(db: None) -> None:
    account, client = holder()
    elsewhere = Client()
    elsewhere.force_login(account)
    assert elsewhere.get("/").status_code == 200
    before = client.session.session_key
    change(client)
    assert client.get("/").status_code == 200
    assert client.session.session_key != before
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((OLD, OLD), "совпадает с нынешним"),
        ((OLD, "коротко"), "12"),
        ((OLD, "password1234"), "распространён"),
        ((OLD, NEW, "шесть ежей и чайник"), "Не совпадает"),
        ((OLD, ""), "Заполните"),
        (("не тот", NEW), "не подошёл"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_the_old_one_stays(
    db: None, typed: tuple[str, ...], said: str
) -> None:
    account, client = holder()
    answer = change(client, *typed)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\xa0", " ")
    account.refresh_from_db()
    assert account.check_password(OLD)
    assert not Event.objects.filter(type=EventType.ACCOUNT_PASSWORD_CHANGED).exists()


def test_the_sixth_guess_at_an_open_page_waits_even_when_it_is_right(db: None) -> None:
    account, client = holder()
    for _ in range(5):
        assert change(client, "не тот").status_code == 422
    refused = change(client)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    account.refresh_from_db()
    assert account.check_password(OLD)
    assert Event.objects.filter(type=EventType.ACCOUNT_SIGN_IN_REFUSED, subject_uid=account.person_uid).count() == 5
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert change(client).status_code == 429
    later = now() + timedelta(minutes=16)
    with time_machine.travel(later):
        client.force_login(account)
        assert change(client).status_code == 302


def test_a_stranger_is_led_to_the_door(client: Client, db: None) -> None:
    assert change(client).headers["Location"].startswith("/accounts/login/")


def test_whoever_was_given_a_password_sees_nothing_before_setting_their_own(db: None) -> None:
    other = make_account(password=OLD)
    Account.objects.filter(pk=other.pk).update(initial_until=now() + timedelta(hours=1))
    client = Client()
    client.force_login(other)
    for address in ("/", "/people/", "/cohorts/", "/search/?q=а"):
        assert client.get(address).headers["Location"] == PAGE, address
    assert change(client).status_code == 302
    other.refresh_from_db()
    assert other.initial_until is None
    assert client.get("/people/").headers.get("Location") != PAGE


def test_of_two_changes_at_once_one_is_made(fresh_database: object) -> None:
    account = make_account(Role.METHODIST, password=OLD)

    def set_own(new: str) -> Account:
        return change_own_password(Account.objects.get(pk=account.pk), current=OLD, new=new, at=now())

    came = at_once(partial(set_own, NEW), partial(set_own, f"{NEW} и чайник"))
    assert sorted(type(one).__name__ for one in came) == ["Account", "RuleViolation"]
    assert Event.objects.filter(type=EventType.ACCOUNT_PASSWORD_CHANGED).count() == 1
