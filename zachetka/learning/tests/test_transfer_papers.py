"""What a book that goes on from another prints and proves to a stranger (273-ФЗ ст. 57; п. 2.5, 3.3)."""

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
from zachetka.learning.tests.make import NOON
from zachetka.learning.tests.make_transfers import moved, two, typed
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.learning.tests.test_record_book_paper import printed
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("273-ФЗ ст. 57", "2.5")]


def books() -> tuple[Enrolment, Enrolment]:
    """Return a book that a transfer ended, with a passed module and a debt, and the one that goes on."""
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    new = moved(learner)
    old, fresh = (Enrolment.objects.select_related(*PAPERS).get(pk=one.pk) for one in (learner, new))
    return old, fresh


@pytest.mark.django_db
def test_the_extract_says_from_which_book_each_result_comes():
    old, new = books()
    paper = printed(new, NOON)
    origin = [[one["carried_from"] for one in line["attempts"]] for line in paper["modules"]]
    assert origin == [[str(old)], [str(old)], []]
    assert paper["card"]["enrolment"].endswith(f"переводом из книжки № {old}")
    assert [debt["title"] for debt in paper["debts"]] == [paper["modules"][1]["title"]]
    before = printed(old, NOON)
    assert [one["carried_from"] for line in before["modules"] for one in line["attempts"]] == [None, None]
    assert before["card"]["standing"] == "обучение прекращено переводом"


@pytest.mark.clause("3.3")
def test_a_stranger_verifies_what_was_carried_and_refuses_it_when_changed(
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
        f"Продолжает зачётную книжку №: {old}",
        f"Перенесено из зачётной книжки №: {old}",
        "Приказ о переводе №: 1-п",
    ):
        assert words in told.stdout
    said = file.read_text()
    forged = said.replace(
        json.dumps("неудовлетворительно", ensure_ascii=False), json.dumps("отлично", ensure_ascii=False)
    )
    assert forged != said
    file.write_text(forged)
    assert verified(file).returncode != 0
