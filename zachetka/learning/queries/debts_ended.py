"""Which debts a result speaks of: in every record book where it counts, of the sheets before a transfer too (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from zachetka.learning.models import Carried, Enrolment, MarkSheet
from zachetka.learning.queries.carrying import carried_marks
from zachetka.learning.queries.completeness import LAWFUL_STATES
from zachetka.programs.models import Grade

if TYPE_CHECKING:
    from zachetka.learning.models import Mark
    from zachetka.programs.models import Module

Place = tuple[int, int]
"""A record book and the module of its plan."""


def counting_in(mark: Mark) -> list[tuple[Enrolment, Module]]:
    """Return the books of whoever learns in which `mark` counts, each with its module: its own, or those that took it along."""
    own = [(mark.enrolment, mark.sheet.module)] if mark.enrolment.state in LAWFUL_STATES else []
    taken = Carried.objects.filter(source=mark.enrolment, origin=mark.sheet.module, enrolment__state__in=LAWFUL_STATES)
    rows = taken.select_related("enrolment__learner__person", "module").order_by("pk")
    return [*own, *((one.enrolment, one.module) for one in rows)]


def debts_of_sheet(module: Module, books: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return for each of `books` that failed `module` in which book the debt is, and of what: its own, or the one that goes on from it
    with the result; of a book that a transfer ended and from which nothing of it was carried, nothing (273-ФЗ ст. 57, 58).

    One query, one more where somebody was transferred.
    """
    found = {book: (book, module.title) for book in books}
    moved = set(Enrolment.objects.filter(pk__in=found, state=Enrolment.State.MOVED).values_list("pk", flat=True))
    if not moved:
        return found
    taken = Carried.objects.filter(source__in=moved, origin=module, enrolment__state__in=LAWFUL_STATES).order_by("-pk")
    there = {source: (book, title) for source, book, title in taken.values_list("source", "enrolment", "module__title")}
    return {book: there.get(book, place) for book, place in found.items() if book not in moved or book in there}


def passed_by(sheet: MarkSheet, books: Iterable[int]) -> list[Place]:
    """Return what whoever passed in `sheet`, with `books`, has passed: its module there, and what it counts as where it was carried."""
    passing = Grade.objects.filter(is_passing=True).values("pk")
    carried = carried_marks().filter(sheet=sheet.pk, counts_as__in=passing).values_list("taker", "taken")
    return [*((book, sheet.module_id) for book in books), *carried]


def sheets_of_debts(places: Iterable[Place]) -> set[int]:
    """Return the sheets in which a debt in `places` can have arisen: of the group, and of earlier books; two queries a module."""
    books: defaultdict[int, list[int]] = defaultdict(list)
    for book, module in places:
        books[module].append(book)
    found: set[int] = set()
    for module, those in books.items():
        own = MarkSheet.objects.filter(module=module, cohort__enrolments__in=those)
        before = carried_marks().filter(taker__in=those, taken=module)
        found |= {*own.values_list("pk", flat=True), *before.values_list("sheet_id", flat=True)}
    return found
