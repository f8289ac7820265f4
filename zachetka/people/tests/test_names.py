"""Names in time: changed by a document, corrected by a row that supersedes the mistaken one (п. 2.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.pages import signed_in, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import change_name, correct_name
from zachetka.people.models import Person, PersonName
from zachetka.people.rules.name_basis import LONGEST, composed, is_of_other_surname
from zachetka.people.signing import name_held
from zachetka.people.tests.make import AT, make_person

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]

NOON = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)


def misspelt() -> Person:
    return make_person(last_name="Ивонова", first_name="Анна", patronymic="Петровна")


def corrected(name: PersonName, actor: Account, **given: Any) -> PersonName:
    known = {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна", "reason": "опечатка в фамилии"}
    return correct_name(name, **(known | given), actor=actor, at=NOON)


def renamed(person: Person, actor: Account) -> PersonName:
    return change_name(
        person, last_name="Белова", first_name="Анна", patronymic="Петровна", valid_from=date(2026, 8, 1),
        basis="свидетельство о заключении брака № I-АК 123456 от 01.08.2026, ЗАГС № 1", actor=actor, at=AT,
    )  # fmt: skip


# --- A mistaken entry ---------------------------------------------------------------------------------------------------


def test_a_mistaken_entry_stays_and_the_row_that_supersedes_it_counts_instead() -> None:
    person, actor = misspelt(), make_account("methodist")
    account = make_account("learner", person_uid=person.uid, name=person.full_name)
    wrong = person.names.get()
    right = corrected(wrong, actor)
    person.refresh_from_db()
    account.refresh_from_db()
    assert (person.last_name, person.sort_key[:7]) == ("Иванова", "иванова")
    assert account.display_name == "Иванова Анна Петровна"
    assert list(person.names.all()) == [wrong, right]
    assert (right.valid_from, right.supersedes) == (wrong.valid_from, wrong)
    assert name_held(person.uid, date(2026, 9, 2)) == right
    assert Person.objects.matching("иванова анна").get() == person
    event = Event.objects.get(type=EventType.NAME_CORRECTED)
    assert (event.object_id, event.actor, event.subject_uid) == (str(right.pk), actor, person.uid)
    assert event.commitment is not None


def test_a_mistake_in_an_earlier_name_leaves_the_present_one() -> None:
    person, actor = misspelt(), make_account("methodist")
    first = person.names.get()
    renamed(person, actor)
    corrected(first, actor)
    person.refresh_from_db()
    assert person.last_name == "Белова"
    assert [one.last_name for one in person.names.all()] == ["Ивонова", "Иванова", "Белова"]
    held = name_held(person.uid, date(2026, 7, 1))
    assert held is not None
    assert held.last_name == "Иванова"


def test_a_correction_has_a_reason_differs_and_is_made_once() -> None:
    person, actor = misspelt(), make_account("methodist")
    wrong = person.names.get()
    with pytest.raises(RuleViolation, match="в чём ошибка"):
        corrected(wrong, actor, reason="")
    with pytest.raises(RuleViolation, match="исправлять нечего"):
        corrected(wrong, actor, last_name="Ивонова")
    right = corrected(wrong, actor)
    with pytest.raises(IllegalStep, match="уже исправили"):
        corrected(wrong, actor, last_name="Иванцова")
    assert corrected(right, actor, last_name="Иванцова").supersedes == right, "a correction may be mistaken too"


@pytest.mark.clause("3.8")
def test_a_name_is_corrected_by_whoever_keeps_cards_and_not_by_its_holder() -> None:
    person = misspelt()
    wrong = person.names.get()
    for role in ("head", "registrar", "privacy", "admin"):
        with pytest.raises(Forbidden):
            corrected(wrong, make_account(role))
    with pytest.raises(RuleViolation, match="ваша карточка"):
        corrected(wrong, make_account("methodist", person_uid=person.uid))
    assert not Event.objects.filter(type=EventType.NAME_CORRECTED).exists()


def test_the_database_lets_a_row_supersede_only_a_name_of_the_same_person_and_day() -> None:
    person, other = misspelt(), make_person()
    wrong, foreign = person.names.get(), other.names.get()
    given = {"person": person, "first_name": "Анна", "basis": "исправлена ошибка", "recorded_at": NOON}

    def refused(words: str, **differs: Any) -> None:
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            PersonName.objects.create(**(given | {"valid_from": wrong.valid_from} | differs))

    refused("того же человека", supersedes=foreign)
    refused("с того же дня", supersedes=wrong, valid_from=date(2026, 1, 1))
    refused("one_name_a_day")
    refused("for_a_reason", supersedes=wrong, basis="")


# --- The document of a change -------------------------------------------------------------------------------------------


def test_a_basis_names_kind_number_date_and_issuer_in_one_line() -> None:
    told = {"kind": "паспорт", "number": "40 00 123456", "issued_on": date(2026, 8, 3), "issuer": "ГУ МВД"}
    assert composed(**told) == "паспорт № 40 00 123456 от 03.08.2026, ГУ МВД"  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="do not fit"):
        composed(**(told | {"issuer": "я" * LONGEST}))  # type: ignore[arg-type]


@pytest.mark.usefixtures("collected_statics")
def test_the_pages_change_a_name_by_its_document_and_tell_who_entered_it() -> None:
    person = misspelt()
    client: Client = signed_in(make_account("methodist", name="Котова Мария Львовна"))
    address = f"/people/{person.uid}/rename/"
    given = {"last_name": "Белова", "first_name": "Анна", "patronymic": "Петровна", "valid_from": "01.08.2026"}
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert {"kind", "number", "issued_on", "issuer"} <= refused.context["form"].errors.keys()
    paper = {
        "kind": "свидетельство о заключении брака",
        "number": "I-АК 1",
        "issued_on": "01.08.2026",
        "issuer": "ЗАГС",
    }
    assert client.post(address, given | paper).status_code == 302
    name = person.names.get(last_name="Белова")
    assert name.basis == "свидетельство о заключении брака № I-АК 1 от 01.08.2026, ЗАГС"
    wrong = person.names.get(last_name="Ивонова")
    card = text_of(client.get(f"/people/{person.uid}/"))
    assert "кто внёс — Котова М. Л." in card
    assert f"/people/{person.uid}/names/{wrong.pk}/correct/" in card
    correct = f"/people/{person.uid}/names/{wrong.pk}/correct/"
    assert client.get(correct).status_code == 200
    assert client.post(correct, given | {"last_name": "Иванова"}).status_code == 422
    right = {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна", "reason": "опечатка"}
    assert client.post(correct, right).status_code == 302
    card = text_of(client.get(f"/people/{person.uid}/"))
    assert "<s>Ивонова Анна Петровна</s>" in card
    assert correct not in card
    assert client.get(f"/people/{make_person().uid}/names/{wrong.pk}/correct/").status_code == 404


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
@pytest.mark.usefixtures("collected_statics")
def test_a_diploma_of_another_surname_asks_for_the_document_between_them() -> None:
    assert is_of_other_surname("соколова", frozenset({"белова"}))
    assert not is_of_other_surname("", frozenset({"белова"}))
    person = make_person(last_name="Белова", education=())
    client = signed_in(make_account("methodist"))
    paper = {"level": "higher", "series": "107704", "number": "0031822", "surname": "Соколова"}
    answer = client.post(f"/people/{person.uid}/papers/new/", paper, follow=True)
    assert text_of(answer).count("выдан на другую фамилию") == 2, "told at once and on the card"
    assert "Соколова" not in text_of(client.get(f"/people/{person.uid}/"))
    for role in ("head", "inspector"):
        assert "на другую фамилию" not in text_of(signed_in(make_account(role)).get(f"/people/{person.uid}/"))
    change_name(
        person, last_name="Соколова", first_name=person.first_name, patronymic=person.patronymic,
        valid_from=date(2026, 8, 1), basis="свидетельство № 1", actor=make_account("methodist"), at=NOON,
    )  # fmt: skip
    assert "на другую фамилию" not in text_of(client.get(f"/people/{person.uid}/")), "a surname of any day will do"
