"""Pages of closed sheets opened again: asking, deciding, the sheet itself, the list, each with a fixed cost (п. 2.2, 3.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.actions.reopenings import grant_reopening
from zachetka.learning.models import Mark, MarkSheet, Reopening
from zachetka.learning.tests.make import NOON, enrolments_of, fill_sheet, make_reopening, make_sheet, teacher_of

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("db", "collected_statics")]


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def closed_sheet(learners: int = 3) -> MarkSheet:
    sheet = make_sheet(learners=learners)
    fill_sheet(sheet, "4")
    return close_sheet(sheet, actor=teacher_of(sheet), at=NOON)


def reopened(learners: int = 3) -> MarkSheet:
    sheet = closed_sheet(learners)
    grant_reopening(make_reopening(sheet, at=now()), actor=make_account("head"), at=now())
    return MarkSheet.objects.select_related("teacher__person").get(pk=sheet.pk)


def words(answer: Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ")


def typed(**given: str) -> dict[str, str]:
    today = legal_date(now())
    known = {
        "reason": "баллы внесены по черновику",
        "kind": "служебная записка",
        "number": "41",
        "issued_on": f"{today:%d.%m.%Y}",
        "until": f"{today + timedelta(days=3):%d.%m.%Y}",
    }
    return known | given


def test_the_way_from_the_sheet_to_the_changed_mark_through_the_pages() -> None:
    sheet = closed_sheet()
    teacher, head = as_(teacher_of(sheet)), as_(make_account("head"))
    page = words(teacher.get(f"/sheets/{sheet.pk}/"))
    assert f"/sheets/{sheet.pk}/reopen/" in page
    assert "Исправление вдвоём" in words(teacher.get(f"/sheets/{sheet.pk}/reopen/")), "which way fits when"
    answer = teacher.post(f"/sheets/{sheet.pk}/reopen/", typed())
    asked = Reopening.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/reopenings/{asked.pk}/")
    assert asked.basis == f"служебная записка № 41 от {legal_date(now()):%d.%m.%Y}"
    own = words(teacher.get(f"/reopenings/{asked.pk}/"))
    assert "попросили вы" in own
    assert "/grant/" not in own
    assert f"/reopenings/{asked.pk}/grant/" in words(head.get(f"/reopenings/{asked.pk}/"))
    assert head.post(f"/reopenings/{asked.pk}/grant/").status_code == 302
    page = words(teacher.get(f"/sheets/{sheet.pk}/"))
    assert "Открыта заново по" in page
    assert "без оценки" not in page, "a mark is not taken back"
    row = enrolments_of(sheet)[0]
    seen = Mark.objects.in_force().get(enrolment=row).pk
    fields = {f"seen-{row.pk}": str(seen), f"mark-{row.pk}": "5"}
    assert teacher.post(f"/sheets/{sheet.pk}/", fields).status_code == 302
    mark = Mark.objects.in_force().get(enrolment=row)
    assert (mark.reopening_id, mark.supersedes_id) == (asked.pk, seen)
    history = words(teacher.get(f"/marks/{mark.pk}/history/"))
    assert "ведомость открыта заново" in history
    assert "баллы внесены по черновику" in history
    book = words(as_(make_account("registrar")).get(f"/record-books/{row.pk}/"))
    assert "исправлена" in book
    assert "предварительно" in book, "the sheet is open again"
    shown = words(head.get(f"/reopenings/{asked.pk}/"))
    assert "<del>хорошо</del> → <b>отлично</b>" in shown
    assert teacher.post(f"/sheets/{sheet.pk}/close/").status_code == 302
    assert MarkSheet.objects.get(pk=sheet.pk).state == "closed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"until": "01.01.2020"}, "не больше чем на 14"),
        ({"issued_on": "01.01.2099"}, "ещё не составлен"),
        ({"reason": ""}, "Причина"),
        ({"kind": "ф" * 101}, "100"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(given: dict[str, str], said: str) -> None:
    sheet = closed_sheet()
    answer = as_(teacher_of(sheet)).post(f"/sheets/{sheet.pk}/reopen/", typed(**given))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Reopening.objects.exists()


def test_a_refusal_says_why_and_is_seen_by_whoever_asked() -> None:
    sheet = closed_sheet()
    asked, head = make_reopening(sheet, at=now()), as_(make_account("head"))
    assert head.post(f"/reopenings/{asked.pk}/refuse/", {"why": ""}).status_code == 422
    assert (
        head.post(f"/reopenings/{asked.pk}/refuse/", {"why": "ошибка в одной оценке: исправьте её"}).status_code == 302
    )
    assert "исправьте её" in words(as_(teacher_of(sheet)).get(f"/reopenings/{asked.pk}/"))
    assert f"/sheets/{sheet.pk}/reopen/" in words(as_(teacher_of(sheet)).get(f"/sheets/{sheet.pk}/")), (
        "one may ask again"
    )


@pytest.mark.clause("3.8")
def test_out_of_reach_is_not_found_and_who_may_not_is_refused() -> None:
    sheet = closed_sheet()
    asked = make_reopening(sheet, at=now())
    stranger = as_(make_account("teacher"))
    assert stranger.get(f"/reopenings/{asked.pk}/").status_code == 404
    assert stranger.get(f"/sheets/{sheet.pk}/reopen/").status_code == 404
    assert stranger.post(f"/reopenings/{asked.pk}/grant/").status_code == 403
    assert as_(teacher_of(sheet)).post(f"/reopenings/{asked.pk}/grant/").status_code == 403
    assert as_(make_account("learner")).get("/reopenings/").status_code == 403
    twin = as_(make_account("head", person_uid=teacher_of(sheet).person_uid))
    assert twin.post(f"/reopenings/{asked.pk}/grant/").status_code == 422
    assert MarkSheet.objects.get(pk=sheet.pk).state == "closed"


def test_the_list_is_filtered_and_taken_as_a_file() -> None:
    sheet = closed_sheet()
    make_reopening(sheet, at=now())
    head = as_(make_account("head"))
    assert "1 открытие" in words(head.get("/reopenings/?state=asked"))
    assert sheet.cohort.code not in words(head.get("/reopenings/?state=refused"))
    assert head.get("/reopenings/export/?file=xlsx").status_code == 200


@pytest.mark.parametrize("learners", [1, 6])
def test_the_pages_cost_the_same_whatever_was_changed(
    learners: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = reopened(learners)
    asked, teacher = Reopening.objects.get(), as_(teacher_of(sheet))
    rows = enrolments_of(sheet)
    seen = {mark.enrolment_id: mark.pk for mark in Mark.objects.in_force().filter(sheet=sheet)}
    fields = {f"seen-{row.pk}": str(seen[row.pk]) for row in rows} | {f"mark-{row.pk}": "5" for row in rows}
    teacher.post(f"/sheets/{sheet.pk}/", fields)
    head = as_(make_account("head"))
    for client, address, most in (
        (head, f"/reopenings/{asked.pk}/", 14),
        (head, "/reopenings/", 12),
        (teacher, f"/sheets/{sheet.pk}/", 26),
        (teacher, f"/sheets/{sheet.pk}/reopen/", 14),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
