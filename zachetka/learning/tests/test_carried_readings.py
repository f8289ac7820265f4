"""A carried mark of another scale is read through its edition wherever debts and admission are asked (п. 2.3; 273-ФЗ ст. 58, 59)."""

from __future__ import annotations

from typing import Final

import psycopg
import pytest
from django.db import connection

from zachetka.learning.models import Enrolment
from zachetka.learning.queries import tried
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.carrying import failing_carried
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.tests.make import book_of
from zachetka.learning.tests.make_equivalences import elsewhere, make_matched
from zachetka.learning.tests.make_transfers import two, typed
from zachetka.postgres.address import MIGRATE, Place

pytestmark = pytest.mark.clause("2.3", "273-ФЗ ст. 58 ч. 2", "273-ФЗ ст. 59")

UNKNOWN: Final = (
    "CREATE OR REPLACE FUNCTION learning_counts_as(of_grade bigint, in_edition bigint, with_score numeric) RETURNS bigint"
    " LANGUAGE sql STABLE AS 'SELECT NULL::bigint'"
)
"""As if the edition knew none of the grades that were carried: no law lets that be, and nothing relies on it."""


def owing_in_another_scale() -> Enrolment:
    learner, _ = two()
    typed(learner, 1, "2")
    typed(learner, 2, "5")
    return make_matched(learner, elsewhere(learner, scales=("pass_fail",) * 3))


def counted(book: Enrolment) -> list[tuple[int, bool]]:
    """Return the attempts that the database counts, by place of the module."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.ordinal, a.passes FROM programs_module p JOIN learning_cohort c ON c.program_version_id = p.version_id,"
            " LATERAL learning_attempts(%s, p.id) a WHERE c.id = %s ORDER BY 1",
            [book.pk, book.cohort_id],
        )
        return [(place, passes) for place, passes in cursor.fetchall()]


@pytest.mark.django_db
def test_admission_and_debts_call_a_carried_debt_as_the_record_book_does():
    book = owing_in_another_scale()
    told = [one.sentence for one in headways([book])[book.pk].before_final]
    assert told == [line.obstacle.sentence for line in book_of(book).lines if line.obstacle]
    assert "не зачтено" in told[0]
    assert [one.cause for one in debts_of([book.cohort])] == ["не зачтено"]


def test_what_its_edition_does_not_know_counts_nowhere(fresh_database: Place, monkeypatch: pytest.MonkeyPatch):
    book = owing_in_another_scale()
    cohort = book.cohort
    assert counted(book) == [(1, False), (2, True)]
    assert (failing_carried().count(), headways([book])[book.pk].passed) == (1, 1)
    with psycopg.connect(fresh_database.conninfo(MIGRATE), autocommit=True) as owner:
        owner.execute(UNKNOWN)
    monkeypatch.setattr(tried, "counts_as", lambda *_: None)
    assert counted(book) == []
    assert failing_carried().count() == 0
    headway = headways([book])[book.pk]
    assert (headway.passed, headway.debts) == (0, 0)
    assert all(one.sentence.startswith("нет оценки") for one in headway.before_final)
    assert debts_of([cohort]) == []
