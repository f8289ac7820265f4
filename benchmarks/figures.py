"""The table of figures: what is measured, what we promise, what the peer needed on the same kind of machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Figure:
    """One measured thing.

    Attributes:
        name: what was done.
        goal: what we promise, with its unit.
        peer: what Moodle 4.5.6 needed, or "—".
        value: what was measured.
        unit: of `value`: ms, /s, s, queries or KB.
        more_is_better: True for rates.
        limit: the promise as a number in `unit`.
        notes: spread, size, what was asserted.
    """

    name: str
    goal: str
    limit: float
    unit: str
    peer: str = "—"
    value: float = 0.0
    more_is_better: bool = False
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Say whether the promise is kept."""
        return self.value >= self.limit if self.more_is_better else self.value <= self.limit

    def told(self) -> dict[str, Any]:
        """Return the figure for `bench.json`."""
        return asdict(self) | {"kept": self.is_kept}


def milliseconds(work: Callable[[], object], times: int, *, warm: int = 3) -> tuple[float, dict[str, float]]:
    """Return the median of `times` runs in ms, and the spread."""
    for _ in range(warm):
        work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    spread = {"min": round(taken[0], 2), "p95": round(taken[int(len(taken) * 0.95) - 1], 2), "runs": times}
    return round(statistics.median(taken), 2), spread


def rate(work: Callable[[], object], count: int) -> float:
    """Return how many of `count` things per second `work` did."""
    start = time.perf_counter()
    work()
    return round(count / (time.perf_counter() - start), 1)
