"""The tests' own way to do things at once: nothing that a thread does is lost, and nothing it opens stays (п. 2.1)."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.at_once import at_once, meanwhile
from zachetka.core.errors import RuleViolation

pytestmark = pytest.mark.clause("2.1")


def opened() -> psycopg.Connection[Any]:
    """The connection of this thread."""
    connection.ensure_connection()
    assert isinstance(connection.connection, psycopg.Connection)
    return connection.connection


def fail() -> None:
    raise ZeroDivisionError


def refuse() -> None:
    raise RuleViolation("2.1", "Нельзя.")


def hold(key: int) -> int:
    """Take a lock till the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    return key


def one_after_another(*acts: Callable[[], object]) -> None:
    for act in acts:
        act()


def test_acts_begin_together_and_what_each_came_to_stands_in_their_order(db: None) -> None:
    meeting = Barrier(3, timeout=5)  # one after another they would not meet

    def meet(name: str) -> str:
        meeting.wait()
        return name

    assert at_once(*(partial(meet, name) for name in "вба")) == ["в", "б", "а"]


def test_a_refusal_is_an_outcome(db: None) -> None:
    refusal, one = at_once(refuse, opened)
    assert isinstance(refusal, RuleViolation)
    assert isinstance(one, psycopg.Connection)


def test_a_failure_of_a_thread_is_raised_here_and_says_where_it_was(db: None) -> None:
    with pytest.raises(ZeroDivisionError) as failure:
        at_once(opened, fail, refuse)
    assert traceback.extract_tb(failure.value.__traceback__)[-1].name == "fail"
    with pytest.raises(ExceptionGroup) as failures:
        at_once(fail, opened, fail)
    assert [type(one) for one in failures.value.exceptions] == [ZeroDivisionError] * 2


def test_what_a_thread_opened_is_closed_however_it_ended(db: None) -> None:
    kept: list[psycopg.Connection[Any]] = []

    def keep() -> None:
        kept.append(opened())

    at_once(keep, partial(one_after_another, keep, refuse))
    with pytest.raises(ZeroDivisionError):
        at_once(partial(one_after_another, keep, fail))
    assert [one.closed for one in kept] == [True] * 3
    with ThreadPoolExecutor(1) as thread:  # the control: a thread by itself leaves its connection open
        forgotten = thread.submit(opened).result()
    assert not forgotten.closed
    forgotten.close()


@pytest.mark.usefixtures("fresh_database")
def test_meanwhile_is_between_an_act_and_its_commit() -> None:
    one, other = partial(hold, 1), partial(hold, 2)
    assert meanwhile(one, one) == 1
    assert isinstance(meanwhile(one, partial(one_after_another, one, refuse)), RuleViolation)
    with pytest.raises(ZeroDivisionError):
        meanwhile(one, partial(one_after_another, one, fail))
    with pytest.raises(AssertionError, match="it did not wait: 2"):
        meanwhile(one, other)
    with pytest.raises(ZeroDivisionError):
        meanwhile(one, fail)


def test_meanwhile_commits_so_a_test_that_is_rolled_back_has_no_use_of_it(db: None) -> None:
    with pytest.raises(AssertionError, match="ask for fresh_database"):
        meanwhile(partial(hold, 1), partial(hold, 1))
