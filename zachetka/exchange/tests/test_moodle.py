"""Moodle's web services: what is asked, what is made of the answers, what is said of refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tests.pages import signed_in
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.exchange.actions import ask_for_marks, marks_of, people_of, take_marks, take_people
from zachetka.exchange.moodle import REFUSALS
from zachetka.exchange.site import moodle
from zachetka.exchange.tests.make import LOOPBACK, TOKEN, Raw, grades, refusal, served
from zachetka.intake.reading import read_table
from zachetka.jobs.models import Job
from zachetka.jobs.work import do
from zachetka.learning.actions.mark_review import fingerprint, review
from zachetka.learning.actions.mark_uploads import confirm_marks, correct_marks
from zachetka.learning.gradebook.layout import Correction
from zachetka.learning.models import Mark, MarkSheet
from zachetka.learning.tests.make import NOON, enrolments_of, make_sheet, teacher_of
from zachetka.ledger.models import Event
from zachetka.people.models import Person, Upload
from zachetka.people.review import review as review_people

pytestmark = pytest.mark.clause("2.4")


def table(content: bytes) -> list[list[Any]]:
    (sheet,) = read_table(content, "a.csv").sheets
    return [list(row.cells) for row in sheet.rows]


def test_cohorts_are_told_by_name_and_the_token_stays_out_of_addresses() -> None:
    with served() as site:
        found = site.client.cohorts()
        assert [(one.number, one.name, one.code) for one in found] == [(2, "Все слушатели", ""), (3, "ПК-26-03", "pk3")]
        assert site.paths == ["/moodle/webservice/rest/server.php"]
        assert site.asked == [{"wstoken": TOKEN, "wsfunction": "core_cohort_get_cohorts", "moodlewsrestformat": "json"}]


def test_members_of_a_group_become_a_list_that_the_intake_of_people_knows() -> None:
    with served() as site:
        rows = table(people_of(site.client, 3))
        assert [form["wsfunction"] for form in site.asked] == [
            "core_cohort_get_cohort_members", "core_user_get_users_by_field",
        ]  # fmt: skip
        assert {name: site.asked[1][name] for name in ("field", "values[0]", "values[1]")} == {
            "field": "id", "values[0]": "6", "values[1]": "5",
        }  # fmt: skip
    assert rows == [
        ["Фамилия", "Имя и отчество", "Эл. почта", "Телефон", "СНИЛС", "Дата рождения"],
        ["Иванов", "Иван", "i@example.ru", None, None, None],
        ["Королёва", "Анна Павловна", "a@example.ru", "+7 900 000-00-01", "900-000-001 82", "25.03.1984"],
    ]


def test_everybody_is_asked_for_by_any_address() -> None:
    with served() as site:
        assert [user.last_name for user in site.client.people()] == ["Иванов", "Королёва"]
        assert site.asked[0]["criteria[0][key]"] == "email"


def test_a_gradebook_becomes_a_table_with_the_maximum_in_the_title() -> None:
    with served() as site:
        rows = table(marks_of(site.client, 12))
        assert {form["courseid"] for form in site.asked} == {"12"}
    assert rows == [
        [
            "Имя",
            "Фамилия",
            "Индивидуальный номер",
            "Адрес электронной почты",
            "Итоговый тест (из 10)",
            "Итог курса (из 100)",
        ],
        ["Иван", "Иванов", "ЗК-26-0002", "i@example.ru", "-", "-"],
        ["Анна Павловна", "Королёва", None, "a@example.ru", "9", "90"],
    ]


def test_the_same_answers_make_the_same_bytes() -> None:
    with served() as site:
        assert marks_of(site.client, 12) == marks_of(site.client, 12)
        assert people_of(site.client, 3) == people_of(site.client, 3)


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_with_http_200_is_said_in_words(code: str) -> None:
    with served({"core_cohort_get_cohorts": refusal(code)}) as site, pytest.raises(RuleViolation) as told:
        site.client.cohorts()
    assert told.value.sentence == REFUSALS[code].format(function="core_cohort_get_cohorts")
    assert TOKEN not in told.value.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refusal("strangecode", "Что-то <b>не так</b>"), "Moodle отказал (strangecode): «Что-то <b>не так</b>»."),
        (Raw(b"<html>login</html>"), "не теми данными"),
        (Raw(b"[" * 100_000), "не теми данными"),
        (Raw(b"", status=500), "кодом 500"),
        ({"users": 1}, "не теми данными"),
        (["x"], "не теми данными"),
        ([{"id": "3", "name": "x"}], "нет номера «id»"),
        ([{"id": True, "name": "x"}], "нет номера «id»"),
        (None, "не теми данными"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_is_refused(answer: Any, words: str) -> None:
    with served({"core_cohort_get_cohorts": answer}) as site, pytest.raises(RuleViolation) as told:
        site.client.cohorts()
    assert words in told.value.sentence


@pytest.mark.parametrize("raw", [float("inf"), -1, "1e400", True, {"a": 1}])
def test_points_that_are_no_points_are_no_mark(raw: Any) -> None:
    told = grades()
    told["usergrades"][0]["gradeitems"][0]["graderaw"] = raw
    with served({"gradereport_user_get_grade_items": told}) as site:
        assert table(marks_of(site.client, 12))[2][4] == "-"


def test_nobody_and_nothing_are_said() -> None:
    empty = {"core_cohort_get_cohort_members": [{"cohortid": 3, "userids": []}],
             "gradereport_user_get_grade_items": {"usergrades": [], "warnings": []}}  # fmt: skip
    with served(empty) as site:
        with pytest.raises(RuleViolation, match="никого нет"):
            people_of(site.client, 3)
        with pytest.raises(RuleViolation, match="нет оценок"):
            marks_of(site.client, 12)


# --- Into the previews ------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(db: None) -> MarkSheet:
    sheet = make_sheet(scale="hundred_point", learners=2)
    for row, email in zip(enrolments_of(sheet), ("a@example.ru", "i@example.ru"), strict=True):
        Person.objects.filter(pk=row.learner.person_id).update(
            email=email, last_name={"a": "Королёва", "i": "Иванов"}[email[0]]
        )
    return sheet


@pytest.mark.clause("2.2")
def test_grades_of_moodle_go_through_the_preview_of_marks_and_are_entered_by_the_teacher(sheet: MarkSheet) -> None:
    teacher = teacher_of(sheet)
    with served({"gradereport_user_get_grade_items": grades(8.55, 3)}) as site:
        upload = take_marks(site.client, 12, sheet, actor=teacher, at=NOON)
        result = review(upload, actor=teacher, at=NOON)
        assert "выберите ведомость" in result.layouts[0].problem  # two columns could be meant
        assert not Mark.objects.exists()
        assert Event.objects.get(type="exchange.taken").body == {"system": "moodle", "course": 12}
        name = result.layouts[0].sheet.name
        upload = correct_marks(upload, {name: Correction(roles={4: sheet.pk})}, actor=teacher, at=NOON)
        seen = fingerprint(review(upload, actor=teacher, at=NOON))
        confirm_marks(upload, seen=seen, actor=teacher, at=NOON)
    assert {str(score) for score in Mark.objects.values_list("score", flat=True)} == {"85.5", "30.0"}


@pytest.mark.clause("2.1")
def test_people_of_moodle_go_through_the_preview_of_lists(db: None) -> None:
    with served() as site:
        upload = take_people(site.client, 3, actor=make_account("methodist"), at=NOON)
    assert not Person.objects.filter(last_name="Королёва").exists()
    told = review_people(upload, NOON.date()).contract()
    assert (told["people"], told["new"]) == (2, 1)
    assert told["refused"][0]["field"] == "birth_date"  # Moodle does not know Ivan's


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["learner", "methodist", "head", "admin"])
def test_marks_are_brought_by_the_teacher_alone_and_nobody_is_asked_for_others(sheet: MarkSheet, role: str) -> None:
    with served() as site:
        with pytest.raises(Forbidden):
            take_marks(site.client, 12, sheet, actor=make_account(role), at=NOON)
        with pytest.raises(Forbidden):
            ask_for_marks(12, sheet, actor=make_account(role), at=NOON)
        assert site.asked == []


# --- The page, the job, the token -------------------------------------------------------------------------------------


@pytest.fixture
def token(tmp_path: Path) -> Path:
    place = tmp_path / "token"
    place.write_text(f"{TOKEN}\n")
    place.chmod(0o600)
    return place


@pytest.mark.clause("3.9")
def test_a_job_brings_a_group_to_its_preview(
    fresh_database: None, client: Client, settings: Settings, token: Path
) -> None:
    visitor = signed_in(make_account("methodist"))
    with served() as site:
        settings.MOODLE_URL, settings.MOODLE_TOKEN_FILE, settings.EXCHANGE_NETWORKS = site.url, token, LOOPBACK
        assert "Список из Moodle" in visitor.get("/").content.decode()
        answer = visitor.post("/moodle/people/", {"cohort": "3"})
        job = Job.objects.get()
        assert answer["Location"] == f"/jobs/{job.pk}/"
        assert site.asked == []  # the web server goes nowhere itself
        do(job.pk, is_last=True)
    job.refresh_from_db()
    assert (job.state, job.url) == ("done", f"/imports/{Upload.objects.get().pk}/")


@pytest.mark.clause("3.9")
def test_a_refusal_of_moodle_is_the_outcome_of_the_job(
    fresh_database: None, client: Client, settings: Settings, token: Path
) -> None:
    sheet = make_sheet(learners=1)
    answers = {"gradereport_user_get_grade_items": refusal("requireloginerror")}
    with served(answers) as site, time_machine.travel(NOON, tick=True):
        settings.MOODLE_URL, settings.MOODLE_TOKEN_FILE, settings.EXCHANGE_NETWORKS = site.url, token, LOOPBACK
        visitor = signed_in(teacher_of(sheet))
        assert f'value="{sheet.pk}"' in visitor.get("/moodle/marks/").content.decode()
        assert visitor.post("/moodle/marks/", {"course": "12", "sheet": "999"}).status_code == 422
        visitor.post("/moodle/marks/", {"course": "12", "sheet": str(sheet.pk)})
        job = Job.objects.get()
        do(job.pk, is_last=True)
    job.refresh_from_db()
    assert (job.state, job.outcome) == ("failed", REFUSALS["requireloginerror"])


def test_without_a_moodle_the_page_says_so_and_the_sidebar_has_no_row(db: None, client: Client) -> None:
    visitor = signed_in(make_account("methodist"))
    assert "Moodle не подключён" in visitor.get("/moodle/people/").content.decode()
    assert "Список из Moodle" not in visitor.get("/").content.decode()
    assert visitor.post("/moodle/people/", {"cohort": "3"}).status_code == 200
    assert not Job.objects.exists()


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(("role", "code"), [("teacher", 403), ("admin", 403), ("learner", 403), ("methodist", 200)])
def test_lists_are_brought_by_whoever_may_load_them(db: None, client: Client, role: str, code: int) -> None:
    assert signed_in(make_account(role)).get("/moodle/people/").status_code == code


@pytest.mark.clause("3.8")
def test_the_token_is_a_file_of_its_owner_alone(settings: Settings, token: Path) -> None:
    settings.MOODLE_URL, settings.MOODLE_TOKEN_FILE = "https://sdo.academy.ru", token
    assert moodle().token == TOKEN
    token.chmod(0o644)
    with pytest.raises(RuleViolation, match="читает кто угодно"):
        moodle()
    token.chmod(0o600)
    for content in ("", "два слова", "a" * 300, "x\ny"):
        token.write_text(content)
        with pytest.raises(RuleViolation, match="токена Moodle не"):
            moodle()
    settings.MOODLE_TOKEN_FILE = None
    with pytest.raises(RuleViolation, match="Не указан файл токена"):
        moodle()
    settings.MOODLE_URL = ""
    with pytest.raises(RuleViolation, match="не подключён"):
        moodle()
