"""Whoever returns into a group begins a new record book there (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zachetka.core.errors import RuleViolation
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.record_proof import proof_of
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.tests.make import NOON, book_of, make_order, sheet
from zachetka.learning.tests.make_equivalences import (
    elsewhere,
    make_matched,
)
from zachetka.learning.tests.make_transfers import MOVED, TYPED, moved, two, typed

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")]


def back(learner: Enrolment) -> tuple[Enrolment, Enrolment]:
    """Return the books of whoever went to another programme and came back into the first group."""
    away = make_matched(learner, elsewhere(learner), at=MOVED)
    at = MOVED + timedelta(days=5)
    return away, make_matched(away, learner.cohort, at=at)


def test_whoever_returns_gets_a_new_book_in_the_old_group_with_what_was_left_there():
    learner, _ = two(held_on=[date(2026, 10, 5), date(2026, 10, 6), date(2026, 11, 20)])
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    away, home = back(learner)
    now = book_of(home)
    assert (home.cohort, home.continues) == (learner.cohort, away)
    assert [line.words for line in now.lines] == ["отлично", "неудовлетворительно", ""]
    assert [line.carried_from for line in now.lines] == [str(learner), str(learner), ""]
    assert [one.module.ordinal for one in debts_of([learner.cohort])] == [2]
    assert now.lines[2].awaited == sheet(learner.cohort, 3)
    assert book_of(learner).state == "moved"
    assert proof_of(now).is_whole
    lines = {line.enrolment_id: line.state for line in summary_of(learner.cohort, at=NOON).lines}
    assert (lines[learner.pk], lines[home.pk]) == ("moved", "active")
    then = {line.enrolment_id: line.state for line in summary_of(learner.cohort, at=NOON, seen_at=TYPED).lines}
    assert (then[learner.pk], home.pk in then) == ("active", False)


def test_a_return_within_a_version_carries_all_of_it_by_itself():
    learner, _ = two()
    typed(learner, 1, "5")
    away = moved(learner)
    home = moved(away, learner.cohort, at=MOVED + timedelta(days=5))
    assert [line.carried_from for line in book_of(home).lines] == [str(learner), "", ""]


def test_nobody_is_enrolled_again_where_a_book_has_been():
    learner, _ = two()
    typed(learner, 1, "5", closed=False)
    moved(learner)
    with pytest.raises(RuleViolation, match="уже в группе"):
        make_order(learner.cohort, [learner.learner])
