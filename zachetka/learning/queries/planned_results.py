"""Planned results of the programme and what proves each of them: in one book, and in a whole cohort (п. 1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from zachetka.learning.models import PlanLine
from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Line
from zachetka.learning.queries.summary import Cell, Summary
from zachetka.learning.queries.summary import Line as Row
from zachetka.programs.models import Module, PlannedResult


class Proof(StrEnum):
    """How far a planned result is proved."""

    PROVEN = "proven"
    FAILED = "failed"
    UNDER_WAY = "under_way"
    AHEAD = "ahead"
    UNLINKED = "unlinked"
    LEFT_OUT = "left_out"


def proof_of(passed: Iterable[bool | None], *, is_ended: bool) -> Proof:
    """Return how far a result is proved by the controls that prove it: each passed, not passed, or None without a mark.

    An absence for a good reason is no mark yet (273-ФЗ ст. 58 ч. 2). Proved is what every one of them proves; whoever has left proves nothing more.
    """
    marks = list(passed)
    if not marks:
        return Proof.UNLINKED
    if all(marks):
        return Proof.PROVEN
    if False in marks or is_ended:
        return Proof.FAILED
    return Proof.UNDER_WAY if any(marks) else Proof.AHEAD


LOOKS: Final = {
    Proof.PROVEN: ("ok", "check", "доказан"),
    Proof.FAILED: ("bad", "alert-triangle", "не доказан"),
    Proof.UNDER_WAY: ("brand", "loader-2", "в процессе"),
    Proof.AHEAD: ("neutral", "calendar-event", "впереди"),
    Proof.UNLINKED: ("neutral", "unlink", "не связан с планом"),
    Proof.LEFT_OUT: ("neutral", "ban", "вне ИУП"),
}
"""How a proof looks: tone, icon, word."""


@dataclass(frozen=True)
class Reached:
    """A planned result with the lines of the book that prove it.

    Attributes:
        cells: a line for each column of the matrix, None where it proves nothing of the result.
    """

    result: PlannedResult
    cells: tuple[Line | None, ...]
    is_ended: bool

    @cached_property
    def lines(self) -> list[Line]:
        """The lines that prove it."""
        return [line for line in self.cells if line]

    @cached_property
    def passed(self) -> int:
        """Of these lines, how many have a positive mark or were credited before."""
        return sum(line.is_passed or line.is_credited for line in self.lines)

    @cached_property
    def proof(self) -> Proof:
        """How far it is proved."""
        taken = [line for line in self.lines if not line.is_out or line.is_credited]
        if self.lines and not taken:
            return Proof.LEFT_OUT
        return proof_of((_standing(line) for line in taken), is_ended=self.is_ended)

    @property
    def look(self) -> tuple[str, str, str]:
        """Tone, icon, word."""
        return LOOKS[self.proof]

    @property
    def is_proven(self) -> bool:
        """Every line that proves it is passed."""
        return self.proof is Proof.PROVEN


def _standing(line: Line) -> bool | None:
    """What was credited before proves as a mark does (273-ФЗ ст. 34 ч. 1 п. 7); an absence for a good reason is none yet."""
    if line.is_credited:
        return True
    return None if line.written is None or line.is_excused else line.is_passed


@dataclass(frozen=True)
class Reaching:
    """The matrix of one learner: planned results across the controls that prove any of them.

    Attributes:
        columns: lines of the plan, only those that prove something.
    """

    columns: tuple[Line, ...]
    rows: tuple[Reached, ...]

    @cached_property
    def proven(self) -> int:
        """How many results are proved."""
        return sum(row.is_proven for row in self.rows)

    @property
    def share(self) -> Decimal:
        """Of all results, percent."""
        return percent(self.proven, len(self.rows))


def planned_results(book: RecordBook) -> Reaching:
    """Return the planned results of the programme as the book proved them at the moment shown; two queries."""
    results, proving = _linked(book.version.pk)
    columns = tuple(line for line in book.all_lines if any(line.module.pk in pks for pks in proving.values()))
    rows = tuple(
        Reached(
            result, tuple(line if line.module.pk in proving[result.pk] else None for line in columns), book.is_ended
        )
        for result in results
    )
    return Reaching(columns, rows)


def _linked(version_id: int) -> tuple[list[PlannedResult], dict[int, set[int]]]:
    """Return the results of a version and, by result, the modules that prove it; two queries."""
    results = list(PlannedResult.objects.filter(version=version_id).prefetch_related("modules"))
    return results, {result.pk: {module.pk for module in result.modules.all()} for result in results}


# --- A whole cohort ---------------------------------------------------------------------------------------------------

BANDS: Final = ((95, 2, "++"), (85, 1, "+"), (70, 0, "~"), (50, -1, "−"), (0, -2, "−−"))
"""From this share on, percent: band of the heat table and its sign."""


def percent(part: int, whole: int) -> Decimal:
    """Return the share, percent without places; 0 of nobody."""
    return (Decimal(100 * part) / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP) if whole else Decimal(0)


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell of the heat table: how many of how many, the band of the share, its sign.

    Attributes:
        is_ahead: a control has not been held yet, so there is nothing to judge.
    """

    part: int
    whole: int
    is_ahead: bool = False

    @property
    def share(self) -> Decimal:
        """Percent without places."""
        return percent(self.part, self.whole)

    @property
    def band(self) -> tuple[int, str]:
        """Number and sign of the band."""
        return next((band, sign) for least, band, sign in BANDS if self.share >= least)

    @property
    def css(self) -> str:
        """Class of the heat table; none where there is nothing to judge."""
        return "" if self.is_ahead or not self.whole else f"h{self.band[0]}"

    @property
    def sign(self) -> str:
        """What says the band without its colour."""
        return self.band[1]


@dataclass(frozen=True, slots=True)
class Proved:
    """A planned result in a cohort.

    Attributes:
        cells: by column, how many of those with a mark passed the control that proves it; None where it proves nothing
            of the result.
        proven: how many have proved it, of all who are counted.
        failed: how many have a mark that does not pass among its controls.
    """

    result: PlannedResult
    cells: tuple[Heat | None, ...]
    proven: Heat
    failed: int


@dataclass(frozen=True)
class CohortMatrix:
    """Planned results of a cohort, as the summary sheet of the same moment proves them."""

    columns: tuple[Module, ...]
    rows: tuple[Proved, ...]
    whole: int

    @cached_property
    def proven(self) -> int:
        """Results proved by everybody who is counted."""
        return sum(row.proven.part == self.whole > 0 for row in self.rows)

    @cached_property
    def share(self) -> Decimal:
        """Of all pairs «learner, result», how many are proved, percent."""
        return percent(sum(row.proven.part for row in self.rows), self.whole * len(self.rows))


def cohort_matrix(summary: Summary) -> CohortMatrix:
    """Return how many of the cohort proved each planned result at the moment of `summary`; two queries.

    Those who were withdrawn before the end are not counted, as in the figures of the sheet; what an individual plan leaves
    out proves nothing, what it credits is proved.
    """
    results, proving = _linked(summary.cohort.program_version_id)
    used = set().union(*proving.values()) if proving else set()
    places = [place for place, module in enumerate(summary.modules) if module.pk in used]
    counted = summary.counted
    rows = []
    for result in results:
        own = {
            place: _heat([line.cells[place] for line in counted])
            for place in places
            if summary.modules[place].pk in proving[result.pk]
        }
        proofs = [proof_of(_passes(line, own), is_ended=False) for line in counted]
        rows.append(
            Proved(
                result=result,
                cells=tuple(own.get(place) for place in places),
                proven=Heat(
                    proofs.count(Proof.PROVEN), len(counted), is_ahead=any(heat.is_ahead for heat in own.values())
                ),
                failed=proofs.count(Proof.FAILED),
            )
        )
    return CohortMatrix(tuple(summary.modules[place] for place in places), tuple(rows), len(counted))


def _passes(line: Row, places: Iterable[int]) -> list[bool | None]:
    ways = [(line.cells[place], line.out.get(place)) for place in places]
    return [
        way == PlanLine.Way.CREDITED or (cell.grade.is_passing if cell and not cell.mark.is_excused else None)
        for cell, way in ways
        if way != PlanLine.Way.NEEDS
    ]


def _heat(cells: list[Cell | None]) -> Heat:
    held = [cell for cell in cells if cell and not cell.mark.is_excused]
    return Heat(sum(cell.grade.is_passing for cell in held), len(held), is_ahead=not held)
