"""A closed sheet is opened again by another person than its teacher, with reason, document and term (п. 2.1, 2.2, 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, IllegalStep, Refusal, RuleViolation
from zachetka.core.russian import surname_first
from zachetka.learning import telling
from zachetka.learning.actions.marks import (
    Cell,
    Outcome,
    close_sheet,
    confirm_correction,
    propose_correction,
    set_marks,
)
from zachetka.learning.actions.reopenings import (
    ask_reopening,
    close_again,
    close_overdue,
    grant_reopening,
    refuse_reopening,
)
from zachetka.learning.bundles import statement_of
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Reopening
from zachetka.learning.queries.last_marks import last_marks
from zachetka.learning.queries.mark_history import history_of
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import LEAST_COMPANY, PAPERS, cohort_average
from zachetka.learning.queries.reopenings import TAUGHT_BY_YOU, hands_of, tasks_to_decide, tasks_to_fill, trouble_of
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    fill_sheet,
    make_correction,
    make_enrolments,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.learning.tests.test_resits import Debtors, noon
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.models import Event
from zachetka.notices.models import Notice
from zachetka.notices.work import REMINDERS
from zachetka.people.actions.employment import StaffOrder, dismiss
from zachetka.people.tests.make import employee_of, make_learner
from zachetka.programs.models import Module
from zachetka.programs.queries import reopening_days

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("db")]

DAY = timedelta(days=1)
LATER = NOON + DAY
UNTIL = date(2026, 11, 24)
SAID = {"reason": "баллы внесены по черновику", "basis": "служебная записка № 41 от 20.11.2026", "until": UNTIL}


def closed_sheet(learners: int = 2, text: str = "4") -> MarkSheet:
    sheet = make_sheet(learners=learners)
    fill_sheet(sheet, text)
    return close_sheet(sheet, actor=teacher_of(sheet), at=NOON)


def ask(sheet: MarkSheet, *, actor: Account | None = None, at: datetime = LATER, **given: object) -> Reopening:
    return ask_reopening(sheet, **(SAID | given), actor=actor or teacher_of(sheet), at=at)  # type: ignore[arg-type]


def reopened(learners: int = 2, text: str = "4") -> MarkSheet:
    sheet = closed_sheet(learners, text)
    grant_reopening(ask(sheet), actor=make_account("head"), at=LATER)
    return MarkSheet.objects.select_related("cohort", "module", "teacher__person").get(pk=sheet.pk)


def type_in(sheet: MarkSheet, row: Enrolment, text: str, *, at: datetime = LATER) -> Outcome:
    seen = Mark.objects.in_force().get(sheet=sheet, enrolment=row).pk
    (outcome,) = set_marks(sheet, [Cell(row.pk, text, seen)], actor=teacher_of(sheet), at=at)
    return outcome


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("account__login", flat=True))


def events(*kinds: str) -> list[str]:
    return list(Event.objects.filter(type__in=kinds).order_by("pk").values_list("type", flat=True))


def refused(clause: str, act: Callable[[], object]) -> str:
    """Return the sentence; nothing is left behind."""
    before = Event.objects.count()
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        act()
    assert Event.objects.count() == before
    assert refusal.value.clause == clause
    return refusal.value.sentence


class Undone(Exception):
    """Takes back what a control wrote."""


# --- Asking and deciding ------------------------------------------------------------------------------------------------


def test_one_asks_another_opens_and_both_rows_have_their_events() -> None:
    sheet = closed_sheet()
    first_closed = sheet.closed_at
    asked = ask(sheet)
    assert MarkSheet.objects.get(pk=sheet.pk).state == "closed", "asking opens nothing"
    head = make_account("head")
    done = grant_reopening(asked, actor=head, at=LATER)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.closed_at) == ("reopened", first_closed), "the day of the first closing stays"
    assert (done.state, done.decided_by, done.reason, done.basis) == ("open", head, SAID["reason"], SAID["basis"])
    assert events("reopening.asked", "reopening.granted", "sheet.reopened") == [
        "reopening.asked",
        "reopening.granted",
        "sheet.reopened",
    ]
    assert differing({name_of(each): each for each in (done, sheet)}) == set()


def test_the_same_request_again_is_the_same_and_another_one_waits_its_turn() -> None:
    sheet = closed_sheet()
    first = ask(sheet)
    assert ask(sheet) == first
    assert "уже попросили" in refused("2.2", lambda: ask(sheet, reason="другая причина"))
    assert events("reopening.asked") == ["reopening.asked"]


def test_a_methodist_of_the_unit_asks_too_and_a_stranger_does_not() -> None:
    sheet = closed_sheet()
    unit = sheet.cohort.program_version.program.unit
    assert ask(sheet, actor=make_account("methodist", unit=unit)).state == "asked"
    for role in ("head", "inspector", "learner", "admin", "secretary"):
        with pytest.raises(Forbidden):
            ask(sheet, actor=make_account(role))


@pytest.mark.clause("3.8")
def test_whoever_teaches_the_sheet_does_not_open_it_even_as_head_and_by_another_account() -> None:
    sheet = closed_sheet()
    unit = sheet.cohort.program_version.program.unit
    asked = ask(sheet, actor=make_account("methodist", unit=unit))
    teacher = teacher_of(sheet)
    with pytest.raises(Forbidden):
        grant_reopening(asked, actor=teacher, at=LATER)
    other = make_account("head", person_uid=teacher.person_uid)
    assert "ведёте или закрыли вы" in refused("3.8", lambda: grant_reopening(asked, actor=other, at=LATER))
    assert "ведёте или закрыли вы" in refused("3.8", lambda: refuse_reopening(asked, why="нет", actor=other, at=LATER))
    assert MarkSheet.objects.get(pk=sheet.pk).state == "closed"


@pytest.mark.clause("3.8")
def test_whoever_asked_does_not_decide_even_by_another_account() -> None:
    sheet = closed_sheet()
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    asked = ask(sheet, actor=methodist)
    other = make_account("head", person_uid=methodist.person_uid)
    assert "попросили вы" in refused("3.8", lambda: grant_reopening(asked, actor=other, at=LATER))
    assert grant_reopening(asked, actor=make_account("head"), at=LATER).state == "open", "the control: another head may"


@pytest.mark.clause("3.8")
def test_whoever_has_a_mark_in_the_sheet_neither_asks_nor_decides() -> None:
    sheet = closed_sheet()
    uid = enrolments_of(sheet)[0].learner.person.uid
    unit = sheet.cohort.program_version.program.unit
    assert "ваша оценка" in refused(
        "3.8", lambda: ask(sheet, actor=make_account("methodist", unit=unit, person_uid=uid))
    )
    asked = ask(sheet)
    head = make_account("head", person_uid=uid)
    assert "ваша оценка" in refused("3.8", lambda: grant_reopening(asked, actor=head, at=LATER))


@pytest.mark.parametrize("given", [{"reason": ""}, {"basis": ""}], ids=["no reason", "no document"])
def test_a_sheet_is_not_opened_without_reason_and_document(given: dict[str, Any]) -> None:
    sheet = closed_sheet()
    assert refused("2.2", lambda: ask(sheet, **given))


@pytest.mark.parametrize("until", [date(2026, 11, 20), date(2026, 12, 6)])
def test_the_term_is_of_today_and_of_two_weeks_at_most(until: date) -> None:
    sheet = closed_sheet()
    assert "не больше чем на 14" in refused("2.2", lambda: ask(sheet, until=until)).replace("\u00a0", " ")
    assert ask(sheet, until=date(2026, 12, 5)).state == "asked", "the control: the last day that fits"


def test_an_open_sheet_is_not_opened_again() -> None:
    sheet = make_sheet()
    with pytest.raises(IllegalStep):
        ask(sheet)


def test_a_request_whose_term_has_passed_is_only_refused() -> None:
    asked = ask(closed_sheet())
    late = NOON + 10 * DAY
    assert "истёк" in refused("2.2", lambda: grant_reopening(asked, actor=make_account("head"), at=late))
    assert refused("2.2", lambda: refuse_reopening(asked, why="", actor=make_account("head"), at=late))
    done = refuse_reopening(asked, why="срок прошёл", actor=make_account("head"), at=late)
    assert (done.state, done.refusal) == ("refused", "срок прошёл")
    with pytest.raises(IllegalStep):
        grant_reopening(done, actor=make_account("head"), at=late)


@pytest.mark.clause("273-ФЗ ст. 59")
def test_the_sheet_of_final_attestation_is_not_opened_again() -> None:
    """T13: a mark of a closed protocol is changed only by a correcting protocol."""
    sheet = closed_sheet()
    sheet.module.sort = Module.Sort.FINAL
    found = trouble_of(sheet, date(2026, 11, 21))
    assert found is not None
    assert (found.clause, "исправляющий протокол" in found.sentence) == ("273-ФЗ ст. 59", True)


@pytest.mark.clause("2.1")
def test_corrections_that_wait_are_decided_first() -> None:
    sheet = closed_sheet()
    correction = make_correction(Mark.objects.filter(sheet=sheet)[0], at=LATER)
    assert "Сначала решите исправления" in refused("2.1", lambda: ask(sheet))
    unit = sheet.cohort.program_version.program.unit
    confirm_correction(correction, actor=make_account("methodist", unit=unit), at=LATER)
    assert ask(sheet).state == "asked"


def test_where_nobody_is_left_to_fill_the_sheet_stays_closed() -> None:
    sheet = closed_sheet()
    employee = employee_of(teacher_of(sheet))
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    order = StaffOrder("12-к", date(2026, 11, 19))
    dismiss(employee, left_on=date(2026, 11, 20), order=order, actor=make_account("admin"), at=LATER)
    sheet = MarkSheet.objects.get(pk=sheet.pk)
    assert "уволен" in refused("2.2", lambda: ask(sheet, actor=methodist))


@pytest.mark.clause("273-ФЗ ст. 59")
def test_marks_of_the_admitted_are_not_changed_this_way() -> None:
    sheet = closed_sheet(learners=2)
    admitted, other = enrolments_of(sheet)
    make_order(sheet.cohort, [admitted.learner], kind="admission", at=LATER, effective_on=date(2026, 11, 21))
    grant_reopening(ask(sheet), actor=make_account("head"), at=LATER)
    sheet.refresh_from_db()
    assert "только исправление" in type_in(sheet, admitted, "5").refusal
    assert type_in(sheet, other, "5").refusal == ""
    close_sheet(sheet, actor=teacher_of(sheet), at=LATER)
    make_order(sheet.cohort, [other.learner], kind="admission", at=LATER, effective_on=date(2026, 11, 21))
    assert "Менять нечего" in refused("273-ФЗ ст. 59", lambda: ask(sheet, reason="ещё раз"))


# --- Marks of a sheet opened again ----------------------------------------------------------------------------------------


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
    (task,) = tasks_to_decide(head)
    assert (task.verb, task.url) == ("Решить", f"/reopenings/{asked.pk}/")
    assert tasks_to_decide(make_account("head", person_uid=teacher_of(sheet).person_uid)) == []
    marked = enrolments_of(sheet)[0].subject_uid
    assert tasks_to_decide(make_account("head", person_uid=marked)) == [], "a mark of theirs stands there"
    assert len(tasks_to_decide(head)) == 1, "somebody else's"
    assert tasks_to_fill(teacher_of(sheet)) == []
    grant_reopening(asked, actor=head, at=LATER)
    (task,) = tasks_to_fill(teacher_of(sheet))
    assert (task.term, task.url) == (UNTIL, f"/sheets/{sheet.pk}/")
    assert tasks_to_decide(head) == []


@pytest.mark.clause("3.8")
def test_a_judge_of_the_commission_decides_nothing_of_its_sheet_and_it_is_no_task_of_theirs() -> None:
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    sheet = debtors.sit(date(2026, 4, 15), "4", **debtors.panel())
    asked = ask(sheet, at=noon(date(2026, 4, 16)), until=date(2026, 4, 20))
    judge = make_account("head", person_uid=sheet.commissioners.filter(is_chair=False)[0].employee.person.uid)
    assert (tasks_to_decide(judge), hands_of(asked, judge)) == ([], TAUGHT_BY_YOU)
    assert len(tasks_to_decide(make_account("head"))) == 1, "somebody else's"


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


@pytest.fixture
def refused_by_database() -> Callable[..., str]:
    """Run SQL and return the words of the database's refusal; fails when the database lets it pass."""

    def run(statement: str, values: Sequence[Any]) -> str:
        with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
        return str(refusal.value)

    return run


# --- The database holds it too ----------------------------------------------------------------------------------------------

ASKED = """
INSERT INTO learning_reopening (sheet_id, reason, basis, until, state, refusal, asked_by_id, asked_by_person, asked_at)
SELECT id, 'п', 'о', now(), {}, '', closed_by_id, gen_random_uuid(), now() FROM learning_marksheet WHERE id = %s
"""
GRANTED = "UPDATE learning_reopening SET state = 'open', decided_by_id = %s, decided_by_person = %s, decided_at = now() WHERE id = %s"


@pytest.mark.clause("3.8")
def test_the_database_refuses_the_teacher_and_whoever_asked(refused_by_database: Callable[..., str]) -> None:
    sheet = closed_sheet()
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    asked, teacher = ask(sheet, actor=methodist), teacher_of(sheet)
    twin = make_account("head", person_uid=teacher.person_uid)
    for one in (teacher, twin):
        assert "решает не тот" in refused_by_database(GRANTED, [one.pk, one.person_uid, asked.pk])
    assert "reopening_is_decided_by_another" in refused_by_database(
        GRANTED, [methodist.pk, methodist.person_uid, asked.pk]
    )
    head = make_account("head")
    assert "один раз" in refused_by_database(GRANTED, [head.pk, methodist.person_uid, asked.pk]), "somebody else's name"
    with transaction.atomic(), connection.cursor() as cursor:  # the control: only the sheet is missing
        cursor.execute(GRANTED, [head.pk, head.person_uid, asked.pk])
        with pytest.raises(DatabaseError, match="ровно столько"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE learning_marksheet SET state = 'reopened' WHERE id = %s", "открывают заново с причиной"),
        ("UPDATE learning_marksheet SET state = 'reopened', teacher_id = teacher_id + 1 WHERE id = %s", "открывают заново"),
        (ASKED.format("'open'"), "сначала просят"),
        (ASKED.format("'asked'"), "под своей учётной записью"),
    ],
)  # fmt: skip
def test_the_database_opens_no_sheet_without_a_decided_request(
    refused_by_database: Callable[..., str], statement: str, words: str
) -> None:
    assert words in refused_by_database(statement, [closed_sheet().pk])


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("reopening_id = NULL", "называет повторное открытие"),
        ("reason = 'другая'", "с причиной и документом открытия"),
        ("grade_id = NULL, score = NULL", "меняют на другую"),
        ("recorded_at = recorded_at + interval '9 days'", "в срок"),
    ],
)
def test_the_database_takes_only_marks_that_carry_the_reopening(
    refused_by_database: Callable[..., str], changed: str, words: str
) -> None:
    sheet = reopened(learners=1)
    outcome = type_in(sheet, enrolments_of(sheet)[0], "5")
    assert outcome.mark is not None
    given = dict(part.split(" = ", 1) for part in changed.split(", "))
    columns = [
        "sheet_id",
        "enrolment_id",
        "grade_id",
        "score",
        "held_on",
        "teacher_id",
        "supersedes_id",
        "reason",
        "basis",
        "reopening_id",
        "recorded_by_id",
        "recorded_by_person",
        "recorded_at",
    ]
    taken = ", ".join("id" if name == "supersedes_id" else given.get(name, name) for name in columns)
    statement = f"INSERT INTO learning_mark ({', '.join(columns)}) SELECT {taken} FROM learning_mark WHERE id = %s"  # noqa: S608 - names written in this file
    assert words in refused_by_database(statement, [outcome.mark.pk])
    whole = f"INSERT INTO learning_mark ({', '.join(columns)}) SELECT {', '.join('id' if n == 'supersedes_id' else n for n in columns)} FROM learning_mark WHERE id = %s"  # noqa: S608 - likewise
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(whole, [outcome.mark.pk])
        transaction.set_rollback(True)


@pytest.mark.parametrize("days", [-1, 15])
def test_the_database_knows_no_term_longer_than_the_norm(refused_by_database: Callable[..., str], days: int) -> None:
    sheet = closed_sheet()
    asked_at = LATER.replace(hour=22, minute=30, tzinfo=UTC)  # the next day has begun in Moscow
    day, teacher = legal_date(asked_at), teacher_of(sheet)
    assert day == asked_at.date() + DAY
    row = (
        "INSERT INTO learning_reopening (sheet_id, reason, basis, until, state, refusal, asked_by_id, asked_by_person, asked_at) "
        "VALUES (%s, 'п', 'о', %s, 'asked', '', %s, %s, %s)"
    )
    said: list[Any] = [teacher.pk, teacher.person_uid, asked_at]
    assert "не дольше, чем установила организация" in refused_by_database(row, [sheet.pk, day + days * DAY, *said])
    for kept in (day, day + reopening_days(day) * DAY):  # the control: the first and the last day
        with suppress(Undone), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(row, [sheet.pk, kept, *said])
            assert Reopening.objects.get().until == kept
            raise Undone


def test_what_was_decided_stays(refused_by_database: Callable[..., str]) -> None:
    reopened()
    found = Reopening.objects.get()
    assert "один раз" in refused_by_database(
        "UPDATE learning_reopening SET until = until + 1 WHERE id = %s", [found.pk]
    )
    assert "не удаляется" in refused_by_database("DELETE FROM learning_reopening WHERE id = %s", [found.pk])


def test_nobody_is_enrolled_past_a_sheet_that_is_open_again() -> None:
    sheet = reopened()
    with pytest.raises(Refusal):
        make_enrolments(sheet.cohort, [make_learner()])
