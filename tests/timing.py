"""Whether one act takes longer than another, told on a machine that others use too (п. 3.8).

The clock of a busy machine tells of the neighbours. What an act takes of the processor — this thread's part and that of
the database behind its connection — tells of the act: two acts that take the same work and ask the same of the database
take the same time. They are done in turn, each as often the first of the two, and the quickest fifths are compared: what
a shared cache and a shared core add to a time, they only add.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

from django.db import connection

Act = Callable[[], Any]


def slower_by(first: Act, second: Act, *, pairs: int, before: Act = lambda: None) -> float:
    """Return by what share `first` takes more of the processor than `second`: 0.1 for a tenth, negative when less.

    Args:
        first: what is suspected to be slower.
        second: what it is compared with.
        pairs: how many times both are done.
        before: done before each act, outside its time.
    """
    for act in (first, second):  # what is composed or loaded once is so now
        before()
        act()
    seconds: tuple[list[float], list[float]] = ([], [])
    with _without_collecting():
        for place in range(pairs):
            for which in (0, 1) if place % 2 == 0 else (1, 0):
                act = (first, second)[which]
                before()
                begun = worked()
                act()
                seconds[which].append(worked() - begun)
    return undisturbed(seconds[0]) / undisturbed(seconds[1]) - 1


def worked() -> float:
    """Return the seconds of a processor that this thread and its process of the database have had so far."""
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
    return time.thread_time() + int(told.split()[0]) / 1e9


def undisturbed(seconds: Sequence[float]) -> float:
    """Return the mean of the quickest fifth."""
    return fmean(sorted(seconds)[: max(1, len(seconds) // 5)])


def work(seconds: float) -> None:
    """Take so much of the processor: a leak for negative controls."""
    begun = time.thread_time()
    while time.thread_time() - begun < seconds:
        pass


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Collect garbage now and not in the middle of an act."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
