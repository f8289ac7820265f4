"""Notices of debts follow the result into the book that goes on, whether a sheet or a correction ends them (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from datetime import date

import pytest

from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.tests.make import make_correction, methodist_of, sheet, teacher_of
from zachetka.learning.tests.make_debts import noon
from zachetka.learning.tests.make_equivalences import elsewhere, make_matched
from zachetka.learning.tests.make_transfers import LATER, TYPED, two, typed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 58 ч. 2", "273-ФЗ ст. 57")]

DAY = date(2026, 10, 26)


def corrected(book: Enrolment, text: str, **which: object) -> None:
    mark = Mark.objects.in_force().get(enrolment=book, **which)
    at = max(LATER, mark.recorded_at)
    confirm_correction(make_correction(mark, text=text, at=at), actor=methodist_of(book), at=at)


def debts() -> list[str]:
    """Return where the open notices of debts lead."""
    found = Notice.objects.filter(kind=NoticeKind.DEBT_AROSE.value, closed_at__isnull=True)
    return list(found.order_by("pk").values_list("url", flat=True))


def owing(text: str = "2") -> tuple[Enrolment, Enrolment]:
    """Return the ended book of whoever had `text` in the first module when they were transferred, and the one that goes on."""
    learner, _ = two()
    owner_of(learner)
    typed(learner, 1, text)
    return learner, make_matched(learner, elsewhere(learner), {1: 1})


def resit_of(book: Enrolment, place: int = 1) -> MarkSheet:
    """Appoint a resit of a module in the group that the learner has come to."""
    main = sheet(book.cohort, place)
    return appoint_resit(
        book.cohort, main.module, enrolments=[book], teacher=main.teacher, held_on=DAY, due_on=DAY,
        actor=methodist_of(book), at=LATER,
    )  # fmt: skip


def sat(resit: MarkSheet, book: Enrolment, text: str) -> None:
    (outcome,) = set_marks(resit, [Cell(book.pk, text, None)], actor=teacher_of(resit), at=noon(DAY))
    assert not outcome.refusal
    close_sheet(resit, actor=teacher_of(resit), at=noon(DAY))


def test_a_correction_in_the_ended_book_ends_the_notice_of_the_debt_that_was_carried_along() -> None:
    learner, _ = owing()
    assert debts() == [f"/record-books/{learner.pk}/"]
    corrected(learner, "н")
    assert debts() == [f"/record-books/{learner.pk}/"], (
        "negative control: the debt is there still, and is not told anew"
    )
    corrected(learner, "5")
    assert debts() == []


def test_a_correction_in_the_ended_book_tells_of_the_debt_in_the_book_that_goes_on() -> None:
    learner, new = owing("5")
    assert debts() == []
    corrected(learner, "2")
    assert debts() == [f"/record-books/{new.pk}/"]
    corrected(learner, "4")
    assert debts() == []


def test_a_correction_in_the_new_group_ends_the_notices_of_the_sheet_before_the_transfer_as_its_closing_does() -> None:
    learner, new = owing()
    resit = resit_of(new)
    sat(resit, new, "2")
    assert debts() == [f"/record-books/{one.pk}/" for one in (learner, new)]
    corrected(new, "4", sheet=resit)
    assert debts() == []


def test_closing_a_resit_in_the_new_group_ends_the_notice_of_the_sheet_before_the_transfer() -> None:
    _, new = owing()
    sat(resit_of(new), new, "3")
    assert debts() == []


def test_a_sheet_that_is_closed_after_a_transfer_tells_of_the_debt_in_the_book_that_goes_on() -> None:
    learner, other = two()
    owner_of(learner), owner_of(other)
    typed(learner, 1, "2", closed=False)
    marked = sheet(learner.cohort, 1)
    set_marks(marked, [Cell(other.pk, "2", Mark.objects.get(enrolment=other).pk)], actor=teacher_of(marked), at=TYPED)
    new = make_matched(learner, elsewhere(learner), {1: None, 2: 1})
    close_sheet(marked, actor=teacher_of(marked), at=LATER)
    assert sorted(debts()) == sorted(f"/record-books/{one.pk}/" for one in (other, new)), (
        "nobody is led to an ended book"
    )
    titles = Notice.objects.filter(kind=NoticeKind.DEBT_AROSE.value, url=f"/record-books/{new.pk}/")
    assert titles.get().title == f"Академическая задолженность: {sheet(new.cohort, 2).module.title}"
    sat(resit_of(new, 2), new, "4")
    assert debts() == [f"/record-books/{other.pk}/"], "and closing the resit there ends the notice"


def test_a_result_that_a_transfer_left_behind_makes_no_debt_to_be_told_of() -> None:
    learner, _ = two()
    owner_of(learner)
    typed(learner, 1, "2", closed=False)
    marked = sheet(learner.cohort, 1)
    make_matched(learner, elsewhere(learner), {1: None, 2: None, 3: None})
    close_sheet(marked, actor=teacher_of(marked), at=LATER)
    assert debts() == []
