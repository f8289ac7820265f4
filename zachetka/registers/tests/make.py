"""Ways of giving numbers, the right one and the wrong ones, and the harness that tells them apart (п. 2.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from random import Random
from typing import Final

import psycopg
from django.db import connection, transaction

from tests.at_once import at_once
from zachetka.access.models import Unit
from zachetka.core.errors import Refusal
from zachetka.postgres.address import APP, Place
from zachetka.registers.actions import Book, enter
from zachetka.registers.models import Entry, Register

AT: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOOK: Final = Book("test-book", "Книга для проверки", "П-{yy}-{number:04}")
CLERKS: Final = 8
TIMES: Final = 40
ROLLBACKS: Final = 0.1
"""Of ten acts one fails after it has got its number: a number lost so would be a gap."""

_NAMES = count(1)

SCRATCH: Final = """
CREATE TABLE wrong_counter (last integer NOT NULL);
INSERT INTO wrong_counter VALUES (0);
CREATE TABLE wrong_entry (number integer NOT NULL);
CREATE SEQUENCE wrong_sequence;
GRANT ALL ON wrong_counter, wrong_entry, wrong_sequence TO zachetka_app;
"""


class Failed(Exception):
    """The act got its number and then failed: the transaction is to leave nothing."""


Own = psycopg.Connection[tuple[int]]
"""A clerk's own plain connection as the app; the ways that go through Django leave it alone."""
Way = Callable[[Own, bool], int]
"""Takes a number in a transaction of its own and, when told to, fails after that."""


@dataclass(frozen=True)
class Outcome:
    """What many clerks came to: the numbers that committed acts hold."""

    numbers: list[int]
    failures: Counter[str]

    @property
    def doubles(self) -> int:
        """Acts that hold a number of another act."""
        return len(self.numbers) - len(set(self.numbers))

    @property
    def gaps(self) -> int:
        """Numbers below the greatest that no act holds."""
        return max(self.numbers, default=0) - len(set(self.numbers))


def measure(way: Way, place: Place, *, clerks: int = CLERKS, times: int = TIMES) -> Outcome:
    """Let `clerks` take numbers by `way` at the same time, some of their acts failing, and count."""
    numbers: list[int] = []
    failures: list[str] = []

    def work(clerk: int, own: Own) -> None:
        chance = Random(clerk)  # noqa: S311 - the same failures at every run
        for _ in range(times):
            try:
                numbers.append(way(own, chance.random() < ROLLBACKS))
            except (Failed, Refusal, psycopg.Error) as failure:
                failures.append(type(failure).__name__)

    with ExitStack() as stack:
        owns = [stack.enter_context(psycopg.connect(place.conninfo(APP), autocommit=True)) for _ in range(clerks)]
        at_once(*(partial(work, clerk, own) for clerk, own in enumerate(owns)))
    return Outcome(numbers, Counter(failures))


def make_record() -> Unit:
    """Make something to be numbered."""
    return Unit.objects.create(name=f"Нумеруемое {next(_NAMES)}")


def make_entries(quantity: int, at: datetime = AT) -> list[Entry]:
    with transaction.atomic():
        return enter(BOOK, [make_record() for _ in range(quantity)], actor=None, at=at)


def make_register() -> Register:
    make_entries(3)
    return Register.objects.get(code=BOOK.code)


def counter_row(own: Own, fails: bool) -> int:  # noqa: FBT001 - the shape of a way
    """The right way: the counter row moves in the transaction of the act."""
    with transaction.atomic():
        (entry,) = enter(BOOK, [make_record()], actor=None, at=AT)
        if fails:
            raise Failed
    return entry.number


# --- The wrong ways: each looks right and each was seen in real systems --------------------------------------------------


def greatest_plus_one(own: Own, fails: bool) -> int:  # noqa: FBT001
    """`MAX + 1`: two clerks read one greatest number."""
    with own.transaction():
        return _write(own, _next(own), fails=fails)


def read_then_save(own: Own, fails: bool) -> int:  # noqa: FBT001
    """Reading a counter into memory, adding one, saving it: what an ORM invites to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT last FROM wrong_counter")
        last = int(cursor.fetchone()[0]) + 1
        cursor.execute("SELECT pg_sleep(0.001)")
        cursor.execute("UPDATE wrong_counter SET last = %s", [last])
        if fails:
            raise Failed
    return last


def lock_in_the_same_statement(own: Own, fails: bool) -> int:  # noqa: FBT001
    """An advisory lock and `MAX + 1` in one statement: its snapshot is older than the lock it waits for."""
    with own.transaction():
        row = own.execute(
            "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(42)) "
            "SELECT coalesce((SELECT max(number) FROM wrong_entry), 0) + 1 FROM held"
        ).fetchone()
        return _write(own, row[0] if row else 0, fails=fails)


def lock_under_repeatable_read(own: Own, fails: bool) -> int:  # noqa: FBT001
    """An advisory lock under REPEATABLE READ: the snapshot of the transaction is older than its second statement."""
    own.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with own.transaction():
        own.execute("SELECT pg_advisory_xact_lock(42)")
        return _write(own, _next(own), fails=fails)


def sequence(own: Own, fails: bool) -> int:  # noqa: FBT001
    """`nextval`: no repeats, but a failed act keeps its number for ever."""
    with own.transaction():
        row = own.execute("SELECT nextval('wrong_sequence')").fetchone()
        return _write(own, row[0] if row else 0, fails=fails)


def _next(own: Own) -> int:
    row = own.execute("SELECT coalesce(max(number), 0) + 1 FROM wrong_entry").fetchone()
    return row[0] if row else 1


def _write(own: Own, number: int, *, fails: bool) -> int:
    own.execute("INSERT INTO wrong_entry VALUES (%s)", [number])
    own.execute("SELECT pg_sleep(0.001)")
    if fails:
        raise Failed
    return number


def prepare_scratch(place: Place) -> None:
    """Make the tables of the wrong ways, as the administrator of this database."""
    with psycopg.connect(place.administrator(database=place.database), autocommit=True) as administrator:
        administrator.execute(SCRATCH)
