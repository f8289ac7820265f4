"""What a transfer carried into a record book, and of earlier books the sheets and marks that count in it (273-ФЗ ст. 57)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zachetka.learning.models import Carried, Enrolment, Mark, MarkSheet
from zachetka.learning.queries.carrying import books_before


def carried_into(enrolment: Enrolment) -> list[Carried]:
    """Return what was carried into `enrolment` with the books it comes from, annotated with the whole chain as `before`; no query for who was never transferred."""
    if enrolment.continues_id is None:
        return []
    rows = Carried.objects.filter(enrolment=enrolment).select_related("source__cohort__program_version__program")
    found: list[Carried] = list(rows.annotate(before=books_before("enrolment_id")).order_by("source_id", "pk"))
    for one in found:
        one.enrolment, one.source.learner = enrolment, enrolment.learner
    return found


def counting(
    enrolment: Enrolment, carried: Sequence[Carried], sheets: Iterable[MarkSheet], marks: Iterable[Mark]
) -> tuple[list[MarkSheet], list[Mark]]:
    """Return the sheets and marks that count in the book: its own, and of earlier books what was carried, those first."""
    taken = {(one.source_id, one.module_id) for one in carried}
    of = {sheet.pk: sheet for sheet in sheets}
    own = enrolment.cohort_id
    kept = [m for m in marks if m.enrolment_id == enrolment.pk or (m.enrolment_id, of[m.sheet_id].module_id) in taken]
    whose = {mark.sheet_id: mark.enrolment_id for mark in kept}
    sheets = [sheet for sheet in of.values() if sheet.cohort_id == own or sheet.pk in whose]
    for sheet in sheets:
        if sheet.cohort_id != own:
            sheet.names_me = True  # type: ignore[attr-defined] # annotated; a mark stands in it
    return sorted(sheets, key=lambda sheet: enrolment.pk if sheet.cohort_id == own else whose[sheet.pk]), kept
