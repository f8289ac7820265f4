"""A second factor is added, proved once each time, ended; codes open once; nothing that opens is in the ledger (п. 3.8)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from tests.at_once import at_once
from zachetka.access import access_keys, one_time_codes
from zachetka.access.models import Account, RecoveryCode, SecondFactor
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import IllegalStep, RuleViolation, TooMany
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import factors
from zachetka.people.tests.soft_key import SoftKey

pytestmark = pytest.mark.clause("3.8")

LATER = timedelta(minutes=1)


def with_app(account: Account | None = None, at: datetime | None = None) -> tuple[Account, str, list[str]]:
    """Return an account with an application, the secret of the application, the recovery codes."""
    account, at = account or make_account(Role.METHODIST), at or now()
    secret = one_time_codes.new_secret()
    codes = factors.add_app(account, secret=secret, typed=code(secret, at), name="Телефон", keeping=None, at=at)
    return account, secret, codes


def code(secret: str, at: datetime) -> str:
    return one_time_codes.code_at(secret, one_time_codes.step_of(at))


def with_key(account: Account, at: datetime) -> SoftKey:
    asked, key = access_keys.ask_new(account, []), SoftKey(settings.PUBLIC_URL)
    factors.add_key(account, kept=asked.kept, answer=key.made(asked.told), name="Токен", keeping=None, at=at)
    return key


def prove_with(account: Account, key: SoftKey, at: datetime) -> factors.Proof:
    asked = access_keys.ask_proof(factors.factors_of(account))
    return factors.prove_by_key(account, kept=asked.kept, answer=key.signed(asked.told), at=at)


def test_with_the_first_factor_come_ten_codes_and_with_the_second_none(db: None) -> None:
    account, _, codes = with_app()
    assert len(codes) == one_time_codes.QUANTITY
    assert with_app(account)[2] == []
    kinds = Event.objects.filter(subject_uid=account.person_uid).values_list("type", flat=True)
    assert list(kinds).count(EventType.SECOND_FACTOR_ADDED) == 2
    assert list(kinds).count(EventType.RECOVERY_CODE_MADE) == one_time_codes.QUANTITY


def test_the_secret_is_encrypted_at_rest_and_bound_to_its_holder(db: None) -> None:
    account, secret, _ = with_app()
    row = SecondFactor.objects.get()
    assert secret not in row.secret
    other, at = make_account(), now() + LATER
    with transaction.atomic():
        SecondFactor.objects.create(account=other, kind="app", name="чужой", secret=row.secret, added_at=at)
    with pytest.raises(RuleViolation, match="Код не подошёл"):
        factors.prove_by_code(other, code(secret, at), at=at)
    assert factors.prove_by_code(account, code(secret, at), at=at).by == "app"


def test_nothing_that_opens_a_door_is_in_the_ledger_or_the_log(db: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account, secret, codes = with_app()
    at = now() + LATER
    factors.prove_by_code(account, code(secret, at), at=at)
    factors.prove_by_code(account, codes[0], at=at)
    with pytest.raises(RuleViolation, match="Код не подошёл"):
        factors.prove_by_code(account, "000000", at=at)
    opening = [secret, *codes, *(one_time_codes.digest_of(one) for one in codes)]
    told = " ".join(f"{event.object_id} {event.body}" for event in Event.objects.all()) + caplog.text
    assert not [one for one in opening if one in told]


def test_a_code_comes_in_once_d12(db: None) -> None:
    account, secret, _ = with_app()
    at = now() + LATER
    typed = code(secret, at)
    assert factors.prove_by_code(account, f" {typed[:3]} {typed[3:]} ", at=at) == factors.Proof("app", 10)
    with pytest.raises(RuleViolation, match="не подошёл"):
        factors.prove_by_code(account, typed, at=at + timedelta(seconds=5))
    refused = Event.objects.newest_first()[0]
    assert (refused.type, refused.actor, refused.body) == (EventType.SECOND_FACTOR_REFUSED, account, {"by": "code"})


def test_the_code_that_added_an_application_does_not_come_in_again(db: None) -> None:
    at = now()
    account, secret, _ = with_app(at=at)
    with pytest.raises(RuleViolation, match="Код не подошёл"):
        factors.prove_by_code(account, code(secret, at), at=at)


def test_a_recovery_code_comes_in_once_d14(db: None) -> None:
    account, _, codes = with_app()
    assert factors.prove_by_code(account, codes[3], at=now()) == factors.Proof("recovery", 9)
    with pytest.raises(RuleViolation, match="Код не подошёл"):
        factors.prove_by_code(account, codes[3], at=now())
    assert factors.prove_by_code(account, codes[4].upper(), at=now()) == factors.Proof("recovery", 8)


def test_of_many_who_come_with_one_code_at_once_one_comes_in(fresh_database: object) -> None:
    account, secret, codes = with_app()
    at = now() + LATER
    for typed in (code(secret, at), codes[0]):
        came = at_once(*[partial(factors.prove_by_code, account, typed, at=at)] * 4)
        assert sorted(type(one).__name__ for one in came) == ["Proof", *["RuleViolation"] * 3]


def test_the_sixth_guess_waits_even_when_it_is_right(db: None) -> None:
    account, secret, codes = with_app()
    at = now() + LATER
    for _ in range(5):
        with pytest.raises(RuleViolation, match="Код не подошёл"):
            factors.prove_by_code(account, "000000", at=at)
    for typed in (code(secret, at), codes[0]):
        with pytest.raises(TooMany):
            factors.prove_by_code(account, typed, at=at)
    later = at + timedelta(minutes=6)
    assert factors.prove_by_code(account, code(secret, later), at=later).by == "app"


def test_a_wrong_first_code_adds_nothing(db: None) -> None:
    account = make_account()
    with pytest.raises(RuleViolation) as refusal:
        factors.add_app(
            account, secret=one_time_codes.new_secret(), typed="12345", name="Телефон", keeping=None, at=now()
        )
    assert refusal.value.field == "code"
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_an_access_key_proves_and_a_copy_of_it_does_not(db: None) -> None:
    account, at = make_account(), now()
    key = with_key(account, at)
    assert prove_with(account, key, at).by == "key"
    key.counter -= 1
    with pytest.raises(RuleViolation, match="Ключ"):
        prove_with(account, key, at)
    key.counter += 5
    assert prove_with(account, key, at).by == "key"


def test_a_key_that_does_not_count_is_no_copy(db: None) -> None:
    assert not access_keys.is_copied(SecondFactor(counter=0), 0)
    assert access_keys.is_copied(SecondFactor(counter=3), 0)


@pytest.mark.parametrize("forged", ["origin", "challenge", "stranger", "nonsense", "nothing"])
def test_a_forged_answer_proves_nothing(db: None, forged: str) -> None:
    account, at = make_account(), now()
    key = with_key(account, at)
    asked = access_keys.ask_proof(factors.factors_of(account))
    if forged == "origin":
        key.origin = "https://zachetka.example"
    answer: dict[str, Any] = key.signed(asked.told)
    kept = access_keys.ask_proof(factors.factors_of(account)).kept if forged == "challenge" else asked.kept
    if forged == "stranger":
        answer = SoftKey(settings.PUBLIC_URL).signed(asked.told)
    if forged in {"nonsense", "nothing"}:
        answer, kept = {"id": "x", "response": []} if forged == "nonsense" else {}, {}
    with pytest.raises(RuleViolation, match="Ключ доступа не подошёл"):
        factors.prove_by_key(account, kept=kept, answer=answer, at=at)


def test_a_key_is_added_once_and_only_in_answer_to_the_question(db: None) -> None:
    account, at = make_account(), now()
    asked, key = access_keys.ask_new(account, []), SoftKey(settings.PUBLIC_URL)
    made = key.made(asked.told)
    factors.add_key(account, kept=asked.kept, answer=made, name="Токен", keeping=None, at=at)
    with pytest.raises(RuleViolation, match="уже добавлен"):
        factors.add_key(make_account(), kept=asked.kept, answer=made, name="Токен", keeping=None, at=at)
    another = access_keys.ask_new(account, factors.factors_of(account))
    with pytest.raises(RuleViolation, match="не создал"):
        factors.add_key(account, kept=another.kept, answer=made, name="Токен", keeping=None, at=at)
    assert SecondFactor.objects.count() == 1


@pytest.mark.parametrize(("address", "possible"), [("https://a.example", True), ("http://10.1.2.3:8000", False)])
def test_keys_are_offered_where_people_come_by_name(settings: Settings, address: str, possible: bool) -> None:  # noqa: FBT001
    settings.PUBLIC_URL = address
    assert access_keys.are_possible() is possible


def test_whoever_must_have_a_factor_keeps_the_last_one(db: None) -> None:
    account, _, _ = with_app()
    (only,) = factors.factors_of(account)
    with pytest.raises(RuleViolation, match="сначала добавьте"):
        factors.end_factor(only, is_required=True, keeping=None, actor=account, at=now())
    with_app(account)
    factors.end_factor(only, is_required=True, keeping=None, actor=account, at=now())
    assert len(factors.factors_of(account)) == 1
    assert RecoveryCode.objects.live().count() == one_time_codes.QUANTITY


def test_with_the_last_factor_the_codes_end_and_of_the_secret_nothing_is_left(db: None) -> None:
    account, secret, codes = with_app()
    (only,) = factors.factors_of(account)
    factors.end_factor(only, is_required=False, keeping=None, actor=account, at=now())
    assert SecondFactor.objects.get().secret == ""
    assert not RecoveryCode.objects.live().exists()
    at = now() + LATER
    for typed in (code(secret, at), codes[0]):
        with pytest.raises(RuleViolation, match="Код не подошёл"):
            factors.prove_by_code(account, typed, at=at)
    with pytest.raises(IllegalStep):
        factors.end_factor(only, is_required=False, keeping=None, actor=account, at=now())
    with pytest.raises(IllegalStep, match="сначала добавьте"):
        factors.renew_codes(account, at=now())


def test_nobody_ends_the_factor_of_another(db: None) -> None:
    with_app()
    with pytest.raises(RuleViolation, match="владелец"):
        factors.end_factor(SecondFactor.objects.get(), is_required=False, keeping=None, actor=make_account(), at=now())


def test_new_codes_end_those_of_before(db: None) -> None:
    account, _, before = with_app()
    after = factors.renew_codes(account, at=now())
    assert not set(before) & set(after)
    with pytest.raises(RuleViolation, match="Код не подошёл"):
        factors.prove_by_code(account, before[0], at=now())
    assert factors.prove_by_code(account, after[0], at=now()) == factors.Proof("recovery", 9)


def test_there_are_no_more_than_five(db: None) -> None:
    account, _, _ = with_app()
    for _ in range(factors.MOST - 1):
        with_app(account)
    with pytest.raises(RuleViolation, match="отключите лишний"):
        with_app(account)


def test_a_closed_account_proves_nothing(db: None) -> None:
    account, secret, _ = with_app()
    Account.objects.filter(pk=account.pk).update(is_active=False, closed_at=now())
    with pytest.raises(IllegalStep):
        factors.prove_by_code(account, code(secret, now() + LATER), at=now() + LATER)


def test_under_another_key_codes_do_not_fit_recovery_codes_do_and_the_log_says_why(
    db: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    account, secret, codes = with_app()
    settings.FACTORS_KEY = "lost with the old machine"
    at = now() + LATER
    with pytest.raises(RuleViolation, match="Код не подошёл"):
        factors.prove_by_code(account, code(secret, at), at=at)
    assert "ZACHETKA_FACTORS_KEY" in caplog.text
    assert factors.prove_by_code(account, codes[0], at=at).by == "recovery"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM access_secondfactor", "фактор не удаляется"),
        ("DELETE FROM access_recoverycode", "восстановления не удаляется"),
        ("UPDATE access_secondfactor SET counter = counter - 1", "Предъявленное однажды"),
        ("UPDATE access_secondfactor SET secret = 'another'", "остаётся таким, каким его добавили"),
        ("UPDATE access_secondfactor SET secret = ''", "остаётся таким, каким его добавили"),
        (
            "UPDATE access_secondfactor SET account_id = (SELECT max(id) FROM access_account)",
            "остаётся таким, каким его добавили",
        ),
        (
            "UPDATE access_secondfactor SET ended_at = now(), secret = ''; UPDATE access_secondfactor SET ended_at = NULL",
            "отключённый не включают",
        ),
        (
            "UPDATE access_recoverycode SET used_at = now(); UPDATE access_recoverycode SET used_at = NULL",
            "открывает вход один раз",
        ),
        (
            "UPDATE access_recoverycode SET digest = repeat('0', 64) WHERE id = (SELECT min(id) FROM access_recoverycode)",
            "открывает вход один раз",
        ),
        (
            """INSERT INTO access_recoverycode (account_id, digest, made_at, used_at)
           SELECT account_id, 'x', now(), now() FROM access_secondfactor""",
            "Код восстановления сначала создают",
        ),
        (
            """INSERT INTO access_secondfactor
               (account_id, kind, name, secret, credential_id, credential, counter, added_at, ended_at)
           SELECT account_id, 'app', '', '', '', '', 0, now(), now() FROM access_secondfactor""",
            "Второй фактор сначала добавляют",
        ),
    ],
)
def test_the_database_itself_lets_none_of_it_be_turned_back(db: None, statement: str, words: str) -> None:
    with_app()
    make_account()
    with pytest.raises(IntegrityError, match=words):
        run(statement)
    run(  # the control: what is lawful passes the same guards
        "UPDATE access_secondfactor SET counter = counter + 1, last_used_at = now();"
        "UPDATE access_recoverycode SET used_at = now() WHERE id = (SELECT min(id) FROM access_recoverycode)"
    )


def run(statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for one in statements.split(";"):
            cursor.execute(one)
