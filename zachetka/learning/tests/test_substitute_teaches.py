"""A substitute of a teacher fills the sheets of whoever is away, in their own name and for the term (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from zachetka.access.guard import scopes_of
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Permission, Scope
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet
from zachetka.learning.queries.sheet_tasks import tasks
from zachetka.learning.tests.make import NOON, enrolments_of, make_sheet, teacher_of
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
