"""An employee is moved and dismissed by an order; the roles of the staff end with the employment (п. 3.8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.pages import signed_in, text_of
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Role
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.employment import StaffOrder, dismiss
from zachetka.people.actions.roles import Basis, approve_role, propose_role
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_employee

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

OWN = "сорок два кита плывут"


def ordered(**given: object) -> dict[str, object]:
    today = legal_date(now()).isoformat()
    return {"order_number": "41-к", "order_date": today, "since": today, "left_on": today} | given


@pytest.fixture
def admin() -> Client:
    return signed_in(make_account("admin"))


def test_a_move_changes_position_and_unit_by_an_order_and_keeps_the_roles(admin: Client) -> None:
    employee, unit = make_employee(), make_unit("Кафедра права")
    account = make_account("teacher", person_uid=employee.person.uid)
    where = f"/employees/{employee.pk}/move/"
    assert "Перевести" in text_of(admin.get(f"/employees/{employee.pk}/"))
    same = ordered(unit=employee.unit_id, position=employee.position)
    assert "переводить некуда" in text_of(admin.post(where, same))
    assert admin.get(where).status_code == 200
    assert admin.post(where, ordered(unit=unit.pk, position="доцент")).status_code == 302
    employee.refresh_from_db()
    assert (employee.position, employee.unit) == ("доцент", unit)
    event = Event.objects.get(type=EventType.EMPLOYEE_MOVED)
    assert event.body["order"] == "41-к"
    assert event.subject_uid == employee.person.uid
    assert account.roles.get().state == RoleAssignment.State.ACTIVE


def test_who_is_dismissed_loses_every_role_of_the_staff_at_the_next_request(admin: Client) -> None:
    employee = make_employee()
    account = make_account("teacher", "learner", person_uid=employee.person.uid)
    twin = make_account("methodist", person_uid=employee.person.uid)
    stranger = make_account("teacher")
    works, manages = signed_in(account), signed_in(twin)
    assert works.get("/sheets/").status_code == 200
    assert manages.get("/people/").status_code == 200
    assert "прекратятся сразу" in text_of(admin.get(f"/employees/{employee.pk}/dismiss/"))
    assert admin.post(f"/employees/{employee.pk}/dismiss/", ordered()).status_code == 302
    employee.refresh_from_db()
    assert employee.left_on == legal_date(now())
    assert works.get("/sheets/").status_code == 403
    assert manages.get("/people/").headers["Location"].startswith("/accounts/login/")
    assert Account.objects.get(pk=account.pk).roles_held == {Role.LEARNER}
    assert Account.objects.get(pk=stranger.pk).roles_held == {Role.TEACHER}
    assert Event.objects.filter(type=EventType.ROLE_ENDED, subject_uid=employee.person.uid).count() == 2
    assert Event.objects.get(type=EventType.EMPLOYEE_DISMISSED).body["order"] == "41-к"
    page = text_of(admin.get(f"/employees/{employee.pk}/"))
    assert f"{legal_date(now()):%d.%m.%Y}" in page
    assert "Перевести" not in page
    assert admin.post(f"/employees/{employee.pk}/dismiss/", ordered()).status_code == 409


@pytest.mark.parametrize(
    ("step", "days", "field", "said"),
    [
        ("dismiss", 1, "left_on", "когда оно наступило"),
        ("dismiss", -9000, "left_on", "уволить раньше нельзя"),
        ("dismiss", 1, "order_date", "ещё не издан"),
        ("move", 1, "since", "когда он наступил"),
        ("move", -9000, "since", "перевести раньше нельзя"),
        ("move", 1, "order_date", "ещё не издан"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_field(
    admin: Client, step: str, days: int, field: str, said: str
) -> None:
    employee = make_employee()
    account = make_account("teacher", person_uid=employee.person.uid)
    day = legal_date(now()) + timedelta(days=days)
    given = ordered(unit=employee.unit_id, position="доцент") | {field: day.isoformat()}
    answer = admin.post(f"/employees/{employee.pk}/{step}/", given)
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors[field]
    assert said in error.replace("\u00a0", " ")
    kept = Employee.objects.get(pk=employee.pk)
    assert (kept.left_on, kept.position) == (None, employee.position)
    assert employee.postings.count() == 1, "a refusal leaves nothing behind"
    assert account.roles.get().state == RoleAssignment.State.ACTIVE


def test_nobody_dismisses_or_moves_oneself_or_without_the_right() -> None:
    employee = make_employee()
    own = make_account("admin", person_uid=employee.person.uid)
    today = legal_date(now())
    with pytest.raises(RuleViolation, match="другой человек"):
        dismiss(employee, left_on=today, order=StaffOrder("1-к", today), actor=own, at=now())
    assert "Уволить" not in text_of(signed_in(own).get(f"/employees/{employee.pk}/"))
    for role in sorted(set(Role) - {Role.ADMIN}):
        with pytest.raises(Forbidden):
            dismiss(employee, left_on=today, order=StaffOrder("1-к", today), actor=make_account(role), at=now())
    assert signed_in(make_account("methodist")).get(f"/employees/{employee.pk}/move/").status_code == 403


def test_dismissal_closes_the_accounts_that_are_no_learners(admin: Client) -> None:
    employee = make_employee()
    uid = employee.person.uid
    by_slip = make_account("methodist", login="slip", password=OWN, person_uid=uid)
    roleless = make_account(login="spare", password=OWN, person_uid=uid)
    learnt = make_account("learner", login="learnt", password=OWN, person_uid=uid, valid_to=date(2021, 1, 9))
    learns = make_account("teacher", "learner", login="learns", password=OWN, person_uid=uid)
    shut_before = make_account(person_uid=uid)
    Account.objects.filter(pk=shut_before.pk).update(is_active=False, closed_at=now())
    other = make_account("methodist", login="other", password=OWN)
    assert comes_in(by_slip)
    assert "без роли слушателя закроются" in text_of(admin.get(f"/employees/{employee.pk}/dismiss/"))
    assert admin.post(f"/employees/{employee.pk}/dismiss/", ordered()).status_code == 302
    assert [comes_in(one) for one in (by_slip, roleless, learnt, learns, other)] == [False, False, False, True, True]
    closed = Event.objects.filter(type=EventType.ACCOUNT_CLOSED, subject_uid=uid).values_list("object_id", flat=True)
    assert set(closed) == {str(one.pk) for one in (by_slip, roleless, learnt)}


def comes_in(account: Account) -> bool:
    return Client().post("/accounts/login/", {"login": account.login, "password": OWN}).status_code == 302


def test_who_has_left_gets_no_role_of_the_staff() -> None:
    employee, today = make_employee(), legal_date(now())
    account, basis = make_account(person_uid=employee.person.uid), Basis("1-к", today, today)
    waiting = give_role(account, "teacher", state=RoleAssignment.State.PROPOSED)
    dismiss(employee, left_on=today, order=StaffOrder("2-к", today), actor=make_account("admin"), at=now())
    with pytest.raises(RuleViolation, match="уволен"):
        approve_role(waiting, actor=make_account("security"), at=now())
    with pytest.raises(RuleViolation, match="уволен"):
        propose_role(account, Role.METHODIST, unit=None, basis=basis, actor=make_account("admin"), at=now())
    learns = propose_role(account, Role.LEARNER, unit=None, basis=basis, actor=make_account("admin"), at=now())
    assert learns.state == RoleAssignment.State.PROPOSED
