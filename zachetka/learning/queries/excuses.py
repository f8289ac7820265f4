"""Good reasons as the rules of debts need them, and absences that they cover (273-ФЗ ст. 58 ч. 2, 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from zachetka.core.composed import Composed, Given
from zachetka.learning.models import Excuse
from zachetka.learning.queries.carrying import NOTHING, Carrying, books_before
from zachetka.learning.rules import Excused

ALL_OF: Final = Composed(lambda: Excuse.objects.filter(enrolment__id__any=Given("enrolments")).order_by("pk"))
"""Every row of one learner in these record books, those taken back and those that take back too."""


def known_at(rows: Iterable[Excuse], moment: datetime) -> list[Excused]:
    """Return what of `rows` was in force at `moment`: recorded by then and not taken back by then."""
    written = [row for row in rows if row.recorded_at <= moment]
    back = {row.cancels_id for row in written}
    return [excused(row) for row in written if row.cancels_id is None and row.pk not in back]


def excused(row: Excuse) -> Excused:
    """Return the days of one row as the rules see them."""
    return Excused(row.first_day, row.last_day, row.shifts)


_IN_FORCE: Final = Composed(lambda: Excuse.objects.in_force().filter(enrolment__id__any=Given("enrolments")))


def excuses_of(enrolments: Iterable[int], carried: Carrying = NOTHING) -> dict[int, list[Excused]]:
    """Return enrolment → its good reasons in force, with those of the books that are `carried` into it; one query."""
    books = list(enrolments)
    written: defaultdict[int, list[Excused]] = defaultdict(list)
    for row in _IN_FORCE(enrolments=carried.with_sources(books)):
        written[row.enrolment_id].append(excused(row))
    found: defaultdict[int, list[Excused]] = defaultdict(list)
    for pk in books:
        for source in (pk, *sorted(carried.sources.get(pk, ()))):
            found[pk] += written.get(source, [])
    return found


def absence_is_excused(book: str = "enrolment_id") -> Case:
    """Return the expression «the mark is an absence on a day with a good reason» for a queryset of marks.

    Args:
        book: where the mark counts: reasons of that record book and of all that it goes on from excuse it, as for the database.
    """
    reasons = Excuse.objects.in_force().filter(
        Q(enrolment=OuterRef(book)) | Q(enrolment__id__any=books_before(OuterRef(book))),
        first_day__lte=OuterRef("held_on"),
        last_day__gte=OuterRef("held_on"),
    )
    return Case(
        When(grade__is_absence=True, then=Exists(reasons)), default=Value(value=False), output_field=BooleanField()
    )
