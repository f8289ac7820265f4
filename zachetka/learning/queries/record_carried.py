"""What a transfer carried into a record book, and of earlier books the sheets and marks that count in it (273-ФЗ ст. 57)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from zachetka.core.composed import Composed, Given
from zachetka.core.russian import date_digits
from zachetka.learning.models import Carried, Enrolment, Mark, MarkSheet
from zachetka.learning.queries.carrying import books_before
from zachetka.programs.models import Grade

_CARRIED: Final = Composed(
    lambda: (
        Carried.objects.filter(enrolment_id=Given("enrolment"))
        .select_related("source__cohort__program_version__program", "origin__scale", "edition")
        .order_by("source_id", "pk")
    )
)
_CHAIN: Final = Composed(
    lambda: Enrolment.objects.filter(pk=Given("enrolment")).annotate(before=books_before("pk")).values_list("before")
)
_GRADES: Final = Composed(
    lambda: Grade.objects.filter(version__id__any=Given("editions")).order_by("version", "ordinal", "pk")
)


def carried_into(enrolment: Enrolment) -> list[Carried]:
    """Return what was carried into `enrolment` with the books it comes from; no query for whoever was never transferred."""
    if enrolment.continues_id is None:
        return []
    found = _CARRIED(enrolment=enrolment.pk)
    for one in found:
        one.enrolment, one.source.learner = enrolment, enrolment.learner
    return found


def chain_of(enrolment: Enrolment) -> list[int]:
    """Return the book and every one that it goes on from; no query for whoever was never transferred."""
    if enrolment.continues_id is None:
        return [enrolment.pk]
    ((before,),) = _CHAIN(enrolment=enrolment.pk)
    return [enrolment.pk, *before]


def grades_of(carried: Iterable[Carried]) -> Mapping[int, Sequence[Grade]]:
    """Return by edition the grades through which marks of other scales are read; one query, none where there are none."""
    editions = sorted({one.edition_id for one in carried if one.edition_id is not None})
    found: defaultdict[int, list[Grade]] = defaultdict(list)
    for grade in _GRADES(editions=editions) if editions else ():
        found[grade.version_id].append(grade)
    return dict(found)


def counting(
    enrolment: Enrolment, carried: Sequence[Carried], sheets: Iterable[MarkSheet], marks: Iterable[Mark]
) -> tuple[list[MarkSheet], list[Mark]]:
    """Return the sheets and marks that count in the book: its own, and of earlier books what was carried, those first."""
    marks = list(marks)
    taken = {(one.source_id, one.origin_id) for one in carried}
    of = {sheet.pk: sheet for sheet in sheets}
    own = enrolment.cohort_id
    kept = [m for m in marks if m.enrolment_id == enrolment.pk or (m.enrolment_id, of[m.sheet_id].module_id) in taken]
    whose = {mark.sheet_id: mark.enrolment_id for mark in kept}
    strange = {mark.sheet_id for mark in marks if mark.enrolment_id != enrolment.pk} - whose.keys()
    sheets = [
        sheet
        for sheet in of.values()
        if sheet.pk in whose or (sheet.cohort_id == own and (sheet.is_main or sheet.pk not in strange))
    ]  # of whoever came back: a resit of the book before, left there, is not awaited in this one
    for sheet in sheets:
        if sheet.cohort_id != own:
            sheet.names_me = True  # type: ignore[attr-defined] # annotated; a mark stands in it
    return sorted(sheets, key=lambda sheet: whose.get(sheet.pk, enrolment.pk)), kept


def lines_counting(carried: Iterable[Carried]) -> Mapping[tuple[int, int], Sequence[Carried]]:
    """Return by earlier book and module of its plan where its results count."""
    found: defaultdict[tuple[int, int], list[Carried]] = defaultdict(list)
    for one in carried:
        found[one.source_id, one.origin_id].append(one)
    return dict(found)


def words_of(one: Carried, grade: str, *, is_passed: bool) -> str:
    """Return «зачтено из № ЗК-26-0001: «Экономика», 36 ч, экзамен, отлично»; of the same module or of a debt «перенесено из …».

    `grade` is that of the earlier scale, "" where it counts as it is.
    """
    whence = f"из № {one.source}"
    if not one.is_matched:
        return f"перенесено {whence}"
    told = f"«{one.origin.title}», {one.origin.hours} ч, {one.origin.get_control_display()}"
    return f"{'зачтено' if is_passed else 'перенесено'} {whence}: {told}{f', {grade}' if grade else ''}"


def ordered_words(one: Carried, words: str) -> str:
    """Return `words` with the order that says so."""
    order = one.enrolment.enrolment_order
    dated = f" от {date_digits(order.order_date)}" if order.order_date else ""
    return f"{words}; приказ № {order.number}{dated}"
