"""The table of figures: what is measured, what we promise, what the peer needed on the same kind of machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

UNITS = {"ms": "мс", "/s": "/с", "s": "с", "queries": "", "KB": "КБ", "times": "раз"}
Works = Mapping[int, Callable[[], object]]
"""The same work at each size of the academy."""


@dataclass(slots=True)
class Figure:
    """One measured thing.

    Attributes:
        name: what was done.
        goal: what we promise, with its unit.
        limit: the promise as a number in `unit`.
        unit: of the values, one of `UNITS`.
        peer: what Moodle 4.5.6 needed, or "—".
        values: what was measured, by the number of learners.
        more_is_better: True for rates.
        notes: spread, size, what was asserted, by the number of learners.
    """

    name: str
    goal: str
    limit: float
    unit: str
    peer: str = "—"
    values: dict[int, float] = field(default_factory=dict)
    more_is_better: bool = False
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Say whether the promise is kept at each size."""
        return all(
            value >= self.limit if self.more_is_better else value <= self.limit for value in self.values.values()
        )

    def told(self) -> dict[str, Any]:
        """Return the figure for `bench.json`."""
        return asdict(self) | {"kept": self.is_kept}

    def timed(self, works: Works, times: int, *, warm: int = 3) -> Figure:
        """Fill in the median of `times` runs of the work at each size, in ms, and the spread.

        The sizes take turns, run by run: a shared machine is slow to all of them alike.
        """
        taken: dict[int, list[float]] = {size: [] for size in works}
        for run in range(warm + times):
            for size, work in works.items():
                start = time.perf_counter()
                work()
                if run >= warm:
                    taken[size].append((time.perf_counter() - start) * 1000)
        for size, runs in taken.items():
            runs.sort()
            self.values[size] = round(statistics.median(runs), 2)
            self.notes[size] = {
                "min": round(runs[0], 2),
                "p95": round(runs[int(len(runs) * 0.95) - 1], 2),
                "runs": times,
            }
        return self


def rate(work: Callable[[], object], count: int) -> float:
    """Return how many of `count` things per second `work` did."""
    start = time.perf_counter()
    work()
    return round(count / (time.perf_counter() - start), 1)


def growth(figure: Figure) -> list[Figure]:
    """Return how many times slower the largest academy is than the smallest; nothing for one size alone."""
    if len(figure.values) < 2:
        return []
    small, large = min(figure.values), max(figure.values)
    times = round(figure.values[large] / figure.values[small], 2)
    return [
        Figure(
            f"{figure.name}: во сколько раз дольше, чем у {small:,}".replace(",", " "),
            "≤ 1,25",
            1.25,
            "times",
            values={large: times},
        )
    ]


def joined(measured: Mapping[int, Sequence[Mapping[str, Any]]]) -> list[Figure]:
    """Return the figures that processes of single sizes told, one row a figure."""
    rows: dict[str, Figure] = {}
    for size, told in measured.items():
        for one in told:
            known = {name: value for name, value in one.items() if name not in {"kept", "values", "notes"}}
            row = rows.setdefault(str(one["name"]), Figure(**known))
            row.values[size] = one["values"][str(size)]
            row.notes[size] = one["notes"].get(str(size), {})
    return list(rows.values())
