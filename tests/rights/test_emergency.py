"""Emergency access: one learner, to read, for an hour, with a reason, seen at once and reviewed by another (п. 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.at_once import at_once
from tests.pages import signed_in, words_of
from tests.rights.emergencies import DONE, READING, REASON, Case, fresh, opened, wanted
from zachetka.access.guard import can, fields, visible
from zachetka.access.models import EmergencyAccess
from zachetka.access.policy import DOCUMENTS, EMERGENCY, MATRIX, FieldClass, Permission, Role, Scope
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, TooMany
from zachetka.learning.models import MarkSheet
from zachetka.learning.tests.make import make_enrolment
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.emergency import Wanted, close_emergency, open_emergency
from zachetka.people.tests.make import make_employee, make_learner

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]


# --- What it gives -------------------------------------------------------------------------------------------------------


def test_it_gives_nothing_but_looking():
    for permission, grant in EMERGENCY.items():
        assert permission.value.partition(":")[2] in READING, permission
        assert grant.scope is Scope.ONE
        assert FieldClass.PERSONAL_DOCUMENTS not in grant.fields
    assert not EMERGENCY.keys() & {Permission.RECORD_BOOK_EXPORT, Permission.PERSON_EXPORT, Permission.PERSON_EDIT}


def test_who_keeps_the_system_or_reviews_never_opens_one():
    openers = MATRIX[Permission.EMERGENCY_OPEN].keys()
    assert not openers & {Role.ADMIN, Role.SECURITY, Role.PRIVACY, Role.INSPECTOR, Role.LEARNER}
    assert not openers & MATRIX[Permission.EMERGENCY_REVIEW].keys()


def test_it_opens_the_one_learner_and_nobody_else(case: Case):
    before = fresh(case.opener)
    assert not can(before, Permission.PERSON_READ, case.person)
    opened(case)
    actor = fresh(case.opener)
    for permission, record, other in (
        (Permission.PERSON_READ, case.person, case.other.learner.person),
        (Permission.PERSON_REVEAL, case.person, case.other.learner.person),
        (Permission.RECORD_BOOK_READ, case.book, case.other),
    ):
        assert can(actor, permission, record), permission
        assert not can(actor, permission, other), permission
        assert list(type(record)._base_manager.filter(visible(actor, permission, type(record)))) == [record]
    assert FieldClass.PERSONAL in fields(actor, case.person)
    assert fields(actor, case.person) < DOCUMENTS
    assert not fields(actor, case.other.learner.person)


@pytest.mark.parametrize("permission", [one for one in Permission if one not in EMERGENCY], ids=str)
def test_every_other_right_stays_what_it_was(permission: Permission, case: Case):
    rows = (case.person, case.book, case.book.cohort, *MarkSheet.objects.filter(cohort=case.book.cohort))
    before = [can(fresh(case.opener), permission, row) for row in rows]
    opened(case)
    assert [can(fresh(case.opener), permission, row) for row in rows] == before


def test_it_closes_by_itself(case: Case, later: Callable[[timedelta], None]):
    opened(case, minutes=30)
    later(timedelta(minutes=29, seconds=59))
    assert can(fresh(case.opener), Permission.PERSON_READ, case.person)
    later(timedelta(seconds=2))
    assert not can(fresh(case.opener), Permission.PERSON_READ, case.person)


def test_it_ends_with_the_role_that_opened_it(case: Case):
    opened(case)
    assert can(fresh(case.opener), Permission.PERSON_READ, case.person)
    role = case.opener.roles.get()
    role.state, role.valid_to = "ended", legal_date(now())
    role.save()
    assert not can(fresh(case.opener), Permission.PERSON_READ, case.person)


# --- Opening -------------------------------------------------------------------------------------------------------------


def test_no_reason_no_access(case: Case):
    for reason in ("", "нужно", " " * 40 + "очень нужно"):
        with pytest.raises(RuleViolation, match="причину"):
            opened(case, reason=reason)
    with pytest.raises(RuleViolation, match="на час"):
        opened(case, minutes=61)
    assert not EmergencyAccess.objects.exists()


def test_whom_one_cannot_name_exactly_one_does_not_find(case: Case):
    actor, born = fresh(case.opener), case.person.birth_date
    assert born is not None
    for named in (
        wanted(case.person, birth_date=born + timedelta(days=1)),
        wanted(case.person, name=case.person.last_name),
        Wanted("Никто Никтович", born),
        wanted(make_employee().person, birth_date=born),
    ):
        with pytest.raises(RuleViolation, match="названы неточно"):
            open_emergency(named, reason=REASON, minutes=30, actor=actor, at=now())


def test_guesses_are_counted(case: Case):
    def guess() -> None:
        open_emergency(
            Wanted("Никто Никтович", date(1990, 1, 1)), reason=REASON, minutes=30, actor=case.opener, at=now()
        )

    for _ in range(10):
        with pytest.raises(RuleViolation, match="имя и дата рождения названы неточно"):
            guess()
    with pytest.raises(TooMany, match="не больше 10 раз в час"):
        guess()


def test_ones_own_record_and_a_role_without_the_right_are_refused(case: Case):
    mine = make_account("teacher", person_uid=case.person.uid)
    with pytest.raises(RuleViolation, match="Свою запись"):
        opened(case, actor=mine)
    for role in ("registrar", "chair", "admin", "security", "privacy", "inspector", "head", "learner"):
        with pytest.raises(Forbidden):
            opened(case, actor=make_account(role))


def test_one_at_a_time_whatever_the_account(case: Case):
    opened(case)
    twin = make_account("methodist", person_uid=case.opener.person_uid)
    with pytest.raises(IllegalStep, match="уже открыт"):
        opened(case, actor=twin)


@pytest.mark.usefixtures("fresh_database")
def test_two_at_once_are_one():
    person = make_enrolment().learner.person
    account = make_account("teacher")
    acts = [lambda: open_emergency(wanted(person), reason=REASON, minutes=30, actor=fresh(account), at=now())] * 2
    outcomes = at_once(*acts)
    assert EmergencyAccess.objects.count() == 1
    assert sum(isinstance(outcome, IllegalStep) for outcome in outcomes) == 1


def test_whoever_opened_it_may_close_it_before_the_term_and_nobody_may_prolong_it(
    case: Case, later: Callable[[timedelta], None]
):
    one = opened(case)
    later(timedelta(minutes=3))
    with pytest.raises(Forbidden):
        close_emergency(one, actor=make_account("teacher"), at=now())
    assert close_emergency(one, actor=fresh(case.opener), at=now()).until == now()
    assert not can(fresh(case.opener), Permission.PERSON_READ, case.person)
    with pytest.raises(IllegalStep, match="уже закрыт"):
        close_emergency(one, actor=fresh(case.opener), at=now())
    for until in (now() + timedelta(minutes=1), one.opened_at):
        with pytest.raises(IntegrityError, match="каким был открыт"), transaction.atomic():
            EmergencyAccess.objects.filter(pk=one.pk).update(until=until)
    assert Event.objects.filter(type=EventType.EMERGENCY_CLOSED, object_id=str(one.pk)).count() == 1


# --- Being seen ----------------------------------------------------------------------------------------------------------


def test_every_look_names_the_access_and_the_learner_sees_it(case: Case):
    one = opened(case)
    client = signed_in(case.opener)
    assert client.get(f"/people/{case.person.uid}/").status_code == 200
    assert client.get(f"/record-books/{case.book.pk}/").status_code == 200
    assert client.post(f"/people/{case.person.uid}/reveal/birth_date/").status_code == 200
    looks = Event.objects.filter(actor=case.opener, subject_uid=case.person.uid).exclude(
        type=EventType.EMERGENCY_OPENED
    )
    assert {event.type for event in looks} == {"person.read", "record_book.read", "personal_data.revealed"}
    assert all(event.body["emergency"] == one.pk for event in looks)
    page = words_of(signed_in(make_account("privacy")).get(f"/emergency/{one.pk}/"))
    assert page.count("событие №") == len(looks)
    learner = make_account("learner", person_uid=case.person.uid)
    assert "открыт экстренный доступ" in words_of(signed_in(learner).get("/events/", follow=True)).lower()


def test_a_look_at_anybody_else_names_no_access(case: Case):
    opened(case)
    person = make_learner().person
    methodist = make_account("methodist")
    signed_in(methodist).get(f"/people/{person.uid}/")
    assert "emergency" not in Event.objects.get(type=EventType.PERSON_READ).body


# --- The database --------------------------------------------------------------------------------------------------------


def test_the_database_refuses_the_same_whoever_comes_past_the_action(case: Case):
    at = now()
    known: dict[str, Any] = {
        "account": case.opener, "account_person": case.opener.person_uid, "person_uid": case.person.uid, "reason": REASON,
        "opened_at": at, "until": at + timedelta(minutes=60), "review_by": legal_date(at) + timedelta(days=3),
    }  # fmt: skip
    reviewed = {"reviewed_by": case.opener, "reviewed_by_person": uuid4(), "reviewed_at": at, "verdict": "justified"}
    for change, words in (
        ({"until": at + timedelta(minutes=61)}, "на час"),
        ({"until": at}, "на час"),
        ({"reason": "x" * 19}, "20 знаков"),
        ({"account_person": uuid4()}, "от своего имени"),
        ({"person_uid": case.opener.person_uid}, "к чужой записи"),
        ({"review_by": legal_date(at) + timedelta(days=30)}, "три рабочих дня"),
        (reviewed | {"conclusion": DONE}, "потом проверяют"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            EmergencyAccess.objects.create(**(known | change))
    one = EmergencyAccess.objects.create(**known)
    with pytest.raises(IntegrityError, match="одному слушателю"), transaction.atomic():
        EmergencyAccess.objects.create(**(known | {"person_uid": case.other.learner.person.uid}))
    rows = EmergencyAccess.objects.filter(pk=one.pk)
    for update, words in (
        ({"until": at + timedelta(minutes=61)}, "каким был открыт"),
        ({"person_uid": uuid4()}, "каким был открыт"),
        (reviewed | {"conclusion": DONE}, "когда срок кончился"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            rows.update(**update)
    with pytest.raises(IntegrityError, match="не удаляется"), transaction.atomic():
        rows.delete()
    past = at + timedelta(minutes=70)
    with pytest.raises(IntegrityError, match="by_another_person"), transaction.atomic():
        rows.update(
            **(reviewed | {"reviewed_at": past, "reviewed_by_person": case.opener.person_uid, "conclusion": DONE})
        )
    privacy = make_account("privacy")
    whole = {
        "reviewed_by": privacy,
        "reviewed_by_person": privacy.person_uid,
        "reviewed_at": past,
        "verdict": "justified",
    }
    with pytest.raises(IntegrityError, match="reviewed_whole"), transaction.atomic():
        rows.update(**whole)
    rows.update(**(whole | {"conclusion": DONE}))
    with pytest.raises(IntegrityError, match="один раз"), transaction.atomic():
        rows.update(conclusion="иначе")


def test_an_unreviewed_one_past_its_day_bars_the_next_in_the_database_too(case: Case):
    past = now() - timedelta(days=10)
    known = {
        "account": case.opener, "account_person": case.opener.person_uid, "person_uid": case.person.uid, "reason": REASON,
    }  # fmt: skip
    EmergencyAccess.objects.create(
        **known, opened_at=past, until=past + timedelta(minutes=5), review_by=legal_date(past) + timedelta(days=3)
    )
    with pytest.raises(IntegrityError, match="не проверен в срок"), transaction.atomic():
        EmergencyAccess.objects.create(
            **known,
            opened_at=now(),
            until=now() + timedelta(minutes=5),
            review_by=legal_date(now()) + timedelta(days=3),
        )


# --- Pages ---------------------------------------------------------------------------------------------------------------


def test_the_way_through_the_pages(case: Case, later: Callable[[timedelta], None]):
    client = signed_in(case.opener)
    assert client.get(f"/people/{case.person.uid}/").status_code == 404
    typed = {"name": case.person.full_name, "birth_date": f"{case.person.birth_date:%d.%m.%Y}", "minutes": "30"}
    refused = client.post("/emergency/open/", typed | {"reason": "нужно"})
    assert refused.status_code == 422
    assert "не короче 20 знаков" in words_of(refused)
    answer = client.post("/emergency/open/", typed | {"reason": REASON}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/people/{case.person.uid}/"
    assert "Экстренный доступ до" in words_of(answer)
    one = EmergencyAccess.objects.get()
    assert client.post(f"/emergency/{one.pk}/", {"verdict": "justified", "conclusion": DONE}).status_code == 403
    assert "Проверит другой человек" not in words_of(client.get(f"/emergency/{one.pk}/"))
    stranger = signed_in(make_account("teacher"))
    assert stranger.get(f"/emergency/{one.pk}/").status_code == 404
    assert case.person.last_name not in words_of(stranger.get("/emergency/"))
    later(timedelta(minutes=31))
    client = signed_in(fresh(case.opener))
    assert client.get(f"/people/{case.person.uid}/").status_code == 404
    privacy = signed_in(make_account("privacy"))
    answer = privacy.post(f"/emergency/{one.pk}/", {"verdict": "justified", "conclusion": DONE}, follow=True)
    assert "обоснован" in words_of(answer)
    assert "Экстренный доступ —" not in words_of(privacy.get("/"))
