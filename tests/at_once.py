"""Things done at the same moment, each in a thread with connections of its own (п. 2.1).

- `at_once`: several acts start together; one of them may win, or each may wait for its turn.
- `meanwhile`: the second act begins between what the first does and its commit, and has to wait.

A refusal is an outcome and is returned. Any other exception is a fault of the test or of the code: it is raised in the
caller. Both ask for `fresh_database`: other connections see only what is committed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Final, TypeVar

from django.db import connection, connections, transaction

from zachetka.core.errors import Refusal

_T = TypeVar("_T")

PATIENCE: Final = 10
"""Seconds for all threads to connect, or for an act to begin to wait. A machine that needs more is not just busy."""

_KEPT_WAITING: Final = "SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


def at_once(*acts: Callable[[], _T]) -> list[_T | Refusal]:
    """Do `acts` at the same moment; return, in their order, what each gave or how it was refused.

    Every thread has connected to `default` before the first act begins; what it opened is closed when it ends.

    Raises:
        Exception: what an act raised other than a refusal, with the traceback of its thread; of several, a group.
        BrokenBarrierError: some thread did not connect within `PATIENCE`.
    """
    gate = Barrier(len(acts), timeout=PATIENCE)
    with ThreadPoolExecutor(len(acts)) as threads:
        came = [threads.submit(_come_to, act, gate) for act in acts]
    faults = [fault for one in came if (fault := one.exception()) is not None]
    if len(faults) > 1:
        raise BaseExceptionGroup(f"{len(faults)} of {len(acts)} acts failed", faults)
    return [one.result() for one in came]


def meanwhile(first: Callable[[], object], second: Callable[[], _T]) -> _T | Refusal:
    """Do `first`, begin `second` before it is committed, see that it waits, commit; return what `second` came to.

    Raises:
        AssertionError: `second` did not wait for `first`.
        Exception: what `second` raised other than a refusal, with the traceback of its thread.
    """
    assert not connection.in_atomic_block, "`first` has to be committed here: ask for fresh_database"
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            first()
            coming = thread.submit(_come_to, second, Barrier(1))
            _see_it_wait(coming)
        return coming.result()


def _come_to(act: Callable[[], _T], gate: Barrier) -> _T | Refusal:
    try:
        connection.ensure_connection()
        gate.wait()
        return act()
    except Refusal as refusal:
        return refusal
    finally:
        connections.close_all()


def _see_it_wait(coming: Future[_T | Refusal]) -> None:
    """Return as soon as the database keeps somebody waiting for this transaction."""
    step = 0.01
    for _ in range(int(PATIENCE / step)):
        with connection.cursor() as cursor:
            cursor.execute(_KEPT_WAITING)
            if cursor.fetchone() == (True,):
                return
        if coming.done():  # with an exception of its own, `result` raises that one
            raise AssertionError(f"it did not wait: {coming.result()!r}")
        sleep(step)
    raise AssertionError(f"it neither waited nor ended in {PATIENCE} s")
