"""Pages of employees, accounts and roles: one proposes, another decides, a closed account is out at once (п. 3.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.pages import signed_in, text_of
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import MATRIX, SEPARATED, Permission, Role
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.clock import now
from zachetka.core.russian import plain
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_employee, make_learner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

TYPED = {"order_number": "17-к", "order_date": "2026-11-02", "valid_from": "2026-11-03", "valid_to": "", "unit": ""}


@pytest.fixture
def admin() -> Client:
    return signed_in(make_account("admin", name="Рыбаков Денис Олегович"))


@pytest.fixture
def security() -> Client:
    return signed_in(make_account("security", name="Громова Алла Степановна"))


def proposed(admin: Client, account: Account, role: str = "teacher") -> RoleAssignment:
    answer = admin.post("/roles/propose/", TYPED | {"account": account.pk, "role": role})
    assert answer.status_code == 302, answer.context["form"].errors
    return RoleAssignment.objects.get(account=account, role=role)


@pytest.mark.clause("3.8")
def test_a_role_works_only_after_another_person_has_approved_it(admin: Client, security: Client) -> None:
    account = make_account(name="Лебедева Татьяна Юрьевна")
    client = signed_in(account)
    assignment = proposed(admin, account)
    assert client.get("/sheets/").status_code == 403
    page = text_of(security.get(f"/roles/{assignment.pk}/"))
    assert "Утвердить роль" in page
    assert "№ 17-к" in page
    assert admin.post(f"/roles/{assignment.pk}/approve/").status_code == 403
    assert security.post(f"/roles/{assignment.pk}/approve/").status_code == 302
    assert security.post(f"/roles/{assignment.pk}/approve/").status_code == 409
    assert client.get("/sheets/").status_code == 302, "the session of before is over"
    client = signed_in(Account.objects.get(pk=account.pk))
    assert client.get("/sheets/").status_code == 200
    assert security.post(f"/roles/{assignment.pk}/end/").status_code == 302
    assert client.get("/sheets/").status_code == 403, "the next request is refused already"
    kinds = list(
        Event.objects.filter(object_type="access.roleassignment").order_by("pk").values_list("type", flat=True)
    )
    assert kinds == [EventType.ROLE_PROPOSED, EventType.ROLE_GRANTED, EventType.ROLE_ENDED]


@pytest.mark.clause("3.8")
def test_a_refused_role_gives_nothing(admin: Client, security: Client) -> None:
    account = make_account()
    assignment = proposed(admin, account)
    assert security.post(f"/roles/{assignment.pk}/refuse/").status_code == 302
    assert signed_in(account).get("/sheets/").status_code == 403
    assert security.post(f"/roles/{assignment.pk}/nonsense/").status_code == 404


@pytest.mark.clause("3.8")
def test_nobody_decides_on_a_role_of_their_own_whatever_account_they_use(admin: Client) -> None:
    person = make_account("security")
    twin = make_account(person_uid=person.person_uid)
    assignment = proposed(admin, twin, "methodist")
    client = signed_in(person)
    assert "Утвердит другой человек" in text_of(client.get(f"/roles/{assignment.pk}/"))
    assert client.post(f"/roles/{assignment.pk}/approve/").status_code == 422
    assignment.refresh_from_db()
    assert assignment.state == RoleAssignment.State.PROPOSED


@pytest.mark.clause("3.8")
def test_the_database_refuses_one_person_in_both_places() -> None:
    account = make_account()
    waiting = give_role(account, "teacher", state=RoleAssignment.State.PROPOSED)
    with pytest.raises(IntegrityError, match="role_is_approved_by_another_person"), transaction.atomic():
        RoleAssignment.objects.filter(pk=waiting.pk).update(
            state="active", approved_by_person=waiting.proposed_by_person
        )


@pytest.mark.clause("3.8")
def test_roles_that_must_stay_apart_are_refused_with_both_names(admin: Client) -> None:
    account = make_account("methodist")
    answer = admin.post("/roles/propose/", TYPED | {"account": account.pk, "role": "inspector"})
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors.as_data()["role"]
    assert "контролёр" in error.message
    assert "методист" in error.message
    assert error.code == "3.8"
    assert 'value="17-к"' in text_of(answer), "what was typed stays"


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "root"), ("account", "999999"), ("valid_to", "2026-11-01"), ("order_number", ""), ("order_date", "завтра"),
     ("unit", "999999"), ("order_number", "1\u202e7"), ("valid_from", "0001-01-01")],
)  # fmt: skip
def test_what_cannot_be_a_role_is_refused_at_its_field(admin: Client, field: str, value: str) -> None:
    account = make_account()
    answer = admin.post("/roles/propose/", TYPED | {"account": account.pk, "role": "teacher", field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not account.roles.exists()


@pytest.mark.clause("3.8")
def test_an_administrator_is_not_offered_to_himself() -> None:
    me = make_account("admin")
    client = signed_in(me)
    answer = client.post("/roles/propose/", TYPED | {"account": me.pk, "role": "teacher"})
    assert answer.status_code == 422
    assert "account" in answer.context["form"].errors


@pytest.mark.clause("3.8")
def test_an_employee_gets_an_account_whose_first_password_must_be_changed(admin: Client) -> None:
    unit = make_unit()
    form = {
        "key": "7b0f2c39-5a0e-4f53-9a61-5f1b8a3d0c11", "last_name": "Новикова", "first_name": "Анна", "patronymic": "",
        "unit": unit.pk, "position": "методист", "hired_on": "2026-11-02",
    }  # fmt: skip
    assert admin.post("/employees/new/", form).status_code == 302
    assert admin.post("/employees/new/", form).status_code == 302
    employee = Employee.objects.get()
    assert admin.post(f"/employees/{employee.pk}/account/", {"login": "Новикова"}).status_code == 422
    answer = admin.post(f"/employees/{employee.pk}/account/", {"login": "novikova"})
    password = answer.context["password"]
    assert password in text_of(answer)
    assert admin.post(f"/employees/{employee.pk}/account/", {"login": "novikova"}).status_code == 422
    account = Account.objects.get(login="novikova")
    assert password not in account.password
    assert not Event.objects.filter(body__icontains=password).exists()

    newcomer = Client()
    assert newcomer.post("/accounts/login/", {"login": "novikova", "password": password}).status_code == 302
    assert newcomer.get("/")["Location"] == "/accounts/password/change/"
    own = "сорок два кита плывут"
    changed = newcomer.post("/accounts/password/change/", {"current": password, "new": own, "again": own})
    assert changed.status_code == 302, changed.context["form"].errors
    account.refresh_from_db()
    assert account.initial_until is None
    assert Event.objects.filter(type=EventType.ACCOUNT_PASSWORD_CHANGED).count() == 1


@pytest.mark.clause("3.8")
def test_who_opened_an_account_has_no_way_into_its_first_role(admin: Client, security: Client) -> None:
    employee = make_employee()
    door = f"/employees/{employee.pk}/account/"
    opened = admin.post(door, {"login": "novikova"})
    assert "пароль перестанет действовать" in text_of(opened)
    assert "выдают двое" in text_of(opened)
    intruder, own = Client(), "сорок два кита плывут"
    first = opened.context["password"]
    assert intruder.post("/accounts/login/", {"login": "novikova", "password": first}).status_code == 302
    typed = {"current": first, "new": own, "again": own}
    assert intruder.post("/accounts/password/change/", typed).status_code == 302
    account = Account.objects.get(login="novikova")
    assert intruder.get("/").status_code == 403, "inside, with nothing open"
    assignment = proposed(admin, account, "methodist")
    assert intruder.get("/").status_code == 403, "a proposal changes nothing"
    assert "прежний пароль и сеансы прекратятся" in text_of(security.get(f"/roles/{assignment.pk}/"))
    assert security.post(f"/roles/{assignment.pk}/approve/").status_code == 302
    assert intruder.get("/people/").headers["Location"].startswith("/accounts/login/")
    again = Client()
    again.post("/accounts/login/", {"login": "novikova", "password": own})
    assert "_auth_user_id" not in again.session
    withdrawn = Event.objects.get(type=EventType.ACCOUNT_PASSWORD_WITHDRAWN)
    assert withdrawn.subject_uid == employee.person.uid
    assert "Пароль выдают двое" in text_of(admin.get(f"/accounts/{account.pk}/"))

    assert admin.post(f"/accounts/{account.pk}/password/").status_code == 302
    given = security.post(f"/accounts/{account.pk}/password/release/").context["password"]
    holder = Client()
    assert holder.post("/accounts/login/", {"login": "novikova", "password": given}).status_code == 302


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    ("held", "state", "given", "stays"),
    [
        ("teacher", "active", "methodist", True),
        ("teacher", "active", "learner", True),
        ("learner", "active", "methodist", False),
        ("teacher", "ended", "methodist", False),
        ("teacher", "refused", "learner", False),
    ],
)
def test_a_password_from_two_people_outlives_another_role_and_from_one_does_not(
    admin: Client,
    security: Client,
    held: str,
    state: str,
    given: str,
    stays: bool,  # noqa: FBT001 — one of the cases
) -> None:
    own = "сорок два кита плывут"
    account = make_account(password=own, person_uid=make_employee().person.uid)
    give_role(account, held, state=RoleAssignment.State(state))
    assignment = proposed(admin, account, given)
    assert security.post(f"/roles/{assignment.pk}/approve/").status_code == 302
    account.refresh_from_db()
    assert account.check_password(own) is stays
    assert Event.objects.filter(type=EventType.ACCOUNT_PASSWORD_WITHDRAWN).exists() is not stays


@pytest.mark.clause("3.8")
def test_a_first_password_that_waited_too_long_opens_nothing(admin: Client) -> None:
    employee = make_employee()
    password = admin.post(f"/employees/{employee.pk}/account/", {"login": "late"}).context["password"]
    Account.objects.filter(login="late").update(initial_until=now() - timedelta(seconds=1))
    late = Client()
    assert late.post("/accounts/login/", {"login": "late", "password": password}).status_code == 200
    assert "_auth_user_id" not in late.session


@pytest.mark.clause("3.8")
def test_a_closed_account_is_out_at_its_next_request(admin: Client) -> None:
    account = make_account("methodist", password="сорок два кита плывут")
    client = Client()
    client.post("/accounts/login/", {"login": account.login, "password": "сорок два кита плывут"})
    assert client.get("/people/").status_code == 200
    assert admin.post(f"/accounts/{account.pk}/close/").status_code == 302
    assert client.get("/people/").status_code == 302, "sent to sign in"
    assert admin.post(f"/accounts/{account.pk}/close/").status_code == 409
    assert admin.post(f"/accounts/{account.pk}/password/").status_code == 409
    assert Event.objects.get(type=EventType.ACCOUNT_CLOSED).subject_uid == account.person_uid


@pytest.mark.clause("3.8")
def test_a_new_first_password_ends_the_sessions_of_the_old_one(admin: Client) -> None:
    account = make_account(password="сорок два кита плывут")
    client = Client()
    client.post("/accounts/login/", {"login": account.login, "password": "сорок два кита плывут"})
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 403
    assert admin.post(f"/accounts/{account.pk}/password/").status_code == 200
    assert client.get("/").status_code == 302


@pytest.mark.clause("3.8")
def test_nobody_closes_or_reissues_their_own_account() -> None:
    me = make_account("admin")
    client = signed_in(me)
    assert client.post(f"/accounts/{me.pk}/close/").status_code == 422
    assert client.post(f"/accounts/{me.pk}/password/").status_code == 422


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["learner", "teacher", "methodist", "registrar", "head", "archivist"])
def test_accounts_and_roles_are_not_for_other_roles(role: str) -> None:
    account = make_account()
    client = signed_in(make_account(role))
    for where in ("/accounts/list/", f"/accounts/{account.pk}/", "/roles/", "/roles/propose/"):
        assert client.get(where).status_code == 403
    assert client.get("/roles/matrix/").status_code == (200 if role == "head" else 403), "the head approves it"
    for where in (f"/accounts/{account.pk}/close/", f"/accounts/{account.pk}/password/", "/employees/new/"):
        assert client.post(where).status_code == 403


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["admin", "security", "inspector", "privacy", "head"])
def test_the_matrix_says_every_right_every_pair_and_who_holds_what(role: str) -> None:
    holder = make_account("registrar", name="Мельникова Ирина Олеговна")
    answer = signed_in(make_account(role)).get("/roles/matrix/")
    page = text_of(answer)
    cells = [cell for _, row in answer.context["grid"] for cell in row if cell.text]
    assert len(cells) == sum(len(grants) for grants in MATRIX.values())
    for grants in MATRIX.values():
        for grant in grants.values():
            assert plain(grant.basis) in plain(page)
    assert len(answer.context["pairs"]) == len(SEPARATED)
    assert f"приказ № {holder.roles.get().order_number} от 09.01.2020" in page
    assert "Мельникова Ирина Олеговна" in page


@pytest.mark.clause("3.8")
def test_what_waits_stands_on_the_home_page_of_whoever_decides(admin: Client, security: Client) -> None:
    proposed(admin, make_account(name="Лебедева Татьяна Юрьевна"))
    assert "Роль «преподаватель» — Лебедева Татьяна Юрьевна" in text_of(security.get("/"))
    assert "1 роль на утверждении" in text_of(admin.get("/"))


@pytest.mark.clause("2.4")
def test_the_lists_cost_the_same_for_few_and_many(
    admin: Client, security: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for client, where in ((admin, "/employees/"), (admin, "/accounts/list/"), (security, "/roles/")):
        costs = set()
        for more in (1, 9):
            for _ in range(more):
                make_account("teacher", person_uid=make_employee().person.uid)
            with django_assert_max_num_queries(9) as counted:
                client.get(where)
            costs.add(len(counted))
        assert len(costs) == 1, where


@pytest.mark.clause("3.8")
def test_each_new_right_has_its_line_in_the_matrix() -> None:
    assert set(MATRIX[Permission.EMPLOYEE_EDIT]) == {Role.ADMIN}
    assert set(MATRIX[Permission.ACCOUNT_CREATE]) == {Role.ADMIN}
    assert set(MATRIX[Permission.ACCOUNT_RESTORE]) == {Role.SECURITY}
    assert set(MATRIX[Permission.ACCOUNT_CLOSE]) == {Role.ADMIN, Role.SECURITY}


SECRET = "Снегирёва Ульяна Львовна"


def learner_account(**given: Any) -> Account:
    """Return the account of somebody who learns here, named so that the name is found wherever it leaks."""
    person = make_learner(last_name="Снегирёва", first_name="Ульяна", patronymic="Львовна").person
    return make_account("learner", name=SECRET, person_uid=person.uid, **given)


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    ("role", "sees"), [("admin", False), ("security", False), ("inspector", True), ("privacy", True)]
)
def test_who_learns_here_is_named_to_those_alone_who_see_people(role: str, sees: bool) -> None:  # noqa: FBT001 — a case
    account, works = learner_account(), make_account("teacher", name="Дроздов Илья Петрович")
    client = signed_in(make_account(role))
    for where in ("/accounts/list/", "/roles/", f"/accounts/{account.pk}/", f"/roles/{account.roles.get().pk}/"):
        page = text_of(client.get(where))
        assert ("Снегирёва" in page) is sees, where
        assert account.login in page or where.startswith("/roles/") or sees, where
    for where in ("/accounts/list/", "/roles/"):
        assert "Дроздов Илья Петрович" in text_of(client.get(where)), (
            "employees are named to everybody who sees accounts"
        )
        found = text_of(client.get(where, {"q": "Снегир"}))
        assert (account.login in found) is (sees and where == "/accounts/list/"), "nothing closed can be asked about"
    assert works.login in text_of(client.get("/accounts/list/", {"q": "Дроздов"}))


@pytest.mark.clause("3.8")
def test_roles_are_proposed_to_employees_and_no_learner_is_in_the_choice(admin: Client) -> None:
    account = learner_account()
    page = text_of(admin.get(f"/roles/propose/?account={account.pk}"))
    assert "Снегирёва" not in page
    assert account.login not in page
    assert "Предложить роль" not in text_of(admin.get(f"/accounts/{account.pk}/"))
    answer = admin.post("/roles/propose/", TYPED | {"account": account.pk, "role": "teacher"})
    assert answer.status_code == 422
    assert "account" in answer.context["form"].errors

    employee = make_employee()
    hired = make_account("learner", name=employee.person.full_name, person_uid=employee.person.uid)
    assert hired.display_name in text_of(admin.get("/roles/propose/"))
    assert admin.post("/roles/propose/", TYPED | {"account": hired.pk, "role": "teacher"}).status_code == 302


@pytest.mark.clause("3.8")
def test_a_password_of_a_learner_is_handed_out_by_login_alone(admin: Client) -> None:
    account = make_account(name=SECRET)
    give_role(account, "learner", state=RoleAssignment.State.ENDED)
    answer = admin.post(f"/accounts/{account.pk}/password/")
    assert answer.context["password"]
    assert "Снегирёва" not in text_of(answer)
    assert account.login in text_of(answer)
