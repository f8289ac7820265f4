"""Somebody decides about a card at the moment at which it becomes their own: they wait for the merge, and are refused (п. 3.8)."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from tests.at_once import meanwhile
from zachetka.access.tests.make import make_account
from zachetka.learning.tests.make import NOON, make_enrolment, make_order
from zachetka.people.actions import Schooling
from zachetka.people.tests.test_merge_races import merging
from zachetka.people.tests.test_merging import two

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("fresh_database")]


@pytest.mark.parametrize("table", ["award", "excuse"])
def test_whoever_decides_about_a_card_while_it_becomes_their_own_waits_and_is_refused(table: str) -> None:
    case = two(goes={"education": (Schooling("higher", "1", "7654321"),)})
    book = make_enrolment(learner=case.goes.learner)
    make_order(
        book.cohort, [case.goes.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date()
    )
    own = make_account("methodist", person_uid=case.stays.uid)
    facts = {
        "award": ("kind, wording, awarded_on", f"'thanks', 'x', '{book.started_on}'"),
        "excuse": ("kind, first_day, last_day", "'illness', '2026-10-01', '2026-10-02'"),
    }
    names, values = facts[table]

    def plain() -> str:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO learning_{table} (enrolment_id, basis, recorded_by_id, recorded_by_person, recorded_at, {names}) "  # noqa: S608
                    f"VALUES ({book.pk}, 'x', {own.pk}, '{own.person_uid}', now(), {values})"
                )
        except IntegrityError as refusal:
            return str(refusal)
        return ""

    assert "другой человек" in str(meanwhile(partial(merging, case), plain))
