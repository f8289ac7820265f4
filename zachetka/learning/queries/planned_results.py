"""Planned results of the programme and what proves each of them in a book (п. 1.3)."""

from __future__ import annotations

from dataclasses import dataclass

from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Line
from zachetka.programs.models import PlannedResult


@dataclass(frozen=True, slots=True)
class Reached:
    """A planned result with the lines of the book that prove it."""

    result: PlannedResult
    lines: tuple[Line, ...]

    @property
    def passed(self) -> int:
        """Of these lines, how many have a positive mark."""
        return sum(line.is_passed for line in self.lines)

    @property
    def is_proven(self) -> bool:
        """Every module that proves it is passed."""
        return bool(self.lines) and self.passed == len(self.lines)


def planned_results(book: RecordBook) -> list[Reached]:
    """Return the planned results of the programme as the book proved them at the moment shown; two queries."""
    line_of = {line.module.pk: line for line in book.all_lines}
    found = PlannedResult.objects.filter(version=book.version).prefetch_related("modules")
    return [
        Reached(result, tuple(line_of[module.pk] for module in result.modules.all() if module.pk in line_of))
        for result in found
    ]
