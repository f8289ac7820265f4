"""Pages of the data subject: what is kept, who looked, requests; who sees them and what a look leaves (152-ФЗ ст. 14, 20)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.pages import by, signed_in, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import looks
from zachetka.people.actions.subject_requests import make_answer, register_request
from zachetka.people.models import Person, SubjectRequest
from zachetka.people.subject import waiting
from zachetka.people.tests.make import make_learners, make_person

pytestmark = [
    pytest.mark.clause("152-ФЗ ст. 14"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")
]  # fmt: skip


def own(person: Person) -> Account:
    return make_account("learner", person_uid=person.uid, name=person.full_name)


def asked(person: Person, actor: Account) -> SubjectRequest:
    today = legal_date(now())
    return register_request(person, key=uuid4(), asked_on=today, document="Заявление № 7", actor=actor, at=now())


def test_a_learner_sees_what_is_kept_with_grounds_and_masks_and_the_look_leaves_nothing() -> None:
    person = make_person(snils="90000000182", email="kept@example.ru")
    client = signed_in(own(person))
    looks.read_card(person, actor=make_account("methodist", name="Котова Мария"), at=now())
    before = Event.objects.count()
    for address in ("/kept/", f"/kept/{person.uid}/"):
        said = text_of(client.get(address, follow=True))
        assert "Документы об образовании" in said
        assert "273-ФЗ ст. 76 ч. 3" in said
        assert "Котова Мария" in said
        assert "методист" in said
        assert "ДИ методиста, п. 2.1" in said
        assert "kept@example.ru" not in said
        assert "900-000-001 82" not in said
    assert Event.objects.count() == before


@pytest.mark.clause("3.8")
def test_whoever_answers_for_personal_data_looks_under_record_and_others_do_not_look_at_all() -> None:
    person = make_person()
    privacy = by("privacy")
    assert privacy.get(f"/kept/{person.uid}/").status_code == 200
    event = Event.objects.get(type=EventType.SUBJECT_DATA_READ)
    assert (event.subject_uid, event.body["roles"]) == (person.uid, ["privacy"])
    assert privacy.get(f"/kept/{uuid4()}/").status_code == 404
    assert signed_in(own(make_person())).get(f"/kept/{person.uid}/").status_code == 404
    for role in ("teacher", "methodist", "registrar", "inspector", "head", "admin", "security"):
        assert by(role).get(f"/kept/{person.uid}/").status_code == 403
    assert Event.objects.filter(type=EventType.SUBJECT_DATA_READ).count() == 1


@pytest.mark.clause("2.4")
def test_the_page_costs_the_same_however_much_is_kept(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    person, methodist = make_person(), make_account("methodist")
    privacy = by("privacy")
    costs = set()
    for more in (1, 12):
        for _ in range(more):
            looks.read_card(person, actor=methodist, at=now())
        with django_assert_max_num_queries(26) as counted:
            assert privacy.get(f"/kept/{person.uid}/").status_code == 200
        costs.add(len(counted))
    assert len(costs) == 1


@pytest.mark.clause("152-ФЗ ст. 20")
def test_a_request_is_entered_prepared_and_handed_over_by_the_pages() -> None:
    person = make_person()
    client = by("privacy", name="Ветров Пётр")
    page = client.get(f"/people/{person.uid}/requests/new/")
    key = page.context["form"]["key"].value()
    refused = client.post(f"/people/{person.uid}/requests/new/", {"key": key, "asked_on": "20.11.2199", "document": ""})
    assert refused.status_code == 422
    today = f"{legal_date(now()):%d.%m.%Y}"
    given = {"key": key, "asked_on": today, "document": "Заявление, вх. № 15"}
    for _ in range(2):
        answer = client.post(f"/people/{person.uid}/requests/new/", given)
    request = SubjectRequest.objects.get(person=person)
    assert answer["Location"] == f"/requests/{request.pk}/"
    assert client.post(f"/requests/{request.pk}/prepare/")["Location"].startswith("/jobs/")
    make_answer(request, actor=request.recorded_by, at=now())
    assert client.get(f"/requests/{request.pk}/file/")["Content-Type"] == "application/zip"
    early = client.post(f"/requests/{request.pk}/answer/", {"answered_on": "01.01.2020", "answer": "лично"})
    assert early.status_code == 422
    assert client.post(f"/requests/{request.pk}/answer/", {"answered_on": today, "answer": "лично"}).status_code == 302
    said = text_of(client.get("/requests/"))
    assert "отвечено" in said
    assert "Ветров Пётр" in said


@pytest.mark.clause("3.8")
def test_the_inspector_sees_requests_and_neither_their_papers_nor_their_files() -> None:
    privacy = make_account("privacy")
    request = make_answer(asked(make_person(), privacy), actor=privacy, at=now())
    inspector = by("inspector")
    assert "Заявление № 7" in text_of(signed_in(privacy).get(f"/requests/{request.pk}/"))
    assert "Заявление № 7" not in text_of(inspector.get(f"/requests/{request.pk}/"))
    assert inspector.get(f"/requests/{request.pk}/file/").status_code == 403
    assert inspector.post(f"/requests/{request.pk}/answer/").status_code == 403
    for role in ("methodist", "head", "registrar", "admin"):
        assert by(role).get(f"/requests/{request.pk}/").status_code == 403


@pytest.mark.clause("3.8")
def test_taking_the_file_of_another_is_recorded_and_a_stranger_does_not_find_it() -> None:
    privacy, person = make_account("privacy"), make_person()
    request = make_answer(asked(person, privacy), actor=privacy, at=now())
    before = Event.objects.filter(type=EventType.SUBJECT_DATA_READ).count()
    assert signed_in(privacy).get(f"/requests/{request.pk}/file/").status_code == 200
    assert Event.objects.filter(type=EventType.SUBJECT_DATA_READ).count() == before + 1
    assert signed_in(own(person)).get(f"/requests/{request.pk}/file/").status_code == 200
    assert Event.objects.filter(type=EventType.SUBJECT_DATA_READ).count() == before + 1
    assert signed_in(own(make_person())).get(f"/requests/{request.pk}/file/").status_code == 404
    fresh = asked(person, privacy)
    assert signed_in(privacy).get(f"/requests/{fresh.pk}/file/").status_code == 404


@pytest.mark.clause("152-ФЗ ст. 20")
def test_what_waits_stands_on_the_first_page_of_whoever_answers_with_its_term() -> None:
    privacy = make_account("privacy")
    request = asked(make_person(), privacy)
    (task,) = waiting.tasks(privacy, now())
    assert (task.term, task.verb) == (request.due_on, "Ответить")
    assert task.term is not None
    assert task.term > legal_date(now()) + timedelta(days=9)
    make_answer(request, actor=privacy, at=now())
    assert [one.verb for one in waiting.tasks(privacy, now())] == ["Передать"]
    assert waiting.tasks(make_account("methodist"), now()) == []
    assert "Передать ответ" in text_of(signed_in(privacy).get("/"))


@pytest.mark.clause("2.4")
def test_the_book_costs_the_same_for_two_and_for_twenty(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    privacy = make_account("privacy")
    client: Client = signed_in(privacy)
    costs = set()
    for more in (2, 18):
        for learner in make_learners(more):
            asked(learner.person, privacy)
        with django_assert_max_num_queries(10) as counted:
            client.get("/requests/")
        costs.add(len(counted))
    assert len(costs) == 1
