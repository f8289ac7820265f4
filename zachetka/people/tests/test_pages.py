"""Pages of people: who sees what, what a look leaves behind, what a plain form does (п. 2.1, 3.8)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.pages import by, text_of
from zachetka.access.tests.make import make_account
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people import lists, queries
from zachetka.people.models import EducationDocument, Person
from zachetka.people.tests.make import make_learner, make_learners, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

SNILS = "90000000182"
SHOWN = "900-000-001 82"


def kovalev() -> Person:
    return make_person(
        last_name="Ковалёв", first_name="Иван", patronymic="Петрович", snils=SNILS, email="kovalev@example.ru",
        phone="+79001234567",
    )  # fmt: skip


# --- The list -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "typed", ["ковалев", "КОВАЛЁВ", "овал", "иван ковалев", SHOWN, SNILS, "900 000 001 82", " 900-000-001-82 "]
)
def test_a_learner_is_found_however_it_is_typed(typed: str) -> None:
    kovalev(), make_learners(3)
    answer = by("methodist").get("/people/", {"q": typed})
    assert [row.last_name for row, _ in answer.context["table"].rows] == ["Ковалёв"]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("typed", ["900-000", "9000000018", "82", "@example.ru", "+79001234567"])
def test_part_of_a_number_or_a_hidden_field_finds_nobody(typed: str) -> None:
    kovalev()
    assert by("methodist").get("/people/", {"q": typed}).context["table"].count == 0


@pytest.mark.clause("3.8")
def test_whoever_does_not_see_snils_cannot_search_sort_or_filter_by_it() -> None:
    kovalev()
    inspector = by("inspector")
    assert inspector.get("/people/", {"q": SNILS}).context["table"].count == 0
    assert inspector.get("/people/", {"q": "ковалев"}).context["table"].count == 1
    for asked in ({"sort": "snils"}, {"sort": "birth_date"}, {"lacks": "snils"}, {"snils__startswith": "9"}):
        assert inspector.get("/people/", asked).status_code == 400
    assert "СНИЛС" not in text_of(inspector.get("/people/"))


@pytest.mark.clause("2.4")
def test_the_list_costs_the_same_for_three_and_for_forty(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = by("methodist")
    costs = set()
    for more in (3, 37):
        make_learners(more)
        with django_assert_max_num_queries(9) as counted:
            client.get("/people/")
        costs.add(len(counted))
    assert len(costs) == 1


@pytest.mark.clause("3.8")
def test_an_export_is_recorded_and_holds_only_what_is_opened_to_it() -> None:
    kovalev()
    answer = by("methodist").get("/people/export/", {"file": "csv", "q": "ковалев"})
    content = answer.content.decode("utf-8-sig")
    assert "Ковалёв" in content
    assert "kovalev@example.ru" in content
    assert SNILS not in content
    assert SHOWN not in content
    event = Event.objects.get(type=EventType.LIST_EXPORTED)
    assert (event.body["rows"], event.body["form"]) == (1, "csv")
    assert "snils" not in event.body["columns"]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_recorded_with_every_row_whatever_a_page_counts_at_most(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    make_learners(5)
    small = replace(lists.LEARNERS_FILE, most_counted=2)
    monkeypatch.setattr(lists, "LEARNERS_FILE", small)
    assert small.page({}, queries.learners(make_account("methodist"))).count == 2, "the cap of a page holds"
    answer = by("methodist").get("/people/export/", {"file": kind})
    if kind == "csv":
        assert len(answer.content.decode("utf-8-sig").splitlines()) == 1 + 5
    assert Event.objects.get(type=EventType.LIST_EXPORTED).body["rows"] == 5


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["teacher", "registrar", "inspector", "head", "admin", "security"])
def test_a_role_without_the_right_exports_nothing(role: str) -> None:
    kovalev()
    assert by(role).get("/people/export/", {"file": "csv"}).status_code == 403
    assert not Event.objects.filter(type=EventType.LIST_EXPORTED).exists()


@pytest.mark.clause("3.8")
def test_an_unknown_kind_of_file_is_refused_and_not_recorded() -> None:
    assert by("methodist").get("/people/export/", {"file": "exe"}).status_code == 400
    assert not Event.objects.filter(type=EventType.LIST_EXPORTED).exists()


# --- Entered by hand ----------------------------------------------------------------------------------------------------


def form_of(**given: str) -> dict[str, str]:
    return {
        "key": str(uuid4()), "last_name": "О’Коннор", "first_name": "Джеймс", "patronymic": "", "sex": "m",
        "birth_date": "1990-02-28", "snils": SHOWN, "citizenship": "826", "email": "J@Example.RU",
        "phone": "8 900 346-21-80", "level": "higher", "series": "107704", "number": "0031822", "surname": "",
        "issued_on": "2012-06-25", "organisation": "СПбГУ",
    } | given  # fmt: skip


@pytest.mark.clause("2.1")
def test_a_learner_is_entered_once_however_often_the_form_is_sent() -> None:
    client, form = by("methodist"), form_of()
    first = client.post("/people/new/", form)
    second = client.post("/people/new/", form)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    person = Person.objects.get()
    assert (person.snils, person.email, person.phone) == (SNILS, "j@example.ru", "+79003462180")
    assert EducationDocument.objects.get().number == "0031822"
    assert Event.objects.filter(type=EventType.LEARNER_REGISTERED).count() == 1


@pytest.mark.clause("2.1")
def test_a_form_of_other_hands_is_another_person_and_nobody_chooses_an_identity() -> None:
    form = form_of(snils="", birth_date="", key=str(uuid4()))
    assert by("methodist").post("/people/new/", form).status_code == 302
    assert by("methodist").post("/people/new/", form | {"another": "on"}).status_code == 302
    assert Person.objects.count() == 2
    assert not Person.objects.filter(uid=form["key"]).exists()


@pytest.mark.clause("2.1")
def test_the_snils_of_another_is_refused_at_its_field_without_saying_whose() -> None:
    kovalev()
    answer = by("methodist").post("/people/new/", form_of())
    page = text_of(answer)
    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["snils"][0].code == "2.1"
    assert "Ковалёв" not in page
    assert 'value="0031822"' in page
    assert Person.objects.count() == 1


@pytest.mark.clause("2.1")
def test_a_namesake_born_on_the_same_day_is_shown_before_a_second_card_is_made() -> None:
    client = by("methodist")
    client.post("/people/new/", form_of())
    again = form_of(snils="", last_name="О'Коннор")
    answer = client.post("/people/new/", again)
    assert answer.status_code == 422
    assert [like.person.last_name for like in answer.context["likes"]] == ["О’Коннор"]
    assert client.post("/people/new/", again | {"another": "on"}).status_code == 302
    assert Person.objects.count() == 2


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", "Иванoв"), ("last_name", "Иван1"), ("first_name", ""), ("first_name", "И."), ("first_name", " \u200b"),
        ("last_name", "а" * 121), ("last_name", "Ив\u202eанов"), ("patronymic", "Пет\x01рович"), ("snils", "900-000-001 83"),
        ("snils", "000-000-000 00"), ("snils", "1,23E+10"), ("birth_date", "2090-01-01"), ("birth_date", "1899-12-31"),
        ("birth_date", "2023-02-29"), ("birth_date", "03/04/1990"), ("birth_date", "2024-01-01T00:00+14"),
        ("citizenship", "999"), ("email", "нет"), ("phone", "12"), ("sex", "x"), ("level", "phd"), ("number", ""),
        ("series", "<script>"), ("issued_on", "9999-99-99"), ("issued_on", "0001-01-01"), ("organisation", "а\u2028б"),
        ("key", "не ключ"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_person_is_refused_at_its_field_and_nothing_is_written(field: str, value: str) -> None:
    answer = by("methodist").post("/people/new/", form_of(**{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Person.objects.exists()
    assert not Event.objects.filter(type=EventType.PERSON_REGISTERED).exists()


@pytest.mark.clause("2.1")
def test_a_document_without_its_level_is_not_dropped_silently() -> None:
    assert by("methodist").post("/people/new/", form_of(level="")).status_code == 422
    bare = form_of(level="", series="", number="", issued_on="", organisation="")
    assert by("methodist").post("/people/new/", bare).status_code == 302


@pytest.mark.clause("3.8")
def test_opening_the_form_of_particulars_is_recorded_as_a_reveal() -> None:
    person = kovalev()
    page = text_of(by("methodist").get(f"/people/{person.uid}/edit/"))
    assert SHOWN in page
    assert "snils" in Event.objects.get(type=EventType.PERSONAL_DATA_REVEALED).body["fields"]


@pytest.mark.clause("2.1")
def test_particulars_are_edited_and_a_stale_form_is_refused() -> None:
    person, client = kovalev(), by("methodist")
    where = f"/people/{person.uid}/edit/"
    form = {name: str(value or "") for name, value in client.get(where).context["form"].initial.items()}
    assert client.post(where, form | {"phone": "+79005550101"}).status_code == 302
    assert client.post(where, form | {"phone": "+79005550102"}).status_code == 409
    assert client.post(where, form | {"phone": "+79005550101"}).status_code == 302, (
        "the same values twice are no conflict"
    )
    person.refresh_from_db()
    assert (person.phone, person.snils) == ("+79005550101", SNILS)
    assert Event.objects.filter(type=EventType.PERSON_CHANGED).count() == 1


@pytest.mark.clause("2.1")
def test_a_name_changes_by_a_document_and_the_earlier_one_stays() -> None:
    person, client = kovalev(), by("methodist")
    where = f"/people/{person.uid}/rename/"
    form = {"last_name": "Иванов", "first_name": "Иван", "patronymic": "Петрович", "valid_from": "2026-03-01"}
    refused = client.post(where, form)
    assert refused.status_code == 422
    assert "number" in refused.context["form"].errors
    paper = {"kind": "свидетельство о перемене имени", "number": "I-АК 1", "issued_on": "01.03.2026", "issuer": "ЗАГС"}
    assert client.post(where, form | paper).status_code == 302
    early = client.post(where, form | paper | {"valid_from": "2026-02-01"})
    assert early.status_code == 422
    assert "valid_from" in early.context["form"].errors
    page = text_of(client.get(f"/people/{person.uid}/"))
    assert "Ковалёв Иван Петрович" in page
    assert "Иванов Иван Петрович" in page
    assert "I-АК" not in page
    inspector = text_of(by("inspector").get(f"/people/{person.uid}/"))
    assert "I-АК" not in inspector


@pytest.mark.clause("2.1")
def test_an_education_document_is_added_once() -> None:
    person, client = kovalev(), by("methodist")
    form = {"level": "secondary_vocational", "number": "12345", "series": ""}
    where = f"/people/{person.uid}/papers/new/"
    assert client.post(where, form | {"number": ""}).status_code == 422
    assert client.post(where, form).status_code == 302
    assert client.post(where, form).status_code == 422
    assert person.education.count() == 2


@pytest.mark.clause("3.8")
def test_only_those_who_keep_people_may_write() -> None:
    learner = make_learner()
    for role in ("registrar", "head", "inspector", "privacy", "teacher", "admin"):
        client = by(role)
        assert client.post("/people/new/", form_of()).status_code == 403
        for tail in ("edit/", "rename/", "papers/new/"):
            assert client.post(f"/people/{learner.person.uid}/{tail}", {}).status_code == 403
    assert Person.objects.count() == 1
