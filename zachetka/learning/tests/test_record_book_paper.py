"""The extract on paper says what the book says, each result in its section (п. 2.2, 2.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.models import Enrolment, MarkSheet, Order
from zachetka.learning.paper import sheet_of
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import HELD, NOON, make_cohort, make_enrolment, make_mark, make_order, teacher_of
from zachetka.programs.tests.make import make_program_version
from zachetka.rendering.forms import record_book as form

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.5")]

PROOF = form.Proof("https://example.org/verify/0", 12, 40, "0" * 64, NOON)


def book_with(*marks: str) -> Enrolment:
    """Return a book whose plan ends with the final attestation; `marks` go down the plan, "" for none."""
    version = make_program_version(scales=("five_point", "five_point", "five_point"), final=True)
    cohort = make_cohort(version, held_on=(HELD, HELD, legal_date(NOON)))
    made = make_enrolment(cohort)
    sheets = list(MarkSheet.objects.filter(cohort=cohort).order_by("module__ordinal"))
    for place, (sheet, text) in enumerate(zip(sheets, marks, strict=True), 1):
        if place == len(sheets) and text:
            make_order(cohort, [made.learner], kind=Order.Kind.ADMISSION, at=NOON)
        if text:
            make_mark(made, sheet, text, closed=True)
    return Enrolment.objects.select_related(*PAPERS).get(pk=made.pk)


def printed(enrolment: Enrolment, at: datetime) -> dict[str, Any]:
    sheet = sheet_of(record_book(enrolment, at=at), records={}, proof=PROOF, birth_date=None, signer=None)
    return form.printed(sheet, at)


@pytest.mark.clause("2.2")
def test_the_final_attestation_is_printed_in_its_section_and_not_among_interim_results():
    paper = printed(book_with("5", "4", "5"), now())
    assert [line["attempts"][0]["grade"] for line in paper["modules"]] == ["отлично", "хорошо"]
    (final,) = paper["final"]
    assert (final["grade"], final["number"], final["protocol"], final["topic"]) == ("отлично", "1", "—", "—")


@pytest.mark.clause("2.2")
def test_the_section_of_final_attestation_is_empty_until_there_is_a_result():
    paper = printed(book_with("5", "4", ""), now())
    assert (len(paper["modules"]), paper["final"]) == (2, [])


def test_hours_of_the_plan_and_of_what_is_mastered_count_the_final_attestation():
    assert printed(book_with("5", "4", "5"), now())["totals"] == {
        "hours": "36",
        "mastered": "освоено 36\u00a0ч; закрыто модулей: 2 из 2",
    }
    assert printed(book_with("5", "2", ""), now())["totals"] == {
        "hours": "36",
        "mastered": "освоено 12\u00a0ч; закрыто модулей: 1 из 2",
    }


@pytest.mark.clause("2.2", "2.5")
def test_paper_says_preliminary_of_a_mark_until_its_sheet_is_closed():
    mark = make_mark(text="2")
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=mark.enrolment_id)
    paper = printed(enrolment, now())
    (attempt,) = [attempt for module in paper["modules"] for attempt in module["attempts"]]
    assert attempt["is_preliminary"]
    assert paper["has_preliminary"]
    assert paper["debts"][0]["cause"] == "неудовлетворительно (предварительно)"
    close_sheet(mark.sheet, actor=teacher_of(mark.sheet), at=now())
    paper = printed(Enrolment.objects.select_related(*PAPERS).get(pk=mark.enrolment_id), now())
    assert not paper["has_preliminary"]
    assert paper["debts"][0]["cause"] == "неудовлетворительно"
