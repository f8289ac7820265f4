"""The check finds what a superuser did with every trigger off, and is quiet when nobody did anything (п. 3.3)."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction

from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.sealer import Sealer, seal
from zachetka.ledger.tests.make import (
    NOON,
    TRIAL_MODELS,
    Grade,
    Mark,
    first,
    forge,
    happen,
    make_grade,
    make_mark,
    make_marks,
)
from zachetka.ledger.verification import verify

pytestmark = pytest.mark.clause("3.3")


@dataclass(frozen=True)
class Case:
    """A forgery: what is done, and what the first finding must name."""

    name: str
    statements: tuple[str, ...]
    says: str
    index: int | None = None
    event: int | None = None
    record: str = ""


# The ledger of these cases: event 1 is a grade, events 2–41 are marks 1–40, sealed in batches of 8; marks 41 and 42
# have events 42 and 43 that are not sealed yet.
CASES = (
    # records
    Case(
        "a field", ("UPDATE trial_mark SET module = 'Другой' WHERE id = 5",), "изменена", event=6, record="trial.mark:5"
    ),
    Case(
        "a grade", ("UPDATE trial_mark SET grade_id = NULL WHERE id = 5",), "изменена", event=6, record="trial.mark:5"
    ),
    Case("a hundredth", ("UPDATE trial_mark SET points = 87.51 WHERE id = 7",), "изменена", record="trial.mark:7"),
    Case(
        "a moment",
        ("UPDATE trial_mark SET set_at = set_at + '1 microsecond' WHERE id = 7",),
        "изменена",
        record="trial.mark:7",
    ),
    Case(
        "a type", ("ALTER TABLE trial_mark ALTER number TYPE int USING number + 1",), "изменена", record="trial.mark:1"
    ),
    Case("a dictionary", ("UPDATE trial_grade SET name = 'хорошо'",), "изменена", event=1, record="trial.grade:1"),
    Case(
        "past year 9999", ("UPDATE trial_mark SET set_on = 'infinity' WHERE id = 9",), "изменена", record="trial.mark:9"
    ),
    Case("a vanished row", ("DELETE FROM trial_mark WHERE id = 9",), "исчезла", event=10, record="trial.mark:9"),
    Case(
        "a row from nowhere",
        (
            """INSERT INTO trial_mark (id, module, set_on, set_at, counts, number, learner, details, note)
            SELECT 900, module, set_on, set_at, counts, number, learner, details, note FROM trial_mark WHERE id = 1""",
        ),
        "не подтверждена",
        record="trial.mark:900",
    ),
    Case(
        "two rows swapped",
        ("UPDATE trial_mark SET id = CASE id WHEN 3 THEN 9003 ELSE 3 END WHERE id IN (3, 4)",),
        "изменена",
        record="trial.mark:3",
    ),
    Case("the unsealed tail", ("UPDATE trial_mark SET number = 77 WHERE id = 42",), "изменена", event=43),
    Case("a lost salt", ("DELETE FROM ledger_opening WHERE event_id = 12",), "соль", event=12, record="trial.mark:11"),
    Case("another salt", ("UPDATE ledger_opening SET salt = sha256('x') WHERE event_id = 12",), "изменена", event=12),
    # events
    Case(
        "an event's body",
        ("UPDATE ledger_event SET body = '{\"n\": 99}' WHERE id = 20",),
        "не совпадает",
        index=19,
        event=20,
    ),
    Case("an event's moment", ("UPDATE ledger_event SET at = at + '1 s' WHERE id = 20",), "не совпадает", index=19),
    Case(
        "an event past year 9999", ("UPDATE ledger_event SET at = 'infinity' WHERE id = 20",), "не совпадает", index=19
    ),
    Case("an event's clause", ("UPDATE ledger_event SET clause = '2.2' WHERE id = 20",), "не совпадает", index=19),
    Case("an event's actor", ("UPDATE ledger_event SET subject_uid = NULL WHERE id = 20",), "не совпадает", index=19),
    Case(
        "an event's type, by ALTER",
        ("ALTER TABLE ledger_event ALTER clause TYPE varchar(60) USING '9'",),
        "не совпадает",
        index=0,
    ),
    Case("a deleted event", ("DELETE FROM ledger_event WHERE id = 20",), "удалено", index=19, event=20),
    Case(
        "a forged commitment",
        ("UPDATE ledger_event SET commitment = sha256('x') WHERE id = 20",),
        "не совпадает",
        index=19,
    ),
    Case(
        "a number never given",
        (
            """INSERT INTO ledger_event (id, xid, at, type, object_type, object_id, clause, body)
            SELECT 5000, xid, at, type, object_type, object_id, clause, body FROM ledger_event WHERE id = 20""",
        ),
        "не выдавала",
        event=5000,
    ),
    Case(
        "two events swapped",
        ("UPDATE ledger_event a SET body = b.body FROM ledger_event b WHERE (a.id, b.id) IN ((20, 21), (21, 20))",),
        "не совпадает",
        index=19,
    ),
    # the tree
    Case(
        "two leaves swapped",
        (
            "UPDATE ledger_leaf SET event_id = -event_id WHERE event_id IN (20, 21)",
            "UPDATE ledger_leaf SET event_id = CASE event_id WHEN -20 THEN 21 ELSE 20 END WHERE event_id < 0",
        ),
        "не совпадает",
        index=19,
    ),
    Case("a deleted leaf", ("DELETE FROM ledger_leaf WHERE index = 19",), "нет листа 19", index=19),
    Case("a renumbered leaf", ("UPDATE ledger_leaf SET index = 500 WHERE index = 19",), "нет листа 19", index=19),
    Case(
        "a node",
        ("UPDATE ledger_node SET hash = sha256('x') WHERE level = 2 AND index = 3",),
        "листами 12–15",
        index=12,
    ),
    Case("a deleted node", ("DELETE FROM ledger_node WHERE level = 1 AND index = 3",), "листами 6–7", index=6),
    Case(
        "a root", ("UPDATE ledger_checkpoint SET root = sha256('x') WHERE tree_size = 16",), "Контрольная точка на 16"
    ),
    Case(
        "a moment of a checkpoint",
        ("UPDATE ledger_checkpoint SET at = at - '1 day'::interval WHERE tree_size = 16",),
        "Подпись контрольной точки на 16",
    ),
    Case("a deleted checkpoint", ("DELETE FROM ledger_checkpoint WHERE tree_size = 41",), "не подписаны", index=40),
    Case(
        "a cut tail",
        (
            "DELETE FROM trial_mark WHERE id > 31",
            "DELETE FROM ledger_checkpoint WHERE tree_size > 32",
            "DELETE FROM ledger_node WHERE (index + 1) << level > 32",
            "DELETE FROM ledger_leaf WHERE index >= 32",
            "DELETE FROM ledger_opening WHERE event_id > 32",
            "DELETE FROM ledger_event WHERE id > 32",
        ),
        "хвост отрезан или восстановлена старая копия",
        index=32,
    ),
    Case("another key", ("UPDATE ledger_signingkey SET public_key = sha256('x')",), "подменён"),
)


def test_a_clean_ledger_raises_no_alarm_and_every_forgery_is_found_and_located(sealed):
    """One ledger for all: each forgery is undone from a copy of the tables before the next one."""
    assert verify(models=TRIAL_MODELS).ok
    forge(sealed, *KEEP)
    missed = []
    for case in CASES:
        forge(sealed, *case.statements)
        report = verify(models=TRIAL_MODELS)
        forge(sealed, *UNDO)
        found = report.first_bad
        if found is None or not (
            case.says in found.sentence
            and case.index in {None, found.index}
            and case.event in {None, found.event}
            and case.record in {"", f"{found.object_type}:{found.object_id}"}
        ):
            missed.append(f"{case.name}: {found}")
    assert not missed
    assert verify(models=TRIAL_MODELS).ok  # negative control: what was undone raises no alarm


TABLES = (
    *("ledger_event", "ledger_opening", "ledger_leaf", "ledger_node", "ledger_checkpoint", "ledger_signingkey"),
    *("trial_grade", "trial_mark"),
)
KEEP = tuple(f"CREATE TABLE kept_{table} AS TABLE {table}" for table in TABLES)
UNDO = tuple(
    statement
    for table in TABLES
    for statement in (f"DELETE FROM {table}", f"INSERT INTO {table} TABLE kept_{table}")  # noqa: S608 - ours
)


def test_an_event_slipped_in_between_old_ones_is_found(ledger):
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)  # the number 1 stays free
    happen(3)
    seal(NOON)
    forge(
        ledger,
        "INSERT INTO ledger_event (id, xid, at, type, object_type, object_id, clause, body) "
        "SELECT 1, xid, at, type, object_type, object_id, clause, body FROM ledger_event WHERE id = 2",
    )
    seal(NOON + timedelta(hours=2))
    found = verify(models=[]).first_bad
    assert found is not None
    assert (found.event, "задним числом" in found.sentence) == (1, True)


def test_a_write_past_the_ledger_by_the_application_itself_is_found(ledger):
    mark, _event = make_mark()
    Mark.objects.filter(pk=mark.pk).update(number=99)
    report = verify(models=TRIAL_MODELS)
    assert (first(report).object_id, first(report).event) == (str(mark.pk), 1)


def test_a_second_event_about_a_record_that_is_only_added_is_found(ledger, monkeypatch):
    monkeypatch.setattr("zachetka.ledger.row_check.APPENDED", {"trial.mark"})
    (mark, _event), _other = make_mark(), make_mark()
    assert verify(models=TRIAL_MODELS).ok
    Mark.objects.filter(pk=mark.pk).update(number=99)
    mark.refresh_from_db()
    with transaction.atomic():
        record_event(EventType.MARK_SET, mark, actor=None, at=NOON, clause="2.1")
    report = verify(models=TRIAL_MODELS)
    assert (first(report).object_id, first(report).event, report.found) == (str(mark.pk), 3, 1)
    monkeypatch.setattr("zachetka.ledger.row_check.APPENDED", set())
    assert verify(models=TRIAL_MODELS).ok  # what would pass without this check


def test_a_sealer_that_stopped_is_found_and_a_late_list_or_a_fresh_event_is_not(ledger):
    later = NOON + timedelta(hours=3)
    happen()
    assert verify(models=[], at=later).ok  # never sealed: nothing tells past days from a sealer that is off
    seal(NOON)
    happen(2, at=NOON - timedelta(days=30))
    assert verify(models=[], at=later).ok  # a list of past days, entered just now
    happen(2, at=later - timedelta(minutes=9))
    assert verify(models=[], at=later).ok
    assert verify(models=[]).ok
    found = first(verify(models=[], at=later + timedelta(minutes=2)))
    assert (found.event, found.sentence) == (
        4,
        "2\u00a0события не закреплены с 01.03.2026\u00a014:51: закрепление не работает.",
    )
    happen(at=later + timedelta(minutes=1))
    seal(later + timedelta(minutes=1))
    assert verify(models=[], at=later + timedelta(days=1)).ok


def test_an_event_of_a_transaction_that_is_still_running_waits_lawfully(ledger):
    happen()
    seal(NOON)
    with transaction.atomic():
        happen(at=NOON + timedelta(minutes=1))
        assert verify(models=[], at=NOON + timedelta(hours=1)).ok
    assert not verify(models=[], at=NOON + timedelta(hours=1)).ok


def test_a_removal_with_its_event_is_no_finding_and_a_return_is(ledger):
    grade = make_grade()
    with transaction.atomic():
        record_event(EventType.MODULE_REMOVED, grade, actor=None, at=NOON, clause="1.3")
        pk = grade.pk
        grade.delete()
    assert verify(models=TRIAL_MODELS).ok
    Grade(pk=pk, name="отлично").save(force_insert=True)
    assert "хотя удалена" in first(verify(models=TRIAL_MODELS)).sentence


def test_an_empty_ledger_is_in_order(ledger):
    report = verify(models=TRIAL_MODELS)
    assert report.as_json() == {"ok": True, "events": 0, "tree_size": 0, "first_bad": None}


def test_the_check_goes_on_beyond_one_chunk_and_says_how_far_it_is(ledger, monkeypatch):
    monkeypatch.setattr("zachetka.ledger.tree_check.CHUNK", 16)
    monkeypatch.setattr("zachetka.ledger.row_check.CHUNK", 16)
    make_marks(100)
    Sealer(batch=7).seal(NOON)
    told: list[tuple[str, int, int]] = []
    report = verify(models=TRIAL_MODELS, progress=lambda *step: told.append(step))
    assert report.ok
    assert (report.events, report.tree_size, report.rows) == (100, 100, 100)
    assert ("журнал событий", 100, 100) in told
    assert ("оценка", 100, 100) in told
    Mark.objects.filter(number=83).update(module="Другой")
    assert first(verify(models=TRIAL_MODELS)).object_id == str(Mark.objects.get(number=83).pk)


def test_a_key_that_the_one_before_did_not_sign_and_a_key_from_nowhere_are_found(ledger):
    happen()
    sealer = Sealer()
    sealer.seal(NOON)
    sealer.change_key(NOON)
    assert verify(models=[]).ok
    forge(
        ledger, "UPDATE ledger_signingkey SET valid_from = valid_from - '1 day'::interval WHERE previous_id IS NOT NULL"
    )
    assert "не подписан предыдущим ключом" in first(verify(models=[])).sentence
    forge(ledger, "UPDATE ledger_signingkey SET previous_id = id WHERE previous_id IS NOT NULL")
    assert "не связанный с остальными" in first(verify(models=[])).sentence
