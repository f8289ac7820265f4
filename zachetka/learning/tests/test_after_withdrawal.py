"""What is left of a learner's access after the order of withdrawal, and of what was appointed for them (273-ФЗ ст. 61)."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.queries.learner_tasks import learner_notices, learner_tasks
from zachetka.learning.queries.sheet import column_of
from zachetka.learning.tests.make import NOON, enrolments_of, fill_sheet, make_order, make_sheet, teacher_of
from zachetka.learning.tests.test_record_book_access import TABS
from zachetka.learning.tests.test_record_book_tasks import owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 61")]

TODAY = date(2026, 11, 20)


@pytest.fixture
def resit() -> MarkSheet:
    """A resit that was appointed for two people, before one of them was withdrawn by their own wish."""
    sheet = make_sheet(learners=2)
    fill_sheet(sheet, "2")
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    return appoint_resit(
        sheet.cohort,
        sheet.module,
        enrolments=enrolments_of(sheet),
        teacher=sheet.teacher,
        held_on=TODAY,
        due_on=TODAY,
        actor=make_account("methodist"),
        at=NOON,
    )


def withdraw(row: Enrolment) -> Enrolment:
    make_order(row.cohort, [row.learner], kind="withdrawal", ground="own_wish", effective_on=TODAY, at=NOON)
    return Enrolment.objects.get(pk=row.pk)


def by(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("152-ФЗ ст. 14")
def test_whoever_is_withdrawn_still_reads_their_own_book_and_nothing_in_it_can_be_changed(resit: MarkSheet) -> None:
    row, other = enrolments_of(resit)
    with time_machine.travel(NOON, tick=False):
        client = by(owner_of(row))
        withdraw(row)
        for tab in TABS:
            page = client.get(f"/record-books/{row.pk}/{tab}")
            assert page.status_code == 200, tab
        assert client.get(f"/record-books/{other.pk}/").status_code == 404, (
            "the negative control: another's is nobody's"
        )
        assert client.get(f"/sheets/{resit.pk}/").status_code in {403, 404}


def test_nothing_waits_any_more_for_whoever_is_withdrawn(resit: MarkSheet) -> None:
    row, other = enrolments_of(resit)
    account = owner_of(row)
    assert learner_tasks(account, NOON), "the negative control: a debt waits"
    withdraw(row)
    assert (learner_tasks(account, NOON), learner_notices(account, NOON)) == ([], [])
    assert learner_tasks(owner_of(other), NOON)


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("273-ФЗ ст. 58")
def test_a_resit_names_whoever_is_withdrawn_takes_no_mark_for_them_and_closes_without(resit: MarkSheet) -> None:
    row, other = enrolments_of(resit)
    teacher = teacher_of(resit)
    withdraw(row)
    lines = {line.enrolment_id: line for line in column_of(resit, actor=teacher, today=TODAY).lines}
    assert (lines[row.pk].learns, lines[row.pk].state) == (False, "обучение прекращено")
    assert lines[other.pk].learns
    with time_machine.travel(NOON, tick=False):
        page = by(teacher).get(f"/sheets/{resit.pk}/").content.decode()
    assert lines[row.pk].name in page
    assert "обучение прекращено" in page
    gone, stays = set_marks(resit, [Cell(row.pk, "4", None), Cell(other.pk, "4", None)], actor=teacher, at=NOON)
    assert "оценку внести нельзя" in gone.refusal
    assert not stays.refusal
    assert close_sheet(resit, actor=teacher, at=NOON).state == MarkSheet.State.CLOSED
    assert not Mark.objects.filter(sheet=resit, enrolment=row).exists()


@pytest.mark.clause("273-ФЗ ст. 58")
def test_the_database_takes_no_mark_for_whoever_is_withdrawn(resit: MarkSheet) -> None:
    row, other = enrolments_of(resit)
    set_marks(resit, [Cell(other.pk, "4", None)], actor=teacher_of(resit), at=NOON)
    withdraw(row)
    mark = Mark.objects.get(sheet=resit, enrolment=other)
    mark.pk, mark.enrolment, mark._state.adding = None, row, True
    with pytest.raises(IntegrityError, match="обуча"), transaction.atomic():
        mark.save(force_insert=True)


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("2.2")
def test_the_question_before_closing_counts_the_marks_of_those_who_learn_twice_alike() -> None:
    sheet = make_sheet(learners=2)
    fill_sheet(sheet)
    client = by(teacher_of(sheet))
    with time_machine.travel(NOON, tick=False):
        page = client.get(f"/sheets/{sheet.pk}/close/").content.decode()
        assert "2 из 2" in page
        assert "Закрыть 2" in page, "the negative control: both learn"
        withdraw(enrolments_of(sheet)[0])
        page = client.get(f"/sheets/{sheet.pk}/close/").content.decode()
    assert "1 из 1" in page
    assert "Закрыть 1" in page
