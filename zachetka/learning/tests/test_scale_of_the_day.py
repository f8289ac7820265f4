"""A control is graded by the edition of its day; a mark stays of the edition by which it was set (п. 2.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.access.tests.make import make_account
from zachetka.learning.models import Mark, MarkSheet
from zachetka.learning.queries.scales import grades_of
from zachetka.learning.rules import Typed, read_cell
from zachetka.learning.tests.make import NOON, book_of, enrolments_of, make_cohort, make_correction, make_mark
from zachetka.programs.actions.scales import set_scale
from zachetka.programs.models import Grade, GradingScale
from zachetka.programs.scale_rules import HUNDRED, GradeDraft, Value, drafts_of, values_of
from zachetka.programs.scales import HUNDRED_POINT
from zachetka.programs.tests.make import make_program_version
from zachetka.programs.tests.test_scale_rules import scales

pytestmark = [pytest.mark.clause("2.3")]


def test_a_control_is_graded_by_the_edition_of_its_day_and_an_earlier_mark_stays_of_its_own(db: None) -> None:
    today = NOON.date()
    version = make_program_version(scales=("hundred_point", "hundred_point"))
    cohort = make_cohort(version, held_on=(today, today + timedelta(days=2)), learners=1)
    first, second = (
        MarkSheet.objects.filter(cohort=cohort).select_related("module", "teacher__person").order_by("held_on")
    )
    earlier = make_mark(enrolments_of(first)[0], first, "88", closed=True)
    stricter = [one._replace(least=least) for one, least in zip(drafts_of(HUNDRED_POINT), (90, 75, 60, 0), strict=True)]
    scale = GradingScale.objects.get(code="hundred_point")
    set_scale(
        scale, stricter, since=today + timedelta(days=1), basis="приказ № 14-од", actor=make_account("head"), at=NOON
    )
    later = make_mark(enrolments_of(second)[0], second, "88", at=NOON + timedelta(days=2))
    assert (str(earlier), str(later)) == ("отлично", "хорошо")
    assert (grades_of(first)[0].score_from, grades_of(second)[0].score_from) == (85, 90)
    lines = book_of(earlier.enrolment, NOON + timedelta(days=2)).lines
    assert [str(line.attempts[-1].marks[0].mark) for line in lines] == ["отлично", "хорошо"]
    corrected = make_correction(Mark.objects.get(pk=earlier.pk), text="86,0", at=NOON + timedelta(days=2))
    assert str(corrected.grade) == "отлично", "a correction is read by the edition of the day of the control, too"


@given(scales(), st.integers(0, HUNDRED))
def test_the_sheet_reads_every_point_by_the_value_that_it_is_of(drafts: list[GradeDraft], score: int) -> None:
    grades = [_grade(value) for value in values_of(drafts)]
    typed = read_cell(f"{score},0", grades)
    assert isinstance(typed, Typed)
    assert typed.grade is not None
    assert typed.grade.score_from is not None
    assert typed.grade.score_to is not None
    assert typed.grade.score_from <= score <= typed.grade.score_to


def _grade(value: Value) -> Grade:
    low, high = value.scores or (None, None)
    return Grade(
        symbol=value.symbol, label=value.label, is_passing=value.passes, is_absence=value.absence, points=value.points,
        score_from=low, score_to=high,
    )  # fmt: skip
