"""Transfers between programmes and versions: what counts, what is to be taken, what stays (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57, 58)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.learning.actions.awards import record_award
from zachetka.learning.actions.equivalences import match_modules
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, propose_correction, set_marks
from zachetka.learning.actions.orders import submit_order
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.bundles import statement_of
from zachetka.learning.equivalence_rules import Chosen, pairs_of
from zachetka.learning.models import Carried, Cohort, Enrolment, Equivalence, Mark, Order
from zachetka.learning.queries.admission import standings
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.equivalences import matching_of
from zachetka.learning.queries.learner_tasks import learner_tasks
from zachetka.learning.queries.planned_results import cohort_matrix
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import disagreements, proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import sheet_of
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.queries.summary_proof import proof_of as summary_proof_of
from zachetka.learning.tests.make import NOON, make_cohort, make_enrolments, make_order, teacher_of
from zachetka.learning.tests.make_equivalences import issue, make_draft, make_matched, make_plan_like, match
from zachetka.learning.tests.make_transfers import MOVED
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.learning.tests.test_transfers import LATER, TYPED, book_of, methodist_of, moved, sheet, two, typed
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.models import PlannedResult, ProgramVersion
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")]


def cohort_of(version: ProgramVersion, **given: Any) -> Cohort:
    """Make a cohort whose controls are in November."""
    days = [date(2026, 11, 10 + place) for place in range(version.modules.count())]
    return make_cohort(version, **({"held_on": days} | given))


def elsewhere(learner: Enrolment, **given: Any) -> Cohort:
    """Return a cohort of another programme with modules of the same names."""
    return cohort_of(make_plan_like(learner.cohort.program_version, **given))


# --- What the new book says ----------------------------------------------------------------------------------------------


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
    assert standings([new])[new.pk].passed == 2
    assert len(standings([new])[new.pk].before_final) == 1


def test_a_new_version_of_the_programme_takes_the_same_modules_as_the_same():
    learner, _ = two()
    typed(learner, 1, "5")
    version = make_plan_like(learner.cohort.program_version, program=learner.cohort.program_version.program)
    new = make_matched(learner, cohort_of(version))
    assert [line.words for line in book_of(new).lines] == ["отлично", "", ""]
    order = Order.objects.get(kind="transfer")
    assert "Зачесть" in order.text
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
    assert standings([new])[new.pk].debts == 1
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


# --- Returning -----------------------------------------------------------------------------------------------------------


def back(learner: Enrolment) -> tuple[Enrolment, Enrolment]:
    """Return the books of whoever went to another programme and came back into the first group."""
    away = make_matched(learner, elsewhere(learner), at=MOVED)
    at = MOVED + timedelta(days=5)
    return away, make_matched(away, learner.cohort, at=at)


def test_whoever_returns_gets_a_new_book_in_the_old_group_with_what_was_left_there():
    learner, _ = two(held_on=[date(2026, 10, 5), date(2026, 10, 6), date(2026, 11, 20)])
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    away, home = back(learner)
    now = book_of(home)
    assert (home.cohort, home.continues) == (learner.cohort, away)
    assert [line.words for line in now.lines] == ["отлично", "неудовлетворительно", ""]
    assert [line.carried_from for line in now.lines] == [str(learner), str(learner), ""]
    assert [one.module.ordinal for one in debts_of([learner.cohort])] == [2]
    assert now.lines[2].awaited == sheet(learner.cohort, 3)
    assert book_of(learner).state == "moved"
    assert proof_of(now).is_whole
    lines = {line.enrolment_id: line.state for line in summary_of(learner.cohort, at=NOON).lines}
    assert (lines[learner.pk], lines[home.pk]) == ("moved", "active")
    then = {line.enrolment_id: line.state for line in summary_of(learner.cohort, at=NOON, seen_at=TYPED).lines}
    assert (then[learner.pk], home.pk in then) == ("active", False)


def test_a_return_within_a_version_carries_all_of_it_by_itself():
    learner, _ = two()
    typed(learner, 1, "5")
    away = moved(learner)
    home = moved(away, learner.cohort, at=MOVED + timedelta(days=5))
    assert [line.carried_from for line in book_of(home).lines] == [str(learner), "", ""]


def test_nobody_is_enrolled_again_where_a_book_has_been():
    learner, _ = two()
    typed(learner, 1, "5", closed=False)
    moved(learner)
    with pytest.raises(RuleViolation, match="уже в группе"):
        make_order(learner.cohort, [learner.learner])


# --- Who says it ---------------------------------------------------------------------------------------------------------


def test_a_transfer_to_another_plan_is_submitted_once_somebody_has_confirmed_every_line():
    learner, _ = two()
    typed(learner, 1, "5")
    order = make_draft(learner, elsewhere(learner))
    with pytest.raises(RuleViolation, match="не подтверждено"):
        submit_order(order, actor=order.drafted_by, at=MOVED)
    match(order, learner)
    assert Equivalence.objects.filter(order=order).count() == 3
    assert Event.objects.filter(type="equivalence.written").count() == 3
    assert submit_order(order, actor=order.drafted_by, at=MOVED).state == "submitted"
    with pytest.raises(IllegalStep):
        match(order, learner)


def test_what_is_said_already_is_said_again_without_a_trace():
    learner, _ = two()
    typed(learner, 1, "5")
    order = match(make_draft(learner, elsewhere(learner)), learner)
    before = Event.objects.count()
    match(order, learner)
    assert (Event.objects.count(), Equivalence.objects.count()) == (before, 3)
    match(order, learner, {1: None})
    assert Equivalence.objects.count() == 6
    assert "Остаётся в прежней книжке" not in Order.objects.get(pk=order.pk).text  # frozen at the issue only


def test_an_overtaken_page_writes_nothing_and_a_stranger_matches_nothing():
    learner, _ = two()
    typed(learner, 1, "5")
    order = make_draft(learner, elsewhere(learner))
    seen = seen_of(order)
    match(order, learner)
    how = matching_of(order, [learner], day=MOVED.date())
    nothing: dict[int, Any] = {one.key: None for one in how.targets}
    with pytest.raises(Stale):
        match_modules(order, learner.learner, nothing, seen=seen, actor=order.drafted_by, at=MOVED)
    stranger = make_account("methodist", unit=make_cohort().program_version.program.unit)
    with pytest.raises(Forbidden):
        match_modules(order, learner.learner, nothing, seen=seen_of(order), actor=stranger, at=MOVED)


def test_one_result_counts_twice_only_when_both_lines_say_so_and_its_hours_suffice():
    version = make_program_version(scales=("five_point",) * 2, hours_each=24)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    target = elsewhere(learner, scales=("five_point",) * 3)
    module = sheet(learner.cohort, 1).module
    order = make_draft(learner, target)
    shared = Chosen((learner.pk, module.pk), is_shared=True)
    with pytest.raises(RuleViolation, match="уже засчитана"):
        match(order, learner, {1: shared, 2: 1})
    match(order, learner, {1: shared, 2: shared})
    issue(order)
    new = Enrolment.objects.get(continues=learner)
    assert [line.words for line in book_of(new).lines] == ["отлично", "отлично", ""]
    assert [one.is_shared for one in Carried.objects.all()] == [True, True]


def test_final_attestation_counts_nowhere():
    version = make_program_version(scales=("five_point",) * 2, final=True)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    order = make_draft(learner, elsewhere(learner, scales=("five_point",) * 3))
    assert [one.line.is_final for one in matching_of(order, [learner], day=MOVED.date()).shown[learner.pk].earlier] == [
        False
    ]
    final = version.modules.get(sort="final")
    with pytest.raises(RuleViolation, match="такого результата"):
        match(order, learner, {2: Chosen((learner.pk, final.pk))})


def test_planned_results_propose_a_pair_of_other_names():
    version = make_program_version(scales=("five_point",) * 3, approved=False)
    (module,) = version.modules.filter(ordinal=1)
    result = PlannedResult.objects.create(version=version, code="ПК-1", text="Готовит  извещение о закупке")
    result.links.create(module=module)
    approve(version)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    other = make_program_version(unit=version.program.unit, scales=("five_point",) * 2, approved=False)
    other.modules.filter(ordinal=1).update(title="Извещения")
    same = PlannedResult.objects.create(version=other, code="ПК-7", text="готовит извещение о закупке")
    same.links.create(module=other.modules.get(ordinal=1))
    approve(other)
    new = make_matched(learner, cohort_of(other))
    assert book_of(new).lines[0].words == "отлично"


def approve(version: ProgramVersion) -> None:
    head = make_account()
    version.state = ProgramVersion.State.SUBMITTED
    version.save()
    version.state, version.valid_from = ProgramVersion.State.APPROVED, date(2025, 9, 1)
    version.approved_by, version.approved_by_person, version.approved_at = head, head.person_uid, TYPED
    version.save()


# --- The database --------------------------------------------------------------------------------------------------------

CARRY = "INSERT INTO learning_carried (enrolment_id, module_id, source_id, origin_id, mark_id, edition_id, is_shared) VALUES (%s, %s, %s, %s, %s, %s, %s)"


def test_the_database_credits_only_what_the_order_says(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "4")
    order = match(make_draft(learner, elsewhere(learner)), learner)
    with monkeypatch.context() as patched:
        patched.setattr(Carried.objects, "bulk_create", lambda rows: list(rows)[:0])
        patched.setattr("zachetka.learning.actions.transfers._plan", lambda *_: None)
        with pytest.raises(IntegrityError, match="исполняется сразу"), transaction.atomic():
            issue(order)

    def swapped(rows: Any) -> Any:
        found = list(rows)
        found[0].module_id, found[1].module_id = found[1].module_id, found[0].module_id
        return type(found[0])._base_manager.bulk_create(found)

    monkeypatch.setattr(Carried.objects, "bulk_create", swapped)
    with pytest.raises(IntegrityError, match="приказ сопоставил"), transaction.atomic():
        issue(order)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("hours = hours * 3", "Часов прежней дисциплины"),
        ("control = 'defence'", "мягкая форма контроля"),
    ],
)
def test_the_database_holds_hours_and_control(spoil: str, said: str, monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "5")
    version = make_plan_like(learner.cohort.program_version, approved=False)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE programs_module SET {spoil} WHERE version_id = %s AND ordinal = 1", [version.pk])  # noqa: S608 - of the table above
    version.hours = sum(version.modules.values_list("hours", flat=True))
    version.save()
    approve(version)
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)
    order = match(make_draft(learner, cohort_of(version)), learner, {1: 1})
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        issue(order)


def blind(*given: Any) -> Any:
    """Match as the rule does and see no flaw: what the database then says is its own."""
    return [replace(pair, flaw="") for pair in pairs_of(*given)]


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_the_database_leaves_no_debt_of_the_same_module_behind(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    version = make_plan_like(learner.cohort.program_version, program=learner.cohort.program_version.program)
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)
    order = match(make_draft(learner, cohort_of(version)), learner, {1: None})
    with pytest.raises(IntegrityError, match="переводом не оставляют"), transaction.atomic():
        issue(order)


def test_the_database_takes_a_correspondence_into_a_draft_only_and_never_changes_it():
    learner, other = two()
    typed(learner, 1, "5")
    order = match(make_draft(learner, elsewhere(learner)), learner)
    row = Equivalence.objects.filter(order=order, source__isnull=False).get()
    for statement in ("UPDATE learning_equivalence SET is_shared = true", "DELETE FROM learning_equivalence"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            run(statement)
    copy = (
        "INSERT INTO learning_equivalence (order_id, learner_id, module_id, source_id, origin_id, is_shared, written_by_id,"
        " written_by_person, written_at) SELECT order_id, {learner}, {module}, {source}, origin_id, is_shared, written_by_id,"
        " {person}, written_at FROM learning_equivalence WHERE id = %s"
    )
    known = {"learner": "learner_id", "module": "module_id", "source": "source_id", "person": "written_by_person"}
    refuses("в черновике", copy.format(**known | {"learner": other.learner_id}), row.pk)
    refuses("в черновике", copy.format(**known | {"module": row.origin_id}), row.pk)
    refuses("из книжек этого человека", copy.format(**known | {"source": other.pk}), row.pk)
    refuses("учётной записью", copy.format(**known | {"person": "gen_random_uuid()"}), row.pk)
    submit_order(order, actor=order.drafted_by, at=MOVED)
    refuses("в черновике", copy.format(**known), row.pk)


def test_a_row_changed_past_the_system_is_found_by_the_new_book():
    learner, _ = two()
    typed(learner, 1, "5")
    new = make_matched(learner, elsewhere(learner))
    now = book_of(new)
    now.rows.carried[0].is_shared = True
    proven = proof_of(now)
    assert not proven.is_whole
    assert disagreements(now, proven) == [f"перенос «{now.lines[0].module.title}» из книжки № {learner}"]


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
            lambda: standings(list(Enrolment.objects.filter(cohort=target).select_related("cohort", "study_plan"))),
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
