"""Particulars that two people edit at once: the second one sees mine, theirs and what was (п. 2.1; security.md N16)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.corpus.forms import Forms
from tests.pages import by, text_of
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.tests.test_pages import kovalev

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]


def fields_of(answer: Any) -> dict[str, str]:
    """Return what a browser sends from the form of a page when nothing is typed."""
    return next(fields for _, fields in Forms(answer.content.decode()).found if "was" in fields)


@pytest.fixture
def second() -> Client:
    return by("methodist")


def test_who_comes_second_loses_nothing_sees_the_difference_at_the_field_and_goes_on(second: Client) -> None:
    person = kovalev()
    where = f"/people/{person.uid}/edit/"
    mine = fields_of(second.get(where))
    first = by("methodist", name="Белова Ольга Сергеевна")
    opened = fields_of(first.get(where))
    assert first.post(where, opened | {"phone": "+79005550101", "citizenship": "398"}).status_code == 302
    looks = Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).count()
    answer = second.post(where, mine | {"phone": "+79005550102", "email": "novaya@example.ru"})
    assert answer.status_code == 409
    told = text_of(answer)
    assert "запись изменили: Белова Ольга Сергеевна" in told
    assert "здесь записали «+79005550101», было «+79001234567». В поле — ваше" in told
    assert "здесь записали «Казахстан»" in told
    assert Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).count() == looks + 1, "seeing theirs is a look"
    later = fields_of(answer)
    assert (later["phone"], later["email"], later["citizenship"]) == ("+79005550102", "novaya@example.ru", "398")
    taken = second.post(where, later | {"take": "phone"})
    assert taken.status_code == 200
    assert fields_of(taken)["phone"] == "+79005550101"
    person.refresh_from_db()
    assert person.phone == "+79005550101", "taking what is written writes nothing"
    assert second.post(where, fields_of(taken)).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.email, person.citizenship) == ("+79005550101", "novaya@example.ru", "398")


def test_a_change_beside_the_form_is_said_and_the_same_button_saves(second: Client) -> None:
    person = kovalev()
    where = f"/people/{person.uid}/edit/"
    mine = fields_of(second.get(where))
    paper = {"kind": "свидетельство о перемене имени", "number": "I-АК 1", "issued_on": "01.03.2026", "issuer": "ЗАГС"}
    name = {"last_name": "Иванов", "first_name": "Иван", "patronymic": "Петрович", "valid_from": "2026-03-01"}
    assert second.post(f"/people/{person.uid}/rename/", name | paper).status_code == 302
    answer = second.post(where, mine | {"phone": "+79005550102"})
    assert answer.status_code == 409
    assert "при этом не изменилось: сохраните ещё раз" in text_of(answer)
    assert second.post(where, fields_of(answer)).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.last_name) == ("+79005550102", "Иванов")
