"""All record books of a cohort as one file: one job, one trace for each book, nothing done twice (п. 2.5, 3.9)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pikepdf
import psycopg
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.files import store
from zachetka.files.models import StoredFile
from zachetka.jobs import work as queue
from zachetka.jobs.actions import stop_job
from zachetka.jobs.models import Job, JobPart
from zachetka.jobs.work import do
from zachetka.learning import work
from zachetka.learning.actions.cohort_books import Shape, ask_for_books
from zachetka.learning.actions.record_books import Stated, bundle_of, set_record_book
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.tests.make import fill_sheet, make_cohort
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("2.5"), pytest.mark.clause("3.9")]
LEARNERS = 3


class Killed(BaseException):
    """What the end of the process is to the code that runs."""


@pytest.fixture
def cohort(
    fresh_database: Place, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collected_statics: None
) -> Cohort:
    """A cohort with marks; the sealer comes whenever a bundle waits for it."""
    settings.DATA_DIR, settings.KEYS_DIR, settings.FILES_DIR = tmp_path, tmp_path / "keys", tmp_path / "files"
    made = make_cohort(learners=LEARNERS)
    for sheet in made.sheets.select_related("teacher__person", "module__scale"):
        fill_sheet(sheet, "зач" if sheet.module.scale.code == "pass_fail" else "4")
    seal(now())

    def sealed(stated: Stated, *, patience: float) -> bytes:
        seal(now())
        return bundle_of(stated, patience=patience)

    monkeypatch.setattr(work, "bundle_of", sealed)
    monkeypatch.setattr(queue, "close_old_connections", lambda: None)
    monkeypatch.setattr(queue, "SHOWN_EVERY", 0.0)
    return made


def methodist(cohort: Cohort) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit)


def gathered(cohort: Cohort, shape: Shape = Shape.ARCHIVE) -> Job:
    job = ask_for_books(cohort, shape, actor=methodist(cohort), at=now())
    return finished(job)


def finished(job: Job) -> Job:
    do(job.pk, is_last=True)
    return Job.objects.select_related("result").get(pk=job.pk)


def content_of(job: Job) -> bytes:
    assert job.result, job.outcome
    return store.read(job.result.sha256)


def printed() -> list[str]:
    events = Event.objects.filter(type=EventType.RECORD_BOOK_EXPORTED, body__form="pdf")
    return sorted(events.values_list("object_id", flat=True))


def test_the_archive_has_a_paper_and_a_bundle_for_each_and_the_manifest_hashes_every_file(cohort: Cohort):
    job = gathered(cohort)
    assert (job.state, job.done, job.total) == (Job.State.DONE, 3 * LEARNERS, 3 * LEARNERS)
    with zipfile.ZipFile(io.BytesIO(content_of(job))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        numbers = [
            str(one) for one in Enrolment.objects.filter(cohort=cohort).order_by("learner__person__sort_key", "pk")
        ]
        assert [one["number"] for one in manifest["books"]] == numbers
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        listed = {one["name"]: one["sha256"] for one in manifest["files"]}
        assert set(listed) | {"manifest.json"} == set(archive.namelist())
        assert {f"{number}.{kind}" for number in numbers for kind in ("pdf", "json")} < set(listed)
        for name, digest in listed.items():
            assert sha256(archive.read(name)).hexdigest() == digest


@pytest.mark.clause("3.3")
def test_a_stranger_verifies_a_bundle_with_what_is_in_the_archive(cohort: Cohort, tmp_path: Path):
    with zipfile.ZipFile(io.BytesIO(content_of(gathered(cohort)))) as archive:
        archive.extractall(tmp_path / "out")
    bundle = next((tmp_path / "out").glob("ЗК*.json"))
    told = subprocess.run(
        [sys.executable, "-I", "verify_bundle.py", bundle.name],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


@pytest.mark.clause("3.8")
def test_each_book_and_the_whole_file_are_recorded(cohort: Cohort):
    job = gathered(cohort)
    assert printed() == sorted(str(pk) for pk in cohort.enrolments.values_list("pk", flat=True))
    event = Event.objects.get(type=EventType.LIST_EXPORTED)
    assert job.result
    assert (event.body["list"], event.body["rows"], event.body["sha256"]) == (
        "record_books",
        LEARNERS,
        job.result.sha256,
    )
    assert event.actor == job.asked_by


@pytest.mark.parametrize("shape", list(Shape))
def test_a_killed_worker_is_followed_by_one_that_does_nothing_again(
    cohort: Cohort, monkeypatch: pytest.MonkeyPatch, shape: Shape
):
    job = ask_for_books(cohort, shape, actor=methodist(cohort), at=now())
    real, seen = set_record_book, list[int]()

    def mortal(enrolment: Enrolment, **given: object) -> object:
        if len(seen) == 2:
            raise Killed
        seen.append(enrolment.pk)
        return real(enrolment, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "set_record_book", mortal)
    with pytest.raises(Killed):
        do(job.pk, is_last=False)
    assert JobPart.objects.filter(job=job).count() == len(printed()) == 2
    again = list[int]()

    def counting(enrolment: Enrolment, **given: object) -> object:
        again.append(enrolment.pk)
        return real(enrolment, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "set_record_book", counting)
    done = finished(Job.objects.get(pk=job.pk))
    assert done.state == Job.State.DONE
    assert len(again) == 1
    assert not set(again) & set(seen)
    assert len(printed()) == LEARNERS == len(set(printed()))


def test_a_worker_killed_after_the_file_was_stored_does_not_hand_it_out_twice(
    cohort: Cohort, monkeypatch: pytest.MonkeyPatch
):
    job = ask_for_books(cohort, Shape.ARCHIVE, actor=methodist(cohort), at=now())
    real = work._outcome

    def mortal(_: object) -> str:
        raise Killed

    monkeypatch.setattr(work, "_outcome", mortal)
    with pytest.raises(Killed):
        do(job.pk, is_last=False)
    monkeypatch.setattr(work, "_outcome", real)
    held = Job.objects.get(pk=job.pk)
    assert (held.state, held.result, held.kept_until is None) == ("running", StoredFile.objects.last(), False), "a term"
    assert finished(Job.objects.get(pk=job.pk)).state == Job.State.DONE
    assert StoredFile.objects.filter(media_type="application/zip").count() == 1
    assert Event.objects.filter(type=EventType.LIST_EXPORTED).count() == 1


def test_parts_go_with_the_end_of_the_work_and_the_result_stays(cohort: Cohort):
    job = gathered(cohort)
    assert not JobPart.objects.exists()
    stored = {path.name for path in Path(store.place("0" * 64).parents[2]).rglob("*") if path.is_file()}
    assert job.result
    assert job.result.sha256 in stored
    assert stored == set(StoredFile.objects.values_list("sha256", flat=True))


def test_stopping_takes_the_parts_away_and_hands_nothing_out(cohort: Cohort, monkeypatch: pytest.MonkeyPatch):
    job = ask_for_books(cohort, Shape.ARCHIVE, actor=methodist(cohort), at=now())
    real = set_record_book

    def stopping(enrolment: Enrolment, **given: object) -> object:
        if not Job.objects.get(pk=job.pk).stop_asked:
            stop_job(job, actor=job.asked_by, at=now())
        return real(enrolment, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "set_record_book", stopping)
    done = finished(job)
    assert (done.state, done.result) == (Job.State.CANCELLED, None)
    assert not JobPart.objects.exists()
    assert not Event.objects.filter(type=EventType.LIST_EXPORTED).exists()


def test_the_file_for_a_printer_begins_each_book_on_a_sheet_of_its_own(cohort: Cohort):
    content = content_of(gathered(cohort, Shape.PRINT))
    with pikepdf.open(io.BytesIO(content)) as whole:
        blank = [number for number, page in enumerate(whole.pages, 1) if not page.obj.get("/Contents")]
        assert len(whole.pages) >= 2 * LEARNERS - 1
        assert all(number % 2 == 0 for number in blank)


def test_the_same_parts_give_the_same_bytes(cohort: Cohort):
    at = now()
    files = {"б.pdf": b"1", "а.json": b"2"}
    assert work.zipped(files, at) == work.zipped(dict(files), at)
    with pikepdf.Pdf.new() as paper:
        paper.add_blank_page()
        target = io.BytesIO()
        paper.save(target)
    assert work.merged([target.getvalue()] * 3) == work.merged([target.getvalue()] * 3)


@pytest.mark.clause("3.3")
def test_a_book_changed_past_the_system_is_left_out_and_the_outcome_says_so(cohort: Cohort, fresh_database: Place):
    first = Enrolment.objects.filter(cohort=cohort).order_by("learner__person__sort_key", "pk")[0]
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute("ALTER TABLE learning_mark DISABLE TRIGGER ALL")
        administrator.execute("UPDATE learning_mark SET held_on = held_on + 1 WHERE enrolment_id = %s", [first.pk])
        administrator.execute("ALTER TABLE learning_mark ENABLE TRIGGER ALL")
    job = gathered(cohort)
    assert job.state == Job.State.DONE
    assert f"Не выдано: 1; № {first}" in job.outcome
    with zipfile.ZipFile(io.BytesIO(content_of(job))) as archive:
        assert not [name for name in archive.namelist() if name.startswith(f"{first}.")]
        refused = [one for one in json.loads(archive.read("manifest.json"))["books"] if one["refused"]]
    assert [one["number"] for one in refused] == [str(first)]
    assert len(printed()) == LEARNERS - 1


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["teacher", "learner", "secretary", "head", "inspector"])
def test_whom_the_policy_does_not_let_gathers_nothing(cohort: Cohort, role: str):
    with pytest.raises(Forbidden):
        ask_for_books(cohort, Shape.ARCHIVE, actor=make_account(role), at=now())
    client = Client()
    client.force_login(make_account(role))
    assert client.get(f"/cohorts/{cohort.pk}/books/").status_code == 403
    assert not Job.objects.exists()


@pytest.mark.clause("3.8")
def test_a_methodist_of_another_unit_finds_no_such_page_and_a_right_lost_meanwhile_stops_the_work(cohort: Cohort):
    stranger = make_account("methodist", unit=make_unit())
    client = Client()
    client.force_login(stranger)
    assert client.get(f"/cohorts/{cohort.pk}/books/").status_code == 404
    job = ask_for_books(cohort, Shape.PRINT, actor=methodist(cohort), at=now())
    Job.objects.filter(pk=job.pk).update(asked_by=stranger)
    done = finished(job)
    assert (done.state, done.result) == (Job.State.FAILED, None)
    assert printed() == []


def test_a_click_leads_to_the_progress_and_a_second_one_to_the_same(cohort: Cohort):
    client = Client()
    client.force_login(methodist(cohort))
    page = client.get(f"/cohorts/{cohort.pk}/books/").content.decode()
    assert "Собрать архив: 3" in page
    first = client.post(f"/cohorts/{cohort.pk}/books/", {"shape": "archive"})
    again = client.post(f"/cohorts/{cohort.pk}/books/", {"shape": "archive"})
    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    assert client.get(first["Location"]).status_code == 200
    assert client.post(f"/cohorts/{cohort.pk}/books/", {"shape": "все"}).status_code == 400


@pytest.mark.clause("3.8")
def test_the_result_is_saved_under_its_name_by_whoever_asked_and_by_nobody_else(cohort: Cohort):
    job = gathered(cohort, Shape.PRINT)
    client, stranger = Client(), Client()
    client.force_login(job.asked_by)
    stranger.force_login(methodist(cohort))
    answer = client.get(f"/jobs/{job.pk}/result/")
    assert answer.content == content_of(job)
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert stranger.get(f"/jobs/{job.pk}/result/").status_code == 404


def test_of_an_empty_cohort_there_is_nothing_to_gather(cohort: Cohort):
    empty = make_cohort()
    with pytest.raises(RuleViolation, match="ещё никого"):
        ask_for_books(empty, Shape.ARCHIVE, actor=methodist(empty), at=now())
