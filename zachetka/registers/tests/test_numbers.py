"""Numbers without gaps and repeats (п. 2.5): the right way holds, each wrong way is caught by the same harness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from zachetka.ledger.models import Event
from zachetka.postgres.address import Place
from zachetka.registers.actions import enter
from zachetka.registers.models import Entry, Register
from zachetka.registers.queries import checked
from zachetka.registers.tests import make
from zachetka.registers.tests.make import AT, BOOK, Way, make_entries, make_record, make_register, measure


@pytest.fixture
def scratch(fresh_database: Place) -> Place:
    make.prepare_scratch(fresh_database)
    return fresh_database


@pytest.mark.clause("2.5")
def test_many_clerks_whose_acts_sometimes_fail_leave_neither_gaps_nor_repeats(fresh_database: Place) -> None:
    outcome = measure(make.counter_row, fresh_database)
    assert (outcome.doubles, outcome.gaps) == (0, 0)
    assert outcome.failures.total() == outcome.failures["Failed"] > 0
    assert sorted(outcome.numbers) == list(Entry.objects.order_by("number").values_list("number", flat=True))
    register = Register.objects.get()
    assert checked([register])[register.pk].is_whole


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(
    "way",
    [make.greatest_plus_one, make.read_then_save, make.lock_in_the_same_statement, make.lock_under_repeatable_read],
)
def test_ways_that_look_right_repeat_numbers(scratch: Place, way: Way) -> None:
    assert measure(way, scratch).doubles > 0


@pytest.mark.clause("2.5")
def test_a_sequence_leaves_gaps(scratch: Place) -> None:
    outcome = measure(make.sequence, scratch)
    assert outcome.doubles == 0
    assert outcome.gaps > 0


@pytest.mark.clause("2.5")
def test_a_thousand_numbers_are_given_by_one_move_of_the_counter(db: None) -> None:
    entries = make_entries(1000)
    assert Event.objects.filter(type="register.opened").count() == 1
    assert [entry.number for entry in entries] == list(range(1, 1001))
    assert entries[-1].written == "П-26-1000"


@pytest.mark.clause("2.5")
def test_a_number_outside_a_transaction_is_refused(fresh_database: Place) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        enter(BOOK, [make_record()], actor=None, at=AT)


@pytest.mark.clause("2.5")
def test_a_new_legal_year_starts_from_one_by_moscow_time(db: None) -> None:
    (old,) = make_entries(1, at=datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC))
    (new,) = make_entries(1, at=datetime(2026, 12, 31, 21, 0, tzinfo=UTC))
    assert (old.written, new.written) == ("П-26-0001", "П-27-0001")


@pytest.mark.clause("2.5")
def test_a_missing_number_is_named(db: None) -> None:
    register = make_register()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE registers_register SET last_number = last_number + 1")
        register.refresh_from_db()
        count = checked([register])[register.pk]
        transaction.set_rollback(True)
    assert not count.is_whole
    assert count.sentence == "нет № 4"


def move(by: int, entered: int) -> None:
    """Move the counter past the system by `by` and enter `entered` of those numbers, up to what a commit checks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registers_register SET last_number = last_number + %s", [by])
        cursor.execute(
            "INSERT INTO registers_entry (register_id, number, written, record_type, record_id, entered_at) "
            "SELECT r.id, n, 'П-26-' || lpad(n::text, 4, '0'), 'access.unit', 900000 + n, %s FROM registers_register r, "
            "generate_series(r.last_number - %s + 1, r.last_number - %s + %s) n",
            [AT, by, by, entered],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(("by", "entered"), [(1, 0), (5, 0), (5, 4), (0, 1)])
def test_the_counter_does_not_move_without_its_entries(db: None, by: int, entered: int) -> None:
    make_register()
    with pytest.raises(IntegrityError, match=r"был бы пропуск|не выдан счётчиком"):
        move(by, entered)
    move(5, 5)
    assert Register.objects.get().last_number == 8


@pytest.mark.clause("2.5")
def test_a_book_begins_empty_and_writes_its_numbers_in_one_way(db: None) -> None:
    make_register()
    book = "INSERT INTO registers_register (code, year, title, pattern, last_number) VALUES ('b', 2026, 'Б', '{}', %s)"
    entry = (
        "WITH book AS (UPDATE registers_register SET last_number = last_number + 1 WHERE code = 'test-book' RETURNING *) "
        "INSERT INTO registers_entry (register_id, number, written, record_type, record_id, entered_at) "
        "SELECT id, last_number, %s, 'access.unit', 900000, %s FROM book"
    )
    wrong: list[tuple[str, list[Any], str]] = [
        (book, [1], "Новая книга"),
        (entry, ["П-26-4", AT], "записан не так"),
        (entry, ["П-26-0005", AT], "записан не так"),
        (entry, ["П-26-0004", AT + timedelta(days=365)], "записан не так"),
    ]
    for statement, values, words in wrong:
        with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute(entry, ["П-26-0004", AT])


ENTERED_BY_HAND = (
    "INSERT INTO registers_entry (register_id, number, written, record_type, record_id, entered_at) "
    "SELECT register_id, {number}, 'П-26-' || lpad('{number}', 4, '0'), record_type, record_id + 9, entered_at FROM registers_entry LIMIT 1"
)


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE registers_register SET last_number = last_number - 1", "только растёт"),
        ("UPDATE registers_register SET pattern = '{number}'", "сама книга не меняется"),
        ("DELETE FROM registers_register", "не удаляется"),
        ("UPDATE registers_entry SET number = number + 1", "permission denied"),
        ("DELETE FROM registers_entry", "permission denied"),
        ("TRUNCATE registers_entry", "permission denied"),
        (ENTERED_BY_HAND.format(number=99), "не выдан счётчиком"),
        (ENTERED_BY_HAND.format(number=2), "register_number_is_given_once"),
    ],
)
def test_the_database_keeps_numbers_as_they_were_given(db: None, statement: str, words: str) -> None:
    make_register()
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
