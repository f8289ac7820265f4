"""Numbers without gaps and repeats (п. 2.5): the right way holds, each wrong way is caught by the same harness."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

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
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registers_register SET last_number = last_number + 1")
    register.refresh_from_db()
    count = checked([register])[register.pk]
    assert not count.is_whole
    assert count.sentence == "нет № 4"


ENTERED_BY_HAND = (
    "INSERT INTO registers_entry (register_id, number, written, record_type, record_id, entered_at) "
    "SELECT register_id, {number}, 'по-своему', record_type, record_id + 9, entered_at FROM registers_entry LIMIT 1"
)


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registers_register SET last_number = last_number - 1",
        "UPDATE registers_register SET pattern = '{number}'",
        "DELETE FROM registers_register",
        "UPDATE registers_entry SET number = number + 1",
        "DELETE FROM registers_entry",
        "TRUNCATE registers_entry",
        ENTERED_BY_HAND.format(number=99),
        ENTERED_BY_HAND.format(number=2),
    ],
)
def test_the_database_keeps_numbers_as_they_were_given(db: None, statement: str) -> None:
    make_register()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
