"""A closed sheet is opened again by another person than its teacher, with reason, document and term (п. 2.1, 2.2, 3.8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep
from zachetka.learning.actions.handovers import hand_over_sheet
from zachetka.learning.actions.marks import (
    close_sheet,
    confirm_correction,
)
from zachetka.learning.actions.reopenings import (
    grant_reopening,
    refuse_reopening,
)
from zachetka.learning.models import Mark, MarkSheet
from zachetka.learning.queries.reopenings import trouble_of
from zachetka.learning.queries.sheet_tasks import tasks
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    make_correction,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.make_reopenings import (
    DAY,
    LATER,
    SAID,
    UNTIL,
    ask,
    closed_sheet,
    events,
    refused,
    reopened,
    type_in,
)
from zachetka.ledger.agreement import differing, name_of
from zachetka.people.actions.employment import StaffOrder, dismiss
from zachetka.people.tests.make import employee_of, make_lecturer
from zachetka.programs.models import Module

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("db")]


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


def left(sheet: MarkSheet) -> Account:
    """Dismiss the teacher of `sheet`; return the methodist of its unit."""
    order = StaffOrder("12-к", date(2026, 11, 19))
    gone = employee_of(teacher_of(sheet))
    dismiss(gone, left_on=date(2026, 11, 20), order=order, actor=make_account("admin"), at=LATER)
    return make_account("methodist", unit=sheet.cohort.program_version.program.unit)


@pytest.mark.usefixtures("collected_statics")
def test_where_nobody_is_left_to_fill_the_sheet_is_handed_over_first() -> None:
    sheet = closed_sheet()
    methodist = left(sheet)
    sheet = MarkSheet.objects.get(pk=sheet.pk)
    assert "сначала передайте ведомость" in refused("2.2", lambda: ask(sheet, actor=methodist))
    client, way = Client(), f'href="/sheets/{sheet.pk}/hand-over/"'
    with time_machine.travel(LATER, tick=False):
        client.force_login(methodist)
        assert way in client.get(f"/sheets/{sheet.pk}/reopen/").content.decode()
        hand_over_sheet(sheet, teacher=make_lecturer(), basis="приказ № 12-к", actor=methodist, at=LATER)
        assert way not in client.get(f"/sheets/{sheet.pk}/reopen/").content.decode()
    sheet = MarkSheet.objects.get(pk=sheet.pk)
    assert ask(sheet, actor=methodist).state == "asked"


def test_a_sheet_open_again_whose_teacher_has_left_is_a_task_until_it_closes() -> None:
    sheet = reopened()
    methodist = left(sheet)
    (task,) = [task for task in tasks(methodist, LATER) if task.verb == "Передать"]
    assert (task.url, task.term) == (f"/sheets/{sheet.pk}/hand-over/", UNTIL)
    hand_over_sheet(sheet, teacher=make_lecturer(), basis="приказ № 12-к", actor=methodist, at=LATER)
    assert not [task for task in tasks(methodist, LATER) if task.verb == "Передать"], "the control: somebody keeps it"


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
