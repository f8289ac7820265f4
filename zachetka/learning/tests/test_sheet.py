"""The pages of sheets over HTTP: who sees what, how lean they are, what bad input becomes (п. 2.2, 3.8)."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.models import Cohort, Mark, MarkSheet
from zachetka.learning.queries.sheet_tasks import tasks
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    fill_sheet,
    make_cohort,
    make_correction,
    make_mark,
    make_sheet,
    teacher_of,
)
from zachetka.ledger.models import Event
from zachetka.people.tests.make import employee_of, make_teacher
from zachetka.programs.tests.make import make_program_version

pytestmark = pytest.mark.django_db

JSON = "application/json"
MOST_BYTES = 250_000


def signed_in(client: Client, account: Account) -> Client:
    client.force_login(account)
    return client


def send(client: Client, sheet: MarkSheet, body: Any) -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(f"/sheets/{sheet.pk}/marks/", text, content_type=JSON, headers={"Accept": JSON})


def cell(enrolment: int, text: str, seen: int | None = None) -> dict[str, Any]:
    return {"enrolment": enrolment, "text": text, "seen": seen}


def methodist_of(cohort: Cohort) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit)


# --- The grid -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_the_grid_of_a_hundred_by_twenty_is_lean_and_costs_a_fixed_number_of_queries(client: Client):
    teacher = make_teacher()
    version = make_program_version(scales=("five_point",) * 20)
    big = make_cohort(version, teacher=employee_of(teacher), learners=100)
    for sheet in big.sheets.all():
        fill_sheet(sheet)
    small = make_cohort(version, teacher=employee_of(teacher), learners=1)
    signed_in(client, teacher)
    counts = []
    for cohort in (small, big):
        client.get(f"/cohorts/{cohort.code}/sheet/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(f"/cohorts/{cohort.code}/sheet/")
        assert page.status_code == 200
        counts.append(len(queries))
    html = page.content.decode()
    assert counts[0] == counts[1] <= 16
    assert html.count("data-m=") == 2000
    assert html.count(">4</td>") == 2000
    assert len(page.content) <= MOST_BYTES


@pytest.mark.clause("2.2")
def test_the_grid_shows_debts_closed_columns_corrections_and_what_lies_ahead(client: Client):
    teacher = make_teacher()
    version = make_program_version(scales=("five_point", "five_point", "pass_fail"))
    cohort = make_cohort(
        version,
        teacher=employee_of(teacher),
        learners=2,
        held_on=[date(2026, 10, 5), date(2026, 10, 6), date(2030, 1, 1)],
        ends_on=date(2030, 12, 25),
    )
    closed, opened, _ahead = cohort.sheets.order_by("module__ordinal")
    marks = fill_sheet(closed, ["2", "5"])
    close_sheet(closed, actor=teacher, at=NOON)
    make_correction(Mark.objects.get(pk=marks[1].pk), text="4")
    fill_sheet(opened, ["4"])
    html = signed_in(client, teacher).get(f"/cohorts/{cohort.code}/sheet/").content.decode()
    assert re.findall(r"<td[^>]*>[^<]*</td>", html) == [
        f'<td class="is-closed is-debt" data-m={marks[0].pk}>2</td>',
        f"<td data-m={Mark.objects.get(sheet=opened).pk}>4</td>",
        '<td class="is-ahead"></td>',
        '<td class="sum">3,00</td>',
        '<td class="sum t-bad">1</td>',
        f'<td class="is-closed is-waiting" data-m={marks[1].pk}>5</td>',
        "<td></td>",
        '<td class="is-ahead"></td>',
        '<td class="sum">5,00</td>',
        '<td class="sum">—</td>',
    ]
    told = json.loads(re.search(r'id="sheet-columns"[^>]*>(.*?)</script>', html)[1])  # type: ignore[index]
    assert [(column["state"], column["fill"], column["propose"]) for column in told] == [
        ("closed", False, True),
        ("open", True, False),
        ("ahead", False, False),
    ]


@pytest.mark.clause("3.8")
def test_a_teacher_sees_and_fills_their_own_columns_only_and_a_methodist_sees_all(client: Client):
    mine, other = make_teacher(), make_teacher()
    cohort = make_cohort(
        make_program_version(scales=("five_point",) * 2), teachers=[employee_of(mine), employee_of(other)], learners=1
    )
    first, second = cohort.sheets.order_by("module__ordinal")
    fill_sheet(second, ["2"])
    page = signed_in(client, mine).get(f"/cohorts/{cohort.code}/sheet/").content.decode()
    told = json.loads(re.search(r'id="sheet-columns"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]
    assert [column["fill"] for column in told] == [True]
    assert '<td class="sum t-bad">' not in page
    assert second.module.title not in client.get(f"/cohorts/{cohort.pk}/").content.decode()
    row = enrolments_of(first)[0].pk
    answer = send(client, first, {"cells": [cell(row, "5")]})
    assert (answer.json()["outcomes"][0]["average"], answer.json()["outcomes"][0]["debts"]) == ("5,00", 0)
    assert send(client, second, {"cells": [cell(row, "5")]}).status_code == 404
    assert Mark.objects.filter(sheet=second).count() == 1
    page = signed_in(client, methodist_of(cohort)).get(f"/cohorts/{cohort.code}/sheet/").content.decode()
    assert page.count("data-m=") == 2
    assert '<td class="sum t-bad">1</td>' in page


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("path", ["/cohorts/{code}/sheet/", "/sheets/{pk}/", "/sheets/{pk}/close/"])
def test_a_foreign_teacher_gets_the_same_404_as_for_nothing(client: Client, path: str):
    sheet = make_sheet()
    signed_in(client, make_teacher())
    foreign = client.get(path.format(pk=sheet.pk, code=sheet.cohort.code))
    nothing = client.get(path.format(pk=10**18, code="ПК-00-00"))
    assert (foreign.status_code, nothing.status_code) == (404, 404)
    assert client.get(path.format(pk=10**30, code="А" * 400)).status_code == 404


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(("role", "status"), [("methodist", 200), ("head", 200), ("inspector", 200), ("registrar", 403), ("learner", 403), ("admin", 403)])  # fmt: skip
def test_who_may_read_a_sheet(client: Client, role: str, status: int):
    sheet = make_sheet()
    fill_sheet(sheet)
    unit = sheet.cohort.program_version.program.unit
    signed_in(client, make_account(role, unit=unit if role == "methodist" else None))
    for path in (f"/cohorts/{sheet.cohort.code}/sheet/", f"/sheets/{sheet.pk}/", "/sheets/"):
        assert client.get(path).status_code == status
    assert send(client, sheet, {"cells": [cell(enrolments_of(sheet)[0].pk, "5")]}).status_code == 403


@pytest.mark.clause("3.8")
def test_a_methodist_of_another_unit_sees_nothing(client: Client):
    sheet = make_sheet()
    signed_in(client, make_account("methodist", unit=make_unit()))
    assert client.get(f"/cohorts/{sheet.cohort.code}/sheet/").status_code == 404
    assert sheet.module.title not in client.get("/sheets/").content.decode()


# --- A keystroke --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_a_keystroke_is_written_and_answered_with_the_row(client: Client):
    sheet = make_sheet()
    row = enrolments_of(sheet)[0].pk
    answer = send(signed_in(client, teacher_of(sheet)), sheet, {"cells": [cell(row, "2")]})
    (told,) = answer.json()["outcomes"]
    mark = Mark.objects.get()
    assert told == {
        "enrolment": row, "mark": mark.pk, "text": "2", "label": "неудовлетворительно", "debt": True,
        "refusal": "", "stale": False, "average": "2,00", "debts": 1,
    }  # fmt: skip
    assert re.fullmatch(r"\d\d:\d\d", answer.json()["saved_at"])
    assert Event.objects.of(mark).count() == 1


@pytest.mark.clause("2.2")
def test_a_check_writes_nothing(client: Client):
    sheet = make_sheet()
    body = {
        "cells": [cell(row.pk, text) for row, text in zip(enrolments_of(sheet), ("5", "хор+"), strict=True)],
        "check": True,
    }
    told = send(signed_in(client, teacher_of(sheet)), sheet, body).json()["outcomes"]
    assert [(one["text"], bool(one["refusal"])) for one in told] == [("5", False), ("", True)]
    assert not Mark.objects.exists()


@pytest.mark.clause("2.1")
def test_a_stale_page_is_told_what_stands_there_now(client: Client):
    sheet = make_sheet()
    row = enrolments_of(sheet)[0].pk
    signed_in(client, teacher_of(sheet))
    seen = send(client, sheet, {"cells": [cell(row, "3")]}).json()["outcomes"][0]["mark"]
    now = send(client, sheet, {"cells": [cell(row, "4", seen)]}).json()["outcomes"][0]["mark"]
    (told,) = send(client, sheet, {"cells": [cell(row, "5", seen)]}).json()["outcomes"]
    assert (told["stale"], told["mark"], told["text"]) == (True, now, "4")
    assert "сейчас «хорошо»" in told["refusal"]


@pytest.mark.clause("2.2")
def test_a_closed_sheet_answers_409_in_russian(client: Client):
    mark = make_mark(closed=True)
    answer = send(
        signed_in(client, teacher_of(mark.sheet)), mark.sheet, {"cells": [cell(mark.enrolment_id, "5", mark.pk)]}
    )
    assert answer.status_code == 409
    assert "закрыта" in answer.json()["error"]


WRONG = [
    b"[", b"null", b"[]", b"{}", b'"5"', b"\xff\xfe", b"[" * 100_000, b'{"cells": NaN}', b'{"cells": []}', b'{"cells": {}}',
    b'{"cells": [1]}', b'{"cells": [{}]}', b'{"cells": [], "more": 1}', b'{"cells": ' + b"9" * 5000 + b"}",
    *(
        json.dumps({"cells": [one]}).encode()
        for one in (
            {"enrolment": "1", "text": "5", "seen": None}, {"enrolment": True, "text": "5", "seen": None},
            {"enrolment": 1.5, "text": "5", "seen": None}, {"enrolment": -1, "text": "5", "seen": None},
            {"enrolment": 2**63, "text": "5", "seen": None}, {"enrolment": 10**40, "text": "5", "seen": None},
            {"enrolment": 1, "text": 5, "seen": None}, {"enrolment": 1, "text": None, "seen": None},
            {"enrolment": 1, "text": "5" * 41, "seen": None}, {"enrolment": 1, "text": "5", "seen": "1"},
            {"enrolment": 1, "text": "5", "seen": False}, {"enrolment": 1, "text": "5", "seen": None, "grade": 1},
            {"enrolment": 1, "text": "5"}, [1, "5", None], None,
        )
    ),
    json.dumps({"cells": [cell(1, "5"), cell(1, "4")]}).encode(),
    json.dumps({"cells": [cell(n, "5") for n in range(1, 1002)]}).encode(),
    json.dumps({"cells": [cell(1, "5")], "check": "yes"}).encode(),
]  # fmt: skip


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("body", WRONG, ids=lambda body: body[:60].decode(errors="replace"))
def test_what_is_not_a_list_of_cells_is_refused_in_russian(client: Client, body: bytes):
    sheet = make_sheet(learners=1)
    answer = send(signed_in(client, teacher_of(sheet)), sheet, body)
    assert answer.status_code == 422
    assert "не разобрала запрос" in answer.json()["error"]
    assert not Mark.objects.exists()


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("text", ["1e400", "NaN", "Infinity", "७२", str(2**63), "101", "зачтено", "5\x00", "\u202e5", "\ud800", "<b>5</b>", "007"])  # fmt: skip
def test_a_value_that_is_no_mark_is_refused_in_its_cell(client: Client, text: str):
    sheet = make_sheet(learners=1)
    row = enrolments_of(sheet)[0].pk
    answer = send(signed_in(client, teacher_of(sheet)), sheet, {"cells": [cell(row, text)]})
    (told,) = answer.json()["outcomes"]
    assert (answer.status_code, told["mark"]) == (200, None)
    assert told["refusal"].endswith(".")
    assert not Mark.objects.exists()


@pytest.mark.clause("2.2")
def test_a_keystroke_needs_the_token_and_too_much_is_413(collected_statics: None):
    sheet = make_sheet(learners=1)
    strict = Client(enforce_csrf_checks=True)
    signed_in(strict, teacher_of(sheet))
    assert send(strict, sheet, {"cells": [cell(1, "5")]}).status_code == 403
    loose = signed_in(Client(), teacher_of(sheet))
    assert send(loose, sheet, b'{"cells": "' + b"5" * 1_100_000 + b'"}').status_code == 413


# --- Closing ------------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_the_question_before_closing_names_who_has_no_mark(client: Client):
    sheet = make_sheet()
    fill_sheet(sheet, ["5"])
    signed_in(client, teacher_of(sheet))
    page = client.get(f"/sheets/{sheet.pk}/close/").content.decode()
    assert enrolments_of(sheet)[1].learner.person.full_name in page
    assert "<form" not in client.get(f"/sheets/{sheet.pk}/close/", headers={"HX-Request": "true"}).content.decode()
    assert client.post(f"/sheets/{sheet.pk}/close/").status_code == 422
    sheet.refresh_from_db()
    assert sheet.state == "open"


@pytest.mark.clause("2.2")
def test_a_sheet_with_nobody_to_mark_says_so_before_it_is_closed(client: Client):
    sheet = make_sheet(learners=0)
    signed_in(client, teacher_of(sheet))
    (task,) = tasks(teacher_of(sheet), NOON)
    assert task.title.endswith("пуста: оценивать некого — осталось закрыть")
    page = client.get(f"/sheets/{sheet.pk}/close/").content.decode()
    assert "Оценивать в этом столбце некого." in page
    assert "Закрыть пустой столбец" in page


@pytest.mark.clause("2.2")
def test_closing_twice_is_once_and_a_sentence(client: Client):
    sheet = make_sheet()
    fill_sheet(sheet)
    signed_in(client, teacher_of(sheet))
    assert "Закрыть 2" in client.get(f"/sheets/{sheet.pk}/close/").content.decode()
    assert client.post(f"/sheets/{sheet.pk}/close/").status_code == 302
    again = client.post(f"/sheets/{sheet.pk}/close/")
    assert again.status_code == 409
    assert "Ведомость уже закрыта." in again.content.decode()
    assert Event.objects.filter(type="sheet.closed").count() == 1


# --- The list and the tasks ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.2")
def test_the_list_filters_sorts_searches_and_is_exported_under_record(client: Client):
    overdue, done = make_sheet(), make_mark(closed=True).sheet
    signed_in(client, make_account("head"))
    assert overdue.cohort.code in client.get("/sheets/?state=overdue").content.decode()
    assert overdue.cohort.code not in client.get("/sheets/?state=closed").content.decode()
    assert done.cohort.code in client.get("/sheets/?state=closed&sort=-filled").content.decode()
    assert overdue.cohort.code in client.get(f"/sheets/?q={overdue.cohort.code[-3:]}").content.decode()
    assert client.get("/sheets/?q=%00%25_\\").status_code == 200
    assert client.get("/sheets/?sort=teacher__person__snils").status_code == 400
    assert client.get("/sheets/export/?file=xlsx").content.startswith(b"PK")
    assert Event.objects.filter(type="list.exported").count() == 1


@pytest.mark.clause("2.2")
def test_what_waits_is_listed_by_its_term_and_what_is_over_the_last_first(client: Client):
    late, soon, old, last = (make_sheet(held_on=[date(2026, 9, day)]) for day in (21, 28, 10, 14))
    for one in (old, last):
        make_mark(sheet=one, closed=True)
    signed_in(client, make_account("head"))

    def shown(query: str = "") -> list[str]:
        text = client.get(f"/sheets/{query}").content.decode()
        return sorted((one.cohort.code for one in (late, soon, old, last)), key=lambda code: text.index(f">{code}<"))

    assert shown() == [one.cohort.code for one in (late, soon, last, old)]
    assert shown("?sort=-due") == [one.cohort.code for one in (soon, late, last, old)]


@pytest.mark.clause("2.2")
def test_a_teacher_is_told_what_to_fill_then_what_to_close(db: None):
    sheet = make_sheet(learners=3)
    teacher = teacher_of(sheet)
    fill_sheet(sheet, ["5"])
    (task,) = tasks(teacher, NOON)
    assert (task.verb, task.term) == ("Внести", sheet.due_on)
    assert task.title.endswith("— нет 2 оценок")
    for row, text in zip(enrolments_of(sheet)[1:], "45", strict=True):
        make_mark(row, sheet, text)
    assert [task.verb for task in tasks(teacher, NOON)] == ["Закрыть"]
    close_sheet(sheet, actor=teacher, at=NOON)
    assert tasks(teacher, NOON) == []


@pytest.mark.clause("2.2")
def test_a_methodist_is_told_of_overdue_sheets_and_of_corrections_to_decide(db: None):
    late = make_sheet()
    methodist = methodist_of(late.cohort)
    (task,) = tasks(methodist, NOON)
    assert (task.verb, task.detail.endswith(f"преподаватель {late.teacher.person.short_name}")) == ("Открыть", True)
    assert tasks(methodist, NOON - timedelta(days=45)) == []
    mark = make_mark(closed=True)
    make_correction(mark)
    (task,) = tasks(methodist_of(mark.sheet.cohort), NOON)
    assert task.verb == "Решить"
    assert task.title == f"Исправление оценки: «{mark.sheet.module.title}»"
    assert tasks(teacher_of(mark.sheet), NOON) == []
