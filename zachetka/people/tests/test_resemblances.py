"""Cards that look alike: found after each change, told apart by a person with a reason, warned of before a double is made (п. 2.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from tests.pages import by, signed_in, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.notices.models import Notice
from zachetka.people import resemblance_list, telling
from zachetka.people.actions import Schooling, add_education, change_name, change_person
from zachetka.people.actions.registering import register_once
from zachetka.people.actions.resemblances import look_through, reconsider, tell_apart
from zachetka.people.intake.tests.make import make_person as make_row
from zachetka.people.models import Distinction, Person, Resemblance, Unlooked
from zachetka.people.tests.make import make_employee, make_learners, make_particulars, make_person

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BORN = date(1990, 5, 4)
STATE = Resemblance.State


def anna(**given: Any) -> Person:
    known = {"last_name": "Двойникова", "first_name": "Анна", "patronymic": "Петровна", "birth_date": BORN}
    return make_person(**(known | given))


def found(at: datetime = NOON) -> list[Resemblance]:
    look_through(at, batches=9)
    return list(Resemblance.objects.waiting())


def pair(**differs: Any) -> Resemblance:
    anna(), anna(**({"last_name": "Двойнекова"} | differs))
    (only,) = found()
    return only


# --- Found --------------------------------------------------------------------------------------------------------------


def test_whoever_is_entered_is_compared_with_everybody_once() -> None:
    one, other = anna(), anna(last_name="Двойнекова", snils="90000000182")
    make_learners(5)
    assert Unlooked.objects.count() == 7
    (row,) = found()
    assert (row.one, row.other, row.reasons) == (one, other, ["near_name", "same_birth"])
    assert str(row).replace("\u00a0", " ") == "Двойникова А. П. и Двойнекова А. П."
    assert not Unlooked.objects.exists()
    assert look_through(NOON, batches=9) == 0


@pytest.mark.parametrize(
    ("differs", "reason"),
    [
        ({"last_name": "Двойниковa"}, "name_spelt"),
        ({"patronymic": ""}, "no_patronymic"),
        ({"birth_date": date(1990, 4, 5)}, "birth_swapped"),
        ({"birth_date": None}, "birth_unknown"),
        ({"last_name": "Иная", "email": "anna@example.ru"}, "same_email"),
        ({"last_name": "Иная", "phone": "+79001112233"}, "same_phone"),
        ({"last_name": "Иная", "birth_date": date(1970, 1, 31), "education": (Schooling("higher", "107704", "77"),)}, "same_paper"),
        ({"last_name": "Иная", "education": (Schooling("higher", "1", "2", surname="Двойникова"),)}, "former_surname"),
        ({"last_name": "Иная", "first_name": "Яна", "snils": "90000000384"}, "snils_slip"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_first", [True, False])
def test_each_reason_is_found_from_either_card(differs: dict[str, Any], reason: str, is_first: bool) -> None:  # noqa: FBT001
    whole = {
        "email": "anna@example.ru", "phone": "+79001112233", "snils": "90000000182",
        "education": (Schooling("higher", "107704", "77"),),
    }  # fmt: skip
    blank = {"email": "", "phone": "", "snils": None, "education": ()}
    first, second = (whole, blank | differs) if is_first else (blank | differs, whole)
    anna(**first)
    look_through(NOON, batches=1)
    anna(**second)
    (row,) = found()
    assert reason in row.reasons


def test_an_employee_whose_birth_date_is_not_known_looks_like_a_learner_of_the_same_name() -> None:
    make_employee(last_name="Двойникова", first_name="Анна", patronymic="Петровна", birth_date=None, education=())
    anna()
    (row,) = found()
    assert row.reasons == ["same_name", "birth_unknown"]


def test_a_correction_of_the_card_finds_a_likeness_and_lets_one_go() -> None:
    actor = make_account("methodist")
    one, other = anna(), anna(birth_date=date(1970, 1, 31))
    assert found() == []
    change_person(other, {"birth_date": BORN}, actor=actor, at=NOON)
    (row,) = found()
    change_person(other, {"birth_date": date(1971, 1, 31)}, actor=actor, at=NOON)
    assert found() == []
    row.refresh_from_db()
    assert row.state == STATE.GONE
    change_person(other, {"birth_date": BORN}, actor=actor, at=NOON)
    assert found() == [row]
    change_person(one, {"sex": "f"}, actor=actor, at=NOON)
    assert not Unlooked.objects.exists(), "what no rule reads asks for no comparison"


def test_a_change_of_name_and_a_document_are_compared_too() -> None:
    actor = make_account("methodist")
    one, other = anna(education=()), anna(last_name="Иная", education=())
    assert found() == []
    change_name(
        one, last_name="Третья", first_name="Анна", patronymic="Петровна", valid_from=date(2026, 1, 1),
        basis="свидетельство", actor=actor, at=NOON,
    )  # fmt: skip
    add_education(other, Schooling("higher", "1", "2", surname="Третья"), actor=actor, at=NOON)
    assert [row.reasons for row in found()] == [["former_surname", "same_birth"]]


def test_comparing_costs_the_same_for_few_and_for_many(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    costs = set()
    for more in (2, 40):
        for _ in range(more):
            anna()
        with django_assert_max_num_queries(16) as counted:
            look_through(NOON, batches=1)
        costs.add(len(counted))
    assert len(costs) <= 2
    assert max(costs) - min(costs) <= 1, "a first turn has nothing to bring up to date"


# --- Decided ------------------------------------------------------------------------------------------------------------


def test_two_people_are_not_suggested_again_until_something_new_speaks_for_one() -> None:
    actor, row = make_account("methodist"), pair()
    said = tell_apart(row, reason="сверены паспорта", actor=actor, at=NOON)
    assert (said.reasons, said.decided_by, said.is_apart) == (["near_name", "same_birth"], actor, True)
    change_person(row.one, {"citizenship": "398", "email": "x@example.ru"}, actor=actor, at=NOON)
    assert found() == []
    change_person(row.other, {"email": "x@example.ru"}, actor=actor, at=NOON)
    assert found() == [row]
    events = Event.objects.filter(type__in=[EventType.DISTINCTION_MADE, EventType.RESEMBLANCE_TOLD_APART])
    assert {event.subject_uid for event in events} == {row.one.uid, row.other.uid}


def test_a_decision_is_taken_back_with_a_reason_and_both_stay() -> None:
    actor, row = make_account("methodist"), pair()
    with pytest.raises(IllegalStep, match="ещё не решили"):
        reconsider(row, reason="ошибка", actor=actor, at=NOON)
    tell_apart(row, reason="сверены паспорта", actor=actor, at=NOON)
    with pytest.raises(IllegalStep, match="уже признали"):
        tell_apart(row, reason="ещё раз", actor=actor, at=NOON)
    reconsider(row, reason="паспорт был чужой", actor=actor, at=NOON)
    assert [one.is_apart for one in Distinction.objects.all()] == [True, False]
    assert list(Resemblance.objects.waiting()) == [row]
    change_person(row.one, {"email": "x@example.ru"}, actor=actor, at=NOON)
    assert found() == [row], "what was taken back holds nobody apart"


@pytest.mark.clause("3.8")
def test_who_decides_is_on_the_page_of_rights_and_never_of_oneself_or_without_a_reason() -> None:
    row = pair()
    for role in ("learner", "teacher", "registrar", "head", "inspector", "privacy", "admin"):
        with pytest.raises(Forbidden):
            tell_apart(row, reason="сверены", actor=make_account(role), at=NOON)
    own = make_account("methodist", person_uid=row.other.uid)
    with pytest.raises(RuleViolation, match="Одна из карточек — ваша"):
        tell_apart(row, reason="сверены", actor=own, at=NOON)
    with pytest.raises(RuleViolation, match="по чему видно"):
        tell_apart(row, reason="", actor=make_account("methodist"), at=NOON)
    assert not Distinction.objects.exists()


@pytest.mark.clause("3.8")
def test_plain_sql_decides_nothing_of_its_own_card_or_in_anothers_name() -> None:
    row, actor = pair(), make_account("methodist")
    tell_apart(row, reason="сверены", actor=actor, at=NOON)
    own = make_account("methodist", person_uid=row.one.uid)

    def refuses(words: str, statement: str) -> None:
        with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    copy = (
        "INSERT INTO people_distinction (one_id, other_id, is_apart, reasons, reason, decided_by_id, decided_by_person, "
        "decided_at) SELECT {}, {}, true, reasons, {}, {}, '{}', decided_at FROM people_distinction"
    )
    two = (row.one_id, row.other_id)
    refuses("владелец учётной записи", copy.format(*two, "reason", actor.pk, own.person_uid))
    refuses("О своей карточке", copy.format(*two, "reason", own.pk, own.person_uid))
    refuses("distinction_has_a_reason", copy.format(*two, "''", actor.pk, actor.person_uid))
    refuses("distinction_is_of_two", copy.format(row.one_id, row.one_id, "reason", actor.pk, actor.person_uid))


# --- Pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("collected_statics")
def test_the_pair_is_compared_side_by_side_and_told_apart_by_the_page() -> None:
    row = pair(email="secret@example.ru", snils="90000000182")
    client = by("methodist")
    assert "Двойнекова" in text_of(client.get("/doubles/", {"state": "waiting", "q": "двойник"}))
    assert "Похожие карточки — 1 пара" in text_of(client.get("/"))
    answer = client.get(f"/doubles/{row.pk}/")
    said = text_of(answer)
    assert "Имена отличаются одной буквой" in said
    assert "различается" in said
    assert "только в одной" in said
    assert "secret@" not in said
    assert "90000000182" not in said
    assert "900-000-001" not in said
    looked = Event.objects.filter(type=EventType.PERSON_READ).values_list("subject_uid", flat=True)
    assert set(looked) == {row.one.uid, row.other.uid}
    assert client.post(f"/doubles/{row.pk}/apart/", {"reason": ""}).status_code == 422
    assert client.post(f"/doubles/{row.pk}/apart/", {"reason": "сверены паспорта"}).status_code == 302
    assert "сверены паспорта" in text_of(client.get(f"/doubles/{row.pk}/"))
    assert "Похожие карточки —" not in text_of(client.get("/"))
    assert client.post(f"/doubles/{row.pk}/again/", {"reason": "ошиблись"}).status_code == 302
    assert client.get("/doubles/export/", {"file": "csv"}).status_code == 200
    assert Event.objects.filter(type=EventType.LIST_EXPORTED).count() == 1


@pytest.mark.clause("3.8")
@pytest.mark.usefixtures("collected_statics")
def test_whoever_answers_for_data_looks_and_others_do_not_even_that() -> None:
    row = pair()
    privacy = by("privacy")
    said = text_of(privacy.get(f"/doubles/{row.pk}/"))
    assert "Сведения рядом" in said
    assert "Это разные люди" not in said
    assert privacy.post(f"/doubles/{row.pk}/apart/", {"reason": "сверены"}).status_code == 403
    for role in ("learner", "teacher", "registrar", "head", "inspector", "admin"):
        assert by(role).get(f"/doubles/{row.pk}/").status_code == 403
        assert by(role).get("/doubles/").status_code == 403
    own = signed_in(make_account("methodist", person_uid=row.one.uid))
    said = text_of(own.get(f"/doubles/{row.pk}/"))
    assert "О своей карточке решает другой человек" in said
    assert "Это разные люди" not in said
    assert "Похожие карточки —" not in text_of(own.get("/"))


@pytest.mark.clause("2.4")
@pytest.mark.usefixtures("collected_statics")
def test_pages_of_doubles_cost_the_same_for_one_pair_and_for_many(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, row = by("methodist"), pair()
    actor = make_account("methodist")
    lists, pages = set(), set()
    for more in (0, 4):
        for _ in range(more):
            anna()
            tell_apart(row, reason="сверены", actor=actor, at=NOON)
            reconsider(row, reason="ошиблись", actor=actor, at=NOON)
        look_through(NOON, batches=1)
        with django_assert_max_num_queries(14) as counted:
            client.get("/doubles/")
        lists.add(len(counted))
        with django_assert_max_num_queries(60) as counted:
            client.get(f"/doubles/{row.pk}/")
        pages.add(len(counted))
    assert (len(lists), len(pages)) == (1, 1)


# --- Before a double is made ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("collected_statics")
def test_the_form_warns_of_somebody_alike_and_enters_after_a_look() -> None:
    known, client = anna(email="anna@example.ru"), by("methodist")
    key = str(uuid4())
    typed = {
        "key": key, "last_name": "Двойнекова", "first_name": "Анна", "patronymic": "Петровна",
        "birth_date": "04.05.1990", "email": "anna@example.ru",
    }  # fmt: skip
    answer = client.post("/people/new/", typed)
    said = text_of(answer)
    assert answer.status_code == 422
    assert "Похожий человек уже есть" in said
    assert "Имена отличаются одной буквой" in said
    assert f"/people/{known.uid}/" in said
    assert Person.objects.count() == 1
    assert client.post("/people/new/", typed | {"another": "on"}).status_code == 302
    assert [row.reasons for row in found()] == [["near_name", "same_birth", "same_email"]]


def test_a_weak_likeness_stops_no_form() -> None:
    anna()
    given = make_particulars(
        last_name="Двойнекова", first_name="Анна", patronymic="Петровна", birth_date=date(1990, 4, 5)
    )
    register_once(given, key=uuid4(), is_another=False, actor=make_account("methodist"), at=NOON)
    (row,) = found()
    assert row.points == 45


@pytest.mark.usefixtures("collected_statics")
def test_the_preview_of_a_list_points_at_somebody_alike_before_anything_is_entered() -> None:
    anna()
    rows = [
        make_row(1, last_name="Двойнекова", first_name="Анна", patronymic="Петровна", birth_date="04.05.1990"),
        make_row(2),
    ]
    client = by("methodist")
    content = make_xlsx({"Лист1": [HEADER, *rows]})
    sent = client.post("/imports/", {"file": SimpleUploadedFile("Список.xlsx", content), "key": str(uuid4())})
    said = text_of(client.get(sent["Location"]))
    told = said.count("Похоже на карточку: Двойникова Анна Петровна. Имена отличаются одной буквой")
    assert told == 2, "at the cell of the one row, and on the way to it from the name of the row"
    assert Person.objects.count() == 1


# --- Told ----------------------------------------------------------------------------------------------------------------


def test_the_methodist_is_told_once_a_day_of_likely_doubles() -> None:
    pair()
    methodist: Account = make_account("methodist")
    assert telling.doubles_found(NOON + timedelta(hours=1)) == 1
    telling.doubles_found(NOON + timedelta(hours=2))
    assert Notice.objects.get(account=methodist).title == "Похожие карточки: 1. Сверьте, не один ли это человек"
    assert telling.doubles_found(NOON + timedelta(days=2)) == 0
    (task,) = resemblance_list.tasks(methodist, NOON)
    assert task.title.replace("\u00a0", " ") == "Похожие карточки — 1 пара"
    assert resemblance_list.tasks(make_account("privacy"), NOON) == []
