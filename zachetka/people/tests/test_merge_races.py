"""Cards merged at the same moment, and a card enrolled while it is being absorbed: one of the two acts is refused (п. 2.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.at_once import at_once, meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.errors import IllegalStep
from zachetka.people.actions import Schooling, add_education, change_person
from zachetka.people.actions.merging import merge_cards
from zachetka.people.models import EducationDocument, Merge, Person
from zachetka.people.tests.test_merging import Two, two, undo
from zachetka.people.tests.test_resemblances import NOON

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.usefixtures("fresh_database")]

GONE: Final = "gone@example.ru"


def merging(case: Two, *, is_turned: bool = False) -> Merge:
    stays = case.goes if is_turned else case.stays
    actor = make_account("methodist")
    return merge_cards(case.pair, stays, wanted=(), reason="сверены", key=uuid4(), actor=actor, at=NOON)


def test_of_two_who_merge_at_once_in_either_direction_one_merges() -> None:
    case = two(stays={"education": (Schooling("student"),)}, goes={"education": (Schooling("student"),)})
    came = at_once(partial(merging, case), partial(merging, case, is_turned=True))
    assert sorted(type(one).__name__ for one in came) == ["IllegalStep", "Merge"]
    assert Merge.objects.count() == 1


def test_whoever_writes_into_a_card_that_is_being_absorbed_is_refused() -> None:
    case = two()
    late = partial(add_education, case.goes, Schooling("student"), actor=case.actor, at=NOON)
    assert isinstance(meanwhile(partial(merging, case), late), IllegalStep)


def test_the_database_makes_plain_sql_wait_for_the_merge_too() -> None:
    case = two()

    def plain() -> str:
        try:
            with transaction.atomic():
                EducationDocument.objects.create(person=case.goes, level="student", recorded_at=NOON)
        except IntegrityError as refusal:
            return str(refusal)
        return ""

    assert "вносят в главную" in str(meanwhile(partial(merging, case), plain))


def merged() -> tuple[Two, Merge]:
    """Return two cards made one, each with the address `GONE`; the one that stays has the later key.

    Whoever locked that one first would meet the other head-on.
    """
    told = {"email": GONE, "education": ()}
    case = two(stays=told, goes=told)
    if case.stays.pk < case.goes.pk:
        case = Two(case.goes, case.stays, case.pair, case.actor)
    return case, case.merge(wanted=())


def erasing(case: Two) -> Callable[[], Person]:
    return partial(change_person, case.stays, {"email": ""}, actor=case.actor, at=NOON)


def outcome(case: Two, erased: object) -> tuple[str, str, str]:
    """Return what the deletion came to, and what is left in the card that stays and in the other."""
    stays, goes = case.fresh()
    return type(erased).__name__, stays.email, goes.email


BEFORE_PARTING: Final = ("Person", "", "")
"""They were one person: the address is gone from both."""
WHILE_PARTING: Final = ("Busy", GONE, GONE)
"""Nothing is deleted; whoever asked is told to look again."""
AFTER_PARTING: Final = ("Person", "", GONE)
"""They were two: the other keeps its own."""


def test_who_parts_waits_for_a_deletion_that_both_cards_keep() -> None:
    case, merge = merged()
    erased: list[object] = []
    parted = meanwhile(lambda: erased.append(erasing(case)()), partial(undo, merge))
    assert isinstance(parted, Merge)
    assert (parted.state, outcome(case, erased[0])) == (Merge.State.UNDONE, BEFORE_PARTING)


def test_a_deletion_that_waited_while_they_were_parted_deletes_nothing() -> None:
    case, merge = merged()
    erased = meanwhile(partial(undo, merge), erasing(case))
    assert outcome(case, erased) == WHILE_PARTING
    assert Merge.objects.get().state == Merge.State.UNDONE
    assert outcome(case, erasing(case)()) == AFTER_PARTING, "the second look"


def test_deleting_from_the_card_that_stays_and_parting_do_not_wait_for_each_other_for_ever() -> None:
    case, merge = merged()
    erased, parted = at_once(erasing(case), partial(undo, merge))
    assert isinstance(parted, Merge)
    assert parted.state == Merge.State.UNDONE
    assert [BEFORE_PARTING, WHILE_PARTING, AFTER_PARTING].count(outcome(case, erased)) == 1
