"""Two accounts of one person at the same moment: separated roles do not slip past each other (п. 3.8)."""

from __future__ import annotations

import threading
from datetime import date
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, OperationalError

from tests.at_once import at_once
from zachetka.access.models import RoleAssignment
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.lifecycle.steps import lock
from zachetka.people.actions import propose_role, roles
from zachetka.people.actions.roles import Basis
from zachetka.postgres.address import MIGRATE, Place

BASIS = Basis("12-к", date(2026, 11, 1), date(2026, 11, 2))


def race(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Propose «контролёр» and «методист» to two accounts of one person; both look before either has written, if they can."""
    first = make_account()
    accounts = [first, make_account(person_uid=first.person_uid)]
    admins = [make_account("admin"), make_account("admin")]
    looked = threading.Barrier(2)
    look = roles._require_apart

    def look_together(*given: object, **named: object) -> None:
        look(*given, **named)  # type: ignore[arg-type]
        try:
            looked.wait(timeout=1)
        except threading.BrokenBarrierError:
            return

    monkeypatch.setattr(roles, "_require_apart", look_together)
    wanted = zip(accounts, (Role.INSPECTOR, Role.METHODIST), admins, strict=True)
    came = at_once(
        *(
            partial(propose_role, account, role, unit=None, basis=BASIS, actor=admin, at=now())
            for account, role, admin in wanted
        )
    )
    return sorted(type(one).__name__ for one in came)


@pytest.mark.clause("3.8")
@pytest.mark.usefixtures("fresh_database")
def test_two_accounts_of_one_person_do_not_race_into_separated_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(monkeypatch) == ["RoleAssignment", "RuleViolation"]
    assert RoleAssignment.objects.waiting().count() == 1


@pytest.mark.clause("3.8")
@pytest.mark.usefixtures("fresh_database")
def test_without_the_lock_of_the_person_the_database_alone_holds_them_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_lock_person", lock)
    with pytest.raises((IntegrityError, OperationalError), match=r"Разделённые роли|deadlock detected"):
        race(monkeypatch)
    assert RoleAssignment.objects.waiting().count() == 1


@pytest.mark.clause("3.8")
def test_without_both_they_would_race_into_separated_roles(
    monkeypatch: pytest.MonkeyPatch, fresh_database: Place
) -> None:
    """The negative control: the owner of the table takes the guard off."""
    with psycopg.connect(fresh_database.conninfo(MIGRATE), autocommit=True) as owner:
        owner.execute("ALTER TABLE access_roleassignment DISABLE TRIGGER roles_stand_apart")
    monkeypatch.setattr(roles, "_lock_person", lock)
    assert race(monkeypatch) == ["RoleAssignment", "RoleAssignment"]
