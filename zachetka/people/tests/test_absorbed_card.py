"""An absorbed card leads to the one that stays, wherever it is met (п. 2.1)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages import by, text_of
from zachetka.access.tests.make import make_account
from zachetka.core.errors import IllegalStep
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.people import queries
from zachetka.people.actions import Schooling, add_education, change_name, change_person
from zachetka.people.actions.consents import Terms, give_consent
from zachetka.people.actions.resemblances import look_through
from zachetka.people.actions.same_person import begin_to_learn
from zachetka.people.actions.subject_requests import register_request
from zachetka.people.intake.tests.make import make_person as make_row
from zachetka.people.merged import identities_of, survivor_of
from zachetka.people.models import Person, Resemblance
from zachetka.people.subject.holdings import counted
from zachetka.people.tests.test_merging import LATER, two
from zachetka.people.tests.test_resemblances import BORN, NOON, anna

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]


def test_nothing_is_written_into_an_absorbed_card_and_the_refusal_leads_to_the_other() -> None:
    case = two()
    case.merge()
    goes, actor = case.fresh()[1], case.actor
    terms = Terms("mailing", date(2026, 9, 1), None, "заявлением", "paper", "№ 12")
    named: dict[str, Any] = {
        "last_name": "Иная",
        "first_name": "Анна",
        "patronymic": "",
        "valid_from": date(2026, 1, 1),
    }
    acts = (
        lambda: change_person(goes, {"email": "a@example.ru"}, actor=actor, at=NOON),
        lambda: add_education(goes, Schooling("student"), actor=actor, at=NOON),
        lambda: change_name(goes, **named, basis="свидетельство", actor=actor, at=NOON),
        lambda: begin_to_learn(goes, actor=actor, at=NOON),
        lambda: give_consent(goes, terms, key=uuid4(), actor=actor, at=NOON),
        lambda: register_request(
            goes, key=uuid4(), asked_on=date(2026, 11, 1), document="№ 1", actor=make_account("privacy"), at=NOON
        ),
    )
    for act in acts:
        with pytest.raises(IllegalStep, match="объединена") as refusal:
            act()
        assert refusal.value.door is not None
        assert str(case.stays.uid) in refusal.value.door.url


@pytest.mark.usefixtures("collected_statics")
def test_lists_search_and_addresses_lead_to_the_card_that_stays() -> None:
    case = two()
    case.merge()
    client = by("methodist")
    assert [row.pk for row, _ in client.get("/people/").context["table"].rows] == [case.stays.pk]
    assert [row.pk for row, _ in client.get("/people/", {"q": "двойнекова"}).context["table"].rows] == [case.stays.pk]
    assert [one.pk for one in queries.searched(case.actor, "двойнекова", 5)] == [case.stays.pk]
    answer = client.get(f"/people/{case.goes.uid}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{case.stays.uid}/")
    assert "Объединённые карточки" in text_of(client.get(f"/people/{case.stays.uid}/"))
    assert queries.learners_exactly("Двойнекова Анна Петровна", BORN) == []
    assert survivor_of(case.fresh()[1]) == case.stays


def test_the_subject_is_told_of_both_cards_and_who_looked_at_either() -> None:
    case = two()
    alone = {one.label: one.count for one in counted([case.stays.uid])[0]}
    case.merge()
    both = {one.label: one.count for one in counted(identities_of(case.stays))[0]}
    assert alone["people.person"] == 1
    assert (both["people.person"], both["people.merge"]) == (2, 1)


@pytest.mark.usefixtures("collected_statics")
def test_a_list_that_names_the_absorbed_card_means_the_card_that_stays_and_renames_nobody() -> None:
    case = two()
    case.merge()
    row = make_row(1, last_name="Двойнекова", first_name="Анна", patronymic="Петровна", birth_date="04.05.1990")
    client = by("methodist")
    content = make_xlsx({"Лист1": [HEADER, row]})
    sent = client.post("/imports/", {"file": SimpleUploadedFile("Список.xlsx", content), "key": str(uuid4())})
    page = client.get(sent["Location"])
    assert "1 уже есть в системе" in text_of(page)
    seen = page.context["seen"]
    assert client.post(f"{sent['Location']}confirm/", {"seen": seen}).status_code == 302
    stays, goes = case.fresh()
    assert (Person.objects.count(), stays.last_name, goes.merged_into) == (2, "Двойникова", stays)


def test_whoever_looks_like_the_absorbed_card_looks_like_the_person() -> None:
    case = two()
    case.merge()
    third = anna(last_name="Двойнеков", education=())
    look_through(LATER, batches=9)
    (row,) = Resemblance.objects.waiting()
    assert (row.one, row.other) == (case.stays, third)
