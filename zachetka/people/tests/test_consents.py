"""Consents and their withdrawal: documents that only grow, a term, a statement of what stays (152-ФЗ ст. 9, 21 ч. 5; T15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from tests.pages import by, signed_in, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import change_person
from zachetka.people.actions.consents import Terms, give_consent, settle_withdrawal, withdraw_consent
from zachetka.people.models import Consent, Person, Withdrawal
from zachetka.people.rules.purposes import is_in_force, purposes_on, settle_by
from zachetka.people.tests.make import make_person

pytestmark = [pytest.mark.clause("152-ФЗ ст. 9"), pytest.mark.django_db]

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def given(person: Person, actor: Account, *, key: Any = None, **differs: Any) -> Consent:
    known: dict[str, Any] = {
        "purpose": "mailing", "given_on": date(2026, 9, 1), "valid_until": None, "withdrawal_way": "заявлением",
        "signature": "paper", "document": "Согласие № 12 от 01.09.2026",
    }  # fmt: skip
    return give_consent(person, Terms(**(known | differs)), key=key or uuid4(), actor=actor, at=NOON)


def withdrawn(consent: Consent, actor: Account, day: date = DAY) -> Withdrawal:
    return withdraw_consent(consent, withdrawn_on=day, document="Заявление № 16", actor=actor, at=NOON)


def own(person: Person) -> Account:
    return make_account("learner", person_uid=person.uid, name=person.full_name)


# --- Given --------------------------------------------------------------------------------------------------------------


def test_purposes_are_those_of_the_day_and_a_consent_holds_within_its_term_until_it_is_withdrawn() -> None:
    assert [one.code for one in purposes_on(DAY)] == ["mailing", "calls", "photo"]
    assert purposes_on(date(2019, 12, 31)) == []
    term = (date(2026, 9, 1), date(2026, 12, 31))
    assert [is_in_force(*term, None, day) for day in (date(2026, 8, 31), term[0], term[1], date(2027, 1, 1))] == [
        False, True, True, False,
    ]  # fmt: skip
    assert is_in_force(*term, DAY, DAY - timedelta(days=1))
    assert not is_in_force(*term, DAY, DAY)


def test_a_consent_is_entered_once_with_the_categories_of_its_purpose() -> None:
    person, actor, key = make_person(email="a@example.ru"), make_account("methodist"), uuid4()
    consent = given(person, actor, key=key)
    assert given(person, actor, key=key) == consent
    assert consent.categories == ["email"]
    event = Event.objects.get(type=EventType.CONSENT_GIVEN)
    assert (event.subject_uid, event.object_id) == (person.uid, str(consent.pk))
    with pytest.raises(RuleViolation, match="позже, чем сегодня"):
        given(person, actor, given_on=date(2026, 11, 21))
    with pytest.raises(RuleViolation, match="кончается раньше"):
        given(person, actor, valid_until=date(2026, 8, 1))
    with pytest.raises(RuleViolation, match="такой цели"):
        given(person, actor, purpose="diploma")
    with pytest.raises(RuleViolation, match="такой цели"):
        given(person, actor, given_on=date(2019, 1, 9))


@pytest.mark.clause("3.8")
def test_who_enters_withdraws_and_settles_is_on_the_page_of_rights() -> None:
    person, methodist = make_person(), make_account("methodist")
    consent = given(person, methodist)
    for role in ("learner", "teacher", "head", "inspector", "admin"):
        with pytest.raises(Forbidden):
            given(person, make_account(role))
        with pytest.raises(Forbidden):
            withdrawn(consent, make_account(role))
    withdrawal = withdrawn(consent, own(person))
    for actor in (methodist, own(person), make_account("inspector")):
        with pytest.raises(Forbidden):
            settle_withdrawal(withdrawal, kept_because="", actor=actor, at=NOON)
    with pytest.raises(RuleViolation, match="ваша карточка"):
        given(person, make_account("methodist", person_uid=person.uid))


# --- Withdrawn ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("152-ФЗ ст. 21 ч. 5")
def test_a_withdrawal_starts_the_clock_of_the_law_with_its_last_day() -> None:
    assert settle_by(DAY, 30) == date(2026, 12, 20)
    person, privacy = make_person(), make_account("privacy")
    consent = given(person, privacy)
    for wrong in (date(2026, 8, 31), date(2026, 11, 21)):
        with pytest.raises(RuleViolation, match="не раньше"):
            withdrawn(consent, privacy, wrong)
    withdrawal = withdrawn(consent, own(person))
    with pytest.raises(IllegalStep, match="уже отозвано"):
        withdrawn(consent, privacy)
    assert withdrawal.due_on == date(2026, 12, 20)


@pytest.mark.clause("152-ФЗ ст. 21 ч. 5")
def test_a_withdrawal_is_settled_when_the_data_are_gone_or_their_other_ground_is_named() -> None:
    person = make_person(email="gone@example.ru", phone="+79001112233")
    methodist, privacy = make_account("methodist"), make_account("privacy")
    mailing = withdrawn(given(person, methodist), methodist)
    with pytest.raises(RuleViolation, match=r"Ещё в карточке: почта\. Без иного основания"):
        settle_withdrawal(mailing, kept_because="", actor=privacy, at=NOON)
    change_person(person, {"email": ""}, actor=methodist, at=NOON)
    settled = settle_withdrawal(mailing, kept_because="", actor=privacy, at=NOON)
    assert (settled.state, settled.removed, settled.settled_by) == (Withdrawal.State.SETTLED, ["email"], privacy)
    with pytest.raises(IllegalStep, match="уже исполнен"):
        settle_withdrawal(mailing, kept_because="", actor=privacy, at=NOON)
    calls = withdrawn(given(person, methodist, purpose="calls"), methodist)
    kept = settle_withdrawal(calls, kept_because="телефон — для связи по договору", actor=privacy, at=NOON)
    assert kept.removed == []
    person.refresh_from_db()
    assert person.phone == "+79001112233", "what rests on another ground stays"
    assert Event.objects.filter(type=EventType.WITHDRAWAL_SETTLED).count() == 2


@pytest.mark.clause("152-ФЗ ст. 21 ч. 5")
def test_plain_sql_walks_no_other_way() -> None:
    person, actor = make_person(), make_account("privacy")
    consent = given(person, actor)
    withdrawal = withdrawn(consent, actor)

    def refuses(words: str, statement: str) -> None:
        with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    row = f"WHERE id = {withdrawal.pk}"
    refuses("не удаляется", f"DELETE FROM people_withdrawal {row}")  # noqa: S608
    refuses("не меняется", f"UPDATE people_withdrawal SET due_on = due_on + 30 {row}")  # noqa: S608
    settle_withdrawal(withdrawal, kept_because="по договору", actor=actor, at=NOON)
    refuses("не меняется", f"UPDATE people_withdrawal SET kept_because = '' {row}")  # noqa: S608
    other = given(person, actor, purpose="photo")
    copy = (
        "INSERT INTO people_withdrawal (consent_id, withdrawn_on, document, due_on, state, recorded_by_id, recorded_at, "
        "removed, kept_because, settled_at, settled_by_id) SELECT {}, {}, document, due_on, {}, recorded_by_id, "
        "recorded_at, removed, kept_because, {}, {} FROM people_withdrawal "
    )
    refuses("ждёт исполнения", copy.format(other.pk, "withdrawn_on", "'settled'", "settled_at", "settled_by_id") + row)
    refuses("не раньше, чем дали", copy.format(other.pk, "'2026-01-01'", "'waiting'", "NULL", "NULL") + row)


# --- Pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("collected_statics")
def test_a_learner_takes_a_consent_back_by_one_press_and_whoever_answers_finds_it() -> None:
    person = make_person(email="page@example.ru")
    today = legal_date(now())
    methodist, privacy, learner = by("methodist"), by("privacy"), signed_in(own(person))
    where = f"/people/{person.uid}/consents/new/"
    key = methodist.get(where).context["form"]["key"].value()
    typed = {
        "key": key, "purpose": "mailing", "given_on": f"{today:%d.%m.%Y}", "signature": "paper",
        "document": "Согласие № 3", "withdrawal_way": "заявлением",
    }  # fmt: skip
    assert methodist.post(where, typed | {"document": ""}).status_code == 422
    assert methodist.post(where, typed).status_code == 302
    consent = Consent.objects.get(person=person)
    address = f"/consents/{consent.pk}/"
    assert "рассылка новостей" in text_of(learner.get(f"/people/{person.uid}/")).lower()
    assert "Отозвать согласие" in text_of(learner.get(address))
    assert signed_in(own(make_person())).get(address).status_code == 404
    assert signed_in(own(make_person())).post(f"{address}withdraw/").status_code == 404
    assert learner.post(f"{address}withdraw/").status_code == 302
    assert Withdrawal.objects.get().due_on == today + timedelta(days=30)
    assert "Разобрать отзыв согласия" in text_of(privacy.get("/"))
    assert "Ещё в карточке" in text_of(privacy.get(address))
    assert "Что уничтожается и что остаётся" in text_of(learner.get(address))
    assert by("inspector").get(address).status_code == 200
    assert by("teacher").get(address).status_code == 403


@pytest.mark.clause("2.4")
@pytest.mark.usefixtures("collected_statics")
def test_the_card_costs_the_same_for_one_consent_and_for_many(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    person, actor = make_person(), make_account("methodist")
    client, costs = signed_in(actor), set()
    for more in (1, 6):
        for _ in range(more):
            withdrawn(given(person, actor), actor)
        with django_assert_max_num_queries(30) as counted:
            assert client.get(f"/people/{person.uid}/").status_code == 200
        costs.add(len(counted))
    assert len(costs) == 1
