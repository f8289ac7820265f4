"""One's own mark is set, corrected and decided by other people (п. 2.1, 2.2, 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.marks import Cell, confirm_correction, refuse_correction, set_marks
from zachetka.learning.models import Correction, Mark, MarkSheet
from zachetka.learning.tests.make import NOON, enrolments_of, make_correction, make_mark, make_sheet
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_teacher


@pytest.mark.clause("3.8")
def test_a_teacher_who_learns_in_the_group_fills_every_cell_but_their_own(db: None) -> None:
    sheet = _taught_by_one_of_its_learners()
    own, other = enrolments_of(sheet)
    teacher = make_account("teacher", person_uid=own.learner.person.uid)
    refused, written = set_marks(sheet, [Cell(own.pk, "5", None), Cell(other.pk, "4", None)], actor=teacher, at=NOON)
    assert (refused.mark, refused.refusal) == (None, "Это ваша клетка: свою оценку вносит другой преподаватель.")
    assert (str(written.mark), written.refusal) == ("хорошо", "")
    assert Mark.objects.get().enrolment == other


@pytest.mark.clause("3.8")
def test_nobody_asks_to_correct_their_own_mark(db: None) -> None:
    mark = make_mark(closed=True)
    uid = mark.enrolment.learner.person.uid
    Employee.objects.filter(pk=mark.sheet.teacher_id).update(person=mark.enrolment.learner.person)
    mark = Mark.objects.get(pk=mark.pk)
    make_account("teacher", person_uid=uid)
    with pytest.raises(RuleViolation, match="ваша оценка"), transaction.atomic():
        make_correction(mark)
    assert not Correction.objects.exists()


def confirm(correction: Correction, actor: Account) -> object:
    return confirm_correction(correction, actor=actor, at=NOON)


def refuse(correction: Correction, actor: Account) -> object:
    return refuse_correction(correction, why="нет документа", actor=actor, at=NOON)


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("decide", [confirm, refuse])
def test_nobody_decides_on_their_own_mark(db: None, decide: Callable[[Correction, Account], object]) -> None:
    correction = make_correction()
    unit = correction.mark.sheet.cohort.program_version.program.unit
    own = make_account("methodist", unit=unit, person_uid=correction.mark.enrolment.learner.person.uid)
    with pytest.raises(RuleViolation, match="ваша оценка"), transaction.atomic():
        decide(correction, own)
    assert Correction.objects.get().state == "proposed"
    decide(correction, make_account("methodist", unit=unit))


def _taught_by_one_of_its_learners() -> MarkSheet:
    sheet = make_sheet(teacher=make_teacher(), learners=2)
    learner = enrolments_of(sheet)[0].learner
    employee = Employee.objects.create(
        person=learner.person, unit=make_unit(), position="преподаватель", hired_on=date(2020, 1, 9)
    )
    MarkSheet.objects.filter(pk=sheet.pk).update(teacher=employee)
    return MarkSheet.objects.select_related("cohort", "module", "teacher__person").get(pk=sheet.pk)
