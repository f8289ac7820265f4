"""In a sheet that is open again a mark supersedes, the sheet closes by itself, and every past day reads as it was (п. 2.1, 2.2, 2.5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep
from zachetka.core.russian import surname_first
from zachetka.learning import telling
from zachetka.learning.actions.marks import (
    close_sheet,
    propose_correction,
)
from zachetka.learning.actions.reopenings import (
    close_again,
    close_overdue,
    grant_reopening,
)
from zachetka.learning.bundles import statement_of
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Reopening
from zachetka.learning.queries.last_marks import last_marks
from zachetka.learning.queries.mark_history import history_of
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import LEAST_COMPANY, PAPERS, cohort_average
from zachetka.learning.queries.reopenings import TAUGHT_BY_YOU, hands_of, tasks_to_decide, tasks_to_fill
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    make_order,
    teacher_of,
)
from zachetka.learning.tests.make_debts import Debtors, noon
from zachetka.learning.tests.make_reopenings import (
    DAY,
    LATER,
    SAID,
    UNTIL,
    ask,
    closed_sheet,
    reopened,
    told,
    type_in,
)
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.models import Event
from zachetka.notices.work import REMINDERS

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("db")]

TODAY = legal_date(LATER)


@pytest.mark.clause("2.1")
def test_a_mark_changed_in_it_supersedes_and_carries_the_reopening() -> None:
    sheet = reopened()
    first, second = enrolments_of(sheet)
    before = Mark.objects.get(sheet=sheet, enrolment=first)
    outcome = type_in(sheet, first, "5")
    mark = outcome.mark
    assert mark is not None
    assert (mark.supersedes_id, mark.reason, mark.basis) == (before.pk, SAID["reason"], SAID["basis"])
    assert mark.reopening is not None
    assert mark.reopening.sheet_id == sheet.pk
    assert Mark.objects.filter(pk=before.pk).exists(), "the former mark stays"
    assert Mark.objects.in_force().get(enrolment=second).reopening_id is None, "what was not changed carries nothing"
    fresh = Mark.objects.get(pk=mark.pk)
    assert differing({name_of(fresh): fresh}) == set()
    chapter = history_of(fresh).chapters[0]
    assert chapter.mark.reopening is not None
    assert chapter.mark.reopening.decided_by is not None


COPY = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, supersedes_id, reason, basis,
    reopening_id, recorded_by_id, recorded_by_person, recorded_at)
SELECT m.sheet_id, m.enrolment_id, m.grade_id, m.held_on, m.teacher_id, m.id, r.reason, r.basis, r.id,
    m.recorded_by_id, m.recorded_by_person, %s
FROM learning_mark m JOIN learning_reopening r ON r.sheet_id = m.sheet_id WHERE m.enrolment_id = %s
"""


@pytest.mark.clause("273-ФЗ ст. 61 ч. 4")
def test_whoever_is_to_be_withdrawn_has_their_mark_changed_in_it_until_the_day() -> None:
    sheet = closed_sheet()
    first, second = enrolments_of(sheet)
    people, day = [first.learner, second.learner], NOON + 3 * DAY
    make_order(sheet.cohort, people, kind="withdrawal", ground="own_wish", at=NOON, effective_on=day.date())
    grant_reopening(ask(sheet), actor=make_account("head"), at=LATER)
    sheet.refresh_from_db()
    assert type_in(sheet, first, "5").refusal == ""
    assert "оценку внести нельзя" in type_in(sheet, second, "5", at=day).refusal
    refuses("уже издан приказ", COPY, day, second.pk)
    run(COPY, day - DAY, second.pk)


@pytest.mark.clause("273-ФЗ ст. 61 ч. 4", "273-ФЗ ст. 58 ч. 5")
def test_whoever_is_to_be_withdrawn_for_a_debt_passes_in_it_before_the_day_and_the_order_stands() -> None:
    sheet, issued = closed_sheet(text="2"), NOON + 400 * DAY
    first, second = enrolments_of(sheet)
    people, day = [first.learner, second.learner], issued + 5 * DAY
    order = make_order(sheet.cohort, people, kind="withdrawal", ground="debt", at=issued, effective_on=day.date())
    asked = ask(sheet, at=issued + DAY, until=day.date())
    grant_reopening(asked, actor=make_account("head"), at=issued + DAY)
    sheet.refresh_from_db()
    assert type_in(sheet, first, "5", at=day - DAY).refusal == ""
    assert "оценку внести нельзя" in type_in(sheet, second, "5", at=day).refusal, (
        "the negative control: the day has come"
    )
    refuses("уже издан приказ", COPY, day, second.pk)
    close_again(sheet, actor=teacher_of(sheet), at=day)
    owing = {
        one.pk: record_book(Enrolment.objects.select_related(*PAPERS).get(pk=one.pk), at=day).debts
        for one in (first, second)
    }
    assert [bool(owing[one.pk]) for one in (first, second)] == [False, True]
    for one in (first, second):
        one.refresh_from_db()
        assert (one.state, one.ended_on, one.withdrawal_order) == ("withdrawn", day.date(), order), "people undo it"


@pytest.mark.clause("2.1")
def test_a_mark_is_changed_in_it_and_never_taken_back() -> None:
    sheet = reopened()
    row = enrolments_of(sheet)[0]
    assert "не снимают" in type_in(sheet, row, "").refusal
    assert Mark.objects.in_force().get(enrolment=row).grade_id is not None


def test_no_correction_is_proposed_while_it_is_open_again() -> None:
    sheet = reopened()
    mark = Mark.objects.filter(sheet=sheet)[0]
    with pytest.raises(IllegalStep):
        propose_correction(mark, text="5", reason="ошибка", basis="записка", actor=teacher_of(sheet), at=LATER)


def test_after_the_term_no_mark_is_written_and_the_sheet_closes_itself() -> None:
    sheet = reopened()
    row, late = enrolments_of(sheet)[0], datetime.combine(UNTIL + DAY, NOON.timetz())
    assert type_in(sheet, row, "5", at=late - DAY).refusal == "", "the control: the last day is a day of it"
    with pytest.raises(IllegalStep):
        type_in(sheet, row, "3", at=late)
    assert close_overdue in REMINDERS, "the worker asks it each morning"
    assert close_overdue(late - DAY) == 0
    assert close_overdue(late) == 1
    assert close_overdue(late) == 0
    sheet.refresh_from_db()
    ended = Reopening.objects.get()
    assert (sheet.state, ended.state, ended.ended_by, ended.ended_at) == ("closed", "ended", None, late)
    last = Event.objects.filter(type="sheet.closed_again").get()
    assert last.actor is None, "nobody's hand"
    assert differing({name_of(each): each for each in (ended, sheet)}) == set()


def test_a_sheet_that_does_not_close_keeps_no_other_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = reopened(), reopened()
    assert stuck.pk < other.pk, "the one that fails comes first"
    late, tell = datetime.combine(UNTIL + DAY, NOON.timetz()), telling.sheet_closed_again

    def fail(reopening: Reopening, **given: Any) -> None:
        if reopening.sheet_id == stuck.pk:
            raise RuntimeError("nobody to tell")
        tell(reopening, **given)

    with monkeypatch.context() as broken:
        broken.setattr(telling, "sheet_closed_again", fail)
        with pytest.raises(ExceptionGroup) as faults:
            close_overdue(late)
    assert [str(fault) for fault in faults.value.exceptions] == ["nobody to tell"]
    states = dict(MarkSheet.objects.values_list("pk", "state"))
    assert (states[stuck.pk], states[other.pk]) == ("reopened", "closed")
    assert close_overdue(late) == 1, "the control: what failed is tried again"


def test_its_teacher_closes_it_again_and_whoever_it_concerns_is_told() -> None:
    sheet = closed_sheet()
    first, second = enrolments_of(sheet)
    for row in (first, second):
        give_role(make_account(person_uid=row.learner.person.uid, login=f"learner-{row.pk}"), "learner")
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    head, teacher = make_account("head"), teacher_of(sheet)
    asked = ask(sheet, actor=methodist)
    assert head.login in told("reopening.asked")
    assert teacher.login not in told("reopening.asked")
    grant_reopening(asked, actor=head, at=LATER)
    assert told("reopening.decided") == sorted([methodist.login, teacher.login])
    sheet.refresh_from_db()
    type_in(sheet, first, "2")
    assert told("mark.corrected") == [], "nothing is told while it is typed"
    closed = close_sheet(sheet, actor=teacher, at=LATER)
    assert closed.state == "closed"
    assert told("mark.corrected") == told("debt.arose") == [f"learner-{first.pk}"]
    assert told("reopening.ended") == [methodist.login]
    with pytest.raises(IllegalStep):
        close_sheet(closed, actor=teacher, at=LATER)


def test_it_is_the_first_task_of_its_teacher_and_a_task_of_the_head_who_may_decide() -> None:
    sheet = closed_sheet()
    asked, head = ask(sheet), make_account("head")
    (task,) = tasks_to_decide(head, TODAY)
    assert (task.verb, task.url) == ("Решить", f"/reopenings/{asked.pk}/")
    assert tasks_to_decide(make_account("head", person_uid=teacher_of(sheet).person_uid), TODAY) == []
    marked = enrolments_of(sheet)[0].subject_uid
    assert tasks_to_decide(make_account("head", person_uid=marked), TODAY) == [], "a mark of theirs stands there"
    assert len(tasks_to_decide(head, TODAY)) == 1, "somebody else's"
    assert tasks_to_fill(teacher_of(sheet)) == []
    grant_reopening(asked, actor=head, at=LATER)
    (task,) = tasks_to_fill(teacher_of(sheet))
    assert (task.term, task.url) == (UNTIL, f"/sheets/{sheet.pk}/")
    assert tasks_to_decide(head, TODAY) == []


@pytest.mark.clause("3.8")
def test_a_judge_of_the_commission_decides_nothing_of_its_sheet_and_it_is_no_task_of_theirs() -> None:
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    sheet = debtors.sit(date(2026, 4, 15), "4", **debtors.panel())
    asked = ask(sheet, at=noon(date(2026, 4, 16)), until=date(2026, 4, 20))
    judge = make_account("head", person_uid=sheet.commissioners.filter(is_chair=False)[0].employee.person.uid)
    assert (tasks_to_decide(judge, TODAY), hands_of(asked, judge, TODAY)) == ([], TAUGHT_BY_YOU)
    assert len(tasks_to_decide(make_account("head"), TODAY)) == 1, "somebody else's"


# --- As of a past day -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.5")
def test_a_past_day_reads_as_it_was_before_within_and_after() -> None:
    sheet = closed_sheet(learners=1)
    (row,) = enrolments_of(sheet)
    grant_reopening(ask(sheet), actor=make_account("head"), at=LATER)
    sheet.refresh_from_db()
    type_in(sheet, row, "5", at=LATER + DAY)
    close_sheet(sheet, actor=teacher_of(sheet), at=LATER + 2 * DAY)
    book = Enrolment.objects.select_related(*PAPERS).get(pk=row.pk)

    def at(moment: datetime) -> tuple[str, bool]:
        line = record_book(book, at=moment, seen_at=moment).lines[0]
        assert line.result is not None
        (last,) = last_marks(sheet.cohort_id, moment).values()
        assert last.is_settled == line.result.is_closed, "both readings agree"
        return line.words, line.result.is_closed

    assert at(NOON + timedelta(hours=1)) == ("хорошо", True)
    assert at(LATER + timedelta(hours=1)) == ("хорошо", False)
    assert at(LATER + DAY + timedelta(hours=1)) == ("отлично", False)
    assert at(LATER + 3 * DAY) == ("отлично", True)
    written = record_book(book, at=LATER + 3 * DAY, seen_at=LATER + 3 * DAY).lines[0].written
    assert written is not None
    assert written.is_correction
    assert written.reopened_by


@pytest.mark.clause("3.8")
def test_the_average_of_the_group_is_one_figure_that_no_reopening_moves() -> None:
    sheet = closed_sheet(LEAST_COMPANY)
    early, before, within, after = NOON - DAY, NOON + DAY / 2, LATER + DAY / 4, LATER + DAY

    def told() -> list[str]:
        return [str(cohort_average(sheet.cohort_id, at)) for at in (early, before, within, after)]

    assert told() == ["None", "4.0", "4.0", "4.0"], "the control: told once all are closed"
    grant_reopening(ask(sheet), actor=make_account("head"), at=LATER)
    sheet = MarkSheet.objects.select_related("cohort", "module", "teacher__person").get(pk=sheet.pk)
    assert type_in(sheet, enrolments_of(sheet)[0], "5", at=within).refusal == ""
    assert told() == ["None", "4.0", "4.0", "4.0"], "while it is open again"
    close_again(sheet, actor=teacher_of(sheet), at=within + DAY / 4)
    assert told() == ["None", "4.0", "4.0", "4.0"], (
        "the difference of before and after would be the mark of one classmate"
    )
    marks = Mark.objects.in_force().filter(sheet=sheet)
    assert sum(mark.grade.points or 0 for mark in marks if mark.grade) == 4 * LEAST_COMPANY + 1, (
        "the control: the marks did change"
    )


@pytest.mark.clause("2.5")
def test_the_extract_on_paper_names_whoever_opened_the_sheet_again_in_words() -> None:
    sheet = closed_sheet(learners=1)
    (row,) = enrolments_of(sheet)
    grant_reopening(ask(sheet), actor=make_account("head", name="Северцев Константин Александрович"), at=LATER)
    sheet.refresh_from_db()
    type_in(sheet, row, "5", at=LATER + DAY)
    (correction,) = printed(Enrolment.objects.select_related(*PAPERS).get(pk=row.pk), LATER + DAY)["corrections"]
    assert correction["basis"].endswith(
        f"ведомость открыта заново: {surname_first('Северцев', 'Константин', 'Александрович')}"
    )
    assert "Name(" not in correction["basis"]


@pytest.mark.clause("3.3")
def test_the_bundle_proves_both_marks_the_reason_and_the_moment_of_opening() -> None:
    sheet = reopened(learners=1)
    (row,) = enrolments_of(sheet)
    type_in(sheet, row, "5")
    book = Enrolment.objects.select_related(*PAPERS).get(pk=row.pk)
    exhibit, document = statement_of(record_book(book, at=LATER))
    again = Reopening.objects.get()
    assert exhibit.opened[name_of(again)] == {"decided_at"}
    lines: list[Any] = document["lines"]  # type: ignore[assignment] # lists of what `shows` returned
    (line,) = [one for one in lines if len(one) == 6]
    new, old = line[4:]
    said = {one["label"]: one["value"] for one in new}
    assert (said["Причина исправления"], said["Основание"]) == (SAID["reason"], SAID["basis"])
    assert said["Ведомость открыта заново"]
    assert "Исправляет запись" not in {one["label"] for one in old}
