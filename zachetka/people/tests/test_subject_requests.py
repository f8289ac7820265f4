"""Requests of data subjects: asked, answered in the term of the law, by whom; never otherwise (152-ФЗ ст. 14, 20)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import MagicMock
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.files import store
from zachetka.jobs.models import Job
from zachetka.jobs.work import do
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import looks, reveal_field
from zachetka.people.actions.subject_data import export_subject_data
from zachetka.people.actions.subject_requests import (
    ask_for_own,
    hand_answer_over,
    make_answer,
    prepare_answer,
    register_request,
)
from zachetka.people.models import Person, SubjectRequest
from zachetka.people.rules.subject_terms import answer_due, term_on
from zachetka.people.subject.holdings import ground_of
from zachetka.people.subject.labels import kind_named, named_as
from zachetka.people.subject.package import MANIFEST, packed
from zachetka.people.subject.ways import kinds
from zachetka.people.tests.make import make_person

pytestmark = [pytest.mark.clause("152-ФЗ ст. 20"), pytest.mark.django_db]

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ASKED = date(2026, 11, 20)
State = SubjectRequest.State


def own_account(person: Person) -> Account:
    return make_account("learner", person_uid=person.uid, name=person.full_name)


def written(person: Person, actor: Account, **given: Any) -> SubjectRequest:
    known: dict[str, Any] = {"key": uuid4(), "asked_on": ASKED, "document": "Заявление, вх. № 15 от 20.11.2026"}
    return register_request(person, **(known | given), actor=actor, at=NOON)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in the transaction of the test."""
    monkeypatch.setattr("zachetka.jobs.work.close_old_connections", lambda: None)


def watched(done: int, total: int) -> None:
    assert 0 < done <= total


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


# --- Terms --------------------------------------------------------------------------------------------------------------


def test_the_term_is_that_of_the_day_of_the_request_and_frozen() -> None:
    terms = ((date(2022, 9, 1), 10), (date(2026, 12, 1), 3))
    assert term_on(terms, ASKED) == 10
    assert term_on(terms, date(2026, 12, 1)) == 3
    assert answer_due(ASKED, terms) == date(2026, 12, 4)
    with pytest.raises(ValueError, match="no term"):
        term_on(terms, date(2020, 1, 1))
    assert written(make_person(), make_account("privacy")).due_on == date(2026, 12, 4)


# --- A written request --------------------------------------------------------------------------------------------------


def test_a_written_request_is_entered_once_and_by_whoever_answers_for_personal_data() -> None:
    person, actor, key = make_person(), make_account("privacy"), uuid4()
    first = written(person, actor, key=key)
    assert written(person, actor, key=key) == first
    assert Event.objects.filter(type=EventType.SUBJECT_REQUEST_REGISTERED).count() == 1
    for role in ("methodist", "inspector", "head", "admin"):
        with pytest.raises(Forbidden):
            written(person, make_account(role))
    with pytest.raises(RuleViolation, match="позже, чем сегодня"):
        written(person, actor, asked_on=date(2026, 11, 21))
    with pytest.raises(RuleViolation, match="срок ответа не известен"):
        written(person, actor, asked_on=date(2001, 1, 9))


def test_an_answer_is_prepared_then_handed_over_and_says_how_and_by_whom() -> None:
    person, actor = make_person(), make_account("privacy")
    request = written(person, actor)
    with pytest.raises(IllegalStep, match="Сначала подготовьте"):
        hand_answer_over(request, answered_on=ASKED, answer="лично", actor=actor, at=NOON)
    job = prepare_answer(request, actor=actor, at=NOON)
    assert prepare_answer(request, actor=actor, at=NOON) == job, "asked twice it is one work"
    do(job.pk, is_last=True)
    job.refresh_from_db()
    request.refresh_from_db()
    assert (job.state, request.state) == (Job.State.DONE, State.PREPARED), job.outcome
    with pytest.raises(IllegalStep, match="уже готов"):
        prepare_answer(request, actor=actor, at=NOON)
    for wrong in (date(2026, 11, 19), date(2026, 11, 21)):
        with pytest.raises(RuleViolation, match="не раньше запроса"):
            hand_answer_over(request, answered_on=wrong, answer="лично", actor=actor, at=NOON)
    done = hand_answer_over(request, answered_on=ASKED, answer="лично под подпись", actor=actor, at=NOON)
    assert (done.state, done.answered_on, done.answered_by) == (State.ANSWERED, ASKED, actor)
    said = Event.objects.of(request).values_list("type", flat=True)
    assert list(said) == ["subject_request.registered", "subject_request.prepared", "subject_request.answered"]


def test_an_answer_that_is_there_is_not_made_again() -> None:
    person, actor = make_person(), make_account("privacy")
    request = make_answer(written(person, actor), actor=actor, at=NOON, tell=watched)
    before = Event.objects.count()
    assert make_answer(request, actor=actor, at=NOON, tell=watched).file == request.file
    assert Event.objects.count() == before


# --- One's own request --------------------------------------------------------------------------------------------------


@pytest.mark.clause("152-ФЗ ст. 14")
def test_what_one_asks_for_oneself_is_one_request_and_is_answered_by_its_file() -> None:
    person = make_person(snils="90000000182", email="own@example.ru")
    actor = own_account(person)
    job = ask_for_own(person, key=uuid4(), actor=actor, at=NOON)
    assert ask_for_own(person, key=uuid4(), actor=actor, at=NOON) == job
    do(job.pk, is_last=True)
    job.refresh_from_db()
    request = SubjectRequest.objects.get(person=person)
    assert (job.state, request.state, request.answered_by) == (Job.State.DONE, State.ANSWERED, actor), job.outcome
    assert job.url == f"/requests/{request.pk}/file/"
    assert request.file is not None
    files = opened(store.read(request.file.sha256))
    (card,) = next(
        kind["records"] for kind in json.loads(files["data.json"])["kept"] if kind["record"] == "people.person"
    )
    assert card["fields"]["email"]["value"] == "own@example.ru"
    assert card["fields"]["snils"]["class"] == "personal_documents"
    again = ask_for_own(person, key=uuid4(), actor=actor, at=NOON)
    assert again != job, "answered, one may ask anew"


@pytest.mark.clause("3.8")
def test_nobody_asks_in_the_name_of_another() -> None:
    person, other = make_person(), make_person()
    with pytest.raises(Forbidden):
        ask_for_own(person, key=uuid4(), actor=own_account(other), at=NOON)
    with pytest.raises(Forbidden):
        ask_for_own(person, key=uuid4(), actor=make_account("privacy"), at=NOON)
    with pytest.raises(Forbidden):
        export_subject_data(person, actor=own_account(other), at=NOON)
    assert not SubjectRequest.objects.exists()


# --- What is in the file ------------------------------------------------------------------------------------------------


@pytest.mark.clause("152-ФЗ ст. 14")
def test_the_file_tells_who_looked_when_in_which_role_and_why() -> None:
    person, methodist = make_person(email="seen@example.ru"), make_account("methodist", name="Котова Мария")
    looks.read_card(person, actor=methodist, at=NOON)
    reveal_field(person, "email", actor=methodist, at=NOON)
    content = export_subject_data(person, actor=make_account("privacy", name="Ветров Пётр"), at=NOON).content
    answer = json.loads(opened(content)["data.json"])
    revealed, read = answer["seen"]
    assert (read["who"], read["roles"], read["at"]) == ("Котова Мария", "методист", "2026-11-20T09:00:00.000000Z")
    assert read["why"] == "видеть карточку человека: ДИ методиста, п. 2.1"
    assert (revealed["roles"], revealed["what"]) == ("методист", "раскрыты персональные данные: почта")
    later = json.loads(opened(export_subject_data(person, actor=None, at=NOON).content)["data.json"])
    assert [one["who"] for one in later["handed_out"]] == ["Ветров Пётр"], "taking it away is told in the next one"


@pytest.mark.clause("152-ФЗ ст. 14")
def test_every_way_of_being_named_is_said_in_russian_on_the_paper() -> None:
    ways = [(kind.label, field) for kind in kinds() for field in kind.named]
    said = {
        (label, field): (
            kind_named(apps.get_model(label), ground_of(label).called),
            named_as(apps.get_model(label)._meta.get_field(field)),
        )
        for label, field in ways
    }
    assert len(ways) > 30
    assert {way: words for way, words in said.items() if any(word.isascii() for word in words)} == {}
    assert named_as(Person._meta.get_field("uid")).isascii(), (
        "what nobody has named is told by its own name: the test sees it"
    )


@pytest.mark.clause("3.8")
def test_the_file_holds_no_secret_and_nothing_of_another_person() -> None:
    person, other = make_person(), make_person(last_name="Чужестранов", email="other@example.ru")
    make_account("learner", person_uid=person.uid, password="long-enough-for-tests")
    looks.read_card(other, actor=make_account("methodist"), at=NOON)
    whole = b"".join(opened(export_subject_data(person, actor=None, at=NOON).content).values()).decode(
        "utf-8", "ignore"
    )
    assert "argon2" not in whole
    assert "Чужестранов" not in whole
    assert "other@example.ru" not in whole


@pytest.mark.clause("3.8")
def test_making_the_file_is_recorded_with_its_hash_or_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person()
    package = export_subject_data(person, actor=None, at=NOON)
    event = Event.objects.get(type=EventType.SUBJECT_DATA_EXPORTED)
    assert (event.subject_uid, event.body["sha256"]) == (person.uid, package.sha256)

    def broken(*given: object, **told: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("zachetka.people.actions.subject_data.record_event", broken)
    with pytest.raises(ConnectionError):
        export_subject_data(person, actor=None, at=NOON)


def test_a_package_is_the_same_byte_for_byte_and_its_manifest_names_every_file() -> None:
    files = {"б.pdf": b"two", "data.json": b"{}", "Зачётные книжки/а.json": b"[]"}
    first = packed(files, {"formed_at": "2026-11-20"})
    assert packed(dict(reversed(files.items())), {"formed_at": "2026-11-20"}) == first
    assert packed(files, {"formed_at": "2026-11-21"}) != first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert [one.filename for one in archive.infolist()] == sorted([*files, MANIFEST])
        assert {(one.compress_type, one.date_time) for one in archive.infolist()} == {(0, (1980, 1, 1, 0, 0, 0))}
        manifest = json.loads(archive.read(MANIFEST))
    assert [one["name"] for one in manifest["files"]] == sorted(files)
    with pytest.raises(ValueError, match="by the package itself"):
        packed({MANIFEST: b""}, {})


def test_the_file_of_one_moment_is_the_same_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person()
    monkeypatch.setattr("zachetka.people.actions.subject_data.record_event", MagicMock())
    first = export_subject_data(person, actor=None, at=NOON)
    assert export_subject_data(person, actor=None, at=NOON).content == first.content
    assert export_subject_data(make_person(), actor=None, at=NOON).content != first.content


# --- What the database holds --------------------------------------------------------------------------------------------


def test_plain_sql_walks_no_other_way() -> None:
    request = written(make_person(), make_account("privacy"))

    def refuses(words: str, statement: str) -> None:
        with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    row = f"WHERE id = {request.pk}"
    refuses("не удаляется", f"DELETE FROM people_subjectrequest {row}")  # noqa: S608
    refuses("не меняется", f"UPDATE people_subjectrequest SET due_on = due_on + 30 {row}")  # noqa: S608
    refuses("когда ответ готов", f"UPDATE people_subjectrequest SET state = 'answered' {row}")  # noqa: S608
    copy = (
        "INSERT INTO people_subjectrequest (key, way, document, asked_on, due_on, state, recorded_at, answer, person_id, "
        "recorded_by_id) SELECT gen_random_uuid(), way, document, asked_on, due_on, 'prepared', recorded_at, answer, "
        "person_id, recorded_by_id FROM people_subjectrequest "
    )
    refuses("сначала ждёт", copy + row)
