"""Every factor lost: one person asks by an order, another resets, the holder begins anew in person (п. 3.8; ASVS 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from zachetka.access.models import Account, FactorReset, Session
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people import queries
from zachetka.people.actions import factors, passwords
from zachetka.people.actions.factor_resets import ask_reset, give_reset
from zachetka.people.tests.test_factors import with_app

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]


def ask(
    account: Account, admin: Account, *, number: str = "41-к", day: date | None = None, at: datetime
) -> FactorReset:
    return ask_reset(account, order_number=number, order_date=day or legal_date(at), actor=admin, at=at)


@pytest.fixture
def admin() -> Account:
    return make_account(Role.ADMIN)


@pytest.fixture
def security() -> Account:
    return make_account(Role.SECURITY)


def test_two_people_reset_and_the_holder_comes_in_with_a_password_given_in_person(
    admin: Account, security: Account
) -> None:
    account, secret, codes = with_app()
    client = Client()
    client.force_login(account)
    at = now() + timedelta(minutes=1)
    asked = ask(account, admin, at=at)
    assert factors.factors_of(account), "until the second person, everything is as it was"
    password = give_reset(account, actor=security, at=at)
    assert not factors.factors_of(account)
    assert not account.recovery_codes.live().exists()
    assert not Session.objects.filter(account=account).exists()
    account.refresh_from_db()
    assert account.check_password(password)
    assert account.initial_until == at + passwords.INITIAL_TERM
    for typed in (codes[0], "000000"):
        with pytest.raises(RuleViolation, match="Код не подошёл"):
            factors.prove_by_code(account, typed, at=at)
    kinds = Event.objects.filter(object_type="access.factorreset", object_id=str(asked.pk)).order_by("pk")
    assert [(event.type, event.actor, event.body["order"]) for event in kinds] == [
        (EventType.FACTOR_RESET_ASKED, admin, "41-к"),
        (EventType.FACTOR_RESET_GIVEN, security, "41-к"),
    ]
    assert password not in str(list(Event.objects.values_list("body", flat=True)))
    assert secret not in str(list(Event.objects.values_list("body", flat=True)))


def test_neither_does_it_alone(admin: Account, security: Account) -> None:
    account, _, _ = with_app()
    at = now()
    with pytest.raises(IllegalStep, match="по запросу"):
        give_reset(account, actor=security, at=at)
    with pytest.raises(Forbidden):
        ask(account, security, at=at)
    ask(account, admin, at=at)
    with pytest.raises(Forbidden):
        give_reset(account, actor=admin, at=at)
    assert factors.factors_of(account)


def test_one_person_with_two_accounts_is_one_person(admin: Account) -> None:
    """The two hands are two roles that the database itself keeps from one person, whatever the number of accounts."""
    account, _, _ = with_app()
    ask(account, admin, at=now())
    with pytest.raises(IntegrityError, match="Разделённые роли"), transaction.atomic():
        make_account(Role.SECURITY, person_uid=admin.person_uid)
    give_reset(account, actor=make_account(Role.SECURITY), at=now())  # the control: another person


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SECURITY])
def test_nobody_has_a_hand_in_the_reset_of_their_own(role: Role, admin: Account) -> None:
    own, at = make_account(role), now()
    with_app(own)
    if role is Role.ADMIN:
        act: Callable[[], object] = partial(ask, own, own, at=at)
    else:
        ask(own, admin, at=at)
        act = partial(give_reset, own, actor=own, at=at)
    with pytest.raises(RuleViolation, match="Мой вход"):
        act()


def test_what_is_asked_without_an_order_or_for_nothing_is_refused(admin: Account) -> None:
    account, _, _ = with_app()
    at = now()
    with pytest.raises(RuleViolation) as refusal:
        ask(account, admin, number="  ", at=at)
    assert refusal.value.field == "order_number"
    with pytest.raises(RuleViolation) as refusal:
        ask(account, admin, day=legal_date(at) + timedelta(days=1), at=at)
    assert refusal.value.field == "order_date"
    with pytest.raises(IllegalStep, match="сбрасывать нечего"):
        ask(make_account(Role.TEACHER), admin, at=at)
    ask(account, admin, at=at)
    with pytest.raises(IllegalStep, match="уже запрошен"):
        ask(account, admin, at=at)
    Account.objects.filter(pk=account.pk).update(is_active=False, closed_at=at)
    with pytest.raises(IllegalStep, match="закрыта"):
        ask(account, admin, at=at)


def test_a_request_of_yesterday_has_to_be_made_again(admin: Account, security: Account) -> None:
    account, _, _ = with_app()
    at = now()
    ask(account, admin, at=at)
    with pytest.raises(IllegalStep):
        give_reset(account, actor=security, at=at + timedelta(hours=25))
    ask(account, admin, at=at + timedelta(hours=25))
    assert give_reset(account, actor=security, at=at + timedelta(hours=26))


def test_the_security_officer_has_it_among_what_waits(admin: Account, security: Account) -> None:
    account, _, _ = with_app()
    ask(account, admin, at=now())
    (task,) = queries.tasks(security, now())
    assert "Сброс второго фактора" in task.title
    assert not queries.tasks(admin, now())


def test_the_pages_lead_both_through_it(admin: Account, security: Account) -> None:
    account, _, _ = with_app()
    asking, giving = Client(), Client()
    asking.force_login(admin)
    giving.force_login(security)
    page = f"/accounts/{account.pk}/"
    assert "Запросить сброс" in asking.get(page).content.decode()
    assert "Сбросить второй фактор" not in giving.get(page).content.decode()
    assert asking.post(f"{page}factors/reset/", {"order_number": "", "order_date": "01.09.2026"}).status_code == 422
    assert asking.post(f"{page}factors/reset/", {"order_number": "7-к", "order_date": "01.09.2026"}).status_code == 302
    assert "Запросить сброс" not in asking.get(page).content.decode()
    assert "Сбросить второй фактор" in giving.get(page).content.decode()
    answer = giving.post(f"{page}factors/release/")
    assert answer.status_code == 200
    assert Account.objects.get(pk=account.pk).check_password(answer.context["password"])
    assert giving.post(f"{page}factors/release/").status_code == 409


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM access_factorreset", "не удаляется"),
        ("UPDATE access_factorreset SET order_number = 'another'", "таким, каким его подали"),
        (
            "UPDATE access_factorreset SET given_by_id = asked_by_id, given_by_person = asked_by_person, given_at = now()",
            "factor_is_reset_by_another_person",
        ),
        (
            """UPDATE access_factorreset SET given_by_id = account_id, given_at = now(),
           given_by_person = (SELECT person_uid FROM access_account WHERE id = account_id)""",
            "Свой второй фактор сбрасывают другие",
        ),
        ("UPDATE access_factorreset SET given_at = now()", "factor_reset_is_given_whole"),
    ],
)
def test_the_database_itself_asks_for_two_people(admin: Account, statement: str, words: str) -> None:
    account, _, _ = with_app()
    ask(account, admin, at=now())
    with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_ordinary_new_password_leaves_the_second_factor_as_it_is(admin: Account, security: Account) -> None:
    account, _, _ = with_app()
    passwords.ask_password(account, actor=admin, at=now())
    passwords.release_password(account, actor=security, at=now())
    assert factors.factors_of(account), "ASVS 6.4.3: a reset of the password goes around no second factor"
