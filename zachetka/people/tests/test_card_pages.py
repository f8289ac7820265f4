"""The card of a person: what is masked, what is revealed, and that each look is recorded (п. 3.8; 152-ФЗ)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.pages import by, signed_in, text_of
from zachetka.access.tests.make import make_account
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_person
from zachetka.people.tests.test_pages import SHOWN, SNILS, kovalev

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["methodist", "registrar", "head", "privacy", "inspector"])
def test_opening_a_card_is_recorded_and_shows_nothing_in_the_clear(role: str) -> None:
    person = kovalev()
    answer = by(role).get(f"/people/{person.uid}/")
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Ковалёв Иван Петрович" in page
    for secret in (
        SNILS,
        SHOWN,
        "kovalev@",
        "1234567",
        f"{person.birth_date:%d.%m.%Y}",
        f"{person.birth_date:%Y-%m-%d}",
    ):
        assert secret not in page
    event = Event.objects.get(type=EventType.PERSON_READ)
    assert (event.subject_uid, event.body["roles"]) == (person.uid, [role])


@pytest.mark.clause("3.8")
def test_what_is_closed_to_a_role_is_not_sent_even_masked() -> None:
    person = kovalev()
    page = text_of(by("inspector").get(f"/people/{person.uid}/"))
    assert "Вашей роли не показываются: Дата рождения, СНИЛС, Гражданство, Почта, Телефон." in page
    assert page.count("не показывается вашей роли") == 1
    assert "•" not in page
    head = text_of(by("head").get(f"/people/{person.uid}/"))
    assert "Вашей роли не показывается: СНИЛС." in head
    assert head.count("не показывается вашей роли") == 1
    assert "•••@example.ru" in head


@pytest.mark.clause("3.8")
def test_no_page_without_its_event(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def fails(*_: object, **__: object) -> None:
        raise OperationalError("no room for the journal")

    person, client = kovalev(), by("methodist")
    monkeypatch.setattr("zachetka.people.actions.looks.record_event", fails)
    answer = client.get(f"/people/{person.uid}/")
    assert answer.status_code == 503
    assert "Ковалёв" not in text_of(answer)


@pytest.mark.clause("3.8")
def test_ones_own_card_leaves_no_trace_and_a_strangers_is_not_there() -> None:
    person, stranger = kovalev(), make_person()
    own = signed_in(make_account("learner", person_uid=person.uid))
    assert "Ковалёв" in text_of(own.get(f"/people/{person.uid}/"))
    assert not Event.objects.filter(type=EventType.PERSON_READ).exists()
    for tail in ("", "events/", "edit/", "rename/", "papers/new/"):
        assert own.get(f"/people/{stranger.uid}/{tail}").status_code in {403, 404}
    assert own.post(f"/people/{stranger.uid}/reveal/snils/").status_code == 404
    assert own.get(f"/people/{uuid4()}/").status_code == 404


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["teacher", "admin", "security", "secretary"])
def test_roles_without_people_see_no_card(role: str) -> None:
    person = kovalev()
    assert by(role).get(f"/people/{person.uid}/").status_code in {403, 404}


@pytest.mark.clause("3.8")
def test_a_revealed_field_is_one_field_and_one_event() -> None:
    person, client = kovalev(), by("methodist")
    fragment = client.post(f"/people/{person.uid}/reveal/snils/", headers={"HX-Request": "true"})
    assert SHOWN in text_of(fragment)
    assert "<html" not in text_of(fragment)
    assert fragment["Cache-Control"] == "no-store"
    plain = text_of(client.post(f"/people/{person.uid}/reveal/email/"))
    assert "kovalev@example.ru" in plain
    assert SHOWN not in plain
    events = Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).order_by("pk")
    assert [event.body["field"] for event in events] == ["snils", "email"]


@pytest.mark.clause("3.8")
def test_what_is_not_opened_cannot_be_revealed() -> None:
    person = kovalev()
    assert by("head").post(f"/people/{person.uid}/reveal/snils/").status_code == 403
    assert by("inspector").post(f"/people/{person.uid}/reveal/email/").status_code == 403
    methodist = by("methodist")
    for name in ("last_name", "name_key", "password", "uid"):
        assert methodist.post(f"/people/{person.uid}/reveal/{name}/").status_code == 404
    assert methodist.get(f"/people/{person.uid}/reveal/snils/").status_code == 405
    assert not Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).exists()


@pytest.mark.clause("3.8")
def test_an_education_document_is_masked_until_revealed() -> None:
    person, client = kovalev(), by("registrar")
    paper = person.education.get()
    assert paper.number not in text_of(client.get(f"/people/{person.uid}/"))
    shown = client.post(f"/people/{person.uid}/papers/{paper.pk}/reveal/", headers={"HX-Request": "true"})
    assert f"{paper.series} {paper.number}" in text_of(shown)
    assert Event.objects.get(type=EventType.PERSONAL_DATA_REVEALED).subject_uid == person.uid
    other = make_person().education.get()
    assert client.post(f"/people/{person.uid}/papers/{other.pk}/reveal/").status_code == 404
    assert by("head").post(f"/people/{person.uid}/papers/{paper.pk}/reveal/").status_code == 403


@pytest.mark.clause("2.4")
def test_a_card_costs_the_same_whatever_it_holds(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = by("methodist")
    bare, full = make_person(education=()), kovalev()
    for number in range(4):
        client.post(f"/people/{full.uid}/papers/new/", {"level": "higher", "number": f"{number}"})
    client.get("/people/")  # takes away the messages of what was just entered
    costs = set()
    for person in (bare, full):
        with django_assert_max_num_queries(20) as counted:
            page = text_of(client.get(f"/people/{person.uid}/"))
        assert re.search(r"<h1[^>]*>", page)
        costs.add(len(counted))
    assert len(costs) == 1
