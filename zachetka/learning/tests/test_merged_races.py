"""Somebody decides about a card at the moment at which it becomes their own: they wait for the merge, and are refused (п. 3.8)."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from tests.at_once import at_once, meanwhile
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.constraints import guard_words
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.marks import Cell, confirm_correction, set_marks
from zachetka.learning.models import Correction, Mark
from zachetka.learning.tests.make import (
    NOON,
    make_correction,
    make_enrolment,
    make_mark,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.people.actions import Schooling
from zachetka.people.models import Merge
from zachetka.people.tests.test_merge_races import merging
from zachetka.people.tests.test_merging import Two, two

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


def finished() -> tuple[Two, Correction, Account]:
    """Return two cards, a correction proposed to a mark in the finished book of the one, an account of the other."""
    case = two(goes={"education": (Schooling("higher", "1", "7654321"),)})
    sheet = make_sheet(learners=0)
    book = make_enrolment(sheet.cohort, case.goes.learner)
    mark = make_mark(book, sheet, closed=True)
    make_order(
        sheet.cohort, [case.goes.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date()
    )
    return case, make_correction(mark), make_account("methodist", person_uid=case.stays.uid)


@pytest.mark.clause("2.1", "3.8")
def test_a_mark_written_while_its_card_is_absorbed_waits_and_is_refused_to_whose_it_became() -> None:
    case, correction, own = finished()

    def confirm() -> str:
        try:
            confirm_correction(correction, actor=own, at=NOON)
        except IntegrityError as refusal:
            return guard_words(refusal)  # as the page answers
        return ""

    came = meanwhile(partial(merging, case), confirm)
    assert came == "Исправление своей оценки предлагают и решают другие (п. 3.8)."
    assert (Mark.objects.count(), Merge.objects.count()) == (1, 1)


@pytest.mark.clause("2.1", "3.8")
def test_a_merge_waits_for_the_mark_that_is_being_written_and_sees_whose_hands_wrote_it() -> None:
    case, correction, own = finished()
    came = meanwhile(partial(confirm_correction, correction, actor=own, at=NOON), partial(merging, case))
    assert isinstance(came, RuleViolation)
    assert "решал о другой как о чужой: оценка, исправление оценки" in came.sentence
    assert (Mark.objects.count(), Merge.objects.count()) == (2, 0)


@pytest.mark.clause("2.1")
def test_a_mark_of_a_stranger_lands_on_the_card_on_which_the_book_is_whichever_comes_first() -> None:
    case, correction, _ = finished()
    stranger = make_account("methodist")
    came = meanwhile(partial(merging, case), partial(confirm_correction, correction, actor=stranger, at=NOON))
    assert isinstance(came, Mark)
    book = Mark.objects.get(supersedes__isnull=False).enrolment
    assert (book.learner.person, book.human_uid) == (case.goes, case.stays.uid)


def test_whoever_is_still_marked_is_not_absorbed() -> None:
    case = two(goes={"education": (Schooling("higher", "1", "7654321"),)})
    sheet = make_sheet(learners=0)
    book = make_enrolment(sheet.cohort, case.goes.learner)
    came = at_once(
        partial(merging, case), partial(set_marks, sheet, [Cell(book.pk, "4", None)], actor=teacher_of(sheet), at=NOON)
    )
    assert isinstance(came[0], RuleViolation)
    assert "ещё учатся" in came[0].sentence
    assert Mark.objects.get().enrolment == book
