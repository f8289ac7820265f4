"""Acts at the same moment: one is composed, one is approved, numbers have no gap (152-ФЗ ст. 21; п. 2.5)."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.at_once import at_once, meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.destruction.actions.acts import approve_act, compose_act, return_act
from zachetka.destruction.actions.holds import Order, place_hold
from zachetka.destruction.models import ActLine
from zachetka.destruction.tests.make import NOON, make_act, make_done, make_withdrawn
from zachetka.ledger.actions import destroy_salts, record_event
from zachetka.ledger.events import EventType
from zachetka.registers.models import Entry, Register

pytestmark = [pytest.mark.clause("152-ФЗ ст. 21"), pytest.mark.usefixtures("fresh_database")]


def test_of_two_who_approve_at_once_one_does_and_numbers_have_no_gap() -> None:
    case = make_withdrawn()
    act = make_act(case)
    came = at_once(*(partial(approve_act, act, actor=actor, at=NOON) for actor in (case.head, make_account("head"))))
    assert sorted(type(one).__name__ for one in came) == ["Act", "IllegalStep"]
    assert [one.number for one in Entry.objects.filter(record_type="destruction.act")] == [1, 1]
    assert {one.last_number for one in Register.objects.filter(code__startswith="destruction")} == {1}


def test_of_two_who_compose_at_once_one_does() -> None:
    case = make_withdrawn()
    came = at_once(
        *(
            partial(compose_act, case.withdrawal, key=uuid4(), actor=actor, at=NOON)
            for actor in (case.privacy, make_account("privacy"))
        )
    )
    assert sorted(type(one).__name__ for one in came) == ["Act", "IllegalStep"]


def test_whoever_approves_waits_for_a_hold_that_is_being_placed_and_is_refused_by_it() -> None:
    case = make_withdrawn()
    act = make_act(case)
    order = Order("14-о", NOON.date(), "спор в суде")
    placing = partial(place_hold, case.person, order, key=uuid4(), actor=case.privacy, at=NOON)
    assert isinstance(meanwhile(placing, partial(approve_act, act, actor=case.head, at=NOON)), RuleViolation)


def test_a_line_waits_for_whoever_decides_on_the_act_and_is_refused() -> None:
    case = make_withdrawn()
    act, account = make_act(case), make_account("learner", person_uid=case.person.uid)
    line = ActLine(
        act=act, person=case.person, what="email", record_type="access.account", record_id=str(account.pk), place="x"
    )
    with pytest.raises(IntegrityError, match="ничего не вносят"):
        meanwhile(partial(return_act, act, why="не то", actor=case.head, at=NOON), line.save)


@pytest.mark.parametrize(
    "told", [[], [EventType.DESTRUCTION_ACT_APPROVED]], ids=["as it is", "approved in words again"]
)
def test_an_act_destroys_salts_in_the_transaction_of_its_approval_and_never_again(told: list[EventType]) -> None:
    case = make_withdrawn()
    act = make_done(case)
    case.person.refresh_from_db()
    tell = partial(record_event, actor=case.head, at=NOON, clause="152-ФЗ ст. 21")
    with transaction.atomic():
        for kind in told:
            tell(kind, act)
        again = tell(EventType.RECORD_DESTROYED, case.person, act=act.pk, fields=["email"])
        with pytest.raises(IntegrityError, match="в миг утверждения"), transaction.atomic():
            destroy_salts(again)
