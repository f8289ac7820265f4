"""What the database itself holds about accounts and roles, asked by plain SQL as the application (п. 3.8)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import SEPARATED
from zachetka.access.tests.make import STATE, WAYS, give_role, make_account, make_unit
from zachetka.core.clock import now
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]

INSERT = """
INSERT INTO access_roleassignment
    (account_id, role, order_number, order_date, valid_from, state, proposed_by_person, approved_by_person)
VALUES (%s, %s, '1', '2026-01-09', '2026-01-09', %s, %s, %s)
"""


def execute(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("zachetka_app",)
        cursor.execute(statement, values)


def change(table: str, assigned: str) -> str:
    return f"UPDATE {table} SET {assigned} WHERE id = %s"  # noqa: S608 - names written in this file


def end_installation() -> None:
    """Record a role approved by a person: from then on the system is not being installed."""
    role = give_role(make_account(), "teacher")
    with transaction.atomic():
        record_event(EventType.ROLE_GRANTED, role, actor=make_account("security"), at=now(), clause="3.8")


@pytest.mark.parametrize("role", ["head", "security", "admin", "registrar"])
def test_a_role_of_the_staff_is_given_without_a_proposal_only_while_installing(role: str) -> None:
    execute(INSERT, make_account().pk, role, "active", None, None)
    end_installation()
    with pytest.raises(IntegrityError, match="только при установке"):
        execute(INSERT, make_account().pk, role, "active", None, None)
    execute(INSERT, make_account().pk, "learner", "active", None, None)


@pytest.mark.parametrize(
    ("state", "proposer", "approver"),
    [("active", uuid4(), uuid4()), ("active", uuid4(), None), ("active", None, uuid4()), ("proposed", uuid4(), uuid4()),
     ("proposed", None, None), ("ended", uuid4(), uuid4()), ("refused", uuid4(), None)],
    ids=["approved", "not decided", "not proposed", "decided at once", "by nobody", "ended", "refused"],
)  # fmt: skip
def test_a_role_begins_as_a_proposal(state: str, proposer: UUID | None, approver: UUID | None) -> None:
    hands = (proposer, approver)
    with pytest.raises(IntegrityError, match="Роль"):
        execute(INSERT, make_account().pk, "head", state, *hands)


@pytest.mark.parametrize("column", ["account_id", "unit_id", "role", "order_number", "order_date", "valid_from",
                                    "proposed_by_id", "proposed_by_person"])  # fmt: skip
@pytest.mark.parametrize("state", [STATE.PROPOSED, STATE.ACTIVE])
def test_what_the_order_said_stays(column: str, state: RoleAssignment.State) -> None:
    role = give_role(make_account(), "teacher", state=state)
    other = {"account_id": make_account().pk, "unit_id": make_unit().pk, "role": "head", "order_number": "2",
             "order_date": "2019-01-09", "valid_from": "2019-01-09", "proposed_by_id": make_account().pk,
             "proposed_by_person": uuid4()}  # fmt: skip
    with pytest.raises(IntegrityError, match="назвал приказ"):
        execute(change("access_roleassignment", f"{column} = %s"), other[column], role.pk)


@pytest.mark.parametrize("source", list(STATE))
@pytest.mark.parametrize("target", list(STATE))
def test_a_role_goes_one_way(source: RoleAssignment.State, target: RoleAssignment.State) -> None:
    role = give_role(make_account(), "teacher", state=source)
    lawful = {(STATE.PROPOSED, STATE.ACTIVE), (STATE.PROPOSED, STATE.REFUSED), (STATE.ACTIVE, STATE.ENDED)}
    approver = uuid4() if source == STATE.PROPOSED else role.approved_by_person
    values = (target.value, approver if source != target else role.approved_by_person, role.pk)
    statement = "UPDATE access_roleassignment SET state = %s, approved_by_person = %s WHERE id = %s"
    if (source, target) in lawful or source == target:
        execute(statement, *values)
    else:
        with pytest.raises(IntegrityError, match="назад дороги нет"):
            execute(statement, *values)


@pytest.mark.parametrize("state", list(STATE))
@pytest.mark.parametrize("assigned", ["valid_to = '2099-01-01'", "approved_by_person = gen_random_uuid()"])
def test_the_term_and_the_decision_are_not_rewritten(state: RoleAssignment.State, assigned: str) -> None:
    role = give_role(make_account(), "teacher", state=state)
    with pytest.raises(IntegrityError, match="назад дороги нет"):
        execute(change("access_roleassignment", assigned), role.pk)


def test_nobody_decides_about_their_own_role_or_deletes_one() -> None:
    account = make_account()
    role = give_role(account, "head", state=STATE.PROPOSED)
    statement = "UPDATE access_roleassignment SET state = 'active', approved_by_person = %s WHERE id = %s"
    with pytest.raises(IntegrityError, match="О своей роли"):
        execute(statement, account.person_uid, role.pk)
    with pytest.raises(IntegrityError, match="Роль не удаляется"):
        execute("DELETE FROM access_roleassignment WHERE id = %s", role.pk)
    execute(statement, uuid4(), role.pk)


@pytest.mark.parametrize("assigned", ["person_uid = gen_random_uuid()", "login = 'another'", "id = id + 100000"])
def test_an_account_stays_with_its_person(assigned: str) -> None:
    account = make_account()
    with pytest.raises(IntegrityError, match="за своим человеком"):
        execute(change("access_account", assigned), account.pk)
    execute("UPDATE access_account SET display_name = 'Иной' WHERE id = %s", account.pk)


def test_an_account_is_closed_for_good_and_never_deleted() -> None:
    account = make_account()
    with pytest.raises(IntegrityError, match="не удаляется"):
        execute("DELETE FROM access_account WHERE id = %s", account.pk)
    execute("UPDATE access_account SET is_active = false, closed_at = now() WHERE id = %s", account.pk)
    with pytest.raises(IntegrityError, match="заводят новую"):
        execute("UPDATE access_account SET is_active = true WHERE id = %s", account.pk)
    assert not Account.objects.get(pk=account.pk).is_active


def test_the_triggers_fire_for_replication_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN"
            " ('access_account'::regclass, 'access_roleassignment'::regclass) ORDER BY tgname"
        )
        names = ["account_is_lawful", "account_of_the_unmerged", "role_is_lawful", "roles_stand_apart"]
        assert cursor.fetchall() == [(name, "A") for name in names]


def test_every_state_has_its_way_in_the_builder() -> None:
    assert set(WAYS) == set(STATE)


def pairs_of_the_database() -> set[frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'access_roles_stand_apart'")
        (source,) = cursor.fetchone()
    return {frozenset(pair) for pair in re.findall(r"'(\w+)\+(\w+)'", source)}


def test_the_database_separates_the_roles_that_the_page_of_rights_separates() -> None:
    policy = {frozenset(role.value for role in pair) for pair in SEPARATED}
    assert pairs_of_the_database() == policy
    assert pairs_of_the_database() - {frozenset({"admin", "security"})} != policy, "the negative control"


@pytest.mark.parametrize("pair", sorted(sorted(role.value for role in pair) for pair in SEPARATED))
@pytest.mark.parametrize("state", [STATE.PROPOSED, STATE.ACTIVE])
def test_one_person_gets_no_two_separated_roles_on_any_account(pair: list[str], state: RoleAssignment.State) -> None:
    uid = uuid4()
    held = make_account(person_uid=uid)
    give_role(held, pair[0], state=state)
    other = make_account(person_uid=uid)
    for account in (held, other):
        with pytest.raises(IntegrityError, match="Разделённые роли"), transaction.atomic():
            give_role(account, pair[1])
    give_role(make_account(), pair[1])


def test_separated_roles_may_follow_each_other() -> None:
    account = make_account()
    give_role(account, "admin", valid_from=date(2024, 1, 9), valid_to=date(2024, 12, 31))
    give_role(account, "inspector", valid_from=date(2025, 1, 1))
    refused = give_role(make_account(), "admin", state=STATE.REFUSED)
    give_role(refused.account, "security")
