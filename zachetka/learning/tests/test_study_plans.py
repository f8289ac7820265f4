"""Individual plans: from the draft to the record book, held by the database too (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, RuleViolation, Stale
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.orders import approve_order, change_order, draft_order, submit_order
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.actions.study_plans import PlanSaid, Taken
from zachetka.learning.models import Cohort, Enrolment, MarkSheet, Order, StudyPlan
from zachetka.learning.queries import debt_tasks
from zachetka.learning.queries.admission import headways, readiness
from zachetka.learning.queries.cohorts import listed, tasks
from zachetka.learning.queries.completeness import without_mark
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.learner_tasks import learner_notices, learner_tasks
from zachetka.learning.queries.planned_results import Proof, cohort_matrix, planned_results
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import sheet_of
from zachetka.learning.queries.sheet_list import with_counts
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.tests.make import (
    NOON,
    book_of,
    make_cohort,
    make_enrolments,
    make_mark,
    make_order,
    methodist_of,
    sheet,
    teacher_of,
)
from zachetka.learning.tests.make_plans import PAPER, WRITTEN, apart, credited, make_plan, needless
from zachetka.learning.tests.test_planned_results import make_approved
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.notices.models import Notice
from zachetka.programs.models import PlannedResult, ResultModule
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3")]


def two() -> tuple[Enrolment, Enrolment]:
    """Return two learners of a cohort of three modules of twelve hours, controlled on 5, 6 and 7 October."""
    first, second = make_enrolments(make_cohort(), 2)
    return first, second


# --- From the draft to the record book -----------------------------------------------------------------------------------


def test_an_issued_plan_changes_the_book_from_that_moment_and_not_before():
    learner, _ = two()
    order = make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 1))})
    assert order.number == "1-и"
    now, before = book_of(learner), book_of(learner, WRITTEN - timedelta(days=1))
    assert [line.own_words for line in now.lines] == ["зачтено ранее", "по ИУП до 01.12.2026", ""]
    assert [line.own_words for line in before.lines] == ["", "", ""]
    assert (now.hours, before.hours) == (24, 36)
    assert [one.kind for one in now.orders] == ["enrolment", "study_plan"]
    assert [one.kind for one in before.orders] == ["enrolment"]
    assert [line.later for line in before.lines] == ["зачтено ранее", "по ИУП до 01.12.2026", ""]
    assert Event.objects.filter(type="enrolment.planned", object_id=str(learner.pk)).count() == 1


def test_a_longer_and_a_shorter_term_are_said_in_words_and_move_the_end():
    learner, other = two()
    make_plan(learner, ends_on=date(2027, 3, 1))
    make_plan(
        other,
        {3: apart(date(2026, 10, 1)), 2: apart(date(2026, 10, 1)), 1: apart(date(2026, 9, 29))},
        ends_on=date(2026, 10, 2),
    )
    assert book_of(learner).ends_on == date(2027, 3, 1)
    assert "ускоренное обучение" in Order.objects.get(kind="study_plan", lines__learner=other.learner).text
    assert "с увеличением срока обучения" in Order.objects.get(kind="study_plan", lines__learner=learner.learner).text


def test_the_order_names_the_paper_of_what_is_left_out_and_the_term_of_what_is_apart():
    learner, _ = two()
    make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 1))})
    order = make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 9))}, at=WRITTEN + timedelta(days=1))
    assert f"Документ: {PAPER}" in order.text
    assert "до 9\u00a0декабря 2026 г." in order.text
    assert "установленный приказом № 1-и, больше не применять" in order.text


def test_a_change_of_plan_is_a_new_plan_and_the_old_one_stays_in_the_past():
    learner, _ = two()
    make_plan(learner, {1: credited()})
    make_plan(learner, {2: apart(date(2026, 12, 1))}, at=WRITTEN + timedelta(days=2))
    then, now = book_of(learner, WRITTEN + timedelta(days=1)), book_of(learner)
    assert [line.later for line in then.lines] == ["с группой", "по ИУП до 01.12.2026", ""]
    assert [line.own_words for line in then.lines] == ["зачтено ранее", "", ""]
    assert [line.own_words for line in now.lines] == ["", "по ИУП до 01.12.2026", ""]
    assert [order.number for order in now.orders if order.kind == "study_plan"] == ["1-и", "2-и"]


def test_the_learner_is_told_of_a_plan_and_nobody_else_is():
    learner, other = two()
    mine, theirs = owner_of(learner), owner_of(other)
    make_plan(learner, {1: credited()})
    (notice,) = Notice.objects.filter(kind="study_plan.set")
    assert notice.account_id == mine.pk != theirs.pk
    assert learner.learner.person.last_name not in notice.title


def test_the_draft_is_written_anew_and_the_order_says_the_newest():
    learner, _ = two()
    order = make_plan(learner, {1: credited()}, approved=False)
    said = PlanSaid(date(2027, 2, 1), {})
    change_order(
        order, learners=[learner.learner], effective_on=WRITTEN.date(), basis="заявление", plan=said,
        seen=seen_of(order),
        actor=order.drafted_by, at=WRITTEN,
    )  # fmt: skip
    assert StudyPlan.objects.filter(order=order).count() == 2
    order = submit_order(order, actor=order.drafted_by, at=WRITTEN)
    approve_order(order, seen=seen_of(order), actor=make_account("head"), at=WRITTEN)
    learner.refresh_from_db()
    assert learner.study_plan is not None
    assert (learner.study_plan.ends_on, learner.study_plan.lines.count()) == (date(2027, 2, 1), 0)


def test_the_same_form_sent_twice_makes_one_draft():
    learner, _ = two()
    module = sheet(learner.cohort, 1).module
    known: dict[str, Any] = {
        "kind": Order.Kind.STUDY_PLAN, "learners": [learner.learner], "effective_on": WRITTEN.date(), "basis": "заявление",
        "plan": PlanSaid(learner.cohort.ends_on, {module.pk: credited()}), "request_key": uuid4(),
        "actor": make_account("methodist", unit=learner.cohort.program_version.program.unit), "at": WRITTEN,
    }  # fmt: skip
    assert draft_order(learner.cohort, **known) == draft_order(learner.cohort, **known)
    with pytest.raises(RuleViolation):
        draft_order(learner.cohort, **known | {"plan": PlanSaid(date(2027, 1, 9), {})})
    assert StudyPlan.objects.count() == 1


def test_the_head_does_not_issue_a_plan_that_changed_while_they_read():
    learner, _ = two()
    order = make_plan(learner, {1: credited()}, approved=False)
    seen = seen_of(order)
    change_order(
        order, learners=[learner.learner], effective_on=order.effective_on, basis=order.basis,
        plan=PlanSaid(date(2027, 2, 1), {}), seen=seen_of(order), actor=order.drafted_by, at=WRITTEN,
    )  # fmt: skip
    order = submit_order(order, actor=order.drafted_by, at=WRITTEN)
    with pytest.raises(Stale):
        approve_order(order, seen=seen, actor=make_account("head"), at=WRITTEN)


# --- Who stands in which sheet -------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_whoever_has_a_plan_of_their_own_is_not_in_the_sheet_of_the_group():
    learner, other = two()
    make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 1))})
    for place in (1, 2):
        of_group = sheet(learner.cohort, place)
        with pytest.raises(Forbidden):
            set_marks(of_group, [Cell(learner.pk, "5", None)], actor=teacher_of(of_group), at=NOON)
        assert [row.pk for row in without_mark(of_group, NOON.date())] == [other.pk]
        make_mark(other, of_group, text="зач" if place == 2 else "5")
        close_sheet(of_group, actor=teacher_of(of_group), at=NOON)  # the sheet of the group does not wait for them
    counted = with_counts(MarkSheet.objects.main(), NOON.date()).order_by("module__ordinal")
    assert [one.learning for one in counted] == [1, 1, 2]  # type: ignore[attr-defined] # annotated by `with_counts`
    columns = sheet_of(
        learner.cohort,
        actor=make_account("methodist", unit=learner.cohort.program_version.program.unit),
        today=NOON.date(),
    ).columns
    assert [column.named for column in columns] == [frozenset({other.pk}), frozenset({other.pk}), None]
    assert [column.learning for column in columns] == [1, 1, 2]


def test_what_is_apart_waits_for_a_sheet_of_its_own_until_its_term():
    learner, _ = two()
    make_plan(learner, {2: apart(date(2026, 12, 1))})
    methodist = make_account("methodist", unit=learner.cohort.program_version.program.unit)
    (waiting,) = debts_of([learner.cohort])
    assert (waiting.enrolment.pk, waiting.attempt, waiting.apart_by) == (learner.pk, 1, date(2026, 12, 1))
    (task,) = debt_tasks.tasks(methodist, NOON)
    assert task.term == date(2026, 12, 1)
    plan = sheet(learner.cohort, 2)
    known: dict[str, Any] = {
        "enrolments": [learner], "teacher": plan.teacher, "due_on": date(2026, 12, 3), "actor": methodist, "at": NOON,
    }  # fmt: skip
    with pytest.raises(RuleViolation) as late:
        appoint_resit(learner.cohort, plan.module, held_on=date(2026, 12, 2), **known)
    assert late.value.field == "held_on"
    own = appoint_resit(learner.cohort, plan.module, held_on=date(2026, 12, 1), **known)
    assert (own.attempt, own.serial, own.occasion) == (1, 2, "сдача отдельно")
    line = book_of(learner).lines[1]
    assert line.plan_words == "в плане, 1\u00a0декабря"
    at = datetime.fromisoformat("2026-12-01T15:00:00+03:00")
    set_marks(own, [Cell(learner.pk, "зач", None)], actor=teacher_of(own), at=at)
    close_sheet(own, actor=teacher_of(own), at=at)
    assert debts_of([learner.cohort]) == []
    assert debt_tasks.tasks(methodist, NOON) == []


@pytest.mark.clause("2.5")
def test_the_next_control_of_a_learner_is_by_their_own_plan():
    first, second = make_enrolments(make_cohort(held_on=[date(2026, 11, 25), date(2026, 11, 30)]), 2)
    make_plan(first, {1: credited()})
    (near,) = learner_tasks(owner_of(second), NOON)
    assert "Правовые" in near.title
    (later,) = learner_notices(owner_of(first), NOON)
    assert "Планирование" in later.title
    assert learner_tasks(owner_of(first), NOON) == []


# --- What follows from a plan --------------------------------------------------------------------------------------------


@pytest.mark.clause("273-ФЗ ст. 59")
def test_admission_asks_for_what_the_plan_takes_and_for_nothing_else():
    learner, other = two()
    make_plan(learner, {1: credited()})
    for place in (2, 3):
        make_mark(learner, sheet(learner.cohort, place), text="зач" if place == 2 else "5", closed=True)
    how = headways(Enrolment.objects.filter(cohort=learner.cohort).select_related("cohort"))
    assert (how[learner.pk].passed, how[learner.pk].whole, how[learner.pk].before_final) == (2, 2, [])
    assert how[other.pk].whole == 3
    book = book_of(learner)
    assert (book.obstacles, book.passed, len(book.taken), book.hours_passed) == ([], 2, 2, 24)
    make_order(learner.cohort, [learner.learner], kind=Order.Kind.ADMISSION, effective_on=NOON.date(), at=NOON)
    assert book_of(learner).state == Enrolment.State.ADMITTED


@pytest.mark.clause("273-ФЗ ст. 59")
def test_whoever_has_a_plan_of_their_own_is_ready_by_it_and_the_task_counts_them():
    both = two()
    for one in both:
        make_plan(one, {1: credited()})
    cohort, methodist = both[0].cohort, methodist_of(both[0])
    assert cohort.attestation_on is not None
    day = datetime.combine(cohort.attestation_on, time(9), tzinfo=UTC)
    told = [[one.detail for one in tasks(methodist, day) if cohort.code in one.title]]
    for place in (2, 3):  # the other is absent
        make_mark(both[0], sheet(cohort, place), text="зач" if place == 2 else "5", closed=True)
    assert readiness([cohort]) == {cohort.pk: (1, 2)}
    told.append([one.detail for one in tasks(methodist, day) if cohort.code in one.title])
    assert told == [[], [f"Готов 1 из 2\N{NO-BREAK SPACE}человек · аттестация {cohort.attestation_on:%d.%m.%Y}"]]


@pytest.mark.clause("1.3")
def test_what_was_credited_proves_a_result_and_what_is_left_out_proves_nothing():
    version = make_program_version(approved=False)
    modules = list(version.modules.order_by("ordinal"))
    for code, places in {"ПК-1": [0], "ПК-2": [1], "ПК-3": [2], "ПК-4": [0, 2]}.items():
        result = PlannedResult.objects.create(version=version, code=code, text=code)
        for place in places:
            ResultModule.objects.create(plannedresult=result, module=modules[place])
    learner, other = make_enrolments(make_cohort(make_approved(version)), 2)
    make_plan(learner, {1: credited(), 2: needless()})
    proofs = {row.result.code: row.proof for row in planned_results(book_of(learner)).rows}
    assert proofs == {"ПК-1": Proof.PROVEN, "ПК-2": Proof.LEFT_OUT, "ПК-3": Proof.AHEAD, "ПК-4": Proof.UNDER_WAY}
    heat = {row.result.code: row.proven.part for row in cohort_matrix(summary_of(learner.cohort, at=NOON)).rows}
    assert heat == {"ПК-1": 1, "ПК-2": 0, "ПК-3": 0, "ПК-4": 0}
    assert other.study_plan is None


@pytest.mark.clause("2.5")
def test_the_summary_sheet_says_so_where_a_module_does_not_apply_as_of_that_day():
    learner, _ = two()
    make_plan(learner, {1: credited(), 2: needless()})
    for seen_at, out, missing in ((NOON, {0, 1}, 1), (WRITTEN - timedelta(days=1), set(), 3)):
        line = summary_of(learner.cohort, at=NOON, seen_at=seen_at).lines
        (own,) = [one for one in line if one.enrolment_id == learner.pk]
        assert (set(own.out), own.missing) == (out, missing)


@pytest.mark.clause("2.4")
def test_the_list_of_cohorts_wants_no_marks_that_a_plan_takes_away():
    learner, _ = two()
    make_plan(learner, {1: credited(), 2: needless()})
    (cohort,) = listed(make_account("methodist", unit=learner.cohort.program_version.program.unit), NOON.date())
    assert cohort.marks_wanted == 4  # type: ignore[attr-defined] # annotated by `listed`


def test_a_group_without_plans_costs_no_query_more():
    learner, other = two()
    make_mark(learner, sheet(learner.cohort, 1))
    spent = [_spent(learner)]
    make_plan(other, {2: credited()})
    spent.append(_spent(learner))
    assert spent[0]["book"] == spent[1]["book"]
    assert spent[1]["summary"] - spent[0]["summary"] == 1
    assert _spent(other)["book"] - spent[0]["book"] == 2


def _spent(enrolment: Enrolment) -> dict[str, int]:
    found = Enrolment.objects.select_related(*PAPERS).get(pk=enrolment.pk)
    cohort = Cohort.objects.select_related("program_version__program").get(pk=enrolment.cohort_id)
    counts = {}
    with CaptureQueriesContext(connection) as asked:
        record_book(found, at=NOON)
    counts["book"] = len(asked)
    with CaptureQueriesContext(connection) as asked:
        summary_of(cohort, at=NOON)
    counts["summary"] = len(asked)
    return counts


# --- What a plan may not do ----------------------------------------------------------------------------------------------


@pytest.mark.clause("273-ФЗ ст. 58")
@pytest.mark.parametrize("taken", [credited(), needless(), apart(date(2026, 12, 1))], ids=lambda one: one.way.value)
def test_a_debt_is_not_washed_away_by_a_plan(taken: Taken):
    learner, _ = two()
    make_mark(learner, sheet(learner.cohort, 1), text="2")
    with pytest.raises(RuleViolation) as refusal:
        make_plan(learner, {1: taken}, at=NOON)
    assert refusal.value.clause == "273-ФЗ ст. 58"
    assert not StudyPlan.objects.exists()  # a refusal leaves nothing behind


@pytest.mark.clause("273-ФЗ ст. 58")
def test_a_mark_that_came_after_the_draft_stops_its_issue():
    learner, _ = two()
    order = make_plan(learner, {1: credited()}, at=NOON, approved=False)
    order = submit_order(order, actor=order.drafted_by, at=NOON)
    make_mark(learner, sheet(learner.cohort, 1), text="2")
    with pytest.raises(RuleViolation, match="оценка уже есть"):
        approve_order(order, seen=seen_of(order), actor=make_account("head"), at=NOON)


@pytest.mark.clause("2.3")
def test_the_minimum_of_the_kind_stands():
    learner, _ = two()  # 36 hours of professional development, at least 16
    with pytest.raises(RuleViolation, match="минимум этого вида — 16 ч"):
        make_plan(learner, {1: needless(), 2: needless()})
    make_plan(learner, {1: credited(), 2: needless()})


def test_a_plan_is_of_one_who_learns_and_of_nobody_else():
    learner, other = two()
    make_order(learner.cohort, [other.learner], kind=Order.Kind.WITHDRAWAL, ground="own_wish", at=WRITTEN)
    with pytest.raises(RuleViolation, match="обучение прекращено"):
        make_plan(other, {1: credited()})
    with pytest.raises(RuleViolation, match="каждому свой приказ"):
        make_order(
            learner.cohort, [learner.learner, make_enrolments(learner.cohort, 1)[0].learner],
            kind=Order.Kind.STUDY_PLAN, plan=PlanSaid(date(2027, 1, 1), {}), at=WRITTEN,
        )  # fmt: skip


def test_a_plan_of_another_programme_is_refused():
    learner, _ = two()
    foreign = make_cohort().program_version.modules.get(ordinal=1)
    with pytest.raises(RuleViolation, match="нет в плане группы"):
        make_order(
            learner.cohort, [learner.learner], kind=Order.Kind.STUDY_PLAN, at=WRITTEN,
            plan=PlanSaid(date(2027, 1, 1), {foreign.pk: credited()}),
        )  # fmt: skip
