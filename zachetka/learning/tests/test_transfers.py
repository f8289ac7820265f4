"""Transfers within a version of a programme: what carries over, and that nothing is washed away (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zachetka.core.errors import Forbidden, Refusal, RuleViolation
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, propose_correction, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.actions.study_plans import Taken
from zachetka.learning.bundles import statement_of
from zachetka.learning.models import Carried, Cohort, Enrolment, Mark, Order, StudyPlan
from zachetka.learning.plan_rules import Way
from zachetka.learning.queries import debt_tasks
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.cohorts import listed
from zachetka.learning.queries.completeness import without_mark
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.learner_tasks import learner_tasks
from zachetka.learning.queries.path import path
from zachetka.learning.queries.planned_results import cohort_matrix
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import disagreements, proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import sheet_of, sums_of
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.queries.summary_proof import proof_of as summary_proof_of
from zachetka.learning.tests.make import (
    NOON,
    book_of,
    make_cohort,
    make_enrolments,
    make_order,
    methodist_of,
    sheet,
    teacher_of,
)
from zachetka.learning.tests.make_plans import apart, credited, make_plan
from zachetka.learning.tests.make_transfers import LATER, MOVED, TYPED, make_other, moved, two, typed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.ledger.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 57")]


# --- What the two books say ----------------------------------------------------------------------------------------------


def test_an_issued_transfer_ends_one_book_and_begins_the_next_with_what_was_passed():
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "4")
    new = moved(learner)
    old, now = book_of(learner), book_of(new)
    assert old.state == "moved"
    assert (old.moved_to, now.moved_from) == (new, learner)
    assert old.ends_on == now.enrolment.started_on == MOVED.date()
    assert new.number != learner.number
    assert [line.words for line in now.lines] == ["отлично", "хорошо", ""]
    assert [line.carried_from for line in now.lines] == [learner.number, learner.number, ""]
    assert now.lines[2].awaited is not None
    assert now.lines[2].awaited.cohort_id == new.cohort_id
    assert now.hours_passed == old.hours_passed == 24
    assert [one.kind for one in now.orders] == ["transfer"]
    assert [one.kind for one in old.orders] == ["enrolment", "transfer"]
    before = book_of(learner, TYPED)
    assert (before.state, before.moved_to, before.standing) == ("active", None, "обучается")
    assert old.standing == "обучение прекращено переводом"
    assert "Перевод" in [fact.label for fact in path(old)]
    assert "Перевод" in [fact.label for fact in path(now)]


def test_no_mark_is_copied_and_a_later_correction_is_read_in_both_books():
    learner, _ = two()
    typed(learner, 1, "5")
    marks = Mark.objects.count()
    new = moved(learner)
    assert Mark.objects.count() == marks
    (row,) = Carried.objects.all()
    assert (row.enrolment, row.source, row.mark.enrolment) == (new, learner, learner)
    assert Event.objects.filter(type="mark.carried", object_id=str(row.pk)).count() == 1
    with_mark = Mark.objects.get(pk=row.mark_id)
    teacher = teacher_of(sheet(learner.cohort, 1))
    correction = propose_correction(
        with_mark, text="3", reason="ошибка в листе", basis="лист № 1", actor=teacher, at=LATER
    )
    confirm_correction(correction, actor=methodist_of(learner), at=LATER)
    assert book_of(new).lines[0].words == book_of(learner).lines[0].words == "удовлетворительно"
    assert book_of(new, MOVED).lines[0].words == "отлично"


def test_the_order_lists_line_by_line_what_carries_over():
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    moved(learner)
    text = Order.objects.get(kind="transfer").text.replace("\u00a0", " ")
    assert "экзамен — отлично, 05.10.2026" in text
    assert "Академическая задолженность переносится" in text
    assert "использовано пересдач 0 из 2, закрыть до 6 октября 2027" in text
    assert Order.objects.get(kind="transfer").number == "1-п"


def test_a_debt_goes_along_with_its_year_and_the_resits_used_and_is_closed_in_the_new_group():
    learner, _ = two()
    typed(learner, 1, "2")
    resit = appoint_resit(
        learner.cohort, sheet(learner.cohort, 1).module, enrolments=[learner],
        teacher=sheet(learner.cohort, 1).teacher, held_on=date(2026, 10, 9), due_on=date(2026, 10, 12),
        actor=methodist_of(learner), at=datetime.fromisoformat("2026-10-08T12:00:00+03:00"),
    )  # fmt: skip
    set_marks(resit, [Cell(learner.pk, "2", None)], actor=teacher_of(resit), at=TYPED)
    close_sheet(resit, actor=teacher_of(resit), at=TYPED)
    new = moved(learner)
    (debt,) = book_of(new).debts
    assert (debt.since, debt.until, debt.retakes_used) == (date(2026, 10, 5), date(2027, 10, 5), 1)
    (owing,) = debts_of([new.cohort])
    assert (owing.enrolment, owing.attempt) == (new, 3)
    actor = methodist_of(new)
    assert [task.title.partition(":")[0] for task in debt_tasks.tasks(actor, LATER)] == ["Вторая пересдача"]
    assert debts_of([learner.cohort]) == []
    assert headways([new])[new.pk].debts == 1
    left = book_of(learner)
    assert [one.advice for one in left.debts] == [f"Перешёл при переводе в зачётную книжку № {new}."]
    assert [line.debt.term_words for line in left.lines if line.debt] == [f"долг перешёл в книжку № {new}"]
    assert [line.debt.term_words for line in book_of(learner, TYPED).lines if line.debt] == ["долг до 05.10.2027"]
    with pytest.raises(Refusal, match="комисси"):  # the second resit, though the first one in this group
        appoint_resit(
            new.cohort, debt.module, enrolments=[new], teacher=sheet(new.cohort, 1).teacher,
            held_on=date(2026, 10, 25), due_on=date(2026, 10, 27), actor=actor, at=LATER,
        )  # fmt: skip


def test_a_carried_debt_is_closed_by_a_resit_in_the_new_group():
    learner, _ = two()
    typed(learner, 1, "2")
    owner = owner_of(learner)
    new = moved(learner)
    assert [task.title for task in learner_tasks(owner, LATER)] == [f"Пересдать: «{sheet(new.cohort, 1).module.title}»"]
    resit = appoint_resit(
        new.cohort, sheet(new.cohort, 1).module, enrolments=[new], teacher=sheet(new.cohort, 1).teacher,
        held_on=date(2026, 10, 25), due_on=date(2026, 10, 27), actor=methodist_of(new), at=LATER,
    )  # fmt: skip
    assert resit.attempt == 2
    late = datetime.fromisoformat("2026-10-25T12:00:00+03:00")
    set_marks(resit, [Cell(new.pk, "3", None)], actor=teacher_of(resit), at=late)
    close_sheet(resit, actor=teacher_of(resit), at=late)
    now = book_of(new)
    assert (now.debts, now.lines[0].words, len(now.lines[0].attempts)) == ((), "удовлетворительно", 2)
    assert now.lines[0].carried_from == ""
    assert debts_of([new.cohort]) == []
    assert learner_tasks(owner, LATER) == []


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_days_of_illness_move_the_year_of_a_carried_debt():
    learner, _ = two()
    typed(learner, 1, "2")
    record_excuse(
        learner, kind="illness", first_day=date(2026, 10, 6), last_day=date(2026, 10, 8), basis="справка № 1",
        actor=methodist_of(learner), at=TYPED,
    )  # fmt: skip
    new = moved(learner)
    (debt,) = book_of(new).debts
    assert debt.until == date(2027, 10, 8)
    (owing,) = debts_of([new.cohort])
    assert owing.owed is not None
    assert owing.owed.until == date(2027, 10, 8)


def test_what_the_new_group_has_finished_is_a_difference_to_be_taken_apart_before_attestation():
    learner, _ = two()
    target = make_cohort(
        learner.cohort.program_version, held_on=[date(2026, 10, 8), date(2026, 10, 9), date(2026, 11, 5)]
    )
    other = make_enrolments(target, 1)[0]
    typed(other, 1, "5")
    new = moved(learner, target)
    now = book_of(new)
    assert [line.own_words for line in now.lines] == ["по ИУП до 17.12.2026", "по ИУП до 17.12.2026", ""]
    assert [(one.module.ordinal, one.attempt) for one in debts_of([target])] == [(1, 1), (2, 1)]
    assert [one.module.ordinal for one in headways([new])[new.pk].before_final] == [1, 2, 3]


def test_what_was_left_out_by_a_plan_stays_left_out_and_what_was_apart_goes_with_the_group():
    learner, _ = two()
    make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 1))})
    new = moved(learner)
    assert [line.own_words for line in book_of(new).lines] == ["зачтено ранее", "", ""]


def test_a_plan_made_later_keeps_what_was_carried():
    learner, _ = two()
    typed(learner, 1, "5")
    new = moved(learner)
    with pytest.raises(RuleViolation, match="оценка уже есть"):
        make_plan(new, {1: credited()}, at=LATER)
    assert new.study_plan is not None
    before = new.study_plan.lines.get()
    make_plan(new, {1: Taken(Way.CARRIED, basis=before.basis), 3: apart(date(2026, 12, 1))}, at=LATER)
    assert [line.words for line in book_of(new).lines] == ["отлично", "", ""]
    assert [line.own_words for line in book_of(new).lines][1:] == ["", "по ИУП до 01.12.2026"]


def test_a_second_transfer_takes_along_what_the_first_one_had_carried():
    learner, _ = two()
    typed(learner, 1, "2")
    second = moved(learner)
    typed(second, 2, "5", at=datetime.fromisoformat("2026-11-11T12:00:00+03:00"), closed=False)
    third = moved(
        second, make_other(second.cohort, held_on=[date(2026, 12, 1)] * 3),
        at=datetime.fromisoformat("2026-11-12T12:00:00+03:00"),
    )  # fmt: skip
    now = book_of(third)
    assert [line.words for line in now.lines] == ["неудовлетворительно", "отлично", ""]
    assert [line.carried_from for line in now.lines] == [learner.number, second.number, ""]
    assert len(now.debts) == 1
    assert headways([third])[third.pk].debts == 1


# --- The sheets of both groups -------------------------------------------------------------------------------------------


def test_the_old_group_goes_on_without_the_learner_and_the_new_sheet_does_not_ask_for_what_was_carried():
    learner, other = two()
    typed(learner, 1, "5")
    new = moved(learner)
    assert [one.pk for one in without_mark(sheet(learner.cohort, 2), NOON.date())] == [other.pk]
    assert list(without_mark(sheet(new.cohort, 1), NOON.date())) == []
    assert [one.pk for one in without_mark(sheet(new.cohort, 2), NOON.date())] == [new.pk]
    late = datetime.fromisoformat("2026-11-10T12:00:00+03:00")
    found = sheet(new.cohort, 1)
    close_sheet(found, actor=teacher_of(found), at=late)  # nobody of the group is to be typed in it
    with pytest.raises(Forbidden):
        set_marks(found, [Cell(new.pk, "4", None)], actor=teacher_of(found), at=late)


def test_the_sheet_of_the_new_group_shows_what_was_carried_and_types_it_nowhere():
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    new = moved(learner)
    actor = methodist_of(new)
    grid = sheet_of(new.cohort, actor=actor, today=LATER.date())
    (line,) = grid.lines
    assert (line.carried, line.slots) == ({0: "5", 1: "2"}, [None, None, None])
    assert [column.learning for column in grid.columns] == [0, 0, 1]
    assert (line.average, line.debts) == ("3,50", 1)
    assert sums_of([new.pk], actor=actor) == {new.pk: ("3,50", 1)}
    (old,) = [
        one for one in sheet_of(learner.cohort, actor=actor, today=LATER.date()).lines if one.enrolment_id == learner.pk
    ]
    assert (old.learns, old.state) == (False, "обучение прекращено переводом")


def test_the_summary_sheet_of_each_group_agrees_with_the_books_on_every_day():
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    new = moved(learner)
    then, now = summary_of(learner.cohort, at=NOON, seen_at=TYPED), summary_of(learner.cohort, at=NOON)
    state = {line.enrolment_id: (line.state, line.standing, line.counts) for line in then.lines}
    assert state[learner.pk] == ("active", "долг", True)
    state = {line.enrolment_id: (line.state, line.standing, line.counts) for line in now.lines}
    assert state[learner.pk] == ("moved", "перевод", False)
    fresh = summary_of(new.cohort, at=NOON)
    (line,) = fresh.lines
    assert [cell and cell.grade.label for cell in line.cells] == ["отлично", "неудовлетворительно", None]
    assert (line.average, line.debts, line.missing) == (book_of(new).average, 1, 1)
    assert summary_of(new.cohort, at=NOON, seen_at=TYPED).lines == ()
    assert summary_proof_of(fresh).is_whole
    assert cohort_matrix(fresh).whole == 1


def test_the_lists_of_cohorts_count_who_learns_there():
    learner, _ = two()
    typed(learner, 1, "5")
    new = moved(learner)
    rows = {one.pk: one for one in listed(methodist_of(new), LATER.date())}
    old, fresh = rows[learner.cohort_id], rows[new.cohort_id]
    assert (old.learners, old.marks_given, old.marks_wanted) == (1, 1, 3)  # type: ignore[attr-defined]
    assert (fresh.learners, fresh.marks_given, fresh.marks_wanted) == (1, 0, 2)  # type: ignore[attr-defined]


# --- Proof ---------------------------------------------------------------------------------------------------------------


def test_the_book_proves_what_was_carried_by_the_record_of_the_old_one():
    learner, _ = two()
    typed(learner, 1, "5")
    new = moved(learner)
    now = book_of(new)
    assert proof_of(now).is_whole
    _, document = statement_of(now)
    said = str(document)
    assert "Перенесено из зачётной книжки №" in said
    assert str(learner.number) in said


def test_a_carried_row_changed_past_the_system_is_found():
    learner, other = two()
    typed(learner, 1, "5")
    new = moved(learner)
    now = book_of(new)
    now.rows.carried[0].mark_id += 1  # as the row would read if somebody had rewritten it
    proven = proof_of(now)
    assert not proven.is_whole
    assert disagreements(now, proven) == [f"перенос «{now.lines[0].module.title}» из книжки № {learner.number}"]
    assert other.state == "active"


# --- Queries -------------------------------------------------------------------------------------------------------------


def test_readings_of_a_transfer_cost_a_fixed_number_of_queries():
    learner, other = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    target = make_other(learner.cohort)
    new = moved(learner, target)
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
    moved(other, target)
    assert cost() == once
    assert StudyPlan.objects.count() == 2


def test_an_order_of_transfer_tells_and_plans_with_as_many_statements_for_one_as_for_two():
    def cost(people: Sequence[Enrolment], target: Cohort) -> int:
        with CaptureQueriesContext(connection) as queries:
            make_order(
                people[0].cohort, [one.learner for one in people], kind=Order.Kind.TRANSFER, target=target,
                effective_on=MOVED.date(), basis="заявление", at=MOVED,
            )  # fmt: skip
        return sum(
            any(words in one["sql"] for words in ("notices_notice", 'SET "study_plan_id"'))
            for one in queries.captured_queries
        )

    learner, other = two()
    for one in (learner, other):
        owner_of(one)
    third, _ = two()
    owner_of(third)
    assert cost([learner, other], make_other(learner.cohort)) == cost([third], make_other(third.cohort))
