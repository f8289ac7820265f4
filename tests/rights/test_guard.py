"""The guard: what the page of rights comes to for a person and a record (п. 3.8)."""

from datetime import date, timedelta

import pytest

from zachetka.access.guard import can, fields, grants_of, require, visible
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import MATRIX, FieldClass, Grant, Permission, Role, Scope
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.errors import Forbidden

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]


def test_without_a_role_nothing_is_allowed():
    nobody = make_account()
    assert not any(grants_of(nobody, permission) for permission in Permission)
    assert not Account.objects.filter(visible(nobody, Permission.ACCOUNT_READ, Account)).exists()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_a_role_gives_what_its_row_says_and_nothing_else(role, permission):
    account = make_account(role)
    assert can(account, permission) == (role in MATRIX[permission])


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [(-10, None, True), (-10, 0, True), (0, 0, True), (1, None, False), (-10, -1, False)],
)
def test_a_role_holds_within_its_term(first, last, holds):
    today = date.today()  # noqa: DTZ011 - the term is in legal days, the clock is of this machine
    until = None if last is None else today + timedelta(days=last)
    account = make_account()
    give_role(account, Role.HEAD, valid_from=today + timedelta(days=first), valid_to=until)
    assert can(account, Permission.ORDER_APPROVE) == holds


@pytest.mark.parametrize("state", [s for s in RoleAssignment.State if s != RoleAssignment.State.ACTIVE])
def test_a_role_that_is_not_in_force_gives_nothing(state):
    account = make_account()
    give_role(account, Role.HEAD, state=state)
    assert not can(Account.objects.get(pk=account.pk), Permission.ORDER_APPROVE)


def test_out_of_reach_is_hidden_and_without_the_permission_is_said():
    admin, other = make_account(Role.LEARNER), make_account()
    with pytest.raises(Forbidden) as said:
        require(admin, Permission.ACCOUNT_READ, other)
    assert not said.value.hidden
    own_only = Grant(Scope.OWN, "проверка")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MATRIX, Permission.ACCOUNT_READ, {Role.LEARNER: own_only})
        require(admin, Permission.ACCOUNT_READ, admin)
        with pytest.raises(Forbidden) as hidden:
            require(admin, Permission.ACCOUNT_READ, other)
    assert hidden.value.hidden


def test_a_unit_reaches_its_own_records_and_no_others():
    from zachetka.programs.models import Program
    from zachetka.programs.tests.make import make_program_version

    ours, theirs = make_unit(), make_unit()
    mine = make_program_version(unit=ours).program
    foreign = make_program_version(unit=theirs).program
    methodist = make_account(Role.METHODIST, unit=ours)
    assert can(methodist, Permission.PROGRAM_EDIT, mine)
    assert not can(methodist, Permission.PROGRAM_EDIT, foreign)
    assert list(Program.objects.visible_to(methodist)) == [mine]
    everywhere = make_account(Role.METHODIST)
    assert set(Program.objects.visible_to(everywhere)) == {mine, foreign}


def test_two_roles_open_what_either_opens():
    from zachetka.people.tests.make import make_person

    person = make_person()
    account = make_account(Role.HEAD, Role.PRIVACY)
    assert FieldClass.PERSONAL_DOCUMENTS in fields(account, person)
    assert FieldClass.PERSONAL_DOCUMENTS not in fields(make_account(Role.HEAD), person)


def test_an_unknown_way_of_a_scope_shows_nothing():
    unit_less = make_account(Role.METHODIST, unit=make_unit())
    assert not Account.objects.filter(visible(unit_less, Permission.PROGRAM_EDIT, Account)).exists()
