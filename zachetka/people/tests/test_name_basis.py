"""The document behind a change of name stays masked until it is revealed under record (п. 3.8; 152-ФЗ ст. 19)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import change_name
from zachetka.people.models import PersonName
from zachetka.people.tests.make import AT, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

BASIS = "Свидетельство I-АК 123456"


def renamed() -> PersonName:
    return change_name(
        make_person(), last_name="Белова", first_name="Анна", patronymic="", valid_from=date(2026, 8, 1), basis=BASIS,
        actor=make_account("methodist"), at=AT,
    )  # fmt: skip


def by(role: str) -> Client:
    client = Client()
    client.force_login(make_account(role))
    return client


@pytest.mark.parametrize("role", ["methodist", "registrar", "privacy"])
def test_it_is_masked_until_revealed_and_the_look_is_recorded(role: str) -> None:
    name, client = renamed(), by(role)
    card = f"/people/{name.person.uid}/"
    shown = client.get(card).content.decode()
    assert "I-АК" not in shown
    assert "документ •••" in shown
    assert not Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).exists()
    where = f"{card}names/{name.pk}/reveal/"
    assert BASIS in client.post(where, headers={"HX-Request": "true"}).content.decode()
    assert BASIS in client.post(where).content.decode()
    events = Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED)
    assert [(one.subject_uid, one.body["field"]) for one in events] == [(name.person.uid, "name_basis")] * 2
    assert client.get(where).status_code == 405


def test_it_is_not_for_a_role_without_documents_nor_from_another_card() -> None:
    name = renamed()
    where = f"/people/{name.person.uid}/names/{name.pk}/reveal/"
    for role in ("head", "inspector", "teacher"):
        assert by(role).post(where).status_code in {403, 404}
    assert "документ •••" not in by("head").get(f"/people/{name.person.uid}/").content.decode()
    methodist = by("methodist")
    assert methodist.post(f"/people/{make_person().uid}/names/{name.pk}/reveal/").status_code == 404
    first = name.person.names.earliest("valid_from")
    assert methodist.post(f"/people/{name.person.uid}/names/{first.pk}/reveal/").status_code == 404
    assert not Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).exists()
