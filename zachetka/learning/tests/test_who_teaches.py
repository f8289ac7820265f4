"""A sheet is given to whoever may fill it, and to nobody else (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from zachetka.access.guard import SCOPE_PATHS, Scopes, reach
from zachetka.access.models import RoleAssignment
from zachetka.access.policy import Scope
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.cohorts import Assignment, create_cohort
from zachetka.learning.actions.sheets import change_sheet
from zachetka.learning.models import Cohort
from zachetka.learning.queries.teachers import teachers
from zachetka.learning.tests.make import ENROLLED, HELD, NOON, enrolments_of, make_sheet, teacher_of
from zachetka.learning.tests.test_awards import make_award
from zachetka.lifecycle.hands import seen_of
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_employee, make_lecturer, make_teacher
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]
TODAY = legal_date(NOON)


def formed(version: ProgramVersion, teacher: Employee) -> Cohort:
    return create_cohort(
        version, code="ПК-26-77", starts_on=date(2026, 9, 7), ends_on=date(2026, 12, 25), attestation_on=None,
        assignments={module.pk: Assignment(teacher, HELD) for module in version.modules.all()},
        actor=make_account("methodist", unit=version.program.unit), at=ENROLLED,
    )  # fmt: skip


def test_only_those_with_the_role_in_force_may_teach():
    clerk, lecturer, past, future, closed = (make_employee() for _ in range(5))
    make_teacher(clerk, roles=("methodist", "head"))
    make_teacher(lecturer)
    make_teacher(past, valid_to=TODAY - timedelta(days=1))
    make_teacher(future, valid_from=TODAY + timedelta(days=1))
    account = make_teacher(closed)
    account.is_active, account.closed_at = False, NOON
    account.save()
    assert list(teachers(TODAY)) == [lecturer]
    assert set(teachers(TODAY + timedelta(days=1))) == {lecturer, future}


@pytest.mark.clause("2.2", "3.8")
def test_no_cohort_is_formed_with_a_teacher_who_has_no_role():
    version, employee = make_program_version(), make_employee()
    with pytest.raises(RuleViolation, match="роли преподавателя нет") as refusal, transaction.atomic():
        formed(version, employee)
    assert (refusal.value.clause, refusal.value.field) == ("3.8", f"teacher_{version.modules.all()[0].pk}")
    assert not Cohort.objects.exists()
    make_teacher(employee)
    assert formed(version, employee).sheets.count() == version.modules.count()


@pytest.mark.clause("2.2", "3.8")
def test_a_sheet_does_not_pass_to_whoever_has_no_role_and_stays_with_whoever_lost_it():
    sheet = make_sheet()
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    given = {"held_on": sheet.held_on, "due_on": sheet.due_on, "seen": seen_of(sheet), "actor": methodist, "at": NOON}
    with pytest.raises(RuleViolation, match="роли преподавателя нет"), transaction.atomic():
        change_sheet(sheet, teacher=make_employee(), **given)  # type: ignore[arg-type]
    RoleAssignment.objects.filter(account__person_uid=sheet.teacher.person.uid).update(state="ended")
    later = given | {"due_on": sheet.due_on + timedelta(days=1)}
    assert change_sheet(sheet, teacher=sheet.teacher, **later).due_on == later["due_on"]  # type: ignore[arg-type]


@pytest.mark.clause("2.2", "3.8")
def test_the_forms_offer_teachers_alone_and_say_what_to_do_about_the_others(client: Client):
    unit = make_unit()
    version = make_program_version(unit=unit)
    lecturer, clerk = make_lecturer(unit=unit), make_employee(unit=unit, position="бухгалтер")
    client.force_login(make_account("methodist", unit=unit))
    sheet = make_sheet()
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    form = client.get(f"/cohorts/new/?version={version.pk}").content.decode()
    client.force_login(methodist)
    for page in (form, client.get(f"/sheets/{sheet.pk}/change/").content.decode()):
        assert f'value="{lecturer.pk}"' in page
        assert f'value="{clerk.pk}"' not in page
        assert "«Предложить роль»" in page.replace("\u00a0", " ")


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "label", sorted(name for name, paths in SCOPE_PATHS.items() if "__sheets__" in paths.get(Scope.TAUGHT, ""))
)
def test_whom_one_teaches_is_asked_of_the_cohort_once_and_found_alike(db: None, label: str) -> None:
    """The way through the sheets reads each learner once for every sheet of the teacher; both ways lead to the same rows."""
    sheet, strangers = make_sheet(learners=3), make_sheet(learners=2)
    for enrolment in (*enrolments_of(sheet), *enrolments_of(strangers)):
        make_award(enrolment)
    teacher, model = teacher_of(sheet), apps.get_model(label)
    scopes: Scopes = ((Scope.TAUGHT, None),)
    seen = model._base_manager.filter(reach(scopes, model, teacher.person_uid))
    by_each_sheet = model._base_manager.filter(**{SCOPE_PATHS[label][Scope.TAUGHT]: teacher.person_uid})
    assert set(seen) == set(by_each_sheet) != set()
    assert len(seen) == len(set(seen)) < model._base_manager.count()
    assert "ARRAY" in str(seen.query)
    assert not set(seen) & set(model._base_manager.filter(reach(scopes, model, teacher_of(strangers).person_uid)))
