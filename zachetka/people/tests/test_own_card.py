"""One's own card is edited by another person; a name changes when it already holds (п. 2.1, 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.intake.reading import read_table
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.people.actions import Schooling, add_education, change_name, change_person
from zachetka.people.intake.people import Verdict
from zachetka.people.intake.tests.make import make_person as make_list_row
from zachetka.people.models import Learner, Person, Upload
from zachetka.people.review import review_table
from zachetka.people.tests.make import make_employee, make_person

LATE = datetime(2026, 11, 23, 20, 59, tzinfo=UTC)
"""A minute to midnight in Moscow."""


def phone(person: Person, actor: Account) -> object:
    return change_person(person, {"phone": "+79001234567"}, actor=actor, at=LATE)


def paper(person: Person, actor: Account) -> object:
    return add_education(person, Schooling("higher", "АБ", "7"), actor=actor, at=LATE)


def name(person: Person, actor: Account, day: date = date(2026, 11, 23)) -> object:
    return change_name(
        person, last_name="Белова", first_name="Анна", patronymic="", valid_from=day, basis="свидетельство",
        actor=actor, at=LATE,
    )  # fmt: skip


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("act", [phone, paper, name])
def test_nobody_edits_their_own_card(db: None, act: Callable[[Person, Account], object]) -> None:
    person = make_person()
    own = make_account("methodist", person_uid=person.uid)
    with pytest.raises(RuleViolation, match="ваша карточка") as refusal, transaction.atomic():
        act(person, own)
    assert refusal.value.clause == "3.8"
    act(person, make_account("methodist"))


@pytest.mark.clause("2.1")
def test_a_name_does_not_change_from_a_day_that_has_not_come(db: None) -> None:
    person, methodist = make_person(), make_account("methodist")
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        name(person, methodist, date(2026, 11, 24))
    assert refusal.value.field == "valid_from"
    name(person, methodist)


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("as_learner", ["learner", "employee"])
def test_nobody_edits_their_own_card_by_a_list(client: Client, db: None, as_learner: str) -> None:
    given: dict[str, Any] = {
        "last_name": "Белова",
        "first_name": "Анна",
        "birth_date": date(1980, 3, 4),
        "snils": "90000000182",
    }
    person = make_person(**given) if as_learner == "learner" else make_employee(**given).person
    own, other = make_account("methodist", person_uid=person.uid), make_account("methodist")
    row = ["Белова", "Анна", "Семёновна", "04.03.1980", "900-000-001 82"]
    content = make_xlsx({"Лист1": [HEADER, row, make_list_row(7)]})
    for actor, enters in ((own, False), (other, True)):
        client.force_login(actor)
        sent = {"file": SimpleUploadedFile(f"{actor.login}.xlsx", content), "key": str(uuid4())}
        page = client.post("/imports/", sent, follow=True)
        assert ("Это ваша карточка" in page.content.decode()) is not enters
        if not enters:
            upload = Upload.objects.get(uploaded_by=own)
            assert client.post(f"/imports/{upload.pk}/confirm/", {"seen": page.context["seen"]}).status_code == 302
            content = make_xlsx({"Лист1": [HEADER, row]})
        else:
            client.post(f"/imports/{page.context['upload'].pk}/confirm/", {"seen": page.context["seen"]})
        person.refresh_from_db()
        assert (person.patronymic == "Семёновна") is enters
        assert Learner.objects.filter(person=person).exists() is (enters or as_learner == "learner")


@pytest.mark.clause("3.8")
def test_a_list_that_changes_nothing_of_ones_own_is_no_trouble(db: None) -> None:
    person = make_person(
        last_name="Белова", first_name="Анна", patronymic="", birth_date=date(1980, 3, 4), snils="90000000182"
    )
    row = ["Белова", "Анна", "", "04.03.1980", "900-000-001 82"]
    table = read_table(make_xlsx({"Лист1": [HEADER, row]}), "a.xlsx")
    own = make_account("methodist", person_uid=person.uid)
    assert [one.verdict for one in review_table(table, date(2026, 11, 23), reader=own).rows] == [Verdict.KNOWN]
