"""Cards merged at the same moment, and a card enrolled while it is being absorbed: one of the two acts is refused (п. 2.1)."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.at_once import at_once, meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.errors import IllegalStep
from zachetka.people.actions import Schooling, add_education, change_person
from zachetka.people.actions.merging import merge_cards
from zachetka.people.models import EducationDocument, Merge
from zachetka.people.tests.test_merging import Two, two, undo
from zachetka.people.tests.test_resemblances import NOON

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.usefixtures("fresh_database")]


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


def test_deleting_from_the_card_that_stays_and_parting_do_not_wait_for_each_other_for_ever() -> None:
    told = {"email": "gone@example.ru", "education": ()}
    case = two(stays=told, goes=told)
    one, other = case.stays, case.goes
    if one.pk < other.pk:  # the card that stays has the later key: whoever locked it first would meet the other head-on
        case = Two(other, one, case.pair, case.actor)
    merge = case.merge(wanted=())
    erase = partial(change_person, case.stays, {"email": ""}, actor=case.actor, at=NOON)
    came = at_once(erase, partial(undo, merge))
    assert {type(said).__name__ for said in came} <= {"Person", "Merge", "Busy"}
    assert Merge.objects.get().state == Merge.State.UNDONE
