"""A sheet of any state passes to another teacher by a paper; a resit that nobody sat is taken back (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, Stale
from zachetka.learning.actions.handovers import hand_over_sheet
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, propose_correction, set_marks
from zachetka.learning.actions.reopenings import grant_reopening
from zachetka.learning.actions.resits import cancel_resit
from zachetka.learning.actions.sheets import change_sheet
from zachetka.learning.models import Cancellation, Enrolment, HandOver, Mark, MarkSheet
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.learner_tasks import learner_tasks
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import NOON, fill_sheet, make_mark, make_reopening, make_sheet, teacher_of
from zachetka.learning.tests.make_debts import Debtors, noon, refused
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.notices.models import Notice
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_employee, make_lecturer, make_teacher

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.2")]

PAPER = "приказ № 52-к от 20.11.2026"
DAY = date(2026, 4, 15)


def methodist_of(sheet: MarkSheet) -> Account:
    return make_account("methodist", unit=sheet.cohort.program_version.program.unit)


def passed(sheet: MarkSheet, teacher: Employee, *, actor: Account | None = None, basis: str = PAPER) -> MarkSheet:
    return hand_over_sheet(sheet, teacher=teacher, basis=basis, actor=actor or methodist_of(sheet), at=NOON)


@pytest.fixture
def closed() -> Mark:
    """A mark in a closed sheet."""
    return make_mark(closed=True)


def test_a_closed_sheet_passes_on_and_its_new_teacher_proposes_corrections(closed: Mark):
    sheet, new = closed.sheet, make_lecturer()
    before, words = sheet.teacher, {"text": "5", "reason": "не учтён ответ", "basis": "записка № 41"}
    with pytest.raises(Forbidden):
        propose_correction(closed, actor=teacher_of(MarkSheet(teacher=new)), at=NOON, **words)
    passed(sheet, new)
    found = propose_correction(closed, actor=teacher_of(MarkSheet(teacher=new)), at=NOON, **words)
    mark = confirm_correction(found, actor=methodist_of(sheet), at=NOON)
    assert mark.teacher == before, "whose control it was stays"
    row = HandOver.objects.get()
    assert (row.was, row.teacher, row.basis) == (before, new, PAPER)
    assert list(
        Event.objects.filter(type__in=["sheet.handed_over", "sheet.changed"]).values_list("type", flat=True)
    ) == [
        "sheet.handed_over",
        "sheet.changed",
    ]
    with pytest.raises(Forbidden):
        propose_correction(mark, actor=teacher_of(MarkSheet(teacher=before)), at=NOON, **words | {"text": "4"})


def test_both_teachers_are_told_by_which_paper_and_saying_it_twice_changes_nothing(closed: Mark):
    sheet, new = closed.sheet, make_lecturer()
    actor = methodist_of(sheet)
    passed(sheet, new, actor=actor)
    passed(sheet, new, actor=actor)
    told = Notice.objects.filter(kind="sheet.handed_over")
    assert {one.account.person_uid for one in told} == {sheet.teacher.person.uid, new.person.uid}
    assert all(PAPER in one.title for one in told)
    assert HandOver.objects.count() == 1


@pytest.mark.clause("3.8")
def test_neither_teacher_hands_the_sheet_over_and_no_stranger_does(closed: Mark):
    sheet, new = closed.sheet, make_lecturer()
    unit = sheet.cohort.program_version.program.unit
    for own in (sheet.teacher, new):
        actor = make_account("methodist", unit=unit, person_uid=own.person.uid)
        assert refused(partial(passed, sheet, new, actor=actor)).clause == "3.8"
    for actor in (teacher_of(sheet), make_account("methodist", unit=make_employee().unit), make_account("head")):
        assert isinstance(refused(partial(passed, sheet, new, actor=actor)), Forbidden)
    assert refused(lambda: passed(sheet, new, basis="")).field == "basis"
    assert refused(lambda: passed(sheet, make_employee())).field == "teacher"  # no role of a teacher
    assert not HandOver.objects.exists()


@pytest.mark.clause("2.5")
def test_the_book_of_a_past_day_shows_who_kept_the_sheet_then():
    debtors = Debtors()
    resit = debtors.appoint(DAY)
    before, new = resit.teacher, make_lecturer()
    later = noon(date(2026, 4, 12))
    change_sheet(
        resit, teacher=new, held_on=resit.held_on, due_on=resit.due_on, seen=seen_of(resit),
        actor=debtors.methodist, at=later,
    )  # fmt: skip
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=debtors.people[0].pk)
    shown = [record_book(enrolment, at=noon(DAY), seen_at=at).lines[0].awaited for at in (later - timedelta(1), later)]
    assert [one and one.teacher_id for one in shown] == [before.pk, new.pk]


@pytest.mark.clause("3.8")
def test_whoever_opened_a_sheet_again_does_not_come_to_keep_it(closed: Mark):
    sheet = closed.sheet
    head = make_teacher(make_employee(), roles=("head", "teacher"))
    grant_reopening(make_reopening(sheet), actor=head, at=NOON)
    keeper = Employee.objects.get(person__uid=head.person_uid)
    assert refused(lambda: passed(MarkSheet.objects.get(pk=sheet.pk), keeper)).clause == "3.8"
    new = make_lecturer()
    passed(MarkSheet.objects.get(pk=sheet.pk), new)
    again = MarkSheet.objects.get(pk=sheet.pk)
    (outcome,) = set_marks(again, [Cell(closed.enrolment_id, "5", closed.pk)], actor=teacher_of(again), at=NOON)
    assert outcome.mark is not None, "an open sheet is filled by whoever keeps it"


@pytest.mark.clause("273-ФЗ ст. 58 ч. 6")
def test_the_sheet_of_a_commission_passes_to_one_of_its_own():
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    panel = debtors.panel()
    third = debtors.appoint(DAY, **panel)
    member = panel["commission"][0]
    make_teacher(member)
    assert refused(lambda: passed(third, make_lecturer())).clause == "273-ФЗ ст. 58 ч. 6"
    passed(third, member)
    assert MarkSheet.objects.get(pk=third.pk).teacher == member
    assert third.commissioners.count() == 3


def test_the_database_passes_a_closed_sheet_on_by_a_paper_alone(closed: Mark):
    sheet, new = closed.sheet, make_lecturer()
    give = "UPDATE learning_marksheet SET teacher_id = %s WHERE id = %s"
    refuses("передают по документу", give, new.pk, sheet.pk)
    by = methodist_of(sheet)
    write = """
    WITH said AS (INSERT INTO learning_handover (sheet_id, was_id, teacher_id, basis, handed_by_id, handed_by_person, handed_at)
                  VALUES (%s, %s, %s, 'приказ', %s, %s, now()) RETURNING id) SELECT * FROM said
    """
    own = make_account("methodist", person_uid=new.person.uid)
    refuses("другой человек", write, sheet.pk, sheet.teacher_id, new.pk, own.pk, own.person_uid)
    refuses("у кого она", write, sheet.pk, make_lecturer().pk, new.pk, by.pk, by.person_uid)
    refuses("у того, кому передана", write, sheet.pk, sheet.teacher_id, new.pk, by.pk, by.person_uid)
    passed(sheet, new)
    refuses("передают по документу", give, sheet.teacher_id, sheet.pk)  # the paper said one way, once


def test_a_paper_of_before_the_closing_moves_no_closed_sheet():
    sheet, second = make_sheet(learners=1), make_lecturer()
    first, methodist = sheet.teacher, methodist_of(sheet)
    passed(sheet, second, actor=methodist)
    sheet = MarkSheet.objects.get(pk=sheet.pk)
    change_sheet(
        sheet, teacher=first, held_on=sheet.held_on, due_on=sheet.due_on, seen=seen_of(sheet), actor=methodist, at=NOON,
    )  # fmt: skip
    sheet = MarkSheet.objects.get(pk=sheet.pk)
    fill_sheet(sheet)
    after = NOON + timedelta(hours=1)
    sheet = close_sheet(sheet, actor=teacher_of(sheet), at=after)
    refuses("передают по документу", "UPDATE learning_marksheet SET teacher_id = %s WHERE id = %s", second.pk, sheet.pk)
    assert isinstance(refused(lambda: passed(sheet, second, actor=methodist)), Stale), "asked before it was closed"
    hand_over_sheet(sheet, teacher=second, basis=PAPER, actor=methodist, at=after)
    assert MarkSheet.objects.get(pk=sheet.pk).teacher == second, "the control: a paper of after the closing"


# --- A resit taken back -----------------------------------------------------------------------------------------------


def test_a_resit_that_nobody_sat_is_taken_back_and_another_appointed_with_the_same_attempt():
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    third = debtors.appoint(DAY, **debtors.panel())
    assert "уже назначена" in refused(lambda: debtors.appoint(date(2026, 4, 22), **debtors.panel())).sentence
    at = noon(date(2026, 4, 14))
    cancel_resit(third, reason="болезнь председателя", actor=debtors.methodist, at=at)
    again = debtors.appoint(date(2026, 4, 22), at=at, **debtors.panel())
    assert (again.attempt, again.serial) == (3, 2), "no attempt is used"
    assert MarkSheet.objects.get(pk=third.pk).state == MarkSheet.State.CANCELLED
    assert Cancellation.objects.get(sheet=third).reason == "болезнь председателя"
    assert [one.attempt for one in debts_of([debtors.cohort])] == [3]


@pytest.mark.clause("2.5")
def test_a_book_and_the_tasks_await_nothing_of_a_resit_taken_back_and_a_past_day_does():
    debtors = Debtors()
    (one,) = debtors.people
    owner = make_account("learner", person_uid=one.human_uid)
    resit = debtors.appoint(DAY)
    at = noon(date(2026, 4, 14))
    cancel_resit(resit, reason="нет кворума", actor=debtors.methodist, at=at)
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=one.pk)
    awaited = [record_book(enrolment, at=at, seen_at=day).lines[0].awaited for day in (noon(date(2026, 4, 13)), at)]
    assert [found and found.pk for found in awaited] == [resit.pk, None]
    assert [task.title.partition(":")[0] for task in learner_tasks(owner, at)] == ["Пересдать"]
    assert {notice.account for notice in Notice.objects.filter(kind="resit.cancelled")} == {owner, teacher_of(resit)}


def test_what_was_sat_the_sheet_of_the_group_and_ones_own_resit_are_not_taken_back():
    debtors = Debtors()
    (one,) = debtors.people
    cancel = partial(cancel_resit, reason="ошибка", at=noon(DAY))
    sat = debtors.sit(date(2026, 3, 1))
    assert isinstance(refused(lambda: cancel(sat, actor=debtors.methodist)), IllegalStep)
    third = debtors.appoint(DAY, **debtors.panel())
    assert refused(lambda: cancel(third, actor=debtors.methodist, reason="")).field == "reason"
    own = make_account("methodist", unit=debtors.methodist.assignments[0].unit, person_uid=one.human_uid)
    assert refused(lambda: cancel(third, actor=own)).clause == "3.8"
    assert isinstance(refused(lambda: cancel(third, actor=teacher_of(third))), Forbidden)
    set_marks(third, [Cell(one.pk, "н", None)], actor=teacher_of(third), at=noon(DAY))
    assert "уже есть оценки" in refused(lambda: cancel(third, actor=debtors.methodist)).sentence
    other = make_mark().sheet
    assert "ведомость группы" in refused(lambda: cancel(other, actor=methodist_of(other))).sentence
    assert not Cancellation.objects.exists()


def test_the_database_takes_no_mark_in_a_resit_taken_back_and_takes_none_back_without_a_reason():
    debtors = Debtors()
    resit = debtors.appoint(DAY)
    bare = "UPDATE learning_marksheet SET state = 'cancelled', closed_by_id = %s, closed_at = now() WHERE id = %s"
    refuses("с причиной", bare, debtors.methodist.pk, resit.pk)
    cancel_resit(resit, reason="нет кворума", actor=debtors.methodist, at=noon(date(2026, 4, 14)))
    mark = """
    INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, reason, basis, recorded_by_id,
        recorded_by_person, recorded_at)
    SELECT s.id, m.enrolment_id, m.grade_id, s.held_on, s.teacher_id, '', '', m.recorded_by_id, m.recorded_by_person, now()
    FROM learning_mark m, learning_marksheet s WHERE s.id = %s LIMIT 1
    """
    refuses("отменили", mark, resit.pk)
    refuses("не меняется", "UPDATE learning_marksheet SET state = 'open' WHERE id = %s", resit.pk)
    with pytest.raises(IllegalStep):
        set_marks(resit, [Cell(debtors.people[0].pk, "4", None)], actor=teacher_of(resit), at=noon(DAY))
    other = debtors.appoint(date(2026, 4, 20))
    run(mark, other.pk)  # the control


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("2.4")
def test_the_methodist_hands_over_and_takes_back_on_the_pages(closed: Mark):
    sheet, new = closed.sheet, make_lecturer()
    debtors = Debtors()
    resit = debtors.appoint(DAY)
    with time_machine.travel(NOON, tick=True):
        client = signed_in(methodist_of(sheet))
        where = f"/sheets/{sheet.pk}/hand-over/"
        assert where in client.get(f"/cohorts/{sheet.cohort_id}/").content.decode()
        assert client.post(where, {"teacher": new.pk, "basis": ""}).status_code == 422
        assert client.post(where, {"teacher": new.pk, "basis": PAPER}).status_code == 302
        assert PAPER in client.get(where).content.decode().replace("\u00a0", " ")
        assert signed_in(teacher_of(sheet)).get(where).status_code == 403
        client, where = signed_in(debtors.methodist), f"/sheets/{resit.pk}/cancel/"
        assert where in client.get(f"/cohorts/{debtors.cohort.pk}/").content.decode()
        assert str(debtors.people[0].learner.person.full_name) in client.get(where).content.decode()
        assert client.post(where, {"reason": ""}).status_code == 422
        assert client.post(where, {"reason": "нет кворума"}).status_code == 302
        assert client.get(where).status_code == 404
        assert "нет кворума" in client.get(f"/sheets/{resit.pk}/").content.decode()
        assert "отменена" in client.get("/sheets/").content.decode()


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=account.pk))
    return client
