"""Acts at the same moment: one is composed, one is approved, numbers have no gap (152-ФЗ ст. 21; п. 2.5)."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from tests.at_once import at_once, meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.destruction.actions.acts import approve_act, compose_act
from zachetka.destruction.actions.holds import Order, place_hold
from zachetka.destruction.tests.make import NOON, make_act, make_withdrawn
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
