"""What a list tells of people who are recorded already, and what leaves the system or stays in the store (п. 3.8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.files import store
from zachetka.files.actions import kept_together, store_file
from zachetka.files.models import StoredFile
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import Schooling, import_list, register_learners, upload_list
from zachetka.people.actions.entering import enter
from zachetka.people.intake.people import Verdict
from zachetka.people.intake.tests.make import make_person, make_snils
from zachetka.people.models import EducationDocument, Person, Upload
from zachetka.people.queries import by_name_or_snils, found_by
from zachetka.people.review import fingerprint, review
from zachetka.people.tests.make import make_learner, make_particulars
from zachetka.people.tests.test_uploads import AT, TODAY, confirm, make_upload

WITH_PAPER = (*HEADER, "Образование", "Серия и № диплома")


@pytest.fixture
def folder(db: None, tmp_path: Path, settings: Any) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.clause("3.8")
def test_snils_is_found_by_the_whole_number_and_never_by_a_part(db: None) -> None:
    number = make_snils(7)
    digits = "".join(filter(str.isdigit, number))
    learner = make_learner(snils=digits)
    people = Person.objects.all()
    for part in (digits[:length] for length in range(11)):
        assert not Person.objects.matching(part).exists(), part
        assert not by_name_or_snils(people, part).exists(), part
    for writing in (digits, number, f" {number} "):
        assert by_name_or_snils(people, writing).get() == learner.person
        assert found_by(make_account("methodist"), people, writing).get() == learner.person
        assert not found_by(make_account("head"), people, writing).exists(), "СНИЛС is closed to the head"


@pytest.mark.clause("3.8")
def test_a_recorded_diploma_is_masked_in_the_preview_and_still_guards_the_confirmation(db: None) -> None:
    confirm(make_upload([*make_person(1), "ВО", "107704 № 0031822"], header=WITH_PAPER))
    row = [*make_person(1), "ВО", "107704 № 0099999", "+79210000022"]
    upload = make_upload(row, header=(*WITH_PAPER, "Телефон"))
    Person.objects.update(phone="+79211111133")
    result = review(upload, TODAY)
    assert [change.was for change in result.rows[0].changes] == ["••• •• 33", "высшее •••••• •••••22"]
    Person.objects.update(phone="+79212222233")
    after = review(upload, TODAY)
    assert after.rows[0].changes == result.rows[0].changes
    assert fingerprint(after) != fingerprint(result)


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("3.8")
def test_looking_through_a_list_and_taking_the_refused_rows_leave_a_trace(db: None) -> None:
    upload = make_upload(make_person(1), make_person(2, birth_date="31.02.1990"))
    assert upload.uploaded_by is not None
    client = Client()
    client.force_login(upload.uploaded_by)
    client.get(f"/imports/{upload.pk}/")
    look = Event.objects.get(type=EventType.PERSONAL_DATA_REVEALED)
    assert (look.actor, look.object_id, look.body["rows"]) == (upload.uploaded_by, str(upload.pk), 2)
    for moment in ("before", "after"):
        assert client.get(f"/imports/{upload.pk}/refused/").status_code == 200
        taken = Event.objects.filter(type=EventType.LIST_EXPORTED).latest("pk")
        assert (taken.object_id, taken.body["list"], taken.body["rows"]) == (str(upload.pk), "refused", 1), moment
        if moment == "before":
            confirm(upload)
    assert Event.objects.filter(type=EventType.LIST_EXPORTED).count() == 2


@pytest.mark.usefixtures("collected_statics")
@pytest.mark.clause("3.8")
def test_without_a_trace_there_is_neither_a_preview_nor_a_file(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = make_upload(make_person(1), make_person(2, birth_date="31.02.1990"))
    assert upload.uploaded_by is not None

    def broken(*_given: object, **_named: object) -> None:
        raise OSError("the journal is full")

    monkeypatch.setattr("zachetka.people.actions.looks.record_event", broken)
    client = Client()
    client.force_login(upload.uploaded_by)
    for address in ("", "refused/"):
        with pytest.raises(OSError, match="journal"):
            client.get(f"/imports/{upload.pk}/{address}")


@pytest.mark.clause("3.8")
def test_a_rehearsal_stores_nothing(folder: Path) -> None:
    content = make_xlsx({"Лист1": [HEADER, make_person(1), make_person(2, birth_date="31.02.1990")]})
    assert import_list(content, name="а.xlsx", at=AT, is_rehearsal=True).contract()["new"] == 1
    assert not kept(folder)
    nobody = make_xlsx({"Лист1": [HEADER, make_person(2, birth_date="31.02.1990")]})
    assert import_list(nobody, name="б.xlsx", at=AT).contract()["new"] == 0
    assert not kept(folder)
    import_list(content, name="а.xlsx", at=AT)
    assert len(kept(folder)) == StoredFile.objects.count() == 2


@pytest.mark.clause("3.8")
def test_a_transaction_that_fails_leaves_no_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise OSError("the journal is full")

    content = make_xlsx({"Лист1": [HEADER, make_person(1)]})
    with monkeypatch.context() as patch:
        patch.setattr("zachetka.people.actions.uploads.record_event", broken)
        with pytest.raises(OSError, match="journal"):
            upload_list(content, name="а.xlsx", key=uuid4(), actor=make_account("methodist"), at=AT)
    assert not kept(folder)
    assert not Upload.objects.exists()


@pytest.mark.clause("3.6")
def test_bytes_that_another_row_refers_to_stay(folder: Path) -> None:
    def put(content: bytes) -> str:
        return store_file([content], name="а", media_type="text/csv", actor=None, at=AT).sha256

    def fail() -> None:
        with kept_together():
            put(b"mine")
            with kept_together():
                put(b"inner")
            raise ZeroDivisionError

    mine = put(b"mine")
    with pytest.raises(ZeroDivisionError):
        fail()
    assert kept(folder) == [mine]
    assert store.read(mine) == b"mine"


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("verdict", [Verdict.NEW, Verdict.CHANGED])
def test_a_snils_recorded_since_the_review_is_a_refusal(db: None, verdict: Verdict) -> None:
    if verdict is Verdict.CHANGED:
        confirm(make_upload(make_person(1, snils="")))
    upload = make_upload(make_person(1))
    result = review(upload, TODAY)
    assert result.rows[0].verdict is verdict
    register_learners([make_particulars(snils=result.rows[0].person.snils)], actor=None, at=AT)
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        enter(result, upload, actor=None, at=AT)
    assert refusal.value.field == "snils"


@pytest.mark.clause("2.1")
def test_a_diploma_recorded_since_the_review_is_a_refusal(db: None) -> None:
    confirm(make_upload(make_person(1)))
    upload = make_upload([*make_person(1), "ВО", "107704 № 0031822"], header=WITH_PAPER)
    result = review(upload, TODAY)
    paper = Schooling(level="higher", series="107704", number="0031822")
    EducationDocument.objects.create(
        person=Person.objects.get(), level=paper.level, series=paper.series, number=paper.number, recorded_at=AT
    )
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        enter(result, upload, actor=None, at=AT)
    assert refusal.value.field == "number"
