"""Emergency access: one learner, to read, for an hour, with a reason, seen at once and reviewed by another (п. 3.8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from tests.at_once import at_once
from zachetka.access.guard import can, fields, visible
from zachetka.access.models import Account, EmergencyAccess
from zachetka.access.policy import DOCUMENTS, EMERGENCY, KEPT, MATRIX, FieldClass, Permission, Role, Scope
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, TooMany
from zachetka.core.working_days import after_working_days
from zachetka.learning.models import Enrolment, MarkSheet
from zachetka.learning.tests.make import make_enrolment, make_mark
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.notices.models import Notice
from zachetka.people.actions.emergency import VERDICT, Wanted, close_emergency, open_emergency, review_emergency
from zachetka.people.models import Person
from zachetka.people.telling import emergencies_unreviewed
from zachetka.people.tests.make import make_employee, make_learner
from zachetka.web.session_terms import terms_of

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

REASON = "Слушателю стало плохо на занятии, нужен телефон"
DONE = "Случай подтверждён журналом медпункта, смотрели одну карточку"
READING = {"read", "reveal"}


@dataclass(frozen=True)
class Case:
    """A learner with a record book whom the opener does not teach, and one more whom nobody named."""

    opener: Account
    person: Person
    book: Enrolment
    other: Enrolment


@pytest.fixture
def case(db: None) -> Case:
    book = make_mark().enrolment
    return Case(make_account("teacher", name="Дроздов Илья Павлович"), book.learner.person, book, make_mark().enrolment)


def wanted(person: Person, **change: Any) -> Wanted:
    known = {"name": person.full_name, "birth_date": person.birth_date}
    return Wanted(**(known | change))


def opened(case: Case, *, at: datetime | None = None, **change: Any) -> EmergencyAccess:
    given: dict[str, Any] = {"reason": REASON, "minutes": 30, "actor": fresh(case.opener), "at": at or now()}
    return open_emergency(wanted(case.person), **(given | change))


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u00a0", " "))


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Move the clock on from now."""
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller.shift


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


# --- Being seen and reviewed ---------------------------------------------------------------------------------------------


def test_it_is_seen_at_once_by_those_who_review(case: Case):
    opened(case)
    privacy, security = (text_of(signed_in(make_account(role)).get("/")) for role in ("privacy", "security"))
    for page in (privacy, security):
        assert "Экстренный доступ — Дроздов Илья Павлович" in page
        assert REASON in page
    assert case.person.full_name in privacy
    assert case.person.last_name not in security, "an administrator sees no learner's name"
    assert f"карточка {str(case.person.uid)[:8]}" in security


def test_it_is_reviewed_once_by_another_person_with_a_conclusion(case: Case, later: Callable[[timedelta], None]):
    privacy = make_account("privacy")
    one = opened(case)
    with pytest.raises(IllegalStep, match="ещё открыт"):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=privacy, at=now())
    later(timedelta(minutes=31))
    with pytest.raises(RuleViolation, match="заключение"):
        review_emergency(one, VERDICT.JUSTIFIED, "ок", actor=privacy, at=now())
    own = make_account("security", person_uid=case.opener.person_uid)
    with pytest.raises(RuleViolation, match="другой человек"):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=own, at=now())
    with pytest.raises(Forbidden):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=make_account("head"), at=now())
    review_emergency(one, VERDICT.UNJUSTIFIED, DONE, actor=privacy, at=now())
    with pytest.raises(IllegalStep, match="уже проверен"):
        review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=privacy, at=now())
    assert Event.objects.get(type=EventType.EMERGENCY_REVIEWED).body == {"verdict": "unjustified"}


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 25)),  # a Friday
        (date(2026, 11, 21), date(2026, 11, 25)),  # a Saturday
        (date(2026, 12, 30), date(2027, 1, 13)),  # 31 December is off in 2026, then New Year holidays
    ],
)
def test_it_is_reviewed_within_three_working_days(day: date, due: date):
    assert after_working_days(day, 3) == due


def test_whoever_was_not_reviewed_in_time_opens_no_other(case: Case, later: Callable[[timedelta], None]):
    one = opened(case)
    later(timedelta(hours=2))
    second = opened(case)
    assert second.pk != one.pk, "within the days it may be opened again"
    known = fresh(case.opener)
    assert known.allowed(Permission.EMERGENCY_OPEN)
    later(timedelta(days=(one.review_by - legal_date(now())).days + 1))
    with pytest.raises(Forbidden, match="не проверен в срок"):
        opened(case)
    with pytest.raises(IllegalStep, match="не проверен в срок"):
        opened(case, actor=known)  # whose roles were read before midnight
    for late in (one, second):
        review_emergency(late, VERDICT.JUSTIFIED, DONE, actor=make_account("security"), at=now())
    assert opened(case).until > now()


def test_a_role_is_suspended_until_what_it_opened_is_reviewed(case: Case, later: Callable[[timedelta], None]):
    opener = make_account("teacher", "learner", name="Орлова Нина Юрьевна")
    beside = make_account("teacher")
    one = opened(case, actor=fresh(opener))
    second = make_account("teacher", person_uid=opener.person_uid)
    later(timedelta(days=(one.review_by - legal_date(now())).days))
    assert fresh(opener).allowed(Permission.SHEET_FILL), "the last day of the review is in time"
    later(timedelta(days=1))
    for account in (opener, second):
        assert fresh(account).suspended == {Role.TEACHER}, "the person is meant, whichever account they use"
        assert not fresh(account).allowed(Permission.SHEET_FILL)
        assert not MarkSheet.objects.visible_to(fresh(account)).exists()
    assert fresh(opener).allowed(Permission.EVENT_READ), "what they are besides stays"
    assert fresh(beside).allowed(Permission.SHEET_FILL), "the negative control: a colleague works"
    refusal = signed_in(second).get("/sheets/")
    assert refusal.status_code == 403
    assert "Роль приостановлена" in text_of(refusal)
    for _ in range(2):
        emergencies_unreviewed(now())
    told = Notice.objects.filter(kind="emergency.unreviewed", account=opener)
    assert told.count() == 1, "said once"
    assert "роль открывшего приостановлена" in told[0].title
    review_emergency(one, VERDICT.UNJUSTIFIED, DONE, actor=make_account("security"), at=now())
    assert fresh(opener).allowed(Permission.SHEET_FILL)
    assert not fresh(opener).suspended


def test_whoever_is_suspended_signs_in_as_the_staff_and_reads_why(
    case: Case, later: Callable[[timedelta], None], settings: Any
):
    opener = make_account("teacher", "learner", name="Орлова Нина Юрьевна")
    one = opened(case, actor=fresh(opener))
    later(timedelta(days=(one.review_by - legal_date(now())).days + 1))
    held = fresh(opener)
    assert held.roles_held == {Role.LEARNER}
    assert held.is_staff_member
    assert terms_of(held) == settings.SESSION_TERMS["staff"]
    alone = make_account("teacher", person_uid=opener.person_uid)
    emergencies_unreviewed(now())
    notice = Notice.objects.get(kind="emergency.unreviewed", account=opener)
    for account, address in (
        (opener, f"/notices/{notice.pk}/open/"), (alone, f"/emergency/{one.pk}/"), (alone, "/help/"), (alone, "/notices/settings/"),
    ):  # fmt: skip
        client = signed_in(fresh(account))
        answer = client.post(address, follow=True) if "open" in address else client.get(address)
        assert answer.status_code == 200, address
    home = text_of(signed_in(fresh(alone)).get("/"))
    assert "Экстренный доступ" in home, "the way to what waits for the review"
    assert "Ведомости" not in home, "the negative control: nothing of the role"
    settings.MFA_REQUIRED = True
    for account in (opener, alone):
        answer = signed_in(fresh(account)).get("/")
        assert answer.headers["Location"].startswith("/accounts/security/app/"), (
            "a second factor is asked for as before"
        )


def test_a_suspended_role_keeps_nothing_but_reading_what_is_ones_own():
    for permission in KEPT:
        assert permission.value.partition(":")[2] == "read", permission
        for role in MATRIX[Permission.EMERGENCY_OPEN].keys() & MATRIX[permission].keys():
            assert MATRIX[permission][role].scope is Scope.OWN, (permission, role)


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
    page = text_of(signed_in(make_account("privacy")).get(f"/emergency/{one.pk}/"))
    assert page.count("событие №") == len(looks)
    learner = make_account("learner", person_uid=case.person.uid)
    assert "открыт экстренный доступ" in text_of(signed_in(learner).get("/events/", follow=True)).lower()


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
    assert "не короче 20 знаков" in text_of(refused)
    answer = client.post("/emergency/open/", typed | {"reason": REASON}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/people/{case.person.uid}/"
    assert "Экстренный доступ до" in text_of(answer)
    one = EmergencyAccess.objects.get()
    assert client.post(f"/emergency/{one.pk}/", {"verdict": "justified", "conclusion": DONE}).status_code == 403
    assert "Проверит другой человек" not in text_of(client.get(f"/emergency/{one.pk}/"))
    stranger = signed_in(make_account("teacher"))
    assert stranger.get(f"/emergency/{one.pk}/").status_code == 404
    assert case.person.last_name not in text_of(stranger.get("/emergency/"))
    later(timedelta(minutes=31))
    client = signed_in(fresh(case.opener))
    assert client.get(f"/people/{case.person.uid}/").status_code == 404
    privacy = signed_in(make_account("privacy"))
    answer = privacy.post(f"/emergency/{one.pk}/", {"verdict": "justified", "conclusion": DONE}, follow=True)
    assert "обоснован" in text_of(answer)
    assert "Экстренный доступ —" not in text_of(privacy.get("/"))
