"""Who sees a record book, what of it, and what remains of their looking (п. 2.5, 3.8)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import make_enrolment, make_mark, teacher_of
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_teacher

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]

TABS = ("", "attestation/", "planned/", "documents/", "orders/", "readers/", "evidence/")


@pytest.fixture
def enrolment() -> Enrolment:
    """A learner with one mark."""
    made = make_enrolment()
    make_mark(made, text="4")
    return made


def without_tokens(answer: HttpResponseBase) -> str:
    """The page without the sender's own address and the CSRF token, which is another at every answer."""
    assert isinstance(answer, HttpResponse)
    page = re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())
    return re.sub(r"/record-books/[0-9]+/", "", page)


def signed_in(client: Client, account: Account) -> Client:
    client.force_login(account)
    return client


def owner_of(enrolment: Enrolment) -> Account:
    person = enrolment.learner.person
    return make_account("learner", name=person.full_name, person_uid=person.uid)


def readings_of(enrolment: Enrolment) -> list[Event]:
    return list(Event.objects.of(enrolment).filter(type=EventType.RECORD_BOOK_READ))


@pytest.mark.clause("2.5")
@pytest.mark.parametrize("tab", TABS)
def test_the_learner_reads_every_tab_of_their_own_book_and_leaves_no_trace(
    client: Client, enrolment: Enrolment, tab: str
):
    answer = signed_in(client, owner_of(enrolment)).get(f"/record-books/{enrolment.pk}/{tab}")
    assert answer.status_code == 200
    assert str(enrolment) in answer.content.decode()
    assert not readings_of(enrolment)


@pytest.mark.parametrize("role", ["learner", "teacher", "methodist", "secretary", "chair"])
@pytest.mark.parametrize("tail", ["", "orders/", "readers/", "pdf/", "proof/"])
def test_a_stranger_of_any_role_gets_the_same_404_as_for_nothing(
    client: Client, enrolment: Enrolment, role: str, tail: str
):
    stranger = make_teacher() if role == "teacher" else make_account(role, unit=make_unit())
    signed_in(client, stranger)
    foreign = client.get(f"/record-books/{enrolment.pk}/{tail}")
    nothing = client.get(f"/record-books/999999999/{tail}")
    assert foreign.status_code == nothing.status_code
    assert foreign.status_code in {403, 404}
    assert without_tokens(foreign) == without_tokens(nothing)
    assert not readings_of(enrolment)


@pytest.mark.parametrize("role", ["head", "inspector", "registrar"])
def test_reading_somebody_elses_book_is_recorded_with_the_role(client: Client, enrolment: Enrolment, role: str):
    reader = make_account(role)
    assert signed_in(client, reader).get(f"/record-books/{enrolment.pk}/").status_code == 200
    (event,) = readings_of(enrolment)
    assert (event.actor, event.body["roles"], event.subject_uid) == (reader, [role], enrolment.subject_uid)


def test_the_teacher_sees_the_books_of_those_they_teach(client: Client, enrolment: Enrolment):
    teacher = teacher_of(enrolment.cohort.sheets.select_related("teacher__person")[0])
    assert signed_in(client, teacher).get(f"/record-books/{enrolment.pk}/").status_code == 200


def test_nothing_is_shown_when_the_reading_cannot_be_recorded(
    client: Client, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_args: object, **_given: object) -> None:
        raise RuntimeError("the ledger is full")

    monkeypatch.setattr("zachetka.learning.actions.record_books.record_look", fail)
    client.raise_request_exception = False
    answer = signed_in(client, make_account("head")).get(f"/record-books/{enrolment.pk}/")
    assert answer.status_code == 500
    assert enrolment.learner.person.last_name not in answer.content.decode()


def test_the_birth_date_is_masked_until_asked_for_and_the_asking_is_recorded(client: Client, enrolment: Enrolment):
    person = enrolment.learner.person
    assert person.birth_date is not None
    written = f"{person.birth_date:%d.%m.%Y}"
    signed_in(client, make_account("registrar"))
    assert written not in client.get(f"/record-books/{enrolment.pk}/orders/").content.decode()
    assert (
        client.post(f"/record-books/{enrolment.pk}/birth-date/", headers={"HX-Request": "true"}).content.decode()
        == written
    )
    assert Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED, body__field="birth_date").count() == 1


@pytest.mark.parametrize("role", ["inspector", "secretary"])
def test_a_role_without_personal_data_gets_not_even_the_mask(client: Client, enrolment: Enrolment, role: str):
    unit = enrolment.cohort.program_version.program.unit if role == "secretary" else None
    signed_in(client, make_account(role, unit=unit))
    assert "Дата рождения" not in client.get(f"/record-books/{enrolment.pk}/orders/").content.decode()
    assert client.post(f"/record-books/{enrolment.pk}/birth-date/").status_code in {403, 404}


def test_the_learner_sees_who_looked_and_a_methodist_does_not(client: Client, enrolment: Enrolment):
    reader = make_account("head", name="Воронцов Андрей Николаевич")
    signed_in(client, reader).get(f"/record-books/{enrolment.pk}/")
    own = signed_in(client, owner_of(enrolment)).get(f"/record-books/{enrolment.pk}/readers/")
    assert f'href="/people/{enrolment.learner.person.uid}/events/"' in own.content.decode(), (
        "looks at the group stand there"
    )
    assert "Воронцов Андрей Николаевич" in own.content.decode()
    unit = enrolment.cohort.program_version.program.unit
    signed_in(client, make_account(Role.METHODIST, unit=unit))
    assert client.get(f"/record-books/{enrolment.pk}/readers/").status_code == 404


@pytest.mark.clause("2.5")
def test_my_book_leads_straight_to_the_only_one(client: Client, enrolment: Enrolment):
    answer = signed_in(client, owner_of(enrolment)).get("/my/")
    assert answer.headers["Location"] == f"/record-books/{enrolment.pk}/"


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(
    "on", ["31.02.2026", "завтра", "2999-01-01", "2020-01-01", "0000-00-00", "2026-11-10' OR 1=1", "\x00"]
)
def test_a_day_that_cannot_be_shown_is_answered_with_a_sentence(client: Client, enrolment: Enrolment, on: str):
    answer = signed_in(client, make_account("head")).get(f"/record-books/{enrolment.pk}/", {"on": on})
    assert answer.status_code == 422
    assert "strip-bad" in answer.content.decode()


@pytest.mark.clause("2.5")
def test_a_past_day_is_marked_as_such_with_one_way_back(client: Client, enrolment: Enrolment):
    day = legal_date(now()) - timedelta(days=1)
    page = signed_in(client, make_account("head")).get(f"/record-books/{enrolment.pk}/", {"on": f"{day}"})
    assert page.status_code == 200
    assert page.content.decode().count("Вернуться к сегодня") == 1


@pytest.mark.clause("2.1")
def test_only_the_teacher_of_a_closed_line_is_offered_to_correct_it(client: Client):
    enrolment = make_enrolment()
    sheet = enrolment.cohort.sheets.select_related("teacher__person").order_by("module__ordinal")[0]
    mark = make_mark(enrolment, sheet, "4", closed=True)
    offer = f"/marks/{mark.pk}/correct/"
    assert offer in signed_in(client, teacher_of(sheet)).get(f"/record-books/{enrolment.pk}/").content.decode()
    assert offer not in signed_in(client, make_account("head")).get(f"/record-books/{enrolment.pk}/").content.decode()
