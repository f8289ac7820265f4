"""What a book that was matched prints, and what it proves to a stranger (273-ФЗ ст. 57; п. 2.5, 3.3)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zachetka.core.clock import now
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import disagreements, proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.tests.make import NOON
from zachetka.learning.tests.make_equivalences import elsewhere, make_matched
from zachetka.learning.tests.make_transfers import two, typed
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57", "2.5")]


def books() -> tuple[Enrolment, Enrolment]:
    """Return a book of five points that a transfer ended, and the one of «зачтено» that goes on."""
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    new = make_matched(learner, elsewhere(learner, scales=("pass_fail",) * 3))
    old, fresh = (Enrolment.objects.select_related(*PAPERS).get(pk=one.pk) for one in (learner, new))
    return old, fresh


@pytest.mark.django_db
def test_the_extract_says_as_what_each_result_counts_and_by_which_order():
    old, new = books()
    paper = printed(new, NOON)
    title = paper["modules"][0]["title"]
    assert paper["modules"][0]["origin"] == (
        f"зачтено из № {old}: «{title}», 12 ч, экзамен, отлично; приказ № 1-п от 10.10.2026"
    )
    grades = [[one["grade"] for one in line["attempts"]] for line in paper["modules"]]
    assert grades == [["зачтено"], ["не зачтено"], []]
    assert [line["origin"] is None for line in paper["modules"]] == [False, False, True]
    assert [line["origin"] for line in printed(old, NOON)["modules"]] == [None] * 3


@pytest.mark.django_db
@pytest.mark.clause("2.2")
def test_the_summary_sheet_marks_what_was_credited_and_keeps_a_debt_red():
    _, new = books()
    (line,) = summary_of(new.cohort, at=NOON).lines
    first, second, third = (cell and (cell.mark.is_carried, cell.is_debt) for cell in line.cells)
    assert (first, second, third) == ((True, False), (True, True), None)


@pytest.mark.clause("3.3")
def test_a_stranger_verifies_what_was_credited_and_refuses_it_when_a_byte_is_changed(
    fresh_database: Place, settings: Settings, tmp_path: Path
):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    old, new = books()
    seal(now())
    for one in (old, new):
        book = record_book(one, at=now())
        assert disagreements(book, proof_of(book)) == []
    file = tmp_path / "book.json"
    file.write_bytes(bundle(new))
    told = verified(file)
    assert told.returncode == 0, told.stdout + told.stderr
    for words in (
        f"Перенесено из зачётной книжки №: {old}",
        "Засчитана дисциплина:",
        "Переведено в шкалу: зачтено — не зачтено",
        "Засчитывается как: зачтено",
        "отлично",
    ):
        assert words in told.stdout
    said = file.read_text()
    for was, forged in (("отлично", "зачтено"), ("не зачтено", "зачтено")):
        changed = said.replace(json.dumps(was, ensure_ascii=False), json.dumps(forged, ensure_ascii=False))
        assert changed != said
        file.write_text(changed)
        assert verified(file).returncode != 0
