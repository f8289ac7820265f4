"""What a transfer cannot wash away: a debt by the database, a good reason by the chain of record books (273-ФЗ ст. 43, 57, 58)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.models import PlanLine
from zachetka.learning.queries import admission
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.queries.learner_tasks import learner_tasks
from zachetka.learning.queries.sheet import sheet_of, sums_of
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.queries.withdrawing import ill_on
from zachetka.learning.tests.make import book_of, methodist_of, sheet
from zachetka.learning.tests.make_transfers import LATER, TYPED, make_other, make_transfer, moved, two, typed
from zachetka.learning.tests.test_record_book_tasks import owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 57")]

HELD = date(2026, 10, 15)
"""The day of a control in the group to which one was transferred."""


@pytest.mark.clause("273-ФЗ ст. 58")
def test_the_database_lets_no_transfer_wash_a_debt_away(monkeypatch: pytest.MonkeyPatch):
    learner, other = two()
    typed(learner, 1, "2")
    target = make_other(learner.cohort)
    with monkeypatch.context() as patched:
        patched.setattr(PlanLine.objects, "bulk_create", lambda rows: list(rows)[:0])
        with pytest.raises(IntegrityError, match="план не отменяет"), transaction.atomic():
            make_transfer(learner, target)
    monkeypatch.setattr("zachetka.learning.actions.transfers._plan", lambda *_: None)
    with pytest.raises(IntegrityError, match="исполняется сразу и обо всех"), transaction.atomic():
        make_transfer(other, target)


@pytest.mark.clause("273-ФЗ ст. 43 ч. 6", "273-ФЗ ст. 58 ч. 5")
def test_good_reasons_go_along_the_whole_chain_of_books_with_results_or_without():
    learner, _ = two()
    typed(learner, 1, "2")
    second = moved(learner)
    record_excuse(
        second, kind="illness", first_day=date(2026, 11, 2), last_day=date(2026, 11, 9), basis="справка № 2",
        actor=methodist_of(second), at=datetime.fromisoformat("2026-11-10T12:00:00+03:00"),
    )  # fmt: skip
    third = moved(
        second, make_other(second.cohort, held_on=[date(2026, 12, 1)] * 3),
        at=datetime.fromisoformat("2026-11-12T12:00:00+03:00"),
    )  # fmt: skip
    (owing,) = debts_of([third.cohort])
    assert owing.owed is not None
    assert owing.owed.until == date(2027, 10, 13)
    assert book_of(third).debts[0].until == date(2027, 10, 13)
    with connection.cursor() as cursor:
        cursor.execute("SELECT learning_debt_until(%s, '2026-10-05')", [third.pk])
        assert cursor.fetchone() == (date(2027, 10, 13),)
    assert ill_on([third], date(2026, 11, 9)) == [third]
    assert ill_on([third], date(2026, 12, 1)) == []


def test_whoever_was_ill_before_the_transfer_is_away_after_it_with_nothing_carried():
    learner, _ = two()
    record_excuse(
        learner, kind="academic_leave", first_day=date(2026, 10, 6), last_day=date(2026, 10, 20), basis="справка № 3",
        actor=methodist_of(learner), at=TYPED,
    )  # fmt: skip
    assert ill_on([moved(learner)], date(2026, 10, 12))


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
@pytest.mark.parametrize("has_results", [True, False], ids=["with results", "with nothing carried"])
@pytest.mark.parametrize("is_away", [True, False], ids=["away", "the control"])
def test_an_absence_in_the_new_group_is_excused_by_days_known_before_the_transfer(*, is_away: bool, has_results: bool):
    learner, _ = two()
    owner = owner_of(learner)
    if has_results:
        typed(learner, 1, "5")
    if is_away:
        record_excuse(
            learner, kind="academic_leave", first_day=date(2026, 10, 6), last_day=HELD, basis="приказ № 4",
            actor=methodist_of(learner), at=datetime.fromisoformat("2026-10-09T12:00:00+03:00"),
        )  # fmt: skip
    new = moved(learner, make_other(learner.cohort, held_on=[HELD] * 3))
    typed(new, 3, "н", at=LATER)
    actor = methodist_of(new)
    (line,) = sheet_of(new.cohort, actor=actor, today=LATER.date()).lines
    (summed,) = summary_of(new.cohort, at=LATER).lines
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM learning_attempts(%s, %s)", [new.pk, sheet(new.cohort, 3).module_id])
        (attempts,) = cursor.fetchone()
    new.refresh_from_db()
    owed = (line.debts, summed.debts, len(book_of(new).debts), sums_of([new.pk], actor=actor)[new.pk][1], attempts)
    asked = (
        sum(1 for one in debts_of([new.cohort]) if one.owed),
        admission.headways([new])[new.pk].debts,
        sum(1 for task in learner_tasks(owner, LATER) if task.title.startswith("Пересдать")),
    )
    assert owed + asked == ((0,) * 8 if is_away else (1,) * 8), "pages, the keystroke and the database say the same"
