"""Transfers between programmes and versions: what counts, what is to be taken, what stays (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57, 58)."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.awards import record_award
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, propose_correction, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.bundles import statement_of
from zachetka.learning.models import Carried, Enrolment, Mark, Order
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.equivalences import matching_of
from zachetka.learning.queries.learner_tasks import learner_tasks
from zachetka.learning.queries.planned_results import cohort_matrix
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import sheet_of
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.queries.summary_proof import proof_of as summary_proof_of
from zachetka.learning.tests.make import NOON, book_of, make_cohort, make_enrolments, methodist_of, sheet, teacher_of
from zachetka.learning.tests.make_equivalences import (
    approve,
    cohort_of,
    elsewhere,
    issue,
    make_draft,
    make_matched,
    make_plan_like,
    match,
)
from zachetka.learning.tests.make_transfers import LATER, MOVED, TYPED, two, typed
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")]


def test_what_has_the_same_name_in_another_programme_counts_there_by_the_confirmed_order():
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "4")
    marks = Mark.objects.count()
    new = make_matched(learner, elsewhere(learner))
    now = book_of(new)
    assert Mark.objects.count() == marks
    assert [line.words for line in now.lines] == ["отлично", "хорошо", ""]
    title = sheet(learner.cohort, 1).module.title
    assert now.lines[0].carried_words == f"зачтено из № {learner}: «{title}», 12 ч, экзамен"
    assert now.hours_passed == 24
    assert [line.own_words for line in now.lines] == ["перенесено", "перенесено", ""]
    assert now.lines[2].awaited is not None
    assert now.average == book_of(learner).average
    assert [one.is_matched for one in Carried.objects.all()] == [True, True]
    assert headways([new])[new.pk].passed == 2
    assert len(headways([new])[new.pk].before_final) == 1


def test_a_new_version_of_the_programme_takes_the_same_modules_as_the_same():
    learner, _ = two()
    typed(learner, 1, "5")
    version = make_plan_like(learner.cohort.program_version, program=learner.cohort.program_version.program)
    new = make_matched(learner, cohort_of(version))
    assert [line.words for line in book_of(new).lines] == ["отлично", "", ""]
    order = Order.objects.get(kind="transfer")
    said = order.text.replace("\u00a0", " ").replace("\u2060", "")
    assert re.search(
        rf"Зачесть: «[^»]+», 12 ч, .+ — отлично, [\d.]+, книжка № {learner}, в счёт «[^»]+», 12 ч, ", said
    ), said
    assert "←" not in said
    assert "на обучение по программе повышения квалификации" in order.text.replace("\u00a0", " ")


def test_the_new_book_reads_a_later_correction_of_the_mark_that_counts():
    learner, _ = two()
    typed(learner, 1, "5")
    new = make_matched(learner, elsewhere(learner))
    teacher = teacher_of(sheet(learner.cohort, 1))
    correction = propose_correction(
        Mark.objects.get(enrolment=learner), text="3", reason="ошибка", basis="лист № 1", actor=teacher, at=LATER
    )
    confirm_correction(correction, actor=methodist_of(learner), at=LATER)
    assert book_of(new).lines[0].words == "удовлетворительно"
    assert book_of(new, MOVED).lines[0].words == "отлично"


@pytest.mark.clause("2.3")
def test_a_mark_of_another_scale_is_read_through_the_edition_in_force_and_keeps_its_own_words():
    learner, _ = two()
    typed(learner, 1, "5")
    target = elsewhere(learner, scales=("pass_fail",) * 3)
    new = make_matched(learner, target)
    now = book_of(new)
    line = now.lines[0]
    assert (line.words, line.points, line.is_passed) == ("зачтено", None, True)
    assert line.carried_words.endswith("экзамен, отлично")
    assert now.average is None
    (row,) = Carried.objects.all()
    assert row.edition is not None
    assert row.edition.scale_id == line.module.scale_id
    assert proof_of(now).is_whole
    (cell, *_) = summary_of(target, at=NOON).lines[0].cells
    assert cell is not None
    assert cell.grade.label == "зачтено"
    grid = sheet_of(target, actor=methodist_of(new), today=LATER.date())
    assert grid.lines[0].carried == {0: "зач"}
    said = str(statement_of(now)[1])
    assert "отлично" in said
    assert "зачтено" in said


@pytest.mark.clause("2.3")
def test_a_pass_does_not_become_a_mark_of_five_points():
    version = make_program_version(scales=("pass_fail",) * 3)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "зач")
    order = make_draft(learner, elsewhere(learner, scales=("five_point",) * 3))
    assert matching_of(order, [learner], day=MOVED.date()).said == {}
    with pytest.raises(RuleViolation, match=r"зачёт не заменяет|не переводится"):
        match(order, learner, {1: 1})
    new = make_matched(learner, elsewhere(learner, scales=("five_point",) * 3))
    assert [line.words for line in book_of(new).lines] == ["", "", ""]


def test_what_the_new_plan_lacks_stays_in_the_old_book_and_makes_no_debt():
    learner, _ = two()
    typed(learner, 1, "2")
    unit = learner.cohort.program_version.program.unit
    version = make_program_version(unit=unit, scales=("five_point",) * 2, approved=False)
    version.modules.filter(ordinal=1).update(title="Логистика")
    approve(version)
    order = make_draft(learner, cohort_of(version))
    issue(match(order, learner))
    new = Enrolment.objects.get(continues=learner)
    assert book_of(new).debts == ()
    assert debts_of([new.cohort]) == []
    assert book_of(learner).lines[0].words == "неудовлетворительно"
    assert "Остаётся в прежней книжке" in Order.objects.get(kind="transfer").text


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_a_debt_goes_along_where_the_plan_has_its_module_with_its_year_and_its_resits():
    learner, _ = two()
    typed(learner, 1, "2")
    owner = owner_of(learner)
    new = make_matched(learner, elsewhere(learner))
    (debt,) = book_of(new).debts
    assert (debt.since, debt.until, debt.retakes_used) == (date(2026, 10, 5), date(2027, 10, 5), 0)
    assert debt.module == sheet(new.cohort, 1).module
    (owing,) = debts_of([new.cohort])
    assert (owing.enrolment, owing.attempt) == (new, 2)
    assert [task.title for task in learner_tasks(owner, LATER)] == [f"Пересдать: «{debt.module.title}»"]
    assert headways([new])[new.pk].debts == 1
    (line,) = summary_of(new.cohort, at=NOON).lines
    assert (line.debts, line.missing) == (1, 2)
    resit = appoint_resit(
        new.cohort, debt.module, enrolments=[new], teacher=sheet(new.cohort, 1).teacher, held_on=date(2026, 10, 25),
        due_on=date(2026, 10, 27), actor=methodist_of(new), at=LATER,
    )  # fmt: skip
    assert resit.attempt == 2
    late = datetime.fromisoformat("2026-10-25T12:00:00+03:00")
    set_marks(resit, [Cell(new.pk, "3", None)], actor=teacher_of(resit), at=late)
    close_sheet(resit, actor=teacher_of(resit), at=late)
    now = book_of(new)
    assert (now.debts, now.lines[0].words, now.lines[0].carried_from) == ((), "удовлетворительно", "")
    assert debts_of([new.cohort]) == []


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_a_debt_of_the_same_module_is_not_left_behind():
    learner, _ = two()
    typed(learner, 1, "2")
    version = make_plan_like(learner.cohort.program_version, program=learner.cohort.program_version.program)
    order = make_draft(learner, cohort_of(version))
    with pytest.raises(RuleViolation, match="переходит вместе с дисциплиной"):
        match(order, learner, {1: None})


def test_what_the_new_group_has_finished_is_a_difference_with_a_term():
    learner, _ = two()
    version = make_plan_like(learner.cohort.program_version)
    target = make_cohort(version, held_on=[date(2026, 10, 8), date(2026, 10, 9), date(2026, 11, 5)])
    typed(make_enrolments(target, 1)[0], 1, "5")
    new = make_matched(learner, target)
    assert [line.own_words for line in book_of(new).lines] == ["по ИУП до 17.12.2026", "по ИУП до 17.12.2026", ""]
    assert [(one.module.ordinal, one.attempt) for one in debts_of([target])] == [(1, 1), (2, 1)]


def test_awards_stay_with_the_old_book_and_are_read_in_the_new_one():
    learner, _ = two()
    record_award(
        learner, kind="thanks", wording="за помощь", awarded_on=date(2026, 10, 8), basis="приказ № 4",
        actor=methodist_of(learner), at=TYPED,
    )  # fmt: skip
    new = make_matched(learner, elsewhere(learner))
    (shown,) = book_of(new).awards
    assert shown.award.enrolment == learner
    assert proof_of(book_of(new)).is_whole
    (printed_award,) = printed(new, NOON)["awards"]
    assert f"книжка № {learner}" in str(printed_award)
    assert "Поощрение зачётной книжки №" in str(statement_of(book_of(new))[1])


# --- Queries -------------------------------------------------------------------------------------------------------------


def test_readings_cost_a_fixed_number_of_queries_and_the_book_at_most_fifteen():
    learner, other = two()
    for place in (1, 2):
        typed(learner, place, "5", closed=False)
        typed(other, place, "5", closed=False) if place == 1 else None
    target = elsewhere(learner, scales=("pass_fail",) * 3)
    new = make_matched(learner, target)
    found = Enrolment.objects.select_related(*PAPERS).get(pk=new.pk)

    def cost() -> list[int]:
        counts = []
        for read in (
            lambda: record_book(found, at=NOON),
            lambda: headways(list(Enrolment.objects.filter(cohort=target).select_related("cohort", "study_plan"))),
            lambda: debts_of([target]),
            lambda: summary_of(target, at=NOON),
        ):
            with CaptureQueriesContext(connection) as queries:
                read()
            counts.append(len(queries))
        return counts

    once = cost()
    assert once[0] <= 15
    make_matched(other, target)
    assert cost() == once


def test_the_summary_sheet_and_the_matrix_count_what_was_credited():
    learner, _ = two()
    typed(learner, 1, "5")
    new = make_matched(learner, elsewhere(learner))
    fresh = summary_of(new.cohort, at=NOON)
    assert [cell and cell.grade.label for cell in fresh.lines[0].cells] == ["отлично", None, None]
    assert fresh.lines[0].cells[0] is not None
    assert fresh.lines[0].cells[0].mark.is_carried
    assert summary_proof_of(fresh).is_whole
    assert cohort_matrix(fresh).whole == 1
