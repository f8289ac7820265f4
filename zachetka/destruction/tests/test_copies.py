"""After an act no copy of what it destroyed is left: values planted in every place are looked for in the whole database and store.

The person is met in every way that the system has: lists confirmed, refused and put aside, marks, a merge, an answer to a
request, an address for letters, a session, searches, a card changed and emptied by hand before the act (152-ФЗ ст. 21; G13).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.db import connections
from django.test import Client
from psycopg import sql
from pytest_django.fixtures import Settings

from tests.pages import by, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.destruction.actions.acts import approve_act, compose_act, settle_without_act
from zachetka.destruction.models import Act
from zachetka.destruction.queries.cases import case_of
from zachetka.destruction.tests.make import make_withdrawn
from zachetka.files import store
from zachetka.files.actions import Destroyed, contents, store_file, sweep_destroyed
from zachetka.files.models import StoredFile, Unswept
from zachetka.intake.handed_in import table_of
from zachetka.intake.tests.make import HEADER
from zachetka.learning.models import MarkUpload
from zachetka.learning.tests.make import make_cohort
from zachetka.notices.actions import choose
from zachetka.people.actions import cancel_upload, change_person
from zachetka.people.actions.merging import merge_cards
from zachetka.people.actions.resemblances import look_through
from zachetka.people.actions.subject_requests import make_answer, register_request
from zachetka.people.intake.tests.make import make_person as make_row
from zachetka.people.models import Person, Resemblance, Upload
from zachetka.people.tests.make import make_person
from zachetka.people.tests.test_uploads import confirm, make_upload
from zachetka.postgres.address import Place
from zachetka.rendering.tests.read import text

pytestmark = [pytest.mark.clause("152-ФЗ ст. 21")]

NOON: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY: Final = date(2026, 11, 24)
CANARIES: Final = (
    "kanareika-spisok@example.ru", "kanareika-kartochka@example.ru", "kanareika-prezhnyaya@example.ru",
    "kanareika-pisma@example.ru", "kanareika-vhod@example.ru", "kanareika-dvoinik@example.ru", "kanareika-ocenki@example.ru",
    "kanareika-otkaz@example.ru", "kanareika-imya@example.ru", "kanareika-chuzhaya@example.ru",
)  # fmt: skip
LISTED, CARD, FORMER, LETTERS, SIGN_IN, DOUBLE, MARKS, REFUSED, NAMED, NOBODYS = CANARIES
WITH_MAIL: Final = (*HEADER, "E-mail")
WORD: Final = "kanareika"


def whole_database(place: Place) -> dict[str, str]:
    """Return every table of the database as text, bytes as hexadecimal digits, by its name; as the administrator reads it."""
    with psycopg.connect(place.administrator()) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        told = {}
        for schema, table in tables:
            asked = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
            with connection.cursor().copy(asked) as rows:
                told[f"{schema}.{table}"] = b"".join(rows).decode("utf-8", "replace")
        return told


def whole_folder(folder: Path) -> dict[str, str]:
    """Return every file as text, what is packed in it too, by its path."""
    return {str(path): " ".join(readings(path.read_bytes())) for path in folder.rglob("*") if path.is_file()}


def readings(content: bytes) -> Iterator[str]:
    yield from (content.decode(encoding, "replace") for encoding in ("utf-8", "cp1251", "utf-16"))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from readings(archive.read(name))
    if content.startswith(b"%PDF"):
        yield text(content)


def left_in(told: dict[str, str]) -> set[tuple[str, str]]:
    """Return where each canary stands, in letters or in hexadecimal digits of its bytes."""
    found = ((where, word, what.casefold()) for where, what in told.items() for word in (*CANARIES, WORD))
    return {(where, word) for where, word, what in found if word in what or word.encode().hex() in what}


@pytest.fixture
def kept(fresh_database: Place, settings: Settings, tmp_path: Path) -> Place:
    settings.DATA_DIR, settings.FILES_DIR = tmp_path, tmp_path / "files"
    return fresh_database


def unheard(_done: int, _total: int) -> None:
    """Nobody watches."""


def plant(methodist: Account) -> Person:
    """Meet one person in every way, with an address of its own in each; by hand at the end the card is emptied."""
    listed = make_row(7, last_name="Канарейкина", first_name="Ольга", patronymic="Петровна")
    refused = make_row(7, last_name="Канарейкина", first_name="Ольга", patronymic="Петровна", birth_date="31.02.1990")
    confirm(make_upload([*listed, LISTED], [*refused, REFUSED], actor=methodist, header=WITH_MAIL), at=NOON)
    person = Person.objects.get(email=LISTED)
    aside = make_upload([*listed, CARD], actor=methodist, header=WITH_MAIL)
    cancel_upload(aside, actor=methodist, at=NOON)
    change_person(person, {"email": FORMER}, actor=methodist, at=NOON)
    change_person(person, {"email": CARD}, actor=methodist, at=NOON)
    double = make_person(
        last_name="Канарейкина", first_name="Ольга", patronymic="Петровна", birth_date=person.birth_date, email=DOUBLE,
        education=(),
    )  # fmt: skip
    look_through(NOON, batches=9)
    pair = Resemblance.objects.waiting().get(one=person, other=double)
    given = {"wanted": ("email",), "reason": "сверены паспорта", "key": uuid4(), "actor": methodist, "at": NOON}
    merge_cards(pair, person, **given)  # type: ignore[arg-type] # as a form gives it
    table = f"Фамилия;Имя;Почта;Зачёт\nКанарейкина;Ольга;{MARKS};5\n".encode("cp1251")
    file = store_file([table], name=f"Оценки {NAMED}.csv", media_type="text/csv", actor=None, at=NOON)
    marks = MarkUpload.objects.create(
        key=uuid4(), cohort=make_cohort(), file=file, sha256=file.sha256, uploaded_at=NOON, uploaded_by=None
    )
    MarkUpload.objects.filter(pk=marks.pk).update(state="cancelled", ended_at=NOON)
    own = make_account("learner", person_uid=person.uid, name=person.full_name)
    choose({}, hour=9, email=LETTERS, actor=own, at=NOON)
    EmailAddress.objects.create(user=own, email=SIGN_IN, primary=True, verified=True)
    privacy = make_account("privacy")
    request = register_request(
        person, key=uuid4(), asked_on=DAY, document="Заявление, вх. № 15", actor=privacy, at=NOON
    )
    make_answer(request, actor=privacy, at=NOON, tell=unheard)
    for where in (f"/people/?q={CARD}", f"/people/{person.uid}/", f"/events/?q={CARD}", "/doubles/"):
        by("methodist").get(where)
    Client().post("/accounts/login/", {"login": CARD, "password": "kanareika"})
    change_person(person, {"email": ""}, actor=methodist, at=NOON)
    return person


def test_no_copy_is_left_in_the_database_and_in_the_store(kept: Place, tmp_path: Path) -> None:
    methodist = make_account("methodist")
    person = plant(methodist)
    planted = {word for _, word in left_in(whole_database(kept)) | left_in(whole_folder(tmp_path))}
    assert {LISTED, CARD, LETTERS, SIGN_IN, DOUBLE, MARKS, REFUSED} <= planted, "negative control: they are there"
    case = make_withdrawn(person=person)
    act = compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON)
    done = approve_act(act, actor=case.head, at=NOON)
    connections.close_all()
    assert left_in(whole_database(kept)) == set()
    assert left_in(whole_folder(tmp_path)) == set()
    assert not Unswept.objects.exists()
    assert not EmailAddress.objects.exists()
    names = StoredFile.objects.exclude(destroyed=None).order_by("pk").values_list("name", flat=True)
    assert sorted(names) == [
        "Не вошли — Список.xlsx", "Оценки ….csv", "Сведения о человеке 2026-11-24.zip", "Список.xlsx", "Список.xlsx",
    ]  # fmt: skip
    assert WORD not in str(done.content)


def test_what_only_a_list_holds_asks_for_an_act_and_what_a_process_remembers_of_it_is_not_shown(kept: Place) -> None:
    methodist = make_account("methodist")
    listed = make_row(8, last_name="Канарейкина", first_name="Ольга")
    upload = make_upload([*listed[:3], "31.02.1990", listed[4], LISTED], actor=methodist, header=WITH_MAIL)
    table_of(upload)
    cancel_upload(upload, actor=methodist, at=NOON)
    person = make_person(last_name="Канарейкина", first_name="Ольга", email="", phone="")
    case = make_withdrawn(person=person)
    assert case_of(case.withdrawal, DAY).spots == ()
    with pytest.raises(RuleViolation, match="составьте акт"):
        settle_without_act(case.withdrawal, actor=case.privacy, at=NOON)
    privacy, where = by("privacy"), f"/withdrawals/{case.withdrawal.pk}/"
    page = privacy.get(where)
    assert "списки просмотрят" in text_of(page)
    assert all(door in text_of(page) for door in ("Составить акт", "Закрыть без акта"))
    assert privacy.post(f"{where}act/", {"key": page.context["form"]["key"].value()}).status_code == 302
    act = Act.objects.get()
    assert [one.what for one in act.lines.all()] == ["file"]
    approve_act(act, actor=case.head, at=NOON)
    for read in (table_of, lambda one: contents(one.file)):
        with pytest.raises(Destroyed, match="уничтожено по акту"):
            read(Upload.objects.get(pk=upload.pk))
    assert "Файл уничтожен по акту" not in text_of(by("methodist").get("/imports/")), (
        "the list of lists tells nothing of it"
    )
    shown = text_of(by("methodist").get(f"/imports/{upload.pk}/"))
    assert "Файл уничтожен по акту" in shown


def test_a_row_of_the_means_of_sign_in_alone_is_found_and_destroyed(kept: Place) -> None:
    person = make_person(email="", phone="")
    own = make_account("learner", person_uid=person.uid)
    EmailAddress.objects.create(user=own, email=SIGN_IN)
    case = make_withdrawn(person=person)
    assert [(one.record_type, one.what) for one in case_of(case.withdrawal, DAY).spots] == [
        ("account.emailaddress", "email")
    ]
    approve_act(compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON), actor=case.head, at=NOON)
    assert not EmailAddress.objects.exists()


def test_the_same_address_of_an_account_of_nobody_goes_and_that_of_another_person_stays(kept: Place) -> None:
    case = make_withdrawn(email=NOBODYS)
    other = make_account("learner", person_uid=make_person().uid)
    for user in (make_account("teacher"), other):
        EmailAddress.objects.create(user=user, email=NOBODYS)
    approve_act(compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON), actor=case.head, at=NOON)
    assert [one.user for one in EmailAddress.objects.all()] == [other]


def test_the_bytes_of_destroyed_files_are_taken_away_by_their_marks_alone(
    kept: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_withdrawn()
    tables = [f"Фамилия;Почта\nЗвягина;{case.person.email};{n}\n".encode() for n in range(3)]
    for table in tables:
        file = store_file([table], name="Список.csv", media_type="text/csv", actor=None, at=NOON)
        upload = Upload.objects.create(key=uuid4(), file=file, sha256=file.sha256, uploaded_at=NOON)
        Upload.objects.filter(pk=upload.pk).update(state="cancelled", ended_at=NOON)
    same = store_file([tables[0]], name="Тот же.csv", media_type="text/csv", actor=None, at=NOON)
    broken = store.place(StoredFile.objects.order_by("pk")[1].sha256)
    remove, failing = store.remove, [broken]

    def fail(sha256: str) -> None:
        if store.place(sha256) in failing:
            raise OSError("the disk refused")
        remove(sha256)

    monkeypatch.setattr(store, "remove", fail)
    approve_act(compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON), actor=case.head, at=NOON)
    assert [store.place(one.file.sha256) for one in Unswept.objects.select_related("file")] == [broken]
    with pytest.raises(ExceptionGroup):
        sweep_destroyed()
    assert contents(same) == tables[0], "bytes that a kept file has too stay"
    failing.clear()
    assert sweep_destroyed() == 1
    assert not Unswept.objects.exists()
    monkeypatch.setattr(store, "place", lambda sha256: pytest.fail(f"{sha256} was read again"))
    assert sweep_destroyed() == 0
