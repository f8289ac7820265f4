"""Whoever asks for what is not theirs is refused, and the journal of events says so; the answer tells nothing (п. 3.8; T17)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.architecture.routes import routes
from tests.corpus.crawl import unhurried
from tests.pages import signed_in
from tests.rights.test_another_cohort import addresses, bare, of_nobody
from tests.timing import slower_by, work
from zachetka.access.models import RefusalTally
from zachetka.access.tests.make import make_account
from zachetka.core.russian import plain
from zachetka.learning.models import Mark
from zachetka.learning.tests.make import NOON, make_mark, make_sheet, teacher_of
from zachetka.ledger.events import WITNESSED, EventType
from zachetka.ledger.models import Event
from zachetka.notices.models import Notice
from zachetka.people.actions.refused_looks import Asked, key_of, refused_look, tell_counted
from zachetka.people.rules import refusals
from zachetka.people.rules.refusals import Bound, bound_on
from zachetka.people.subject import seen
from zachetka.people.tests.make import make_learner
from zachetka.web.asked import OTHERS, RECORDS
from zachetka.web.events import words

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]

TOLD_APART = 0.06
"""By what share a refusal may take longer than another; so many tries on such a machine tell no less apart."""
CARD = Asked("people:card", "GET", "people.person", "00000000-0000-4000-8000-000000000001")


def refused() -> list[Event]:
    return list(Event.objects.filter(type=EventType.ACCESS_REFUSED).order_by("pk"))


@pytest.fixture
def theirs() -> Mark:
    """A mark in a cohort of another teacher."""
    return make_mark(sheet=make_sheet(learners=1))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Bound:
    """Three of an hour are recorded, at two somebody is told."""
    bound = Bound(date(2020, 1, 1), recorded=3, alarming=2)
    monkeypatch.setattr(refusals, "BOUNDS", (bound,))
    return bound


def test_t17_each_refusal_of_a_teacher_leaves_one_event_with_identifiers_alone(
    theirs: Mark, collected_statics: None
) -> None:
    teacher = teacher_of(make_mark(sheet=make_sheet(learners=1)).sheet)
    client = signed_in(teacher)
    book = theirs.enrolment
    expected = [
        ("people.person", str(book.learner.person.uid)),
        ("learning.enrolment", str(book.pk)),
        ("learning.marksheet", str(theirs.sheet_id)),
        ("learning.cohort", key_of(book.cohort.code)),
        ("learning.mark", str(theirs.pk)),
    ]
    for address, asked in zip(addresses(theirs), expected, strict=True):
        before = len(refused())
        assert client.get(address).status_code == 404
        (event,) = refused()[before:]
        assert (event.body["object"], event.body["id"]) == asked
        assert (event.body["method"], event.body["roles"]) == ("GET", ["teacher"])
        assert (event.actor_id, event.object_type, event.commitment) == (teacher.pk, "access.account", None)
        assert event.subject_uid == teacher.person_uid, "it is told of whoever asked, not of whom they asked about"
        assert book.learner.person.last_name not in json.dumps(event.body, ensure_ascii=False)


@pytest.mark.parametrize("role", ["admin", "security"])
def test_t17_an_administrator_who_opens_a_sheet_leaves_an_event(
    role: str, theirs: Mark, collected_statics: None
) -> None:
    administrator = make_account(role)
    client = signed_in(administrator)
    for address in addresses(theirs):
        assert client.get(address).status_code in {403, 404}
    assert [event.actor_id for event in refused()] == [administrator.pk] * 5
    assert [event.body["route"] for event in refused()][2] == "learning:sheet"
    assert {event.body["roles"][0] for event in refused()} == {role}


@pytest.mark.parametrize("act", ["sheets/{sheet}/close/", "marks/{mark}/correct/", "accounts/list/"])
def test_an_act_that_is_refused_leaves_an_event_too(act: str, theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(make_mark(sheet=make_sheet(learners=1)).sheet))
    marks = Mark.objects.count()
    address = "/" + act.format(sheet=theirs.sheet_id, mark=theirs.pk)
    answer = client.get(address) if act == "accounts/list/" else client.post(address, {"text": "5", "reason": "описка"})
    assert answer.status_code in {403, 404}
    assert [event.body["method"] for event in refused()] == ["GET" if act == "accounts/list/" else "POST"]
    assert Mark.objects.count() == marks


def test_the_control_whoever_may_look_leaves_no_refusal(theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(theirs.sheet))
    assert {client.get(address).status_code for address in addresses(theirs)} == {200}
    assert refused() == []


def shape(statement: str) -> str:
    return "".join(sign for sign in statement.partition("'")[0] if not sign.isdigit())


def test_a_record_that_exists_and_one_that_does_not_are_refused_alike(theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(make_mark(sheet=make_sheet(learners=1)).sheet))
    client.get(addresses(theirs)[0])
    for address in addresses(theirs):
        answers, asked = [], []
        for one in (address, of_nobody(address)):
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(one)
            answers.append((answer.status_code, bare(answer.content, one), sorted(answer.headers)))
            asked.append([shape(query["sql"]) for query in captured.captured_queries])
        assert answers[0] == answers[1], address
        assert asked[0] == asked[1], address
        first, second = (dict(event.body, id="") for event in refused()[-2:])
        assert first == second


def one_after_another(*acts: Callable[[], object]) -> None:
    for act in acts:
        act()


def test_a_foreign_card_takes_as_long_as_none(theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(make_mark(sheet=make_sheet(learners=1)).sheet))
    card = addresses(theirs)[0]
    first, second = (lambda: client.get(card)), (lambda: client.get(f"/people/{uuid4()}/"))
    assert abs(slower_by(first, second, pairs=60, before=unhurried)) <= TOLD_APART
    leaking = partial(one_after_another, partial(work, 0.004), first)
    assert slower_by(leaking, second, pairs=20, before=unhurried) > TOLD_APART, "the control"


def test_nothing_that_the_asker_sends_leaves_the_trace_out(theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(make_mark(sheet=make_sheet(learners=1)).sheet))
    card = addresses(theirs)[0]
    assert client.head(card).status_code == 404
    assert client.get(card, headers={"sec-purpose": "prefetch;prerender"}).status_code == 404
    assert [event.body["method"] for event in refused()] == ["HEAD", "GET"]


def test_what_nobody_asked_for_by_policy_is_not_recorded(theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(make_mark(sheet=make_sheet(learners=1)).sheet))
    card = addresses(theirs)[0]
    assert client.get("/nothing/5/").status_code == 404
    assert client.get("/help/nothing/").status_code == 404
    assert client.get("/static/nothing.css").status_code == 404
    assert client.delete(card).status_code == 405
    assert Client().get(card).status_code == 302
    assert Client(enforce_csrf_checks=True).post("/accounts/list/").status_code == 403
    assert refused() == []
    assert client.get(card).status_code == 404
    assert len(refused()) == 1, "the control: the same address, asked for"


def test_what_a_rule_refuses_is_no_refused_look(theirs: Mark, collected_statics: None) -> None:
    client = signed_in(teacher_of(theirs.sheet))
    answer = client.post(f"/marks/{theirs.pk}/correct/", {"text": "nothing like a mark", "reason": ""})
    assert answer.status_code not in {403, 404}
    assert refused() == []


# --- A flood ----------------------------------------------------------------------------------------------------------


def test_beyond_the_bound_of_the_hour_refusals_are_counted_and_the_count_is_told_once(few: Bound) -> None:
    teacher = make_account("teacher")
    for place in range(10):
        assert refused_look(CARD, actor=teacher, at=NOON + timedelta(seconds=place)) == place + 1
    bodies = [event.body for event in refused()]
    assert [body.get("route") for body in bodies] == ["people:card"] * 3 + [None]
    assert bodies[3]["only_counted"] is True
    assert tell_counted(NOON + timedelta(minutes=30)) == 0, "the hour is not over"
    assert tell_counted(NOON + timedelta(hours=2)) == 1
    last = refused()[-1]
    assert (last.body["counted"], last.actor, last.subject_uid) == (7, None, teacher.person_uid)
    assert "ещё 7 раз за час с 12:00 МСК" in plain(words.particulars(last.object_type, last.body))
    assert not RefusalTally.objects.exists()
    assert tell_counted(NOON + timedelta(hours=3)) == 0
    assert len(refused()) == 5


def test_the_next_hour_and_another_account_are_counted_anew(few: Bound) -> None:
    first, second = make_account("teacher"), make_account("teacher")
    for _ in range(5):
        refused_look(CARD, actor=first, at=NOON)
    assert refused_look(CARD, actor=second, at=NOON) == 1
    assert refused_look(CARD, actor=first, at=NOON + timedelta(hours=1)) == 1
    assert len(refused()) == 3 + 1 + 1 + 1


def test_an_hour_within_the_bound_ends_without_another_event(few: Bound) -> None:
    refused_look(CARD, actor=make_account("teacher"), at=NOON)
    assert tell_counted(NOON + timedelta(hours=2)) == 0
    assert (len(refused()), RefusalTally.objects.count()) == (1, 0)


def test_many_refusals_are_told_once_a_day_to_those_who_answer_for_it(few: Bound, collected_statics: None) -> None:
    security, privacy = make_account("security"), make_account("privacy")
    for account in (teacher := make_account("teacher"), security):
        for at in (NOON, NOON + timedelta(hours=1)):
            for _ in range(4):
                refused_look(CARD, actor=account, at=at)
    told = Notice.objects.filter(kind="access.refused").order_by("pk")
    assert {(one.account_id, f"-{account.pk}-" in one.key) for one in told for account in [teacher]} == {
        (security.pk, True),
        (privacy.pk, True),
        (privacy.pk, False),
    }, "nobody is told of themselves"
    assert told.count() == 3
    assert teacher.login not in "".join(one.title for one in told)
    page = signed_in(security).get(told.filter(account=security)[0].url)
    assert "Отказано в доступе" in page.content.decode()


def test_one_refusal_tells_nobody(few: Bound) -> None:
    make_account("security")
    refused_look(CARD, actor=make_account("teacher"), at=NOON)
    assert not Notice.objects.exists()


def test_the_bound_is_dated_and_alarms_before_it_stops_recording() -> None:
    for bound in refusals.BOUNDS:
        assert 1 < bound.alarming <= bound.recorded
    assert [bound.since for bound in refusals.BOUNDS] == sorted(bound.since for bound in refusals.BOUNDS)
    with pytest.raises(LookupError):
        bound_on(date(1999, 1, 1))


# --- What is told -----------------------------------------------------------------------------------------------------


def unnamed() -> list[str]:
    """Return the addresses with a part of which it is not said what the part names."""
    starts = {route.pattern.partition("<")[0] for route in routes() if "<" in route.pattern}
    return sorted(starts - RECORDS.keys() - OTHERS)


def test_of_every_address_with_a_part_it_is_said_which_record_the_part_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unnamed() == []
    for kind in RECORDS.values():
        assert apps.get_model(kind)
        assert words.noun_of(kind) != kind, kind
    monkeypatch.delitem(RECORDS, "sheets/")
    assert unnamed() == ["sheets/"], "the control"


def test_a_text_of_an_address_is_kept_as_a_digest_unless_it_is_a_code_of_a_cohort() -> None:
    uid = UUID("00000000-0000-4000-8000-000000000001")
    assert [key_of(one) for one in (15, uid, "ПК-26-01")] == ["15", str(uid), "ПК-26-01"]
    for text in ("Соколова", "900-000-001 82", "ПК-26-01 Соколова"):
        assert key_of(text).startswith("sha256:")
        assert text not in key_of(text)


def page_of(account_role: str, address: str) -> str:
    answer = signed_in(make_account(account_role)).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode()).replace("\u00a0", " ")


def test_the_journal_names_whom_it_was_about_as_far_as_the_reader_may_know(
    theirs: Mark, collected_statics: None
) -> None:
    person = theirs.enrolment.learner.person
    card = Asked("people:card", "GET", "people.person", key_of(person.uid))
    refused_look(card, actor=make_account("teacher"), at=NOON)
    refused_look(Asked("learning:sheet", "POST", "learning.marksheet", "7"), actor=make_account("teacher"), at=NOON)
    for_privacy = page_of("privacy", "/events/?kind=access.refused")
    assert person.last_name in for_privacy
    assert "отправка формы: ведомость, запись 7" in for_privacy
    for_security = page_of("security", "/events/?kind=access.refused")
    assert person.last_name not in for_security
    assert str(person.uid)[:13] in for_security
    narrowed = page_of("inspector", f"/events/?kind=access.refused&record=people.person:{person.uid}")
    assert narrowed.count("<time ") == 1
    event = refused()[0]
    assert "все отказы" in page_of("privacy", f"/events/{event.pk}/")


def test_the_journal_costs_the_same_however_many_refusals_it_shows(theirs: Mark, collected_statics: None) -> None:
    client, teacher = signed_in(make_account("privacy")), make_account("teacher")
    costs = []
    for many in (1, 12):
        for _ in range(many):
            card = Asked("people:card", "GET", "people.person", key_of(make_learner().person.uid))
            refused_look(card, actor=teacher, at=NOON)
        client.get("/events/?kind=access.refused")
        with CaptureQueriesContext(connection) as captured:
            client.get("/events/?kind=access.refused")
        costs.append(len(captured))
    assert costs[0] == costs[1]


@pytest.mark.clause("152-ФЗ ст. 14")
def test_a_refused_look_is_no_part_of_the_answer_to_whom_it_was_about(theirs: Mark, collected_statics: None) -> None:
    person = theirs.enrolment.learner.person
    refused_look(
        Asked("people:card", "GET", "people.person", key_of(person.uid)), actor=make_account("teacher"), at=NOON
    )
    assert not seen.looks(person).exists()
    assert not Event.objects.about(person.uid).filter(type=EventType.ACCESS_REFUSED).exists()
    assert EventType.ACCESS_REFUSED not in seen.LOOKS
    assert EventType.ACCESS_REFUSED in WITNESSED, "it proves nothing of a record, as other looks"
    page = page_of("privacy", f"/people/{person.uid}/events/")
    assert f"/events/?kind=access.refused&amp;record=people.person:{person.uid}" in page


def test_an_hour_begins_with_its_first_minute() -> None:
    at = datetime.fromisoformat("2026-11-30T10:59:59.5+03:00")
    assert refusals.hour_of(at) == datetime.fromisoformat("2026-11-30T10:00:00+03:00")
