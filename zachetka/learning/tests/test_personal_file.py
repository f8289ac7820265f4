"""A learner's personal file as one package: what is in it, whose names are not, every look recorded (п. 2.5, 3.8)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden
from zachetka.core.hashing import commitment
from zachetka.files import store
from zachetka.files.models import StoredFile
from zachetka.jobs import work as queue
from zachetka.jobs.models import Job, JobPart
from zachetka.jobs.work import do
from zachetka.learning import personal_leaves, personal_work
from zachetka.learning.actions.personal_files import ask_for_file
from zachetka.learning.actions.record_books import Stated, bundle_of, set_record_book
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import make_cohort, make_enrolments, make_mark
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.people.actions import change_name
from zachetka.people.tests.make import make_learners
from zachetka.postgres.address import Place
from zachetka.rendering.tests import read

pytestmark = [pytest.mark.clause("2.5"), pytest.mark.clause("3.8")]


class Killed(BaseException):
    """What the end of the process is to the code that runs."""


@pytest.fixture
def enrolment(
    fresh_database: Place, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collected_statics: None
) -> Enrolment:
    """One of two people enrolled by one order, with a mark and another name since."""
    settings.DATA_DIR, settings.KEYS_DIR, settings.FILES_DIR = tmp_path, tmp_path / "keys", tmp_path / "files"
    first, _ = make_enrolments(make_cohort(), make_learners(2))
    make_mark(first, first.cohort.sheets.select_related("teacher__person").order_by("module__ordinal")[0])
    person = first.learner.person
    change_name(
        person, last_name="Яркина-Новая", first_name=person.first_name, patronymic=person.patronymic,
        valid_from=date(2026, 11, 21), basis="свидетельство I-АК № 512004", actor=make_account("methodist"), at=now(),
    )  # fmt: skip
    seal(now())

    def sealed(stated: Stated, *, patience: float) -> bytes:
        seal(now())
        return bundle_of(stated, patience=patience)

    monkeypatch.setattr(personal_work, "bundle_of", sealed)
    monkeypatch.setattr(queue, "close_old_connections", lambda: None)
    return Enrolment.objects.select_related("learner__person", "cohort__program_version__program").get(pk=first.pk)


def methodist(enrolment: Enrolment) -> Account:
    return make_account("methodist", unit=enrolment.cohort.program_version.program.unit)


def finished(job: Job) -> Job:
    do(job.pk, is_last=True)
    return Job.objects.select_related("result", "asked_by").get(pk=job.pk)


def gathered(enrolment: Enrolment) -> Job:
    return finished(ask_for_file(enrolment, actor=methodist(enrolment), at=now()))


def files_of(job: Job) -> dict[str, bytes]:
    assert job.result, job.outcome
    with zipfile.ZipFile(io.BytesIO(store.read(job.result.sha256))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def leaf(files: dict[str, bytes], part: str) -> str:
    (content,) = [content for name, content in files.items() if part in name and name.endswith(".pdf")]
    return read.text(content)


def test_the_file_has_every_document_and_the_inventory_and_manifest_name_each(enrolment: Enrolment):
    files = files_of(gathered(enrolment))
    kinds = ["Внутренняя опись", "Личная карточка", "Документ об образовании", "Приказ", "Зачётная книжка"]
    assert [kind for kind in kinds if not any(kind in name for name in files)] == []
    manifest = json.loads(files["manifest.json"])
    listed = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert set(listed) | {"manifest.json"} == set(files)
    assert all(sha256(files[name]).hexdigest() == digest for name, digest in listed.items())
    inventory = leaf(files, "опись")
    for name, digest in listed.items():
        if name[:2].isdigit() and not name.startswith("00"):
            assert read.seen(name) in inventory.replace("\u2060", "")
            assert digest in inventory
    assert "Вописьвнесено5(пять)документов" in inventory
    assert "электронныхбезбумажноговида—1(один)" in inventory


def test_the_card_tells_particulars_by_class_and_the_history_of_names(enrolment: Enrolment):
    person = enrolment.learner.person
    card = leaf(files_of(gathered(enrolment)), "карточка")
    assert person.birth_date is not None
    for words in ("Сведения: персональные", "Сведения: личные документы", f"{person.birth_date:%d.%m.%Y}", "Яркина-Новая",
                  "свидетельство I-АК № 512004"):  # fmt: skip
        assert read.seen(words) in card
    former = person.names.order_by("valid_from").first()
    assert former
    assert read.seen(former.last_name) in card


def test_every_particular_that_left_was_revealed_under_a_record(enrolment: Enrolment):
    job = gathered(enrolment)
    person = enrolment.learner.person
    revealed = Event.objects.about(person.uid).filter(type=EventType.PERSONAL_DATA_REVEALED)
    shown = {event.body["field"] for event in revealed}
    held = {name for name in ("birth_date", "snils", "citizenship", "email", "phone") if getattr(person, name)}
    assert shown == held | {"name_basis", "education_document"}
    assert {event.actor_id for event in revealed} == {job.asked_by.pk}


@pytest.mark.clause("3.3")
def test_the_statement_commits_to_the_manifest(enrolment: Enrolment):
    files = files_of(gathered(enrolment))
    event = Event.objects.select_related("opening").get(type=EventType.PERSONAL_FILE_EXPORTED)
    manifest = json.loads(files["manifest.json"])
    assert commitment(manifest, bytes(event.opening.salt)) == bytes(event.commitment or b"")
    assert event.subject_uid == enrolment.learner.person.uid
    manifest["files"][0]["size"] += 1
    assert commitment(manifest, bytes(event.opening.salt)) != bytes(event.commitment or b"")


def test_the_extract_of_an_order_names_nobody_else(enrolment: Enrolment):
    other = Enrolment.objects.select_related("learner__person").exclude(pk=enrolment.pk).get(cohort=enrolment.cohort)
    files = files_of(gathered(enrolment))
    order = leaf(files, "Приказ")
    assert read.seen(f"№ {enrolment.enrolment_order.number}") in order
    assert read.seen(enrolment.learner.person.first_name) in order
    assert "ПРИКАЗЫВАЮ" in order
    names = {other.learner.person.last_name, other.learner.person.full_name}
    own = enrolment.learner.person.names.values_list("last_name", flat=True)
    for text in (read.text(content) for name, content in files.items() if name.endswith(".pdf")):
        assert not [name for name in names if read.seen(name) in text and name not in own]


def test_a_point_of_an_order_that_names_students_keeps_only_ones_own():
    point = f"{personal_leaves.STUDENTS_POINT} с документом о полученном образовании (часть 16 статьи 76): Ёлкин П. А., Белова О. С."
    assert personal_leaves._own_point(point, frozenset({"Белова О. С."})).endswith("76): Белова О. С.")
    assert personal_leaves._own_point(point, frozenset({"Котов А. Л."})) == ""
    assert personal_leaves._own_point("Контроль оставляю за собой.", frozenset()) == "Контроль оставляю за собой."


@pytest.mark.clause("3.9")
def test_a_killed_worker_is_followed_by_one_that_reveals_and_prints_nothing_again(
    enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
):
    job = ask_for_file(enrolment, actor=methodist(enrolment), at=now())

    def mortal(*_: object, **__: object) -> object:
        raise Killed

    monkeypatch.setattr(personal_work, "set_record_book", mortal)
    with pytest.raises(Killed):
        do(job.pk, is_last=False)
    before = Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).count()
    assert before
    assert JobPart.objects.filter(job=job).count() == 3
    monkeypatch.setattr(personal_work, "set_record_book", set_record_book)
    done = finished(Job.objects.get(pk=job.pk))
    assert done.state == Job.State.DONE
    assert Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).count() == before
    assert not JobPart.objects.exists()
    assert StoredFile.objects.filter(media_type="application/zip").count() == 1


@pytest.mark.parametrize("role", ["teacher", "secretary", "head", "inspector", "privacy"])
def test_whom_the_policy_does_not_let_gathers_nothing(enrolment: Enrolment, role: str):
    with pytest.raises(Forbidden):
        ask_for_file(enrolment, actor=make_account(role), at=now())
    client = Client()
    client.force_login(make_account(role))
    assert client.post(f"/record-books/{enrolment.pk}/file/").status_code == 403
    assert not Job.objects.exists()


def test_a_methodist_of_another_unit_finds_no_such_file(enrolment: Enrolment):
    client = Client()
    client.force_login(make_account("methodist", unit=make_unit()))
    assert client.post(f"/record-books/{enrolment.pk}/file/").status_code == 404


def test_the_button_stands_with_the_orders_for_those_who_may_and_leads_to_the_progress(enrolment: Enrolment):
    registrar, head = Client(), Client()
    registrar.force_login(make_account("registrar"))
    head.force_login(make_account("head"))
    address = f"/record-books/{enrolment.pk}/orders/"
    assert "Собрать личное дело" in registrar.get(address).content.decode()
    assert "Собрать личное дело" not in head.get(address).content.decode()
    answer = registrar.post(f"/record-books/{enrolment.pk}/file/")
    assert answer.status_code == 302
    assert registrar.get(answer["Location"]).status_code == 200


def test_a_right_lost_meanwhile_stops_the_work_before_anything_is_revealed(enrolment: Enrolment):
    job = ask_for_file(enrolment, actor=methodist(enrolment), at=now())
    Job.objects.filter(pk=job.pk).update(asked_by=make_account("methodist", unit=make_unit()))
    done = finished(Job.objects.get(pk=job.pk))
    assert (done.state, done.result) == (Job.State.FAILED, None)
    assert not Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED).exists()
