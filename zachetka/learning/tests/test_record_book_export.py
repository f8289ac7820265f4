"""Taking a record book away: the paper and the proof that a stranger checks without us (п. 2.5, 3.3)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from zachetka.access.tests.make import make_account
from zachetka.core.clock import end_of_day, legal_date, now
from zachetka.core.errors import Forbidden
from zachetka.core.provable import provable_models
from zachetka.learning.actions.marks import close_sheet, confirm_correction
from zachetka.learning.actions.record_books import (
    NotSealedInTime,
    RecordsDiffer,
    bundle_of,
    print_record_book,
    state_bundle,
)
from zachetka.learning.bundles import statement_of
from zachetka.learning.models import Enrolment, Mark
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_proof import proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import NOON, make_correction, make_enrolment, make_mark, teacher_of
from zachetka.ledger import verify_bundle
from zachetka.ledger.actions import record_statement
from zachetka.ledger.bundle import build
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event, Leaf
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.people.actions import change_name
from zachetka.postgres.address import Place

pytestmark = pytest.mark.clause("2.5")

VERIFIER = Path(verify_bundle.__file__)


@pytest.fixture
def enrolment(fresh_database: Place, settings: Settings, tmp_path: Path) -> Enrolment:
    """A learner with a corrected mark and a debt, sealed."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    made = make_enrolment()
    first, second, _ = made.cohort.sheets.select_related("teacher__person").order_by("module__ordinal")
    mark = make_mark(made, first, "4", closed=True)
    make_mark(made, second, "нз")
    unit = made.cohort.program_version.program.unit
    correction = make_correction(mark, at=NOON + timedelta(days=1))
    confirm_correction(correction, actor=make_account("methodist", unit=unit), at=NOON + timedelta(days=1))
    seal(now())
    return Enrolment.objects.select_related(*PAPERS).get(pk=made.pk)


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a stranger would: alone in a folder, without Django and without us."""
    alone = file.parent / "verify_bundle.py"
    alone.write_bytes(VERIFIER.read_bytes())
    return subprocess.run(
        [sys.executable, "-I", str(alone), str(file)], capture_output=True, text=True, check=False, cwd=file.parent
    )


def bundle(enrolment: Enrolment) -> bytes:
    stated = state_bundle(enrolment, actor=None, at=now())
    seal(now())
    return bundle_of(stated)


@pytest.mark.clause("3.3")
def test_a_stranger_accepts_the_bundle_and_reads_names_grades_and_the_correction_in_it(
    enrolment: Enrolment, tmp_path: Path
):
    file = tmp_path / "book.json"
    file.write_bytes(bundle(enrolment))
    told = verified(file)
    assert told.returncode == 0, told.stdout + told.stderr
    person = enrolment.learner.person
    for words in (person.last_name, str(enrolment), "отлично", "хорошо", "не зачтено", "не учтён ответ на вопрос 14"):
        assert words in told.stdout
    assert enrolment.cohort.program_version.title in told.stdout


@pytest.mark.clause("3.3")
def test_a_stranger_compares_with_the_paper_in_words_and_sees_which_code_is_proven(
    enrolment: Enrolment, tmp_path: Path
):
    file = tmp_path / "book.json"
    file.write_bytes(whole := bundle(enrolment))
    told = verified(file).stdout
    person, holder = enrolment.learner.person, f"people.person:{enrolment.learner.person.pk}"
    for words in (
        f"    Зачётная книжка №: {enrolment}\n    Слушатель: {person.full_name} ({holder})\n",
        "Форма обучения: очно-заочная (mixed)",
        "Состояние: обучается (active)",
        "Форма контроля: экзамен (exam)\n",
        "\n\n      Оценка, попытка 1: отлично\n      Дата контроля: 05.10.2026\n",
        "\n\n      Оценка, попытка 1, прежняя запись: хорошо\n",
        "\n\n    2. Дисциплина: Планирование и обоснование закупок\n",
        "слово перед ними дала академия",
        "Исправляет запись: хорошо (learning.mark:",
        "Выдано ",
    ):
        assert words in told
    words_stated = {line["label"]: line["word"] for line in lines_of(json.loads(whole)) if "word" in line}
    assert words_stated.keys() == {
        "Слушатель",
        "Форма обучения",
        "Состояние",
        "Форма контроля",
        "Преподаватель",
        "Исправляет запись",
    }
    records = json.dumps(json.loads(whole)["records"], ensure_ascii=False)
    assert not [word for word in words_stated.values() if word in records and word != "хорошо"]  # of no record
    file.write_bytes(whole.replace("очно-заочная".encode(), "заочная".encode()))
    assert "Документ: показано не то, что записано" in verified(file).stdout


@pytest.mark.clause("3.3")
def test_even_the_academy_cannot_put_another_name_before_the_code_of_the_holder(enrolment: Enrolment, tmp_path: Path):
    """Whoever broke into the web server states any document; the name still has to follow from the person's record."""
    at, file, told = now(), tmp_path / "book.json", {}
    exhibit, document = statement_of(record_book(enrolment, at=at))
    (whose,) = [line for _path, line in verify_bundle.lines_of(document["holder"]) if "learner_id" in line["field"]]
    for name in (enrolment.learner.person.full_name, "Снегирёв Илья"):
        whose["word"] = name
        with transaction.atomic():
            event = record_statement(
                EventType.RECORD_BOOK_EXPORTED, enrolment, document, actor=None, at=at, clause="2.5"
            )
        seal(at)
        file.write_bytes(build(event.pk, document, exhibit))
        told[name] = verified(file).stdout.splitlines()[0]
    assert [words.split(":")[0] for words in told.values()] == ["ПОДТВЕРЖДЕНО", "НЕ ПОДТВЕРЖДЕНО. Строка «Слушатель»"]


def lines_of(bundled: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for _path, line in verify_bundle.lines_of(bundled["document"])]


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("change", ["отлично", "Правовые", "grade_id", "learning.mark:", "root", "экзамен"])
def test_a_stranger_refuses_the_bundle_with_one_byte_changed(enrolment: Enrolment, tmp_path: Path, change: str):
    whole = bundle(enrolment)
    at = whole.index(change.encode()) + 1
    file = tmp_path / "book.json"
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    assert verified(file).returncode == 1


@pytest.mark.clause("3.8")
def test_a_bundle_opens_what_its_page_shows_and_no_other_field_of_any_record(enrolment: Enrolment):
    person, paper = enrolment.learner.person, "свидетельство о браке № 7713"
    change_name(
        person, last_name="Снегирёв", first_name="Илья", patronymic="", valid_from=legal_date(now()), basis=paper,
        actor=make_account("methodist"), at=now(),
    )  # fmt: skip
    whole = bundle(enrolment).decode()
    records = json.loads(whole)["records"]
    opened = {(name.split(":")[0], field) for name, record in records.items() for field in record["opened"]}
    closed = {(name.split(":")[0], field) for name, record in records.items() for field in record["closed"]}
    assert {("people.personname", "last_name"), ("learning.mark", "reason"), ("learning.order", "number")} <= opened
    assert {
        *(("people.personname", field) for field in ("basis", "valid_from", "recorded_at")),
        *(("people.employee", field) for field in ("hired_on", "left_on", "unit_id", "position")),
        *(("learning.order", field) for field in ("basis", "drafted_by_id", "approved_by_id", "text_hash")),
        ("learning.enrolment", "education_id"),
    } <= closed - opened
    assert "Снегирёв" in whole
    for hidden in (str(person.birth_date), enrolment.enrolment_order.basis, paper):
        assert hidden
        assert hidden not in whole
    assert not any(record.startswith("people.person:") for record in records)


def test_without_the_sealer_the_proof_says_to_come_back_and_waits_no_longer_than_promised(enrolment: Enrolment):
    slept: list[float] = []
    stated = state_bundle(enrolment, actor=None, at=now())
    with pytest.raises(NotSealedInTime) as refusal:
        bundle_of(stated, sleep=slept.append)
    assert refusal.value.status == 503
    assert sum(slept) <= 3.01


@pytest.mark.clause("3.3")
def test_a_record_changed_past_the_system_stops_the_bundle(enrolment: Enrolment):
    stated = state_bundle(enrolment, actor=None, at=now())
    seal(now())
    (name,) = [name for name in stated.exhibit.records if name.startswith("learning.enrolment:")]
    stated.exhibit.records[name].number = "ЗК-26-9999"  # type: ignore[attr-defined]
    with pytest.raises(RecordsDiffer):
        bundle_of(stated)


@dataclass(frozen=True)
class Forgery:
    """What a superuser changes with every trigger off, and how the page names the line."""

    table: str
    change: str
    says: str


FORGERIES = (
    Forgery("learning_mark", "score = 1 WHERE id = %(mark)s", "строка 1 «Правовые основы контрактной системы»"),
    Forgery(
        "learning_mark",
        "grade_id = (SELECT id FROM programs_grade WHERE label = 'отлично' LIMIT 1) "
        "WHERE grade_id <> (SELECT id FROM programs_grade WHERE label = 'отлично' LIMIT 1)",
        "строка 2 «Планирование и обоснование закупок»",
    ),
    Forgery("programs_grade", "label = 'превосходно' WHERE label = 'отлично'", "строка 1"),
    Forgery("programs_module", "hours = hours + 1 WHERE ordinal = 3", "строка 3"),
    Forgery("learning_enrolment", "number = 'ЗК-26-9999'", "сведения о зачётной книжке"),
)


@pytest.mark.clause("2.1", "3.3")
@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: f"{one.table} {one.says}")
def test_a_row_that_a_superuser_changed_is_named_in_red_and_is_not_printed(
    enrolment: Enrolment, client: Client, fresh_database: Place, forgery: Forgery
):
    client.force_login(make_account("registrar"))
    address = f"/record-books/{enrolment.pk}/"
    clean = client.get(f"{address}evidence/").content.decode()
    assert "на своих местах" in clean
    assert "не совпадает с журналом" not in clean
    assert client.get(f"{address}pdf/").status_code == 200
    touched = [model for model in provable_models() if model._meta.db_table == forgery.table]
    assert verify(models=touched).ok
    mark = Mark.objects.filter(enrolment=enrolment).latest("pk")
    with psycopg.connect(fresh_database.administrator()) as administrator:
        administrator.execute(f"ALTER TABLE {forgery.table} DISABLE TRIGGER ALL")
        administrator.execute(f"UPDATE {forgery.table} SET {forgery.change}", {"mark": mark.pk})  # noqa: S608 - ours
        administrator.execute(f"ALTER TABLE {forgery.table} ENABLE TRIGGER ALL")
    page = client.get(f"{address}evidence/")
    told = page.content.decode().replace("\u00a0", " ")
    assert page.status_code == 200
    assert "strip-bad" in told
    assert forgery.says in told
    assert "администратору безопасности" in told
    assert "на своих местах" not in told
    refused = client.get(f"{address}pdf/")
    assert refused.status_code == 409
    assert forgery.says in (said := refused.content.decode().replace("\u00a0", " "))
    assert "выписка не напечатана" in said
    assert "администратору безопасности" in said
    assert not verify(models=touched).ok


@pytest.mark.clause("2.1", "3.3")
def test_a_sheet_closed_or_a_mark_corrected_meanwhile_does_not_stop_the_bundle(enrolment: Enrolment, tmp_path: Path):
    stated = state_bundle(enrolment, actor=None, at=now())
    first, second, *_ = enrolment.cohort.sheets.select_related("teacher__person").order_by("module__ordinal")
    close_sheet(second, actor=teacher_of(second), at=now())
    unit = enrolment.cohort.program_version.program.unit
    newest = first.marks.latest("pk")
    confirm_correction(
        make_correction(newest, text="4", at=now()), actor=make_account("methodist", unit=unit), at=now()
    )
    seal(now())
    file = tmp_path / "book.json"
    file.write_bytes(bundle_of(stated))
    assert verified(file).returncode == 0


@pytest.mark.clause("3.3")
def test_the_page_names_the_leaf_beside_the_event_and_says_what_the_check_needs(enrolment: Enrolment, client: Client):
    client.force_login(make_account("registrar"))
    page = client.get(f"/record-books/{enrolment.pk}/evidence/").content.decode().replace("\u00a0", " ")
    told = re.sub(r"<[^>]+>", "", page)
    for mark in Mark.objects.filter(enrolment=enrolment):
        leaf = Leaf.objects.get(event=Event.objects.of(mark).latest("pk"))
        assert f" {leaf.event_id}, место {leaf.index}" in told
    assert "Python 3.11 или новее" in told


@pytest.mark.clause("3.3")
def test_the_proof_costs_the_same_however_many_marks(enrolment: Enrolment, client: Client):
    def cost() -> int:
        seal(now())
        book = record_book(enrolment, at=now())
        with CaptureQueriesContext(connection) as queries:
            assert proof_of(book).is_whole
        return len(queries)

    before = cost()
    third = enrolment.cohort.sheets.select_related("teacher__person").order_by("module__ordinal")[2]
    make_mark(enrolment, third, "5")
    assert cost() == before <= 6


def test_the_same_book_at_the_same_moment_prints_the_same_bytes(enrolment: Enrolment):
    at = now()
    print_record_book(enrolment, actor=None, at=at, seen_at=at)
    seal(at)
    once = print_record_book(enrolment, actor=None, at=at, seen_at=at)
    again = print_record_book(enrolment, actor=None, at=at, seen_at=at)
    assert once.content == again.content
    assert once.content.startswith(b"%PDF-")


@pytest.mark.clause("2.1")
def test_the_paper_of_a_past_day_is_another_paper(enrolment: Enrolment):
    at = now()
    today = print_record_book(enrolment, actor=None, at=at, seen_at=at)
    then = print_record_book(enrolment, actor=None, at=at, seen_at=end_of_day(legal_date(NOON)))
    assert today.data_sha256 != then.data_sha256


@pytest.mark.clause("3.8")
def test_printing_is_recorded_with_the_hash_of_the_file(enrolment: Enrolment):
    actor, at = make_account("registrar"), now()
    pdf = print_record_book(enrolment, actor=actor, at=at, seen_at=at)
    event = Event.objects.of(enrolment).filter(type=EventType.RECORD_BOOK_EXPORTED).latest("pk")
    assert (event.actor, event.body["sha256"]) == (actor, pdf.sha256)


@pytest.mark.clause("3.8")
def test_whoever_may_only_read_takes_nothing_away(enrolment: Enrolment):
    with pytest.raises(Forbidden):
        state_bundle(enrolment, actor=make_account("inspector"), at=now())
    assert not Event.objects.filter(type=EventType.RECORD_BOOK_EXPORTED).exists()


def test_the_file_of_the_paper_is_named_in_both_spellings(enrolment: Enrolment, client: Client):
    client.force_login(make_account("registrar"))
    answer = client.get(f"/record-books/{enrolment.pk}/pdf/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "filename*=UTF-8''%D0%97%D0%B0%D1%87%D1%91%D1%82%D0%BA%D0%B0" in answer.headers["Content-Disposition"]
