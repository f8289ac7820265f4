"""What a book with an individual plan says on paper and proves to a stranger (273-ФЗ ст. 34 ч. 1 п. 3; п. 2.5, 3.3)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zachetka.core.clock import now
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import disagreements, proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.summary_paper import content_of
from zachetka.learning.tests.make import NOON, make_enrolment, make_mark
from zachetka.learning.tests.make_plans import WRITTEN, apart, credited, make_plan, needless
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3", "2.5")]


def planned() -> Enrolment:
    made = make_enrolment()
    make_plan(made, {1: credited(), 2: apart(date(2026, 12, 1))}, ends_on=date(2027, 2, 1))
    make_mark(made, made.cohort.sheets.get(module__ordinal=3), "5")
    return Enrolment.objects.select_related(*PAPERS).get(pk=made.pk)


@pytest.mark.django_db
def test_the_extract_prints_the_plan_and_counts_by_it():
    paper = printed(planned(), NOON)
    assert [line["left_out"] for line in paper["modules"]] == ["зачтено ранее", None, None]
    assert "индивидуальный, с увеличением срока обучения, приказ от 20.09.2026 № 1" in paper["card"]["plan"]
    assert paper["card"]["period"].endswith("01.02.2027")
    assert paper["totals"] == {"hours": "24", "mastered": "освоено 12\u00a0ч; закрыто модулей: 1 из 2"}
    assert printed(Enrolment.objects.select_related(*PAPERS).get(pk=make_enrolment().pk), NOON)["card"]["plan"] is None


@pytest.mark.django_db
def test_the_statement_of_a_summary_sheet_commits_to_what_a_plan_leaves_out():
    made = make_enrolment()
    make_plan(made, {1: credited(), 2: needless()})
    cohort = type(made.cohort).objects.select_related("program_version__program").get(pk=made.cohort_id)
    told = content_of(summary_of(cohort, at=NOON))
    before = content_of(summary_of(cohort, at=NOON, seen_at=WRITTEN - timedelta(days=1)))
    assert told["lines"][0][-1] == ["credited", "needs", None]  # type: ignore[index]
    assert before["lines"][0][-1] == [None, None, None]  # type: ignore[index]


@pytest.mark.clause("3.3")
def test_a_stranger_reads_the_plan_in_the_file_of_proofs(fresh_database: Place, settings: Settings, tmp_path: Path):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    enrolment = planned()
    seal(now())
    book = record_book(enrolment, at=now())
    assert disagreements(book, proof_of(book)) == []
    file = tmp_path / "book.json"
    file.write_bytes(bundle(enrolment))
    told = verified(file)
    assert told.returncode == 0, told.stdout + told.stderr
    for words in (
        "Индивидуальный план: приказ №: 1-и",
        "По индивидуальному плану: зачтено ранее (credited)",
        "Сдать до:",
    ):
        assert words in told.stdout
    assert "диплом № 118" not in told.stdout  # on which paper stays closed, as of every order
