"""What counts as an attempt and as a debt is said once, and the database says the same (273-ФЗ ст. 58 ч. 2, 5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zachetka.core.errors import Refusal
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import confirm_correction
from zachetka.learning.models import Mark
from zachetka.learning.queries.debts import examinees_in
from zachetka.learning.rules import Counted, Excused, Owed, Sat, Set, Tried, counted, lapsed_on, outweighs, which_counts
from zachetka.learning.tests.make import make_correction
from zachetka.learning.tests.make_debts import FAILED, Debtors, noon

pytestmark = pytest.mark.clause("273-ФЗ ст. 58 ч. 5")

RESIT = date(2026, 3, 1)
ILL = Excused(RESIT, RESIT)


def failed(day: date, lapsed_on: date | None = None) -> Tried:
    return Tried(day, passes=False, lapsed_on=lapsed_on)


def passed(day: date) -> Tried:
    return Tried(day, passes=True)


def absent(day: date) -> Tried:
    return Tried(day, passes=False, is_absence=True)


def test_whoever_has_passed_an_attempt_owes_nothing_whatever_came_after():
    found = counted([passed(FAILED), absent(RESIT)], [])
    assert (found.passed, found.owed, found.result, found.attempt) == (True, None, 0, 0)
    assert counted([failed(FAILED), absent(RESIT)], []).attempt == 3  # negative control: nothing has passed


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_an_absence_for_a_good_reason_hides_no_debt():
    found = counted([failed(FAILED), absent(RESIT)], [ILL])
    assert (found.result, found.attempt, found.last_on) == (0, 2, FAILED)
    assert found.owed == Owed(FAILED, date(2027, 2, 11), 0)
    assert counted([absent(RESIT)], [ILL]) == Counted(result=0, is_put_off=True)
    assert counted([absent(RESIT)], [ILL]).attempt == 1
    assert counted([], [ILL]) == Counted()


def test_a_mark_that_passed_until_it_was_corrected_makes_its_debt_on_the_day_of_the_correction():
    late = date(2027, 4, 1)
    assert counted([failed(FAILED, lapsed_on=late)], []).owed == Owed(late, date(2028, 4, 1), 0)
    assert counted([failed(FAILED), failed(RESIT, lapsed_on=late)], []).owed == Owed(late, date(2028, 4, 1), 1)
    assert counted([failed(FAILED)], []).owed == Owed(FAILED, date(2027, 2, 10), 0)  # negative control


@pytest.mark.clause("2.1")
def test_only_a_correction_of_a_mark_that_passed_is_a_lapse():
    day, before, first = (date(2026, month, 1) for month in (5, 4, 3))

    def mark(passes: str, how: str, recorded_on: date) -> Set:
        return Set(passes == "passes", how == "corrected", recorded_on)

    corrected, typed = mark("fails", "corrected", day), mark("fails", "typed", day)
    good, bad = mark("passes", "typed", first), mark("fails", "corrected", before)
    assert lapsed_on([corrected, good]) == day
    assert lapsed_on([corrected, bad, good]) == before, "it failed since the first of the two corrections"
    assert lapsed_on([corrected, mark("fails", "typed", first)]) is None
    assert lapsed_on([typed, good]) is None, "a slip of the hand in an open sheet was no mark that passed"
    assert lapsed_on([mark("passes", "corrected", day), bad, good]) is None
    assert lapsed_on([]) is None


SITTINGS = st.lists(
    st.builds(Sat, st.booleans(), st.booleans()).filter(lambda one: not (one.passes and one.is_excused))
)


@given(sat=SITTINGS.filter(bool))
def test_one_of_the_attempts_counts_and_no_other_outweighs_it(sat: list[Sat]):
    found = which_counts(list(enumerate(sat)), of=lambda row: row[1])
    place, how = found
    assert how.passes == any(one.passes for one in sat)
    assert how.is_excused == all(one.is_excused for one in sat)
    assert not any(outweighs(later, how) for later in sat[place + 1 :])
    assert all(outweighs(how, earlier) for earlier in sat[:place])


ACTS = st.sampled_from(["2", "н", "4", "first=2", "first=4", "last=2", "last=5", "ill", "long ill"])


@pytest.mark.django_db
@settings(max_examples=14, suppress_health_check=list(HealthCheck))
@given(first=st.sampled_from("24н"), acts=st.lists(ACTS, min_size=1, max_size=5))
def test_the_rules_and_the_database_count_the_same_life_alike(first: str, acts: list[str]):
    with transaction.atomic():
        debtors = Debtors(text=first)
        (one,) = debtors.people
        for place, act in enumerate(acts):
            _live(debtors, act, FAILED + timedelta(days=20 * (place + 1)))
        module = debtors.sheet.module
        found = examinees_in(module, [one])[one.pk]
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM learning_counted(%s, %s)", [one.pk, module.pk])
            (told,) = cursor.fetchall()
            tried, has_passed, since, latest = told
            if since is not None:
                cursor.execute("SELECT learning_debt_until(%s, %s)", [one.pk, since])
                (until,) = cursor.fetchone()
        if found.owed is None:
            assert has_passed or not tried
            assert found.is_put_off == (not has_passed and not tried)
        else:
            assert (has_passed, tried, latest) == (False, found.owed.resits + 1, found.last_on)
            assert (since, until) == (found.owed.since, found.owed.until)
        transaction.set_rollback(True)


def _live(debtors: Debtors, act: str, day: date) -> None:
    """Do one act of a life by its action; what the law refuses is not done, and the database never has to say so."""
    (one,) = debtors.people
    marks = Mark.objects.in_force().filter(enrolment=one).order_by("sheet__attempt", "sheet__serial")
    try:
        with transaction.atomic():
            if act.endswith("ill"):
                mark = marks.last()
                assert mark is not None
                last = mark.held_on + timedelta(days=9 if act.startswith("long") else 0)
                record_excuse(
                    one, kind="illness", first_day=mark.held_on, last_day=last, basis="справка", actor=debtors.methodist,
                    at=noon(max(day, last)),
                )  # fmt: skip
            elif "=" in act:
                which, _, text = act.partition("=")
                mark = (marks.first() if which == "first" else marks.last()) or marks.get()
                correction = make_correction(mark, text=text, at=noon(day))
                confirm_correction(correction, actor=debtors.methodist, at=noon(day))
            else:
                attempt = examinees_in(debtors.sheet.module, [one])[one.pk].attempt
                debtors.sit(day, act, **(debtors.panel() if attempt == 3 else {}))
    except Refusal:
        return
