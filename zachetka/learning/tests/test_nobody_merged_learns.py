"""An absorbed card is named by no order, and a card that is named by one is not absorbed (п. 2.1; 273-ФЗ ст. 53)."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tests.at_once import meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.learning.forms.orders import seen_by
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import make_cohort, make_enrolment, make_order
from zachetka.people.actions.merging import merge_cards
from zachetka.people.models import Merge
from zachetka.people.tests.test_merging import Two, two
from zachetka.people.tests.test_resemblances import NOON

pytestmark = pytest.mark.clause("2.1")


def merging(case: Two, *, is_turned: bool = False) -> Merge:
    stays = case.goes if is_turned else case.stays
    actor = make_account("methodist")
    return merge_cards(case.pair, stays, wanted=(), reason="сверены", key=uuid4(), actor=actor, at=NOON)


@pytest.mark.django_db
def test_whoever_learns_or_is_named_by_a_draft_is_the_card_that_stays() -> None:
    case = two()
    make_enrolment(learner=case.stays.learner)
    with pytest.raises(RuleViolation, match="ещё учатся: сделайте её главной"):
        merging(case, is_turned=True)
    book = Enrolment.objects.get()
    merging(case)
    book.refresh_from_db()
    assert book.learner.person == case.stays, "nothing is moved"


@pytest.mark.django_db
def test_an_absorbed_card_is_offered_to_no_order_and_refused_by_the_database() -> None:
    case, cohort, actor = two(), make_cohort(), make_account("methodist")
    learner = case.goes.learner
    assert seen_by(actor, [learner.pk]) == [learner]
    merging(case)
    assert seen_by(actor, [learner.pk]) == []
    with pytest.raises(IntegrityError, match="по главной"), transaction.atomic():
        make_order(cohort, [learner], approved=False)


@pytest.mark.django_db
def test_plain_sql_absorbs_nobody_who_learns() -> None:
    case = two()
    merge = merging(case)
    learns = make_enrolment().learner.person_id
    statement = (
        "INSERT INTO people_merge (key, survivor_id, absorbed_id, taken, reason, state, merged_by_id, merged_by_person, "  # noqa: S608
        f"merged_at, undo_reason) SELECT gen_random_uuid(), survivor_id, {learns}, taken, reason, 'done', merged_by_id, "
        f"merged_by_person, merged_at, '' FROM people_merge WHERE id = {merge.pk}"
    )
    with pytest.raises(IntegrityError, match="ещё учатся"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("fresh_database")
def test_an_order_that_names_a_card_while_it_is_absorbed_waits_and_is_refused() -> None:
    case, cohort = two(), make_cohort()

    def name() -> str:
        try:
            make_order(cohort, [case.goes.learner], approved=False)
        except IntegrityError as refusal:
            return str(refusal)
        return ""

    assert "по главной" in str(meanwhile(partial(merging, case), name))
