"""The record book as the printed form asks for it: facts in, facts out; words are `rendering`'s (п. 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from zachetka.core.academy import academy_on
from zachetka.core.russian import date_digits, decimal
from zachetka.learning.models import Award, Enrolment, Order
from zachetka.learning.plan_text import pace
from zachetka.learning.queries.record_attempts import Attempt, Written
from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Line
from zachetka.rendering.forms import record_book as form
from zachetka.rendering.forms.mentions import Name, Record, Reference, Signer

HUNDRED: Final = 100
DISTANCE: Final = ", с применением дистанционных образовательных технологий"

Records = Mapping[int, Record]
"""By mark: its event and leaf; a mark that is not sealed yet has none."""


def sheet_of(
    book: RecordBook,
    *,
    records: Records,
    proof: form.Proof,
    birth_date: date | None,
    signer: Signer | None,
) -> form.RecordBookSheet:
    """Return everything the paper prints about `book`.

    `birth_date` is given only when whoever prints may see it (п. 3.8); `signer` certifies the extract with a pen
    and is None for one that a learner prints.
    """
    corrections = _corrections(book, records)
    number_of = {mark: place for place, (mark, _) in enumerate(corrections, 1)}
    enrolment, version = book.enrolment, book.version
    return form.RecordBookSheet(
        organization=academy_on(book.day).lines,
        organization_short=academy_on(book.day).short,
        number=str(enrolment),
        holder=book.holder,
        holder_birth_date=birth_date,
        programme=version.title,
        programme_kind=version.program.get_kind_display(),
        hours=version.hours,
        form_of_study=version.get_study_form_display() + (DISTANCE if version.distance else ""),
        cohort=enrolment.cohort.code,
        enrolment=_reference(enrolment.enrolment_order, enrolment),
        first_day=enrolment.started_on,
        last_day=book.ends_on,
        plan=_plan(book),
        goes_on_from=str(book.moved_from or ""),
        hours_taken=book.hours,
        standing=book.standing,
        as_of=book.day,
        modules=tuple(_module(line, records, number_of) for line in book.lines),
        final=tuple(one for line in book.finals for one in _final(line, records, number_of)),
        proof=proof,
        corrections=tuple(one for _, one in corrections),
        debts=tuple(
            form.Debt(
                debt.module.title,
                debt.cause,
                debt.since,
                debt.until,
                debt.retakes_used,
                is_preliminary=debt.is_preliminary,
            )
            for debt in book.debts
        ),
        awards=tuple(_award(one.award, enrolment) for one in book.awards),
        signer=signer,
    )


def name_of(signed: str) -> Name:
    """Return the name that an account is signed with: surname first."""
    surname, _, rest = signed.strip().partition(" ")
    given, _, patronymic = rest.partition(" ")
    return Name(surname, given, patronymic)


def _reference(order: Order, enrolment: Enrolment) -> Reference:
    return Reference(order.number, order.order_date or enrolment.started_on)


def _plan(book: RecordBook) -> form.OwnPlan | None:
    if book.plan is None:
        return None
    order = book.plan.order
    kind = pace(book.plan.ends_on, book.enrolment.cohort.ends_on)
    return form.OwnPlan(kind, _reference(order, book.enrolment))


def _award(award: Award, of: Enrolment) -> form.Award:
    """An award of an earlier book says which: it stays there and is read here (273-ФЗ ст. 57)."""
    whence = f", книжка № {award.enrolment}" if award.enrolment_id != of.pk else ""
    return form.Award(f"{award.words}, {date_digits(award.awarded_on)}{whence}", award.basis)


def _module(line: Line, records: Records, number_of: Mapping[int, int]) -> form.Module:
    return form.Module(
        title=line.module.title,
        hours=line.module.hours,
        control=line.control,
        attempts=tuple(
            _attempt(attempt, attempt.current, records, number_of) for attempt in line.attempts if attempt.current
        ),
        left_out=line.own_words if line.is_out else "",
        origin=line.credited_words,
    )


def _final(line: Line, records: Records, number_of: Mapping[int, int]) -> list[form.FinalAttestation]:
    return [
        form.FinalAttestation(
            kind=line.module.title,
            control=line.control,
            hours=line.module.hours,
            attempt=_attempt(attempt, attempt.current, records, number_of),
        )
        for attempt in line.attempts
        if attempt.current
    ]


def _attempt(attempt: Attempt, written: Written, records: Records, number_of: Mapping[int, int]) -> form.Attempt:
    mark = written.mark
    return form.Attempt(
        number=attempt.sheet.attempt,
        day=mark.held_on,
        grade=written.counts_as or written.words,
        is_pass=bool(mark.grade and mark.grade.is_passing),
        record=records.get(mark.pk),
        teacher=written.teacher,
        score=None if written.counted else mark.score,
        score_limit=HUNDRED if mark.score is not None and not written.counted else None,
        correction=number_of.get(mark.pk),
        is_preliminary=not attempt.is_closed,
        carried_from=str(mark.enrolment) if written.carried else "",
    )


def _corrections(book: RecordBook, records: Records) -> list[tuple[int, form.Correction]]:
    """Return (mark, correction), the oldest first; both records of each stay."""
    found = []
    places = [(f"Строка {place}", line) for place, line in enumerate(book.lines, 1)]
    for place, line in [*places, *(("Итоговая аттестация", line) for line in book.finals)]:
        for attempt in line.attempts:
            for new, old in zip(attempt.marks, attempt.marks[1:], strict=False):
                if new.is_correction:
                    subject = f"{place}, попытка {attempt.sheet.attempt}"
                    found.append((new.mark.recorded_at, new.mark.pk, _correction(subject, old, new, records)))
    found.sort(key=lambda one: one[:2])
    return [(mark, correction) for _, mark, correction in found]


def _correction(subject: str, old: Written, new: Written, records: Records) -> form.Correction:
    mark = new.mark
    return form.Correction(
        subject=subject,
        before=_reading(old),
        after=_reading(new),
        basis=f"{mark.reason[:1].upper()}{mark.reason[1:]}; {mark.basis}{_reopened(new)}",
        entered_by=name_of(new.entered_by),
        confirmed_by=name_of(new.confirmed_by) if new.confirmed_by else None,
        at=mark.recorded_at,
        old_record=records.get(old.mark.pk),
        new_record=records.get(mark.pk),
    )


def _reopened(written: Written) -> str:
    return f"; ведомость открыта заново: {name_of(written.reopened_by).short}" if written.reopened_by else ""


def _reading(written: Written) -> str:
    score = written.mark.score
    if score is None:
        return written.words
    return f"{decimal(score)} / {HUNDRED}, {written.words}"
