"""Recording events (п. 2.1): in the transaction of the fact, by identifiers, never to be forged."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, DataError, IntegrityError, connection, connections, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError

from zachetka.access.models import Unit
from zachetka.core.canonical import canonical
from zachetka.core.hashing import commitment, field_digests, row_commitment, sha256
from zachetka.ledger.actions import (
    BATCH,
    Fact,
    Happening,
    record_event,
    record_events,
    record_fact,
    record_look,
    record_statement,
)
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event, Opening
from zachetka.ledger.sealer import Sealer
from zachetka.ledger.tests.make import (
    LEARNER,
    NOON,
    Mark,
    committed,
    draft_mark,
    happen,
    make_account,
    make_grade,
    make_mark,
    make_marks,
)
from zachetka.postgres.address import READER, Place


@pytest.mark.clause("2.1")
def test_an_event_lives_and_dies_with_the_transaction_of_its_fact(fresh_database):
    with pytest.raises(TransactionManagementError):
        record_event(EventType.SIGNING_KEY_ANNOUNCED, None, actor=None, at=NOON, clause="3.9")
    with pytest.raises(TransactionManagementError):
        record_events(
            [Happening(type=EventType.SIGNING_KEY_ANNOUNCED, subject=None, actor=None, at=NOON, clause="3.9")]
        )
    # and it disappears with a fact that failed
    with transaction.atomic():
        record_event(EventType.SIGNING_KEY_ANNOUNCED, None, actor=None, at=NOON, clause="3.9")
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def unit_of(*numbers: int) -> Fact:
    sql = "INSERT INTO access_unit (id, name) SELECT n, 'Отдел ' || n FROM unnest(%s::bigint[]) AS n"
    return Fact(sql, (list(numbers),))


def opening(number: int, *, clause: str = "3.8") -> Happening:
    return Happening(
        type=EventType.UNIT_CREATED,
        subject=Unit(pk=number, name=f"Отдел {number}"),
        actor=None,
        at=NOON,
        clause=clause,
    )


@pytest.mark.clause("2.1")
def test_a_fact_and_its_events_are_one_statement_and_live_or_die_together(
    fresh_database: Place, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        numbers = record_fact(unit_of(901, 902), [opening(901), opening(902)])
    assert list(Unit.objects.filter(pk__gt=900).values_list("pk", flat=True)) == [901, 902]
    kept = list(Event.objects.filter(pk__in=numbers).select_related("opening"))
    assert [event.object_id for event in kept] == ["901", "902"]
    for event, number in zip(kept, (901, 902), strict=True):
        salt = bytes(event.opening.salt)
        assert committed(event) == row_commitment({"name": f"Отдел {number}"}, salt)
    with pytest.raises(IntegrityError):  # the second row is there already: neither the first nor an event stays
        record_fact(unit_of(903, 901), [opening(903), opening(901)])
    with pytest.raises(DataError):  # the event cannot be: nor is the fact
        record_fact(unit_of(904), [opening(904, clause="3.8" * 60)])
    with pytest.raises(ValueError, match="more than one statement"):
        record_fact(unit_of(905), [opening(905)] * (BATCH + 1))
    assert Unit.objects.filter(pk__gt=902).count() == 0
    assert Event.objects.filter(type=EventType.UNIT_CREATED).count() == 2
    with transaction.atomic():
        record_fact(unit_of(906), [opening(906)])
        transaction.set_rollback(True)
    assert not Event.objects.filter(object_id="906").exists(), "inside a transaction it lives and dies with the whole"


@pytest.mark.clause("2.1")
def test_an_event_says_who_what_when_and_under_which_clause(db, django_assert_num_queries):
    account = make_account()
    with django_assert_num_queries(1):
        event = record_event(
            EventType.ROLE_GRANTED,
            account,
            actor=account,
            at=NOON,
            clause="3.8",
            about=account.person_uid,
            order_date=date(2026, 3, 1),
            person=account.person_uid,
        )
    kept = Event.objects.get(pk=event.pk)
    assert (kept.kind, kept.actor, kept.at, kept.clause) == (EventType.ROLE_GRANTED, account, NOON, "3.8")
    assert (kept.object_type, kept.object_id, kept.subject_uid) == (
        "access.account",
        str(account.pk),
        account.person_uid,
    )
    assert kept.body == event.body == {"order_date": "2026-03-01", "person": str(account.person_uid)}
    assert committed(kept) == committed(event)
    assert kept.xid == event.xid
    assert list(Event.objects.of(account)) == list(Event.objects.about(account.person_uid)) == [kept]
    assert str(kept) == f"№ {kept.pk} назначена роль"


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("body", [{"share": 0.5}, {"seen": {1, 2}}, {"name": "\ud800"}, {"n": 2**53}])
def test_a_body_without_one_form_is_refused(db, body):
    with pytest.raises((TypeError, ValueError)):
        record_event(EventType.SIGNING_KEY_ANNOUNCED, None, actor=None, at=NOON, clause="3.9", **body)
    assert not Event.objects.exists()


@pytest.mark.clause("2.1")
def test_a_naive_moment_and_an_unsaved_subject_are_refused(db):
    with pytest.raises(ValueError, match="zone"):
        record_event(EventType.SIGNING_KEY_ANNOUNCED, None, actor=None, at=datetime(2026, 3, 1), clause="3.9")  # noqa: DTZ001
    with pytest.raises(ValueError, match="not saved"):
        record_event(EventType.MARK_SET, draft_mark(), actor=None, at=NOON, clause="2.1")


@pytest.mark.clause("3.3")
def test_the_number_and_the_transaction_of_an_event_cannot_be_forged(db):
    (before,) = happen()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_event (id, xid, at, type, object_type, object_id, clause, body) "
            "VALUES (900000, '5', now(), 'mark.set', '', '', '2.1', '{}') RETURNING id, xid::text, "
            "pg_current_xact_id()::text"
        )
        number, xid, current = cursor.fetchone()
    assert number == before + 1
    assert xid == current


CHANGES = (
    "UPDATE ledger_event SET at = now()",
    "DELETE FROM ledger_event",
    "TRUNCATE ledger_event CASCADE",
    "UPDATE ledger_leaf SET index = 5",
    "DELETE FROM ledger_checkpoint",
)


@pytest.mark.clause("3.3")
def test_no_login_can_change_the_ledger_and_the_application_cannot_write_the_tree(fresh_database, tmp_path):
    happen()
    Sealer(tmp_path, tmp_path).seal(NOON)
    for alias, statement in product(("default", "sealer", "reader", "migrate"), CHANGES):
        with pytest.raises(DatabaseError), connections[alias].cursor() as cursor:
            cursor.execute(statement)
    for table in ("ledger_leaf", "ledger_node", "ledger_checkpoint", "ledger_signingkey"):
        with connection.cursor() as cursor, pytest.raises(DatabaseError) as refused:
            cursor.execute(f"INSERT INTO {table} DEFAULT VALUES")
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert Event.objects.count() == 1


@pytest.mark.clause("3.3")
def test_an_event_of_a_provable_record_commits_to_its_fields_and_a_salt(ledger):
    grade = make_grade()
    mark, event = make_mark(grade=grade)
    opening = Opening.objects.get(event=event)
    fields = {
        "grade": f"trial.grade:{grade.pk}",
        "module": "Педагогика",
        "points": "87.50",
        "set_on": "2026-03-01",
        "set_at": "2026-03-01T09:00:00.000000Z",
        "counts": True,
        "number": 3,
        "learner": str(LEARNER),
        "details": {"hours": 36},
    }
    salt = bytes(opening.salt)
    assert mark.proven() == fields
    digests = {name: digest for name, (_own, digest) in field_digests(mark.proven(), salt).items()}
    assert digests.keys() == fields.keys()
    assert committed(event) == sha256(canonical({"fields": digests}))
    assert event.subject_uid == LEARNER
    assert b"8750" not in canonical(event.body)  # the event itself holds no value of the row
    mark.number = F("number") + 1
    with pytest.raises(TypeError, match="number is computed"), transaction.atomic():
        record_event(EventType.MARK_CORRECTED, mark, actor=None, at=NOON, clause="2.1")


@pytest.mark.clause("3.3")
def test_a_row_read_back_commits_to_the_same_bytes(ledger):
    for given in (
        {"points": Decimal(5)},
        {"points": "7.1"},
        {"points": None, "grade": None},
        {"set_on": "2026-03-01", "set_at": "2026-03-01T12:00:00+03:00"},
        {"number": "42", "learner": str(LEARNER)},
        {"module": "и\u0306", "details": {"б": [1, None, {"a": "я"}], "A": True}},
        {"set_at": NOON.replace(microsecond=123)},
    ):
        mark, event = make_mark(**given)
        kept = Mark.objects.get(pk=mark.pk)
        salt = bytes(Opening.objects.get(event=event).salt)
        assert kept.proven() == mark.proven()
        assert row_commitment(kept.proven(), salt) == committed(event)


@pytest.mark.clause("3.8")
def test_looking_at_a_record_commits_to_nothing(ledger):
    mark, _event = make_mark()
    with transaction.atomic():
        seen = record_event(EventType.PERSONAL_DATA_REVEALED, mark, actor=make_account(), at=NOON, clause="3.8")
    assert seen.commitment is None
    assert seen.subject_uid == LEARNER
    assert not Opening.objects.filter(event=seen).exists()


@pytest.mark.clause("3.8")
def test_a_look_is_one_statement_that_is_committed_when_it_returns(fresh_database, django_assert_num_queries):
    account = make_account("curious")
    unit = Unit.objects.create(name="Отдел")
    with django_assert_num_queries(1):
        record_look(EventType.RECORD_BOOK_READ, unit, actor=account, at=NOON, clause="3.8", section="marks")
    with psycopg.connect(fresh_database.conninfo(READER)) as another:
        seen = another.execute("SELECT type, actor_id, object_id, body FROM ledger_event").fetchall()
    assert seen == [("record_book.read", account.pk, str(unit.pk), {"section": "marks"})]
    with pytest.raises(ValueError, match="more than a look"):
        record_look(EventType.UNIT_CREATED, unit, actor=account, at=NOON, clause="3.8")
    with transaction.atomic():
        record_look(EventType.RECORD_BOOK_READ, unit, actor=account, at=NOON, clause="3.8")
        transaction.set_rollback(True)
    assert Event.objects.count() == 1


@pytest.mark.clause("2.5")
def test_a_statement_commits_to_the_document_and_only_some_events_hand_one_out(db):
    account = make_account()
    with transaction.atomic():
        event = record_statement(
            EventType.RECORD_BOOK_EXPORTED, account, {"title": "книжка"}, actor=None, at=NOON, clause="2.5"
        )
        with pytest.raises(ValueError, match="document"):
            record_statement(EventType.MARK_SET, account, {}, actor=None, at=NOON, clause="2.5")
    salt = bytes(Opening.objects.get(event=event).salt)
    assert committed(event) == commitment({"title": "книжка"}, salt)


@pytest.mark.clause("2.1")
def test_many_events_keep_the_order_and_the_commitments_of_one_by_one(ledger, monkeypatch):
    monkeypatch.setattr("zachetka.ledger.actions.BATCH", 7)
    marks = make_marks(30)
    events = list(Event.objects.select_related("opening"))
    assert [event.object_id for event in events] == [str(mark.pk) for mark in marks]
    assert [event.body["n"] for event in events] == list(range(30))
    assert all(
        row_commitment(mark.proven(), bytes(event.opening.salt)) == committed(event)
        for mark, event in zip(marks, events, strict=True)
    )


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("place", [3, 7, 15, 20], ids="event {}".format)
def test_one_event_of_many_that_cannot_be_recorded_leaves_none(ledger, monkeypatch, place: int):
    """In the first batch, at its end, in a later one, in the last; by us or by the database: the connection is whole after it."""
    monkeypatch.setattr("zachetka.ledger.actions.BATCH", 7)

    def happenings(wrong: Happening) -> list[Happening]:
        return [wrong if n == place else opening(900 + n) for n in range(21)]

    for wrong, error in (
        (opening(900, clause="к" * 61), DataError),
        (replace(opening(900), at=NOON.replace(tzinfo=None)), ValueError),
    ):
        with pytest.raises(error), transaction.atomic():
            record_events(happenings(wrong))
        assert not Event.objects.exists()
    with transaction.atomic():
        numbers = record_events(happenings(opening(900)))
    assert numbers == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert len(numbers) == 21
    with pytest.raises(TransactionManagementError):
        record_events(happenings(opening(900)))


@pytest.mark.clause("2.1")
def test_every_type_of_event_has_a_name_of_its_own_and_a_sentence():
    assert all(type_.sentence and type_.sentence == type_.sentence.strip() for type_ in EventType)
    assert all(type_.value.count(".") == 1 for type_ in EventType)
    assert EventType("mark.set") is EventType.MARK_SET
