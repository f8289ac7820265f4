"""Giving numbers: the one right way (п. 2.5; the wrong ways are negative controls in the tests)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, models, transaction

from zachetka.core.clock import legal_date
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.registers.models import Entry, Register

if TYPE_CHECKING:
    from zachetka.access.models import Account


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of register; a book of it is opened for each legal year at its first number.

    Attributes:
        code: stable name, the same every year.
        title: what is written on the cover.
        pattern: how its numbers are written, see `Register.pattern`.
    """

    code: str
    title: str
    pattern: str


def enter(book: Book, records: Sequence[models.Model], *, actor: Account | None, at: datetime) -> list[Entry]:
    """Give each of `records` the next number of `book` in the legal year of `at`: no gaps, no repeats (п. 2.5).

    One statement moves the counter and takes the row lock, held to the end of the caller's transaction: a rollback
    gives the numbers back, a second clerk waits. A thousand numbers cost one move of the counter.

    Raises:
        TransactionManagementError: no transaction is open; a number without its record would be a gap.
    """
    connection.validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number is given inside the transaction that uses it")
    if not records:
        return []
    register = open_book(book, actor=actor, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registers_register SET last_number = last_number + %s WHERE id = %s RETURNING last_number",
            [len(records), register.pk],
        )
        register.last_number = cursor.fetchone()[0]
    first = register.last_number - len(records) + 1
    entries = Entry.objects.bulk_create(
        Entry(
            register=register,
            number=number,
            written=register.written(number),
            record_type=record._meta.label_lower,
            record_id=record.pk,
            entered_by=actor,
            entered_at=at,
        )
        for number, record in enumerate(records, start=first)
    )
    said: list[tuple[EventType, models.Model]] = [(EventType.REGISTER_COUNTED, register)]
    said += [(EventType.NUMBER_GIVEN, entry) for entry in entries]
    record_events(Happening(type=event, subject=record, actor=actor, at=at, clause="2.5") for event, record in said)
    return entries


def open_book(book: Book, *, actor: Account | None, at: datetime) -> Register:
    """Return the book of the legal year of `at`, opened and recorded if it is not yet; safe to repeat (п. 2.5)."""
    register, is_new = Register.objects.get_or_create(
        code=book.code, year=legal_date(at).year, defaults={"title": book.title, "pattern": book.pattern}
    )
    if is_new:
        record_event(EventType.REGISTER_OPENED, register, actor=actor, at=at, clause="2.5")
    return register
