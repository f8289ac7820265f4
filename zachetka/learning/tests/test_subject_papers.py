"""The record books in the answer to a data subject: paper and proof that a stranger checks (п. 2.5; 152-ФЗ ст. 14)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden
from zachetka.learning.actions.record_books import print_record_book, state_bundle
from zachetka.learning.models import Enrolment, Mark
from zachetka.learning.tests.make import make_enrolment, make_mark
from zachetka.ledger import verify_bundle
from zachetka.ledger.sealer import seal
from zachetka.people.actions.subject_data import export_subject_data
from zachetka.postgres.address import MIGRATE, Place
from zachetka.rendering import gate

pytestmark = pytest.mark.clause("152-ФЗ ст. 14")


@pytest.fixture
def enrolment(fresh_database: Place, settings: Settings, tmp_path: Path) -> Enrolment:
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    made = make_enrolment()
    make_mark(made)
    seal(now())
    return made


def sealing(seconds: float) -> None:
    seal(now())


def answer(enrolment: Enrolment, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of the package about the learner, asked for by themself, and its data."""
    person = enrolment.learner.person
    actor = make_account("learner", person_uid=person.uid)
    package = export_subject_data(person, actor=actor, at=now(), sleep=sealing)
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        archive.extractall(tmp_path / "answer")
    return tmp_path / "answer", json.loads((tmp_path / "answer" / "data.json").read_text("utf-8"))


@pytest.mark.clause("2.5")
def test_the_answer_has_each_record_book_as_paper_and_as_a_proof_that_holds(
    enrolment: Enrolment, tmp_path: Path
) -> None:
    folder, told = answer(enrolment, tmp_path)
    books = folder / "Зачётные книжки"
    assert gate.flaws((books / f"{enrolment}.pdf").read_bytes()) == ()
    assert gate.flaws((folder / "Сведения.pdf").read_bytes()) == ()
    verifier = [
        sys.executable,
        "-I",
        str(Path(verify_bundle.__file__)),
        str(books / f"{enrolment} доказательства.json"),
    ]
    assert subprocess.run(verifier, check=False, capture_output=True).returncode == 0
    assert told["papers_not_made"] == []
    kept = {kind["record"]: kind["count"] for kind in told["kept"]}
    assert kept["learning.mark"] == 1
    assert kept["learning.enrolment"] == 1


def test_a_mark_is_told_to_its_learner_and_to_its_teacher_by_number_alone(enrolment: Enrolment, tmp_path: Path) -> None:
    teacher = Mark.objects.select_related("teacher__person").get().teacher.person
    package = export_subject_data(teacher, actor=None, at=now(), sleep=sealing)
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        told = json.loads(archive.read("data.json"))
    assert "learning.mark" not in {kind["record"] for kind in told["kept"]}
    assert {"record": "learning.mark", "field": "teacher", "count": 1} in told["signed"]
    assert str(enrolment) not in json.dumps(told, ensure_ascii=False)
    assert enrolment.learner.person.full_name not in json.dumps(told, ensure_ascii=False)


@pytest.mark.clause("3.8")
def test_whoever_answers_takes_the_books_of_an_answer_and_no_others(enrolment: Enrolment) -> None:
    privacy = make_account("privacy")
    package = export_subject_data(enrolment.learner.person, actor=privacy, at=now(), sleep=sealing)
    assert f"Зачётные книжки/{enrolment}.pdf" in package.files
    with pytest.raises(Forbidden):
        print_record_book(enrolment, actor=privacy, at=now(), seen_at=now())
    with pytest.raises(Forbidden):
        state_bundle(enrolment, actor=privacy, at=now())


@pytest.mark.clause("3.3")
def test_a_book_that_differs_from_the_ledger_is_named_and_does_not_hold_up_the_rest(
    enrolment: Enrolment, tmp_path: Path, fresh_database: Place
) -> None:
    with psycopg.connect(fresh_database.conninfo(MIGRATE), autocommit=True) as owner:
        owner.execute("ALTER TABLE learning_mark DISABLE TRIGGER USER")
        owner.execute("UPDATE learning_mark SET held_on = held_on - 1")
        owner.execute("ALTER TABLE learning_mark ENABLE TRIGGER USER")
    connection.close()
    folder, told = answer(enrolment, tmp_path)
    assert not (folder / "Зачётные книжки").exists()
    (missing,) = told["papers_not_made"]
    assert missing["name"] == f"Зачётные книжки/{enrolment}.pdf"
    assert "расходятся с журналом" in missing["reason"]
    assert (folder / "Сведения.pdf").exists()
