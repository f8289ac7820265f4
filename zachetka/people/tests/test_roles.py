"""Roles by order: proposed by one, approved by another, kept apart, ended at once (п. 3.8)."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from zachetka.access.models import RoleAssignment
from zachetka.access.policy import SEPARATED, Permission, Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import approve_role, end_role, propose_role, refuse_role
from zachetka.people.actions.roles import Basis

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]

BASIS = Basis("12-к", date(2026, 11, 1), date(2026, 11, 2))


def propose(account, role=Role.TEACHER, **given):
    admin = given.pop("actor", None) or make_account(Role.ADMIN)
    return propose_role(account, role, unit=None, basis=BASIS, actor=admin, at=now())


def test_a_proposed_role_does_nothing_until_another_person_approves_it():
    account = make_account()
    assignment = propose(account)
    assert not account.allowed(Permission.SHEET_FILL)
    approve_role(assignment, actor=make_account(Role.SECURITY), at=now())
    account = type(account).objects.get(pk=account.pk)
    assert account.allowed(Permission.SHEET_FILL)
    assert [event.type for event in Event.objects.order_by("pk")][-3:] == [
        EventType.ROLE_PROPOSED,
        EventType.ACCOUNT_PASSWORD_WITHDRAWN,
        EventType.ROLE_GRANTED,
    ]


def test_nobody_proposes_a_role_for_themself_by_any_account():
    admin = make_account(Role.ADMIN)
    second = make_account(person_uid=admin.person_uid)
    with pytest.raises(RuleViolation, match="Себе роль не предлагают"):
        propose(second, actor=admin)


def test_who_proposed_cannot_approve_even_with_the_right_on_another_account():
    admin = make_account(Role.ADMIN)
    assignment = propose(make_account(), actor=admin)
    RoleAssignment.objects.filter(account=admin).update(state="ended")  # the two roles never stand together
    twin = make_account(Role.SECURITY, person_uid=admin.person_uid)
    with pytest.raises(RuleViolation, match="Свою роль или своё предложение"):
        approve_role(assignment, actor=twin, at=now())


def test_the_database_refuses_a_role_approved_by_its_proposer():
    assignment = propose(make_account())
    assignment.state, assignment.approved_by_person = "active", assignment.proposed_by_person
    with pytest.raises(IntegrityError, match="role_is_approved_by_another_person"), transaction.atomic():
        assignment.save()


def test_the_database_refuses_a_role_in_force_that_nobody_approved():
    assignment = propose(make_account())
    with pytest.raises(IntegrityError, match="role_in_force_was_approved"), transaction.atomic():
        RoleAssignment.objects.filter(pk=assignment.pk).update(state="active")


@pytest.mark.parametrize(("first", "second"), sorted(tuple(sorted(pair)) for pair in SEPARATED))
def test_roles_that_must_stay_apart_are_not_given_to_one_person(first, second):
    held = make_account(first)
    with pytest.raises(RuleViolation, match="одному человеку не дают"):
        propose(make_account(person_uid=held.person_uid), Role(second))


@pytest.mark.parametrize("last", [None, date(2026, 12, 31)], ids=["for good", "for a term"])
def test_the_same_role_is_proposed_once_however_often_it_is_sent(last):
    account, admin, basis = make_account(), make_account(Role.ADMIN), replace(BASIS, valid_to=last)
    propose_role(account, Role.TEACHER, unit=None, basis=basis, actor=admin, at=now())
    events = Event.objects.count()
    with pytest.raises(RuleViolation, match="уже действует или ждёт"):
        propose_role(account, Role.TEACHER, unit=None, basis=basis, actor=admin, at=now())
    assert (account.roles.count(), Event.objects.count()) == (1, events)
    later = replace(BASIS, valid_from=date(2027, 1, 1), valid_to=date(2027, 6, 30))
    propose_role(account, Role.TEACHER, unit=None, basis=later, actor=admin, at=now())
    assert account.roles.count() == 2, "the control: another term is another role"


def test_the_database_refuses_the_same_role_for_the_same_term_twice():
    account, admin, basis = make_account(), make_account(Role.ADMIN), replace(BASIS, valid_to=date(2026, 12, 31))
    proposed = propose_role(account, Role.TEACHER, unit=None, basis=basis, actor=admin, at=now())
    proposed.pk = None
    with pytest.raises(IntegrityError, match="role_of_a_term_is_open_once"), transaction.atomic():
        proposed.save(force_insert=True)


def test_a_role_ended_is_gone_and_cannot_end_twice():
    account = make_account()
    security = make_account(Role.SECURITY)
    assignment = approve_role(propose(account), actor=security, at=now())
    end_role(assignment, actor=security, at=now())
    with pytest.raises(IllegalStep):
        end_role(assignment, actor=security, at=now())


def test_a_refused_role_cannot_be_approved_later():
    assignment = propose(make_account())
    security = make_account(Role.SECURITY)
    refuse_role(assignment, actor=security, at=now())
    with pytest.raises(IllegalStep):
        approve_role(assignment, actor=security, at=now())


def test_only_the_page_of_rights_gives_roles():
    with pytest.raises(Forbidden):
        propose(make_account(), actor=make_account(Role.HEAD))


def test_a_refusal_leaves_nothing_behind():
    before = Event.objects.count()
    held = make_account(Role.ADMIN)
    with pytest.raises(RuleViolation, match="одному человеку не дают"):
        propose(make_account(person_uid=held.person_uid), Role.SECURITY)
    assert not RoleAssignment.objects.filter(role=Role.SECURITY).exists()
    assert Event.objects.count() == before
