"""`zachetka export record-book`: paper and proof by one command (п. 2.5)."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pytest_django.fixtures import Settings

from zachetka.cli import exports
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import make_enrolment, make_mark
from zachetka.ledger import verify_bundle
from zachetka.postgres.address import Place

pytestmark = pytest.mark.clause("2.5")


@pytest.fixture
def enrolment(fresh_database: Place, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enrolment:
    """A learner with a mark that nobody has sealed yet; the command finds this database already up."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    monkeypatch.setattr(exports, "database", contextlib.nullcontext)
    made = make_enrolment()
    make_mark(made)
    return made


def test_the_operator_writes_paper_and_proof_by_one_command(enrolment: Enrolment, tmp_path: Path):
    pdf, file = tmp_path / "book.pdf", tmp_path / "book.json"
    for given in (str(enrolment), str(enrolment.pk), "--any"):
        told = CliRunner().invoke(exports.record_book, [given, "--pdf", str(pdf), "--bundle", str(file)])
        assert told.exit_code == 0, told.output
        assert json.loads(told.output)["record_book"] == str(enrolment)
    assert pdf.read_bytes().startswith(b"%PDF-")
    verifier = [sys.executable, "-I", str(Path(verify_bundle.__file__)), str(file)]
    assert subprocess.run(verifier, check=False, capture_output=True).returncode == 0


def test_the_command_names_what_is_missing(enrolment: Enrolment, tmp_path: Path):
    told = CliRunner().invoke(exports.record_book, ["ЗК-00-0000", "--pdf", str(tmp_path / "book.pdf")])
    assert told.exit_code == 1
    assert "Такой зачётной книжки нет" in told.output
    assert not (tmp_path / "book.pdf").exists()


def test_of_number_and_any_exactly_one_is_named(tmp_path: Path):
    out = ["--pdf", str(tmp_path / "book.pdf")]
    both = CliRunner().invoke(exports.record_book, ["ЗК-26-0001", "--any", *out])
    neither = CliRunner().invoke(exports.record_book, out)
    assert (both.exit_code, neither.exit_code) == (2, 2)
    assert "не оба" in both.output
    assert "Назовите номер зачётной книжки или укажите --any" in neither.output


def test_a_file_that_cannot_be_written_is_refused_in_russian_and_leaves_no_draft(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for name, why in {
        "none/a.pdf": "такой папки нет",
        "folder": "есть папка",
        "file/a.pdf": "вместо папки файл",
    }.items():
        with pytest.raises(click.ClickException) as refused:
            exports._write(tmp_path / name, b"content")
        assert why in refused.value.message
        assert not re.search(r"[a-z]{3} [a-z]", refused.value.message), "words of the operating system"
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "file"}
    exports._write(tmp_path / "a.pdf", b"content")  # the control
    assert (tmp_path / "a.pdf").read_bytes() == b"content"


@pytest.mark.clause("3.8")
def test_the_operator_writes_the_matrix_as_a_workbook_and_on_paper(enrolment: Enrolment, tmp_path: Path):
    workbook, paper = tmp_path / "matrix.xlsx", tmp_path / "matrix.pdf"
    told = CliRunner().invoke(exports.access_matrix, ["--xlsx", str(workbook), "--pdf", str(paper)])
    assert told.exit_code == 0, told.output
    said = json.loads(told.output)
    assert (said["approved"], said["differences"]) == (None, None)
    assert said["standing"] == "Проект: «Матрицу доступа» ещё не утверждали."
    assert paper.read_bytes().startswith(b"%PDF-")
    assert workbook.read_bytes().startswith(b"PK")
    assert CliRunner().invoke(exports.access_matrix, []).exit_code == 2


@pytest.mark.clause("152-ФЗ ст. 14")
def test_the_operator_writes_everything_that_is_kept_of_a_person(enrolment: Enrolment, tmp_path: Path):
    out = tmp_path / "answer.zip"
    for given in (str(enrolment), str(enrolment.learner.person.uid)):
        told = CliRunner().invoke(exports.subject_data, [given, "--out", str(out)])
        assert told.exit_code == 0, told.output
        said = json.loads(told.output)
        assert said["person"] == str(enrolment.learner.person.uid)
        with zipfile.ZipFile(out) as archive:
            assert sorted([*said["files"], "manifest.json"]) == archive.namelist()
            assert f"Зачётные книжки/{enrolment}.pdf" in said["files"]
    told = CliRunner().invoke(exports.subject_data, ["ЗК-00-0000", "--out", str(tmp_path / "none.zip")])
    assert told.exit_code == 1
    assert "Такого человека нет" in told.output
    assert not (tmp_path / "none.zip").exists()
