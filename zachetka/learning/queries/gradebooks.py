"""What the checks of a file of marks need to know: the sheets it may fill, the learners, what stands there (п. 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from zachetka.access.policy import Permission
from zachetka.learning.gradebook.layout import Target
from zachetka.learning.gradebook.people import Learner
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.queries.completeness import sitting
from zachetka.learning.queries.scales import grades_of

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import Cohort
    from zachetka.programs.models import Grade

_NAMES = ("learner__person__last_name", "learner__person__first_name", "learner__person__patronymic")


def fillable(cohort: Cohort, sheet: MarkSheet | None, *, actor: Account, today: date) -> list[MarkSheet]:
    """Return the sheets of `cohort` that `actor` may fill today; of these, only `sheet` when it is given."""
    rows = (
        MarkSheet.objects.visible_to(actor, Permission.SHEET_FILL).fillable().filter(cohort=cohort, held_on__lte=today)
    )
    if sheet is not None:
        rows = rows.filter(pk=sheet.pk)
    return list(rows.select_related("module", "cohort").order_by("module__ordinal", "attempt"))


def targets_of(sheets: Iterable[MarkSheet]) -> list[Target]:
    """Return sheets as the checks of a file see them; one query for the scale of each."""
    return [_target(sheet, grades_of(sheet)) for sheet in sheets]


def _target(sheet: MarkSheet, grades: Sequence[Grade]) -> Target:
    return Target(
        key=sheet.pk,
        title=sheet.module.title,
        short=sheet.module.short_title,
        attempt=sheet.attempt,
        held_on=sheet.held_on,
        is_scored=any(grade.score_from is not None for grade in grades),
        labels={grade.symbol: grade.label for grade in grades if grade.symbol.isdecimal()},
    )


def learners_of(cohort: Cohort) -> list[Learner]:
    """Return everybody who is or was in `cohort`, in the order of the sheet; one query."""
    rows = Enrolment.objects.filter(cohort=cohort).order_by("learner__person__sort_key", "pk")
    return [
        Learner(pk, last, first, patronymic, number or "", snils or "", email)
        for pk, last, first, patronymic, number, snils, email in rows.values_list(
            "pk", *_NAMES, "number", "learner__person__snils", "learner__person__email"
        )
    ]


def learning_in(cohort: Cohort, day: date) -> set[int]:
    """Return the enrolments of those who learn in `cohort` on `day`."""
    return set(Enrolment.objects.filter(sitting(day), cohort=cohort).values_list("pk", flat=True))


def standing_in(sheets: Iterable[MarkSheet]) -> dict[tuple[int, int], Mark]:
    """Return (sheet, enrolment) → the mark that stands there, with its grade; one query."""
    rows = Mark.objects.in_force().filter(sheet__in=list(sheets)).select_related("grade")
    return {(mark.sheet_id, mark.enrolment_id): mark for mark in rows}
