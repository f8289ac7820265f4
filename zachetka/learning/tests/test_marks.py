"""Setting marks, closing a sheet: one action, one event, one winner; and what the database refuses (п. 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.learning.actions.marks import Cell, check_marks, close_sheet, set_marks
from zachetka.learning.models import Mark, MarkSheet
from zachetka.learning.queries.sheet import sums_of
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    fill_sheet,
    make_correction,
    make_enrolment,
    make_mark,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_teacher
from zachetka.postgres.address import Place

EARLIER = NOON - timedelta(days=60)


def type_in(
    sheet: MarkSheet, text: str, *, row: int = 0, seen: Mark | None = None, actor: Account | None = None
) -> Mark:
    cell = Cell(enrolments_of(sheet)[row].pk, text, seen.pk if seen else None)
    (outcome,) = set_marks(sheet, [cell], actor=actor or teacher_of(sheet), at=NOON)
    assert outcome.refusal == ""
    assert outcome.mark is not None
    return outcome.mark


def events(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


# --- Setting --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_a_mark_is_a_row_and_an_event_about_the_learner(db: None):
    sheet = make_sheet()
    mark = type_in(sheet, "4")
    event = Event.objects.of(mark).get()
    assert (str(mark), event.type, event.subject_uid) == ("хорошо", "mark.set", mark.enrolment.learner.person.uid)
    assert event.commitment is not None
    assert (mark.held_on, mark.teacher_id) == (sheet.held_on, sheet.teacher_id)


@pytest.mark.clause("2.1")
def test_another_mark_supersedes_and_the_old_one_stays(db: None):
    sheet = make_sheet()
    old = type_in(sheet, "3")
    new = type_in(sheet, "4", seen=old)
    assert new.supersedes_id == old.pk
    assert list(Mark.objects.in_force()) == [new]
    assert Mark.objects.count() == 2


@pytest.mark.clause("2.1")
def test_taking_back_is_a_mark_without_a_grade(db: None):
    sheet = make_sheet()
    old = type_in(sheet, "3")
    gone = type_in(sheet, "", seen=old)
    assert (gone.grade, gone.supersedes_id, events("mark.withdrawn")) == (None, old.pk, 1)
    assert str(type_in(sheet, "5", seen=gone)) == "отлично"


@pytest.mark.clause("2.2")
def test_the_same_request_again_changes_nothing(db: None):
    sheet = make_sheet()
    cells = [Cell(row.pk, "4", None) for row in enrolments_of(sheet)]
    first = set_marks(sheet, cells, actor=teacher_of(sheet), at=NOON)
    again = set_marks(sheet, cells, actor=teacher_of(sheet), at=NOON)
    assert [outcome.mark for outcome in again] == [outcome.mark for outcome in first]
    assert (Mark.objects.count(), events("mark.set")) == (2, 2)


@pytest.mark.clause("2.2")
def test_a_cell_changed_by_another_is_refused_with_what_stands_there(db: None):
    sheet = make_sheet()
    seen = type_in(sheet, "3")
    now = type_in(sheet, "4", seen=seen)
    rows = enrolments_of(sheet)
    stale, fine = set_marks(
        sheet, [Cell(rows[0].pk, "5", seen.pk), Cell(rows[1].pk, "5", None)], actor=teacher_of(sheet), at=NOON
    )
    assert (stale.stale, stale.mark) == (True, now)
    assert "«хорошо»" in stale.refusal
    assert fine.refusal == ""


@pytest.mark.clause("2.3")
def test_a_value_outside_the_scale_is_refused_and_the_others_are_written(db: None):
    sheet = make_sheet()
    rows = enrolments_of(sheet)
    bad, good = set_marks(
        sheet, [Cell(rows[0].pk, "6", None), Cell(rows[1].pk, "5", None)], actor=teacher_of(sheet), at=NOON
    )
    assert bad.refusal == "Оценки «6» нет в шкале. Годятся 5, 4, 3, 2 и н."
    assert (bad.mark, str(good.mark), Mark.objects.count()) == (None, "отлично", 1)


@pytest.mark.clause("2.2")
def test_a_preview_writes_nothing_and_says_what_would_be(db: None):
    sheet = make_sheet()
    rows = enrolments_of(sheet)
    fresh, unfit = check_marks(
        sheet, [Cell(rows[0].pk, "5", None), Cell(rows[1].pk, "хор+", None)], actor=teacher_of(sheet), at=NOON
    )
    assert (str(fresh.mark), fresh.mark and fresh.mark.pk) == ("отлично", None)
    assert unfit.refusal
    assert not Mark.objects.exists()


@pytest.mark.clause("2.2")
def test_before_the_control_there_is_nothing_to_mark(db: None):
    sheet = make_sheet(held_on=[date(2026, 12, 1)])
    with pytest.raises(IllegalStep, match=r"1.декабря"):
        type_in(sheet, "5")
    assert not Mark.objects.exists()


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("write", [set_marks, check_marks])
def test_a_batch_with_a_stranger_of_the_cohort_is_refused_whole_e15(db: None, write: Callable[..., object]):
    sheet, stranger = make_sheet(), make_enrolment()
    cells = [Cell(enrolments_of(sheet)[0].pk, "5", None), Cell(stranger.pk, "5", None)]
    with pytest.raises(Forbidden) as refusal:
        write(sheet, cells, actor=teacher_of(sheet), at=NOON)
    assert refusal.value.hidden
    assert not Mark.objects.exists()


@pytest.mark.clause("2.2")
def test_whoever_left_gets_no_mark(db: None):
    sheet = make_sheet()
    gone = enrolments_of(sheet)[0]
    make_order(sheet.cohort, [gone.learner], kind="withdrawal", ground="own_wish", effective_on=date(2026, 11, 2))
    (outcome,) = set_marks(sheet, [Cell(gone.pk, "5", None)], actor=teacher_of(sheet), at=NOON)
    assert outcome.refusal == "Обучение прекращено: оценку внести нельзя."


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["methodist", "head", "inspector", "learner", "admin"])
def test_only_teachers_fill_sheets(db: None, role: str):
    sheet = make_sheet()
    with pytest.raises(Forbidden):
        type_in(sheet, "5", actor=make_account(role, unit=sheet.cohort.program_version.program.unit))
    assert not Mark.objects.exists()


@pytest.mark.clause("3.8")
def test_another_teacher_does_not_even_learn_that_the_sheet_exists(db: None):
    sheet = make_sheet()
    with pytest.raises(Forbidden) as refusal:
        type_in(sheet, "5", actor=make_teacher())
    assert refusal.value.hidden


@pytest.mark.clause("2.2")
def test_the_average_and_the_debts_follow_the_last_marks(db: None):
    sheet = make_sheet()
    first, second = enrolments_of(sheet)
    old = type_in(sheet, "2")
    assert sums_of([first.pk, second.pk], actor=teacher_of(sheet)) == {first.pk: ("2,00", 1), second.pk: ("", 0)}
    type_in(sheet, "н", seen=old)
    assert sums_of([first.pk], actor=teacher_of(sheet)) == {first.pk: ("", 1)}


# --- Closing --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_a_sheet_with_somebody_unmarked_is_not_closed_and_says_who(db: None):
    sheet = make_sheet(learners=5)
    names = [row.learner.person.full_name for row in enrolments_of(sheet)]
    fill_sheet(sheet, ["5"])
    with pytest.raises(RuleViolation) as refusal:
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    assert all(name in refusal.value.sentence for name in names[1:4])
    assert names[0] not in refusal.value.sentence
    assert "и другие" in refusal.value.sentence
    sheet.refresh_from_db()
    assert (sheet.state, events("sheet.closed")) == ("open", 0)


@pytest.mark.clause("2.2")
def test_a_closed_sheet_takes_no_more_marks_and_is_closed_once(db: None):
    sheet = make_sheet()
    fill_sheet(sheet)
    sheet = close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    with pytest.raises(IllegalStep, match="Ведомость закрыта"):
        type_in(sheet, "5")
    with pytest.raises(IllegalStep, match="уже закрыта"):
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    assert events("sheet.closed") == 1


@pytest.mark.clause("2.2")
def test_a_page_opened_before_the_closing_writes_nothing_after_it(db: None):
    opened = make_sheet()
    marks = fill_sheet(opened)
    close_sheet(opened, actor=teacher_of(opened), at=NOON)
    assert opened.state == "open"  # what the page still believes
    with pytest.raises(IllegalStep, match="тем временем закрыли"):
        type_in(opened, "5", seen=marks[0])


# --- At once ----------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_six_people_closing_one_sheet_at_once_close_it_once(fresh_database: Place):
    sheet = make_sheet()
    fill_sheet(sheet)
    teacher = teacher_of(sheet)
    six = [Account.objects.get(pk=teacher.pk) for _ in range(6)]
    results = at_once(*(partial(close_sheet, sheet, actor=who, at=NOON) for who in six))
    closed = [result for result in results if isinstance(result, MarkSheet)]
    assert len(closed) == 1
    assert all(isinstance(result, IllegalStep) for result in results if result is not closed[0])
    assert events("sheet.closed") == 1


@pytest.mark.clause("2.1")
def test_two_writes_of_one_cell_at_once_leave_one_mark_in_force(fresh_database: Place):
    sheet = make_sheet()
    row, teacher = enrolments_of(sheet)[0], teacher_of(sheet)

    def write(text: str) -> object:
        who = Account.objects.get(pk=teacher.pk)
        return set_marks(sheet, [Cell(row.pk, text, None)], actor=who, at=NOON)

    results = at_once(*(partial(write, text) for text in ("3", "4", "5", "2")))
    won = [r for r in results if isinstance(r, list) and not r[0].refusal]
    lost = [r for r in results if isinstance(r, Stale) or (isinstance(r, list) and r[0].stale)]
    assert (len(won), len(lost)) == (1, 3)
    assert Mark.objects.in_force().count() == Mark.objects.count() == events("mark.set") == 1


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("turn", range(3))
def test_a_mark_and_the_closing_at_once_never_leave_a_mark_after_the_closing(fresh_database: Place, turn: int):
    sheet = make_sheet(learners=1)
    mark, teacher, row = fill_sheet(sheet)[0], teacher_of(sheet), enrolments_of(sheet)[0]

    def write() -> object:
        who = Account.objects.get(pk=teacher.pk)
        return set_marks(sheet, [Cell(row.pk, "5", mark.pk)], actor=who, at=NOON)

    def close() -> object:
        return close_sheet(sheet, actor=Account.objects.get(pk=teacher.pk), at=NOON)

    written, closed = at_once(write, close)
    assert isinstance(closed, MarkSheet)
    closing = Event.objects.get(type="sheet.closed")
    if isinstance(written, list):
        assert Event.objects.filter(type="mark.set").order_by("-pk")[0].pk < closing.pk
    else:
        assert isinstance(written, IllegalStep)
        assert events("mark.set") == 1


# --- What the database refuses, whoever asks: SQL as the application's own role ------------------------------------------------


@pytest.fixture
def refused(db: None) -> Callable[[str, list[int]], str]:
    """Run SQL and return the words of the database's refusal; fails when the database lets it pass."""

    def run(statement: str, values: list[int]) -> str:
        with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
        return str(refusal.value)

    return run


INSERT = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, supersedes_id, reason, basis,
    recorded_by_id, recorded_by_person, confirmed_by_id, confirmed_by_person, recorded_at)
SELECT sheet_id, {enrolment}, {grade}, held_on, teacher_id, {supersedes}, {reason}, {basis},
    recorded_by_id, recorded_by_person, (SELECT id FROM access_account WHERE person_uid = {confirmed}), {confirmed},
    recorded_at
FROM learning_mark WHERE id = %s
"""
LAWFUL = {
    "enrolment": "enrolment_id",
    "grade": "grade_id",
    "supersedes": "id",
    "reason": "'ошибка'",
    "basis": "'записка № 1'",
    "confirmed": "(SELECT a.person_uid FROM access_account a WHERE a.person_uid <> recorded_by_person ORDER BY a.id LIMIT 1)",
}


def proposed() -> tuple[dict[str, str], Mark]:
    """Return what a lawful correction of a mark in a closed sheet says, and that mark."""
    correction = make_correction(make_mark(closed=True), reason="ошибка", basis="записка № 1")
    return LAWFUL | {"grade": str(correction.grade_id)}, correction.mark


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("change", ["UPDATE learning_mark SET grade_id = grade_id WHERE id = %s", "DELETE FROM learning_mark WHERE id = %s", "TRUNCATE learning_mark, learning_correction"])  # fmt: skip
def test_a_mark_is_neither_changed_nor_removed(refused: Callable[..., str], change: str):
    mark = make_mark()
    assert refused(change, [mark.pk] if "%s" in change else [])
    assert Mark.objects.filter(pk=mark.pk).exists()


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "missing",
    [{"reason": "''"}, {"basis": "''"}, {"confirmed": "NULL"}, {"confirmed": "recorded_by_person"}, {"supersedes": "NULL"}, {"grade": "NULL"}],
    ids=str,
)  # fmt: skip
def test_a_closed_sheet_takes_only_a_whole_correction(refused: Callable[..., str], missing: dict[str, str]):
    lawful, mark = proposed()
    assert refused(INSERT.format(**lawful | missing), [mark.pk])
    with rolled_back(), connection.cursor() as cursor:  # the control: nothing else was wrong with it
        cursor.execute(INSERT.format(**lawful), [mark.pk])
        assert Mark.objects.filter(supersedes=mark).exists()


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("other", [{"reason": "'иная'"}, {"basis": "'иная'"}, {"grade": "grade_id"}], ids=str)
def test_a_closed_sheet_takes_only_what_was_proposed(refused: Callable[..., str], other: dict[str, str]):
    lawful, mark = proposed()
    assert "предложенное исправление" in refused(INSERT.format(**lawful | other), [mark.pk])


@pytest.mark.clause("2.1")
def test_two_marks_cannot_supersede_one(refused: Callable[..., str]):
    lawful, mark = proposed()
    with rolled_back():
        with connection.cursor() as cursor:
            cursor.execute(INSERT.format(**lawful), [mark.pk])
        assert "supersedes" in refused(INSERT.format(**lawful), [mark.pk])


@pytest.mark.clause("2.1")
def test_a_mark_cannot_supersede_a_later_one(refused: Callable[..., str]):
    mark = make_mark()
    again = """
        INSERT INTO learning_mark (id, sheet_id, enrolment_id, grade_id, held_on, teacher_id, supersedes_id, reason, basis,
            recorded_by_id, recorded_by_person, recorded_at)
        SELECT id + %s, sheet_id, enrolment_id, grade_id, held_on, teacher_id, id, '', '',
            recorded_by_id, recorded_by_person, recorded_at FROM learning_mark WHERE id = %s
    """
    assert "mark_supersedes_an_earlier_one" in refused(again, [-1, mark.pk])
    with rolled_back(), connection.cursor() as cursor:  # the control: nothing else was wrong with it
        cursor.execute(again, [1, mark.pk])


@pytest.mark.clause("2.3")
def test_a_grade_of_another_scale_is_refused(refused: Callable[..., str]):
    mark, other = make_mark(), make_mark(sheet=make_sheet(scale="pass_fail", learners=1), text="з")
    assert "шкале" in refused(INSERT.format(**LAWFUL | {"grade": str(other.grade_id)}), [mark.pk])


@pytest.mark.clause("2.2")
def test_a_mark_of_a_stranger_is_refused(refused: Callable[..., str]):
    mark, stranger = make_mark(), make_enrolment()
    assert "не из группы" in refused(INSERT.format(**LAWFUL | {"enrolment": str(stranger.pk)}), [mark.pk])


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("change", ["UPDATE learning_marksheet SET state = 'open', closed_at = NULL, closed_by_id = NULL WHERE id = %s", "UPDATE learning_marksheet SET held_on = held_on + 1 WHERE id = %s", "DELETE FROM learning_marksheet WHERE id = %s"])  # fmt: skip
def test_a_closed_sheet_stays_as_it_is(refused: Callable[..., str], change: str):
    mark = make_mark(closed=True)
    assert refused(change, [mark.sheet_id])
    assert MarkSheet.objects.get(pk=mark.sheet_id).state == "closed"
