"""An absorbed card is named by no order, and a card that is named by one is not absorbed (п. 2.1; 273-ФЗ ст. 53)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tests.at_once import meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.learning.forms.orders import seen_by
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import make_cohort, make_enrolment, make_mark, make_order, make_sheet
from zachetka.people.actions import Schooling
from zachetka.people.actions.merging import merge_cards
from zachetka.people.models import Merge
from zachetka.people.tests.test_merging import Two, two
from zachetka.people.tests.test_resemblances import NOON

LEARNED: Final = {"education": (Schooling("higher", "1", "7654321"),)}

pytestmark = pytest.mark.clause("2.1")


def merging(case: Two, *, is_turned: bool = False, at: datetime = NOON) -> Merge:
    stays = case.goes if is_turned else case.stays
    actor = make_account("methodist")
    return merge_cards(case.pair, stays, wanted=(), reason="сверены", key=uuid4(), actor=actor, at=at)


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
@pytest.mark.clause("273-ФЗ ст. 61 ч. 4")
@pytest.mark.parametrize("ground", ["own_wish", "completed"])
def test_whoever_is_to_leave_learns_by_their_card_until_the_day_and_no_longer(ground: str) -> None:
    case, day = two(goes=LEARNED), legal_date(NOON) + timedelta(days=9)
    sheet = make_sheet(learners=0)
    book = make_enrolment(sheet.cohort, case.goes.learner)
    make_mark(book, sheet, closed=True)
    make_order(book.cohort, [case.goes.learner], kind="withdrawal", ground=ground, at=NOON, effective_on=day)
    book.refresh_from_db()
    before = NOON + timedelta(days=8)
    assert (book.state_on(legal_date(before)), book.ended_on) == ("active", day)
    with pytest.raises(RuleViolation, match="ещё учатся: сделайте её главной"):
        merging(case, at=before)
    forged = (
        "INSERT INTO people_merge (key, survivor_id, absorbed_id, taken, reason, state, merged_by_id, merged_by_person, "
        "merged_at, undo_reason) SELECT gen_random_uuid(), %s, %s, '[]', 'сверены', 'done', a.id, a.person_uid, %s, '' "
        "FROM access_account a WHERE a.id = %s"
    )
    told: list[int | datetime] = [case.stays.pk, case.goes.pk, before, make_account("methodist").pk]
    with pytest.raises(IntegrityError, match="ещё учатся"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forged, told)
    assert merging(case, at=before + timedelta(days=1)).absorbed == case.goes, "the negative control: on the day"


@pytest.mark.django_db
def test_whoever_merges_two_cards_by_both_of_which_somebody_learns_reads_what_to_do() -> None:
    case = two(goes=LEARNED)
    mine, other = make_enrolment(learner=case.stays.learner), make_enrolment(learner=case.goes.learner)
    with pytest.raises(RuleViolation) as refusal:
        merging(case)
    said = refusal.value.sentence
    assert f"по главной в группе {mine.cohort.code}, по другой в группе {other.cohort.code}" in said
    assert "Оставьте пару в списке" in said
    assert "сделайте её главной" not in said, "turning them round helps only where one learns by one of them"
    with pytest.raises(RuleViolation) as turned:
        merging(case, is_turned=True)
    assert f"по главной в группе {other.cohort.code}, по другой в группе {mine.cohort.code}" in turned.value.sentence
    make_order(
        other.cohort, [case.goes.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date()
    )
    assert merging(case).absorbed == case.goes, "the negative control: one of them ended, as the words say"


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
