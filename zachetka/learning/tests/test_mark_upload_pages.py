"""The pages on which a file becomes marks, as a visitor meets them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages import signed_in, text_of
from zachetka.access.tests.make import make_account
from zachetka.intake.reading import read_table
from zachetka.intake.tests.make import make_xlsx
from zachetka.learning.models import Mark, MarkSheet, MarkUpload
from zachetka.learning.tests.make import NOON, enrolments_of, fill_sheet, make_sheet, teacher_of
from zachetka.learning.tests.test_mark_uploads import file_of
from zachetka.ledger.models import Event
from zachetka.people.rules.snils import shown
from zachetka.people.tests.make import make_teacher

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def at_noon(client: Client) -> Any:
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def sheet(db: None) -> MarkSheet:
    return make_sheet(learners=3)


def send(client: Client, sheet: MarkSheet, content: bytes, name: str = "Оценки.xlsx", **given: Any) -> HttpResponse:
    """Hand in a file as the form does."""
    answer = client.post(
        f"/sheets/{sheet.pk}/file/", {"file": SimpleUploadedFile(name, content), "key": str(uuid4()), **given}
    )
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_file_is_shown_mark_by_mark_and_entered_by_the_button(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    assert f'href="/sheets/{sheet.pk}/file/"' in text_of(client.get(f"/sheets/{sheet.pk}/"))
    assert f'href="/cohorts/{sheet.cohort.code}/file/"' in client.get(
        f"/cohorts/{sheet.cohort.code}/sheet/"
    ).content.decode().replace("%D0%9F%D0%9A", "ПК")
    fill_sheet(sheet, ["3"])
    page = client.get(send(client, sheet, file_of(sheet, ["5", "9", "4"]))["Location"])
    words = text_of(page)
    assert "Внесём 2 оценки из 3" in words
    assert "было «удовлетворительно», станет «отлично»" in words
    assert "Оценки «9» нет в шкале" in words
    assert Mark.objects.count() == 1
    upload = MarkUpload.objects.get()
    answer = client.post(f"/marks/files/{upload.pk}/confirm/", {"seen": page.context["seen"]})
    assert answer.status_code == 302
    assert Mark.objects.in_force().count() == 2
    assert "Оценки внесены" in text_of(client.get(answer["Location"]))


def test_the_same_file_again_is_told_at_its_field_with_the_way_to_the_first(sheet: MarkSheet) -> None:
    client, content = signed_in(teacher_of(sheet)), file_of(sheet, ["5", "4", "4"])
    page = client.get(send(client, sheet, content)["Location"])
    address = f"/marks/files/{MarkUpload.objects.get().pk}/confirm/"
    client.post(address, {"seen": page.context["seen"]})
    again = send(client, sheet, content)
    assert again.status_code == 422
    assert f'<a href="/marks/files/{MarkUpload.objects.get().pk}/">Открыть ту загрузку</a>' in text_of(again)
    twice = client.post(address, {"seen": page.context["seen"]})
    assert twice.status_code == 409
    for answer in (again, twice):
        assert "внесены" in text_of(answer)
    assert Mark.objects.count() == 3


def test_a_stale_or_forged_confirmation_is_a_conflict(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    address = send(client, sheet, file_of(sheet, ["5", "4", "4"]))["Location"]
    for seen in ("", "0" * 64):
        assert client.post(f"{address}confirm/", {"seen": seen}).status_code == 409
    assert not Mark.objects.exists()


def test_refused_rows_are_downloaded_corrected_and_taken_in(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    address = send(client, sheet, file_of(sheet, ["5", "9", "4"]))["Location"]
    for moment in ("before", "after"):
        file = client.get(f"{address}refused/")
        assert "filename*=utf-8''" in file["Content-Disposition"]
        (table,) = read_table(file.content, "a.xlsx").sheets
        assert [row.cells[3] for row in table.rows] == ["Оценка", "9"], moment
        if moment == "before":
            client.post(f"{address}confirm/", {"seen": client.get(address).context["seen"]})
    assert Event.objects.filter(type="list.exported").count() == 2
    titles, wrong = (list(row.cells) for row in table.rows)
    wrong[3] = "3"
    page = client.get(send(client, sheet, make_xlsx({"Лист1": [titles, wrong]}), "Исправлено.xlsx")["Location"])
    assert "Внесём 1 оценку из 1" in text_of(page)


def test_columns_are_chosen_on_the_page(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    names = [row.learner.person.full_name for row in enrolments_of(sheet)]
    content = make_xlsx({"Лист1": [["ФИО", "Тест 1", "Тест 2"], *([name, "5", "4"] for name in names)]})
    address = send(client, sheet, content)["Location"]
    assert "Не видно, какой столбец загрузить" in text_of(client.get(address))
    choice = {
        "sheet": "0",
        "taken": "on",
        "header_row": "",
        "column-0": "full_name",
        "column-1": "",
        "column-2": str(sheet.pk),
    }
    assert client.post(f"{address}columns/", choice).status_code == 302
    page = client.get(address)
    assert "Внесём 3 оценки из 3" in text_of(page)
    client.post(f"{address}confirm/", {"seen": page.context["seen"]})
    assert {str(mark) for mark in Mark.objects.all()} == {"хорошо"}


def test_a_choice_that_repeats_our_own_guess_changes_nothing(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    address = send(client, sheet, file_of(sheet, ["5", "4", "4"]))["Location"]
    choice = {"sheet": "0", "taken": "on", "header_row": "", "column-0": "full_name", "column-1": str(sheet.pk)}
    client.post(f"{address}columns/", choice)
    assert MarkUpload.objects.get().corrections["Лист1"]["columns"] == {}
    for bad in ({"column-1": "999999"}, {"column-0": "password"}, {"header_row": "77"}, {"sheet": "5"}):
        assert client.post(f"{address}columns/", choice | bad).status_code in {400, 404}


def test_points_of_a_file_are_read_as_the_teacher_says(db: None) -> None:
    sheet = make_sheet(scale="hundred_point", learners=2)
    client = signed_in(teacher_of(sheet))
    names = [row.learner.person.full_name for row in enrolments_of(sheet)]
    content = make_xlsx({"Лист1": [["ФИО", "Балл"], [names[0], 9], [names[1], 4.5]]})
    address = send(client, sheet, content)["Location"]
    page = client.get(address)
    assert "Самый большой балл — 9" in text_of(page)
    assert "баллы из 10<" in text_of(page)
    choice = {
        "sheet": "0",
        "taken": "on",
        "header_row": "",
        "column-0": "full_name",
        "column-1": str(sheet.pk),
        "reading-1": "10",
    }
    client.post(f"{address}columns/", choice)
    page = client.get(address)
    assert "90, отлично" in text_of(page)
    client.post(f"{address}confirm/", {"seen": page.context["seen"]})
    assert set(Mark.objects.values_list("score", flat=True)) == {45, 90}


@pytest.mark.clause("3.8")
def test_particulars_of_the_file_are_masked_on_the_page(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    person = enrolments_of(sheet)[0].learner.person
    person.snils = "90000000182"
    person.save(update_fields=["snils"])
    rows = [["СНИЛС", "E-mail", "Оценка"], [shown(person.snils), "secret@example.ru", "5"]]
    words = text_of(client.get(send(client, sheet, make_xlsx({"Лист1": rows}))["Location"]))
    assert shown(person.snils) not in words
    assert person.snils not in words
    assert "secret@" not in words
    assert f"•••-•••-••• {person.snils[-2:]}" in words
    assert person.full_name in words


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["learner", "methodist", "registrar", "head", "inspector", "admin", "security"])
def test_the_pages_are_for_teachers_alone(sheet: MarkSheet, role: str) -> None:
    address = send(signed_in(teacher_of(sheet)), sheet, file_of(sheet, ["5"]))["Location"]
    client = signed_in(make_account(role))
    pages = (f"/sheets/{sheet.pk}/file/", f"/cohorts/{sheet.cohort.code}/file/", address, f"{address}refused/")
    assert {client.get(page).status_code for page in pages} == {403}
    assert {client.post(f"{address}{verb}/").status_code for verb in ("columns", "confirm", "cancel")} == {403}


@pytest.mark.clause("3.8")
def test_a_colleague_finds_nothing_there(sheet: MarkSheet) -> None:
    address = send(signed_in(teacher_of(sheet)), sheet, file_of(sheet, ["5"]))["Location"]
    client = signed_in(make_teacher())
    pages = (f"/sheets/{sheet.pk}/file/", f"/cohorts/{sheet.cohort.code}/file/", address, f"{address}refused/")
    assert {client.get(page).status_code for page in pages} == {404}
    assert {client.post(f"{address}{verb}/").status_code for verb in ("columns", "confirm", "cancel")} == {404}


def test_a_form_without_a_file_or_a_key_is_refused(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    answer = client.post(f"/sheets/{sheet.pk}/file/", {"key": str(uuid4())})
    assert (answer.status_code, "Выберите файл с оценками" in text_of(answer)) == (422, True)
    assert send(client, sheet, file_of(sheet, ["5"]), key="").status_code == 422
    assert not MarkUpload.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "а.xlsx", "Файл пустой"),
        (b"%PDF-1.7", "а.pdf", "не книга Excel"),
        (b"a;b\n1;2\n", "а.csv", "нет таблицы оценок"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "а.xls", "Сохранить как"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(
    sheet: MarkSheet, content: bytes, name: str, sentence: str
) -> None:
    answer = send(signed_in(teacher_of(sheet)), sheet, content, name)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_nothing_from_a_file_becomes_markup(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    evil = "<script>alert(1)</script>"
    content = make_xlsx({"<b>Лист": [["ФИО", "Оценка", evil], [evil, evil, evil]]})
    page = client.get(send(client, sheet, content, f"{evil.replace('/', '')}.xlsx")["Location"])
    assert "<script>alert" not in page.content.decode()
    assert "<b>Лист" not in page.content.decode()
    assert "&lt;script&gt;alert" in page.content.decode()


def test_bad_addresses_are_refused(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    address = send(client, sheet, file_of(sheet, ["5"]))["Location"]
    assert client.get(f"{address}?show=secret").status_code == 400
    assert client.get(f"{address}?sheet=9").status_code == 404
    assert client.get(f"{address}?page=99999999999").status_code == 200


def test_a_cancelled_file_says_so_and_the_list_of_files_too(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    address = send(client, sheet, file_of(sheet, ["5"]))["Location"]
    assert client.post(f"{address}cancel/")["Location"] == f"/sheets/{sheet.pk}/"
    assert "Ни одна оценка не записана" in text_of(client.get(address))
    assert "отменён" in text_of(client.get(f"/sheets/{sheet.pk}/file/"))


def test_the_page_costs_the_same_whatever_the_number_of_rows(db: None) -> None:
    costs = []
    for learners in (3, 30):
        sheet = make_sheet(learners=learners)
        client = signed_in(teacher_of(sheet))
        address = send(client, sheet, file_of(sheet, ["5"] * learners))["Location"]
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 16


def test_a_sheet_with_nothing_to_fill_says_why(sheet: MarkSheet) -> None:
    client = signed_in(teacher_of(sheet))
    with time_machine.travel(datetime(2026, 9, 20, 9, 0, tzinfo=NOON.tzinfo)):
        assert "день контроля ещё не наступил" in text_of(client.get(f"/sheets/{sheet.pk}/file/"))
