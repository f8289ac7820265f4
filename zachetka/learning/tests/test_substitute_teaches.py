"""A substitute of a teacher fills the sheets of whoever is away, in their own name and for the term (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from zachetka.access.guard import scopes_of
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Permission, Scope
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.learning.actions.marks import Cell, check_marks, close_sheet, set_marks
from zachetka.learning.actions.reopenings import grant_reopening
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet
from zachetka.learning.queries.reopenings import (
    OPENED_BY_YOU,
    TAUGHT_BY_YOU,
    hands_of,
    tasks_to_decide,
    tasks_to_fill,
)
from zachetka.learning.queries.sheet import sheet_of
from zachetka.learning.queries.sheet_tasks import tasks
from zachetka.learning.tests.make import NOON, enrolments_of, make_sheet, teacher_of
from zachetka.learning.tests.make_reopenings import LATER, ask, closed_sheet, refused
from zachetka.people.actions.roles import Basis, approve_role
from zachetka.people.actions.substitution import propose_substitute
from zachetka.people.tests.make import make_employee, make_teacher

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]

TODAY = legal_date(NOON)
TERM = Basis("52-к", TODAY, TODAY, TODAY + timedelta(days=13))
AFTER = NOON + timedelta(days=14)


def fresh(account: Account) -> Account:
    """Roles are read once for each request."""
    return Account.objects.get(pk=account.pk)


def substituted(away: Account, deputy: Account) -> RoleAssignment:
    held = RoleAssignment.objects.get(account=away, role="teacher")
    made = propose_substitute(held, deputy, basis=TERM, actor=make_account("admin"), at=NOON)
    return approve_role(made, actor=make_account("security"), at=NOON)


@pytest.mark.parametrize("teaches", [False, True], ids=["somebody else", "a colleague who teaches"])
def test_a_substitute_fills_and_closes_the_sheets_of_whoever_is_away_in_their_own_name(teaches: bool):  # noqa: FBT001
    sheet, other = make_sheet(learners=1), make_sheet(learners=1)
    away = teacher_of(sheet)
    deputy = make_teacher(make_employee(), roles=("teacher",) if teaches else ())
    (one,) = enrolments_of(sheet)
    cells = [Cell(one.pk, "4", None)]
    with time_machine.travel(NOON, tick=False):
        with pytest.raises(Forbidden):
            set_marks(sheet, cells, actor=fresh(deputy), at=NOON)
        substituted(away, deputy)
        (task,) = tasks(fresh(deputy), NOON)
        assert sheet.module.title in task.title
        (taken,) = set_marks(sheet, cells, actor=fresh(deputy), at=NOON)
        assert taken.mark is not None
        mark = Mark.objects.get(pk=taken.mark.pk)
        assert (mark.recorded_by, mark.teacher) == (deputy, sheet.teacher), "who typed it and whose control it was"
        assert close_sheet(sheet, actor=fresh(deputy), at=NOON).closed_by == deputy
        assert MarkSheet.objects.visible_to(fresh(away)).filter(pk=sheet.pk).exists(), "whoever is away keeps theirs"
        with pytest.raises(Forbidden):  # the negative control: the sheet of a third teacher
            set_marks(other, [Cell(enrolments_of(other)[0].pk, "4", None)], actor=fresh(deputy), at=NOON)


def test_a_substitution_reaches_until_its_last_day():
    sheet = make_sheet(learners=1)
    deputy = make_teacher(make_employee(), roles=())
    (one,) = enrolments_of(sheet)
    with time_machine.travel(NOON, tick=False):
        substituted(teacher_of(sheet), deputy)
        for model in (Cohort, Enrolment, MarkSheet):
            assert model.objects.visible_to(fresh(deputy)).count() == 1, model
    with time_machine.travel(AFTER, tick=False):
        assert not MarkSheet.objects.visible_to(fresh(deputy)).exists()
        with pytest.raises(Forbidden):
            set_marks(sheet, [Cell(one.pk, "4", None)], actor=fresh(deputy), at=AFTER)


def test_nothing_that_is_ones_own_passes_to_a_substitute():
    sheet = make_sheet(learners=1)
    away = teacher_of(sheet)
    deputy = make_teacher(make_employee(), roles=())
    with time_machine.travel(NOON, tick=False):
        substituted(away, deputy)
        own = (Scope.TAUGHT, None)
        assert set(scopes_of(fresh(deputy), Permission.SHEET_FILL)) == {own, (Scope.TAUGHT, away.person_uid)}
        assert scopes_of(fresh(deputy), Permission.NOTICE_READ) == ((Scope.OWN, None),)
        assert scopes_of(fresh(away), Permission.SHEET_FILL) == (own,)


def test_whoever_substitutes_a_teacher_already_is_not_given_it_twice():
    sheet = make_sheet(learners=1)
    deputy = make_teacher(make_employee())
    with time_machine.travel(NOON, tick=False):
        substituted(teacher_of(sheet), deputy)
        with pytest.raises(RuleViolation, match="уже есть"), transaction.atomic():
            substituted(teacher_of(sheet), deputy)


# --- Opening it again and filling it are two people's ------------------------------------------------------------------------


GRANT = "UPDATE learning_reopening SET state = 'open', decided_by_id = %s, decided_by_person = %s, decided_at = %s WHERE id = %s"


def head_who_substitutes(sheet: MarkSheet) -> Account:
    deputy = make_teacher(make_employee(), roles=("head",))
    substituted(teacher_of(sheet), deputy)
    return fresh(deputy)


def test_whoever_substitutes_the_teacher_does_not_open_the_sheet_again_while_they_do():
    sheet = closed_sheet()
    asked = ask(sheet, until=legal_date(AFTER))
    with time_machine.travel(LATER, tick=False):
        deputy = head_who_substitutes(sheet)
        assert tasks_to_decide(deputy, TODAY) == []
        assert len(tasks_to_decide(make_account("head"), TODAY)) == 1, "the negative control: somebody else's"
        assert hands_of(asked, deputy, TODAY) == TAUGHT_BY_YOU
        assert refused("3.8", lambda: grant_reopening(asked, actor=deputy, at=LATER)) == TAUGHT_BY_YOU
        refuses("решает не тот", GRANT, deputy.pk, deputy.person_uid, LATER, asked.pk)
    with time_machine.travel(AFTER, tick=False):
        assert len(tasks_to_decide(fresh(deputy), legal_date(AFTER))) == 1
        assert grant_reopening(asked, actor=fresh(deputy), at=AFTER).state == "open", "the substitution is over"


def test_whoever_typed_marks_for_the_one_away_does_not_open_the_sheet_again_later_either():
    sheet = make_sheet(learners=1)
    (one,) = enrolments_of(sheet)
    with time_machine.travel(NOON, tick=False):
        deputy = head_who_substitutes(sheet)
        set_marks(sheet, [Cell(one.pk, "4", None)], actor=deputy, at=NOON)
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    with time_machine.travel(AFTER, tick=False):
        asked, deputy, day = ask(sheet, at=AFTER, until=legal_date(AFTER)), fresh(deputy), legal_date(AFTER)
        assert (tasks_to_decide(deputy, day), hands_of(asked, deputy, day)) == ([], TAUGHT_BY_YOU)
        assert refused("3.8", lambda: grant_reopening(asked, actor=deputy, at=AFTER)) == TAUGHT_BY_YOU
        refuses("решает не тот", GRANT, deputy.pk, deputy.person_uid, AFTER, asked.pk)
        assert grant_reopening(asked, actor=make_account("head"), at=AFTER).state == "open", "the negative control"


@pytest.mark.usefixtures("collected_statics")
def test_whoever_opened_a_sheet_again_types_nothing_in_it_and_does_not_close_it():
    sheet = closed_sheet(learners=1)
    (one,) = enrolments_of(sheet)
    deputy = make_teacher(make_employee(), roles=("head",))
    asked = grant_reopening(ask(sheet), actor=deputy, at=LATER)
    with time_machine.travel(LATER, tick=False):
        substituted(teacher_of(sheet), deputy)
        deputy, sheet = fresh(deputy), MarkSheet.objects.get(pk=sheet.pk)
        seen = Mark.objects.in_force().get(sheet=sheet, enrolment=one)
        cells = [Cell(one.pk, "5", seen.pk)]
        for act in (set_marks, check_marks):
            assert refused("3.8", partial(act, sheet, cells, actor=deputy, at=LATER)) == OPENED_BY_YOU
        assert refused("3.8", lambda: close_sheet(sheet, actor=deputy, at=LATER)) == OPENED_BY_YOU
        assert tasks_to_fill(deputy) == []
        (column,) = sheet_of(sheet.cohort, actor=deputy, today=TODAY).columns
        assert not column.is_open_to_me
        assert not column.may_close
        assert page_of(sheet, deputy) == 200
        ended = "UPDATE learning_reopening SET state = 'ended', ended_by_id = %s, ended_at = now() WHERE id = %s"
        refuses("сам её не закрывает", ended, deputy.pk, asked.pk)
        (outcome,) = set_marks(sheet, cells, actor=teacher_of(sheet), at=LATER)
        assert outcome.mark is not None, "the negative control: its teacher types"
        refuses("оценок в ней не вносит", AGAIN, deputy.pk, deputy.person_uid, outcome.mark.pk)
        assert close_sheet(sheet, actor=teacher_of(sheet), at=LATER).state == "closed"


AGAIN = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, supersedes_id, reason, basis, reopening_id,
                           recorded_by_id, recorded_by_person, recorded_at)
SELECT sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, id, reason, basis, reopening_id, %s, %s, recorded_at
FROM learning_mark WHERE id = %s
"""


def refuses(words: str, statement: str, *values: Any) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("2.2")
def test_the_page_of_the_sheet_opens_to_the_substitute():
    sheet = make_sheet(learners=1)
    deputy = make_teacher(make_employee())
    with time_machine.travel(NOON, tick=False):
        assert page_of(sheet, deputy) == 404
        substituted(teacher_of(sheet), deputy)
        assert page_of(sheet, deputy) == 200


def page_of(sheet: MarkSheet, reader: Account) -> int:
    client = Client()
    client.force_login(fresh(reader))
    return client.get(f"/sheets/{sheet.pk}/").status_code
