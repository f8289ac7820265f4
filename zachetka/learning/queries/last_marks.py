"""Which mark of a learner in a module counts, read for a whole cohort at once (п. 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    When,
)

from zachetka.learning.models import Mark, MarkSheet, Reopening
from zachetka.learning.queries.carrying import grade_there
from zachetka.learning.queries.completeness import LAWFUL_STATES
from zachetka.learning.queries.excuses import absence_is_excused
from zachetka.learning.rules import Sat, outweighs

IN_TURN: Final = ("sheet__attempt", "sheet__serial", "pk")
"""From the first attempt to the last: the order in which `rules.counted` takes a learner's marks in a module."""
SETTLED: Final = Q(sheet__state=MarkSheet.State.CLOSED) | ~Q(enrolment__state__in=LAWFUL_STATES)
"""Marks that are typed no more: of a closed sheet, or of whoever learns there no longer."""


def lapse() -> Case:
    """Return the expression «day on which a correction took from the mark that it passed» for a queryset of marks (п. 2.1)."""
    corrects = Q(confirmed_by__isnull=False) | Q(reopening__isnull=False)
    found = Func(F("pk"), function="learning_lapsed_on", output_field=DateField())
    return Case(When(corrects, grade__is_passing=False, then=found), default=None, output_field=DateField())


_OPENED, _ENDED = Reopening.State.OPEN, Reopening.State.ENDED


class LastMark(NamedTuple):
    """The mark that counts; a tuple, for a cohort has tens of thousands of them.

    Attributes:
        is_corrected: it was written into a closed sheet by two people, or when the sheet was open again.
        is_excused: it is an absence on a day for which a good reason is known today; no debt (273-ФЗ ст. 58 ч. 2).
        is_settled: its sheet was closed by then, and not open again; until then it may still be typed anew.
        grade_id: what it counts as: a mark of another scale is read through the edition that the transfer names.
        is_carried: it stands in an earlier book of the learner and counts here by an order of transfer.
    """

    mark_id: int
    grade_id: int
    attempt: int
    score: Decimal | None
    is_corrected: bool
    is_settled: bool
    is_excused: bool
    is_carried: bool = False


def last_marks(cohort_id: int, moment: datetime) -> dict[tuple[int, int], LastMark]:
    """Return (enrolment, module) → the mark that counted at `moment` for everybody of a cohort; one query.

    What was written later is not there, and what was superseded later still holds. An attempt whose mark was taken
    back counts for nothing: the one before it does. Which of several attempts counts, `rules.outweighs` says.
    """
    rows = Mark.objects.filter(sheet__cohort=cohort_id).annotate(
        book=F("enrolment_id"), place=F("sheet__module_id"), counts_as=F("grade_id")
    )
    return _last(rows, moment, turn=IN_TURN)


def carried_marks(cohort_id: int, moment: datetime) -> dict[tuple[int, int], LastMark]:
    """Return likewise the marks of earlier books that transfers had carried into the books of a cohort; one query."""
    rows = Mark.objects.annotate(
        book=F("enrolment__given_on__enrolment_id"),
        place=F("enrolment__given_on__module_id"),
        sat_as=F("enrolment__given_on__origin_id"),
        into=F("enrolment__given_on__enrolment__cohort_id"),
        counts_as=grade_there(),
    )
    return _last(
        rows.filter(into=cohort_id, sheet__module_id=F("sat_as"), counts_as__isnull=False),
        moment,
        turn=("enrolment_id", *IN_TURN),
        is_carried=True,
    )


def _last(
    found: QuerySet[Mark], moment: datetime, *, turn: tuple[str, ...], is_carried: bool = False
) -> dict[tuple[int, int], LastMark]:
    later = Mark.objects.filter(supersedes=OuterRef("pk"), recorded_at__lte=moment)
    again = Reopening.objects.filter(sheet=OuterRef("sheet"), state__in=[_OPENED, _ENDED], decided_at__lte=moment)
    again = again.exclude(ended_at__lte=moment)
    closed = Q(sheet__closed_at__isnull=False, sheet__closed_at__lte=moment) & ~Exists(again)
    rows: Iterable[tuple[int, int, int, int, int, Decimal | None, int | None, int | None, bool, bool, bool]] = (
        found.filter(recorded_at__lte=moment, grade__isnull=False)
        .filter(~Exists(later))
        .annotate(
            is_settled=ExpressionWrapper(closed, output_field=BooleanField()), is_excused=absence_is_excused("book")
        )
        .order_by(*turn)
        .values_list(
            "book",
            "place",
            "pk",
            "counts_as",
            "sheet__attempt",
            "score",
            "confirmed_by_id",
            "reopening_id",
            "is_settled",
            "is_excused",
            "grade__is_passing",
        )
    )
    counting: dict[tuple[int, int], LastMark] = {}
    sat: dict[tuple[int, int], Sat] = {}
    for book, place, pk, grade, attempt, score, second, reopening, is_settled, is_excused, passes in rows:
        at, this = (book, place), Sat(passes, is_excused)
        if at not in sat or outweighs(this, sat[at]):
            corrected = (second or reopening) is not None
            sat[at] = this
            counting[at] = LastMark(pk, grade, attempt, score, corrected, is_settled, is_excused, is_carried)
    return counting
