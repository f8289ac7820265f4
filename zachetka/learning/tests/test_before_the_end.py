"""Whoever is withdrawn from a later day learns until it, and nobody leaves before a control they sat (273-ФЗ ст. 61 ч. 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest
import time_machine
from django.db import transaction

from tests.pages import signed_in
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order, VerificationToken
from zachetka.learning.queries.cohorts import tasks
from zachetka.learning.queries.completeness import without_mark
from zachetka.learning.queries.learner_tasks import learner_notices
from zachetka.learning.queries.public_check import checked
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import column_of
from zachetka.learning.queries.sheet_list import with_counts
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.tests.make import enrolments_of, fill_sheet, make_order, make_sheet, methodist_of, teacher_of
from zachetka.learning.tests.test_before_the_start import text_of
from zachetka.learning.tests.test_ways import run

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 61 ч. 4")]

ISSUED = datetime(2026, 11, 16, 9, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 17, 9, tzinfo=UTC)
MARKED = datetime(2026, 11, 20, 9, tzinfo=UTC)
LAST_DAY = datetime(2026, 12, 23, 9, tzinfo=UTC)
THE_DAY = datetime(2026, 12, 24, 9, tzinfo=UTC)
FROM = date(2026, 12, 24)
UNTIL_THEN = "обучается, отчисление с 24.12.2026"


@pytest.fixture
def sheet() -> MarkSheet:
    """An open sheet of two people, one of whom is to be withdrawn from 24 December by an order of 16 November."""
    made = make_sheet(learners=2)
    leaving(made, enrolments_of(made)[0])
    return made


def leaving(sheet: MarkSheet, one: Enrolment, *, day: date = FROM, ground: str = "own_wish") -> Order:
    return make_order(sheet.cohort, [one.learner], kind="withdrawal", ground=ground, at=ISSUED, effective_on=day)


def whole(one: Enrolment) -> Enrolment:
    return Enrolment.objects.select_related(*PAPERS).get(pk=one.pk)


def standing(one: Enrolment, at: datetime, seen_at: datetime | None = None) -> str:
    return record_book(whole(one), at=at, seen_at=seen_at).standing


def test_the_book_and_the_public_check_say_so_from_the_order_on_and_the_end_on_its_day(sheet: MarkSheet):
    one = enrolments_of(sheet)[0]
    assert (standing(one, NEXT_DAY), standing(one, LAST_DAY)) == (UNTIL_THEN, UNTIL_THEN)
    assert standing(one, THE_DAY) == "обучение прекращено по инициативе обучающегося"
    assert standing(one, THE_DAY, seen_at=NEXT_DAY) == UNTIL_THEN, "a book of a past day reads as it was"
    token = VerificationToken.objects.create(enrolment=whole(one), made_at=ISSUED).token
    said = [found.standing for at in (NEXT_DAY, LAST_DAY, THE_DAY) if (found := checked(token, at))]
    assert said == [UNTIL_THEN, UNTIL_THEN, "обучение прекращено"]


def test_until_the_day_the_teacher_marks_them_and_from_it_on_does_not(sheet: MarkSheet):
    one, other = enrolments_of(sheet)
    teacher = teacher_of(sheet)
    (taken,) = set_marks(sheet, [Cell(one.pk, "4", None)], actor=teacher, at=MARKED)
    assert taken.mark is not None
    mark = taken.mark.pk
    (again,) = set_marks(sheet, [Cell(one.pk, "5", mark)], actor=teacher, at=LAST_DAY)
    assert not again.refusal
    (late,) = set_marks(
        sheet, [Cell(one.pk, "3", Mark.objects.in_force().get(enrolment=one).pk)], actor=teacher, at=THE_DAY
    )
    assert "оценку внести нельзя" in late.refusal
    assert str(Mark.objects.in_force().get(enrolment=one)) == "отлично"
    assert set_marks(sheet, [Cell(other.pk, "4", None)], actor=teacher, at=THE_DAY)[0].mark is not None


COPY = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, reason, basis, recorded_by_id,
    recorded_by_person, recorded_at)
SELECT sheet_id, %s, grade_id, held_on, teacher_id, '', '', recorded_by_id, recorded_by_person, %s
FROM learning_mark WHERE enrolment_id = %s
"""


def test_the_database_takes_a_mark_until_the_day_and_none_from_it_on(sheet: MarkSheet):
    one, other = enrolments_of(sheet)
    set_marks(sheet, [Cell(other.pk, "4", None)], actor=teacher_of(sheet), at=MARKED)
    with pytest.raises(Exception, match="обучается"):
        run(COPY, one.pk, datetime(2026, 12, 23, 21, tzinfo=UTC), other.pk)  # midnight in Moscow
    run(COPY, one.pk, datetime(2026, 12, 23, 20, 59, tzinfo=UTC), other.pk)


def test_a_sheet_closed_before_the_day_waits_for_their_mark_and_one_closed_on_it_does_not(sheet: MarkSheet):
    one, other = enrolments_of(sheet)
    set_marks(sheet, [Cell(other.pk, "4", None)], actor=teacher_of(sheet), at=MARKED)
    assert list(without_mark(sheet, LAST_DAY.date())) == [one]
    with pytest.raises(RuleViolation, match="Без оценки"):
        close_sheet(sheet, actor=teacher_of(sheet), at=MARKED)
    close = partial(
        run, "UPDATE learning_marksheet SET state = 'closed', closed_by_id = %s, closed_at = %s WHERE id = %s",
        teacher_of(sheet).pk,
    )  # fmt: skip
    with pytest.raises(Exception, match="у каждого"):
        close(MARKED, sheet.pk)
    assert close_sheet(sheet, actor=teacher_of(sheet), at=THE_DAY).state == MarkSheet.State.CLOSED


def test_lists_figures_and_the_summary_count_them_until_the_day(sheet: MarkSheet):
    one = enrolments_of(sheet)[0]
    sheets = MarkSheet.objects.filter(pk=sheet.pk)
    assert [with_counts(sheets, at.date()).get().learning for at in (LAST_DAY, THE_DAY)] == [2, 1]  # type: ignore[attr-defined]
    teacher = teacher_of(sheet)
    grids = [column_of(sheet, actor=teacher, today=at.date()) for at in (LAST_DAY, THE_DAY)]
    assert [line.learns for grid in grids for line in grid.lines if line.enrolment_id == one.pk] == [True, False]
    told = [summary_of(sheet.cohort, at=THE_DAY, seen_at=at) for at in (NEXT_DAY, THE_DAY)]
    assert [line.counts for found in told for line in found.lines if line.enrolment_id == one.pk] == [True, False]
    owner = make_account("learner", person_uid=one.human_uid)
    assert [bool(learner_notices(owner, at)) for at in (ISSUED, THE_DAY)] == [False, False]  # the control has been held


@pytest.mark.usefixtures("collected_statics")
def test_every_page_that_says_how_they_stand_says_it_by_the_day(sheet: MarkSheet):
    one = enrolments_of(sheet)[0]
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    learner = make_account("learner", person_uid=one.human_uid)
    pages = [
        (methodist, f"/cohorts/{sheet.cohort_id}/"),
        (methodist, f"/people/{one.subject_uid}/"),
        (learner, "/"),
        (learner, f"/record-books/{one.pk}/orders/"),
    ]
    ahead = "отчисление с 24.12.2026"
    other = enrolments_of(sheet)[1]
    with time_machine.travel(NEXT_DAY, tick=False):
        for reader, where in pages:
            assert ahead in text_of(signed_in(reader), where), where
        client = signed_in(methodist)
        figures = client.get(f"/cohorts/{sheet.cohort_id}/").context["figures"]
        assert (figures[0]["figure"], figures[0]["base"]) == ("2", "из 2 зачисленных")
        particulars = [client.get(f"/record-books/{row.pk}/orders/").context["may_transfer"] for row in (one, other)]
        assert particulars == [False, True], "an order about them is issued already"
    with time_machine.travel(THE_DAY, tick=False):
        for reader, where in pages:
            assert ahead not in text_of(signed_in(reader), where), where
        assert signed_in(methodist).get(f"/cohorts/{sheet.cohort_id}/").context["figures"][0]["figure"] == "1"


def test_a_second_order_about_them_is_refused_and_says_by_what(sheet: MarkSheet):
    one = enrolments_of(sheet)[0]
    with pytest.raises(RuleViolation, match=r"издан приказ, отчисление с 24\.12\.2026"):
        leaving(sheet, one, day=date(2026, 11, 20))


def test_whoever_is_to_finish_by_an_issued_order_is_said_so_until_the_day():
    sheet = make_sheet(learners=1)
    (one,) = enrolments_of(sheet)
    fill_sheet(sheet, "5", at=ISSUED)
    close_sheet(sheet, actor=teacher_of(sheet), at=ISSUED)
    leaving(sheet, one, ground="completed")
    assert standing(one, NEXT_DAY) == "обучается, завершение обучения 24.12.2026"
    assert standing(one, THE_DAY) == "обучение завершено"


@pytest.mark.clause("273-ФЗ ст. 53")
@pytest.mark.parametrize("ground", ["completed", "own_wish"])
def test_nobody_has_finished_or_left_before_a_control_that_they_sat(ground: str):
    sheet = make_sheet(learners=1)
    (one,) = enrolments_of(sheet)
    fill_sheet(sheet, "5", at=ISSUED)
    close_sheet(sheet, actor=teacher_of(sheet), at=ISSUED)
    with pytest.raises(RuleViolation, match=r"результат за 05\.10\.2026") as refusal, transaction.atomic():
        leaving(sheet, one, day=date(2026, 9, 8), ground=ground)
    assert refusal.value.field == "effective_on"
    assert leaving(sheet, one, day=date(2026, 10, 5), ground=ground).state == Order.State.APPROVED


def test_a_group_is_empty_from_the_day_on_which_its_last_one_leaves():
    made = make_sheet(learners=1)
    (last,) = enrolments_of(made)
    leaving(made, last)
    methodist = methodist_of(last)
    empty = f"В группе {made.cohort.code} никого"
    assert [empty in [task.title for task in tasks(methodist, at)] for at in (LAST_DAY, THE_DAY)] == [False, True]
