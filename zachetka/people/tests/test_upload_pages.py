"""The pages of lists: what is posted, what is refused, and that nothing is lost or written by half."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, expect

from tests.pages import signed_in, text_of
from zachetka.access.tests.make import make_account
from zachetka.files.store import place
from zachetka.intake.reading import read_table
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.people.actions import Schooling, add_education
from zachetka.people.intake.tests.make import make_person, make_snils
from zachetka.people.models import Learner, Person, Upload
from zachetka.people.tests.make import AT

ROWS = [make_person(1), make_person(2, birth_date="31.02.1990"), make_person(3, last_name="ЗУЕВ")]


@pytest.fixture
def methodist(db: None) -> Client:
    return signed_in(make_account("methodist"))


def send(client: Client, content: bytes | None = None, name: str = "Список.xlsx", **given: Any) -> HttpResponse:
    """Hand in a file as the form does."""
    content = make_xlsx({"Лист1": [HEADER, *ROWS]}) if content is None else content
    answer = client.post("/imports/", {"file": SimpleUploadedFile(name, content), "key": str(uuid4()), **given})
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.clause("2.1")
def test_a_list_is_shown_row_by_row_and_entered_by_the_button(methodist: Client) -> None:
    page = methodist.get(send(methodist)["Location"])
    shown = text_of(page)
    assert "Войдут 2 строки из 3" in shown
    assert "Загрузить 2 строки" in shown
    assert "Такой даты нет" in shown
    assert "Запишем «Зуев»." in shown
    assert not Learner.objects.exists()
    upload = Upload.objects.get()
    answer = methodist.post(f"/imports/{upload.pk}/confirm/", {"seen": page.context["seen"]})
    assert answer.status_code == 302
    assert Learner.objects.count() == 2
    assert "Список загружен" in text_of(methodist.get(f"/imports/{upload.pk}/"))


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
def test_the_result_counts_those_without_an_education_document(methodist: Client) -> None:
    rows = [[*make_person(n), level] for n, level in ((11, "высшее"), (12, ""), (13, ""))]
    refused = [*make_person(14, birth_date="31.02.1990"), ""]
    send(methodist, make_xlsx({"Лист1": [[*HEADER, "Образование"], *rows, refused]}))
    upload = Upload.objects.get()
    page = methodist.get(f"/imports/{upload.pk}/")
    methodist.post(f"/imports/{upload.pk}/confirm/", {"seen": page.context["seen"]})
    shown = text_of(methodist.get(f"/imports/{upload.pk}/"))
    assert "Нет документа об образовании: 2 из 3" in shown
    assert 'href="/people/?lacks=education&sort=-since"' in shown
    assert str(rows[1][0]) not in shown, "counted, not named: a look would have to be recorded"
    wanted = methodist.get("/people/?lacks=education&sort=-since")
    assert (wanted.status_code, text_of(wanted).count(str(rows[1][0]))) == (200, 1)
    for person in Person.objects.filter(learner__isnull=False, education=None):
        add_education(person, Schooling(level="student"), actor=make_account("methodist"), at=AT)
    assert "Нет документа об образовании" not in text_of(methodist.get(f"/imports/{upload.pk}/"))


@pytest.mark.clause("2.1")
def test_refused_rows_are_downloaded_corrected_and_taken_in(methodist: Client) -> None:
    send(methodist)
    upload = Upload.objects.get()
    for moment in ("before", "after"):
        file = methodist.get(f"/imports/{upload.pk}/refused/")
        assert "filename*=utf-8''" in file["Content-Disposition"]
        (sheet,) = read_table(file.content, "a.xlsx").sheets
        assert [row.cells[2] for row in sheet.rows[1:]] == [ROWS[1][0]], moment
        page = methodist.get(f"/imports/{upload.pk}/")
        if moment == "before":
            methodist.post(f"/imports/{upload.pk}/confirm/", {"seen": page.context["seen"]})
    titles, wrong = (list(row.cells) for row in sheet.rows)
    wrong[5] = "28.02.1990"
    page = methodist.get(send(methodist, make_xlsx({"Лист1": [titles, wrong]}), "Исправлено.xlsx")["Location"])
    assert "Войдут 1 строка из 1" in text_of(page)


@pytest.mark.clause("2.1")
def test_columns_are_corrected_on_the_page(methodist: Client) -> None:
    content = make_xlsx({"Лист1": [[*HEADER, "СНИЛС новый"], [*make_person(1), make_snils(9)]]})
    address = send(methodist, content)["Location"]
    assert "оба «СНИЛС»" in text_of(methodist.get(address))
    choice = {"sheet": "0", "taken": "on", "header_row": "", "level": "", "column-4": "", "column-5": "snils"}
    assert methodist.post(f"{address}columns/", choice).status_code == 302
    assert "Войдут 1 строка из 1" in text_of(methodist.get(address))
    assert methodist.post(f"{address}columns/", {**choice, "column-5": "password"}).status_code == 400
    assert methodist.post(f"{address}columns/", {**choice, "sheet": "7"}).status_code == 404
    methodist.post(f"{address}columns/", {"sheet": "0", "header_row": "", "level": ""})
    assert "Этот лист не берём" in text_of(methodist.get(address))


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "а.xlsx", "Файл пустой"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "а.xls", "Сохранить как"),
        (b"PK\x03\x04broken", "а.xlsx", "повреждён"),
        (b"a;b\n1;2\n", "а.csv", "нет списка людей"),
        (b"x" * (10 * 1024 * 1024 + 1), "а.csv", "больше 10 МБ"),
    ],
)
def test_what_is_no_list_is_refused_at_the_field(methodist: Client, content: bytes, name: str, said: str) -> None:
    answer = send(methodist, content, name)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Upload.objects.exists()


@pytest.mark.clause("2.1")
def test_a_form_without_a_file_or_a_key_is_refused(methodist: Client) -> None:
    assert methodist.post("/imports/", {"key": str(uuid4())}).status_code == 422
    assert send(methodist, key="not a key").status_code == 422
    assert not Upload.objects.exists()


@pytest.mark.clause("2.1")
def test_the_same_file_again_is_told_at_its_field_with_the_way_to_the_first(methodist: Client) -> None:  # N15
    content = make_xlsx({"Лист1": [HEADER, *ROWS]})
    page = methodist.get(send(methodist, content)["Location"])
    methodist.post(f"/imports/{Upload.objects.get().pk}/confirm/", {"seen": page.context["seen"]})
    answer = send(methodist, content)
    assert answer.status_code == 422
    assert 'name="file"' in text_of(answer)
    told = text_of(answer).split("Этот файл уже загружен", 1)[1]
    assert f'<a href="/imports/{Upload.objects.get().pk}/">Открыть ту загрузку</a>' in told


@pytest.mark.clause("2.1")
def test_a_stale_or_forged_confirmation_is_a_conflict(methodist: Client) -> None:  # N16
    send(methodist)
    upload = Upload.objects.get()
    for seen in ("", "x", "0" * 64):
        assert methodist.post(f"/imports/{upload.pk}/confirm/", {"seen": seen}).status_code == 409
    assert not Learner.objects.exists()


@pytest.mark.clause("2.1")
def test_a_cancelled_list_enters_nobody(methodist: Client) -> None:
    send(methodist)
    upload = Upload.objects.get()
    page = methodist.get(f"/imports/{upload.pk}/")
    methodist.post(f"/imports/{upload.pk}/cancel/")
    assert methodist.post(f"/imports/{upload.pk}/confirm/", {"seen": page.context["seen"]}).status_code == 409
    assert methodist.get(f"/imports/{upload.pk}/refused/").status_code == 404
    assert "Никто не записан" in text_of(methodist.get(f"/imports/{upload.pk}/"))


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["learner", "teacher", "registrar", "head", "inspector", "admin", "security"])
def test_the_pages_are_for_whoever_may_import(methodist: Client, role: str) -> None:
    send(methodist)
    pk = Upload.objects.get().pk
    stranger = signed_in(make_account(role))
    assert stranger.get("/imports/").status_code == 403
    assert send(stranger).status_code == 403
    assert stranger.get(f"/imports/{pk}/").status_code == 403
    for verb in ("columns", "confirm", "cancel"):
        assert stranger.post(f"/imports/{pk}/{verb}/").status_code == 403
    assert stranger.get(f"/imports/{pk}/refused/").status_code == 403
    assert not Learner.objects.exists()


@pytest.mark.clause("3.8")
def test_nothing_from_a_file_becomes_markup(methodist: Client) -> None:  # A23, A24
    row = [*make_person(1, last_name="<script>alert(1)</script>"), "{{7*7}}", "<svg onload=x>"]
    content = make_xlsx({"<b>Лист": [[*HEADER, "Примечание", "<i>"], row]})
    shown = methodist.get(send(methodist, content, "<img src=x>.xlsx")["Location"]).content.decode()
    for raw in ("<script>alert", "<svg onload", "<b>Лист", "<img src=x>", "<i>"):
        assert raw not in shown
    assert "{{7*7}}" in shown


@pytest.mark.clause("2.1")
def test_bad_addresses_are_refused(methodist: Client) -> None:
    address = send(methodist)["Location"]
    assert methodist.get(f"{address}?show=everything").status_code == 400
    assert methodist.get(f"{address}?sheet=9").status_code == 404
    assert methodist.get(f"{address}?page=-1&sheet=٣").status_code == 200
    assert methodist.get("/imports/999999/").status_code == 404
    assert methodist.get(f"{address}confirm/").status_code == 405


@pytest.mark.clause("2.1")
def test_a_methodist_takes_in_a_list_in_the_browser(page: Page) -> None:
    account = make_account("methodist", login="methodist", password="shared by nobody 9")
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill(account.login)
    page.locator("input[name=password]").fill("shared by nobody 9")
    page.get_by_role("button", name="Войти").click()
    page.goto("/imports/")
    content = make_xlsx(
        {
            "Слушатели": [
                ["Список"],
                [*HEADER, "Серия диплома", "№ диплома"],
                *[[*row, "107704", "0031822"] for row in ROWS],
            ]
        }
    )
    page.set_input_files("input[type=file]", {"name": "Список.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Проверить список").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Проверьте перед загрузкой")
    expect(page.get_by_text("без уровня дипломы не запишем")).to_be_visible()
    page.get_by_label("Дипломы об образовании").select_option("higher")
    expect(page.get_by_text("без уровня дипломы не запишем")).to_have_count(0)
    page.get_by_role("link", name="с ошибкой, не войдут").click()
    expect(page.locator(".finding-bad")).to_have_count(1)
    page.get_by_role("button", name="Загрузить 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Список загружен")
    assert Learner.objects.count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать 1").click()
    assert download.value.suggested_filename == "Не вошли — Список.xlsx"


@pytest.mark.clause("3.6")
def test_a_list_that_the_disk_spoiled_is_refused_in_words(methodist: Client, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    page = send(methodist, make_xlsx({"Испорченный": [HEADER, *ROWS]}))["Location"]
    place(Upload.objects.get().sha256).write_bytes(b"spoiled")
    answer = methodist.get(page)
    assert answer.status_code == 410
    assert "повреждён на диске" in text_of(answer)
    assert "резервной копии" in text_of(answer)
