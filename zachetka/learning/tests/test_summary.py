"""The summary sheet of a cohort: the marks of the record books, all at once, as of any day (п. 2.2, 2.5)."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import end_of_day
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries import last_marks
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.summary import Summary, summary_of
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    fill_sheet,
    make_cohort,
    make_correction,
    make_order,
    teacher_of,
)
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import change_name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics"), pytest.mark.clause("2.5")]

LATER = NOON + timedelta(days=2)
NOW = NOON + timedelta(days=4)


def second_attempt(first: MarkSheet, learner: Enrolment) -> MarkSheet:
    """Appoint the resit of the module of `first` to `learner`."""
    unit = first.cohort.program_version.program.unit
    return appoint_resit(
        first.cohort, first.module, enrolments=[learner], teacher=first.teacher, held_on=date(2026, 11, 21),
        due_on=date(2026, 11, 25), actor=make_account("methodist", unit=unit), at=NOON,
    )  # fmt: skip


@pytest.fixture
def cohort() -> Cohort:
    """Five people, three modules: a debt, an absence for a good reason at its retake, a retake that closed another, a correction,
    an open sheet, a withdrawal.
    """
    made = make_cohort(learners=5)
    one, two, three = made.sheets.select_related("teacher__person", "cohort", "module").order_by("module__ordinal")
    marks = fill_sheet(one, ["5", "4", "2", "3", "4"])
    close_sheet(one, actor=teacher_of(one), at=NOON)
    fill_sheet(two, ["зач", "нз", "зач", "зач", "зач"])
    close_sheet(two, actor=teacher_of(two), at=NOON)
    fill_sheet(three, ["5", "5"])
    third = enrolments_of(one)[2]
    retake = second_attempt(one, third)
    set_marks(retake, [Cell(third.pk, "4", None)], actor=teacher_of(retake), at=LATER)
    second = enrolments_of(one)[1]
    missed, methodist = second_attempt(two, second), make_account("methodist", unit=made.program_version.program.unit)
    set_marks(missed, [Cell(second.pk, "н", None)], actor=teacher_of(missed), at=LATER)
    close_sheet(missed, actor=teacher_of(missed), at=LATER)
    ill = missed.held_on
    record_excuse(second, kind="illness", first_day=ill, last_day=ill, basis="справка № 118", actor=methodist, at=LATER)
    correction = make_correction(marks[3], text="4", at=LATER)
    confirm_correction(correction, actor=make_account("methodist", unit=made.program_version.program.unit), at=LATER)
    fifth = enrolments_of(one)[4]
    make_order(
        made, [fifth.learner], kind=Order.Kind.WITHDRAWAL, ground=Order.Ground.OWN_WISH, effective_on=date(2026, 11, 23),
        at=LATER,
    )  # fmt: skip
    return Cohort.objects.select_related("program_version__program").get(pk=made.pk)


def sheet_of(cohort: Cohort, day: date | None = None) -> Summary:
    return summary_of(cohort, at=NOW, seen_at=end_of_day(day) if day else None)


def signs(summary: Summary) -> list[list[str]]:
    return [[cell.grade.symbol if cell else "" for cell in line.cells] for line in summary.lines]


@pytest.mark.clause("2.2")
def test_the_last_mark_in_force_stands_with_its_attempt_and_its_correction(cohort: Cohort):
    summary = sheet_of(cohort)
    assert signs(summary) == [["5", "зач", "5"], ["4", "нз", "5"], ["4", "зач", ""], ["4", "зач", ""], ["4", "зач", ""]]
    third, fourth = summary.lines[2].cells[0], summary.lines[3].cells[0]
    assert third
    assert fourth
    assert (third.mark.attempt, third.mark.is_corrected) == (2, False)
    assert (fourth.mark.attempt, fourth.mark.is_corrected) == (1, True)
    assert summary.preliminary == 3


def test_on_a_past_day_the_sheet_is_what_it_was(cohort: Cohort):
    then = sheet_of(cohort, NOON.date())
    assert signs(then)[2:4] == [["2", "зач", ""], ["3", "зач", ""]]
    assert [line.state for line in then.lines] == ["active"] * 5
    assert not sheet_of(cohort, date(2026, 9, 1)).lines, "nobody had been enrolled"


@pytest.mark.parametrize("day", [None, date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 22)])
def test_it_says_of_each_learner_what_their_record_book_says(cohort: Cohort, day: date | None):
    summary = sheet_of(cohort, day)
    for line in summary.lines:
        book = record_book(
            Enrolment.objects.select_related(*PAPERS).get(pk=line.enrolment_id), at=NOW, seen_at=summary.seen_at
        )
        assert line.average == book.average
        assert line.debts == len(book.debts)
        assert line.state == book.state
        assert [cell.grade.label if cell else "" for cell in line.cells] == [one.words for one in book.all_lines]
        assert [cell.mark.attempt if cell else None for cell in line.cells] == [
            one.result.sheet.attempt if one.result else None for one in book.all_lines
        ]


def test_marks_that_counted_by_their_turn_alone_would_be_noticed(cohort: Cohort, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(last_marks, "outweighs", lambda _later, _earlier: True)
    assert signs(sheet_of(cohort))[1][1] == "н"


@pytest.mark.clause("2.2")
def test_figures_are_of_those_who_were_not_withdrawn(cohort: Cohort):
    summary = sheet_of(cohort)
    first, second, third = summary.totals
    assert (first.average, first.rates.success, first.rates.quality) == (
        Decimal("4.25"),
        Decimal("100.0"),
        Decimal("100.0"),
    )
    assert (second.average, second.rates.success, second.rates.quality) == (None, Decimal("75.0"), None)
    assert third.rates.whole == 2
    assert (summary.rates.whole, summary.rates.success, summary.rates.quality) == (4, Decimal("75.0"), Decimal("75.0"))
    assert (summary.debts, summary.debtors, len(summary.counted), len(summary.lines)) == (1, 1, 4, 5)
    assert summary.by_grade == {"отлично": 3, "хорошо": 3, "зачтено": 3, "не зачтено": 1}
    assert [line.standing.replace("\u00a0", " ") for line in summary.lines] == [
        "план выполнен",
        "долг",
        "нет 1 оценки",
        "нет 1 оценки",
        "отчисление",
    ]


@pytest.mark.clause("2.1")
def test_a_name_stands_as_it_was_on_the_day(cohort: Cohort):
    learner = sheet_of(cohort).lines[0]
    person = Enrolment.objects.get(pk=learner.enrolment_id).learner.person
    change_name(
        person, last_name="Яркина", first_name=person.first_name, patronymic=person.patronymic, valid_from=date(2026, 11, 23),
        basis="свидетельство о перемене имени", actor=make_account("methodist"), at=LATER + timedelta(days=1),
    )  # fmt: skip
    assert sheet_of(cohort).lines[-1].name.startswith("Яркина")
    assert sheet_of(cohort, LATER.date()).lines[0].name == learner.name


def test_a_sheet_costs_as_many_queries_for_two_as_for_twelve():
    def asked(learners: int) -> int:
        made = make_cohort(learners=learners)
        for sheet in made.sheets.select_related("teacher__person", "module__scale", "cohort"):
            fill_sheet(sheet, "зач" if sheet.module.scale.code == "pass_fail" else "4")
        cohort = Cohort.objects.select_related("program_version__program").get(pk=made.pk)
        sheet_of(cohort)
        with CaptureQueriesContext(connection) as captured:
            assert len(sheet_of(cohort).marks) == 3 * learners
        return len(captured)

    assert asked(2) == asked(12) == 7


# --- The page and the files -------------------------------------------------------------------------------------------


def visitor(role: str, cohort: Cohort | None = None) -> Client:
    unit = cohort.program_version.program.unit if cohort else None
    account: Account = make_account(role, unit=unit)
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return client


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["methodist", "secretary", "chair"])
def test_whoever_is_of_the_unit_reads_it_and_a_stranger_of_another_unit_does_not(cohort: Cohort, role: str):
    address = f"/cohorts/{cohort.pk}/summary/"
    page = visitor(role, cohort).get(address)
    assert page.status_code == 200
    assert sheet_of(cohort).lines[0].name in page.content.decode()
    stranger = Client()
    stranger.force_login(make_account(role, unit=make_unit()))
    for part in ("", "export/?file=xlsx", "pdf/"):
        assert stranger.get(f"{address}{part}").status_code == 404
    assert not Event.objects.filter(type=EventType.LIST_EXPORTED).exists()


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(("role", "status"), [("head", 200), ("inspector", 200), ("registrar", 403), ("admin", 403)])
def test_the_academy_s_own_read_it_and_others_do_not(cohort: Cohort, role: str, status: int):
    assert visitor(role).get(f"/cohorts/{cohort.pk}/summary/").status_code == status


@pytest.mark.clause("3.8")
def test_a_teacher_sees_their_columns_and_not_the_whole_sheet(cohort: Cohort):
    client = Client()
    client.force_login(teacher_of(cohort.sheets.select_related("teacher__person").get(module__ordinal=2, attempt=1)))
    assert client.get(f"/cohorts/{cohort.code}/sheet/").status_code == 200
    assert client.get(f"/cohorts/{cohort.pk}/summary/").status_code == 403


def test_the_page_says_in_words_what_a_sign_means(cohort: Cohort):
    page = visitor("head").get(f"/cohorts/{cohort.pk}/summary/").content.decode()
    for words in (
        "попытка </span>2",
        "справлена</span>",
        "предварительная</span>*",
        'class="is-debt">нз',
        "отчисление",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [("2026-08-01", "Группа сформирована"), ("завтра", "не день календаря"), ("2030-01-01", "не наступило")],
)
def test_a_day_that_cannot_be_shown_is_answered_in_words_on_the_page(cohort: Cohort, asked: str, said: str):
    answer = visitor("head").get(f"/cohorts/{cohort.pk}/summary/", {"on": asked})
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\u00a0", " ")


def test_an_empty_cohort_says_what_is_to_come():
    page = visitor("head").get(f"/cohorts/{make_cohort().pk}/summary/")
    assert page.status_code == 200
    assert "Сводить пока нечего" in page.content.decode()


def test_the_workbook_keeps_marks_as_numbers_and_tells_attempts_and_corrections(cohort: Cohort):
    client = visitor("head")
    answer = client.get(f"/cohorts/{cohort.pk}/summary/export/", {"file": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    names = sheet_of(cohort).lines
    main = book.get_sheet_by_name("Сводная ведомость").to_python()
    assert [row[1] for row in main[1:]] == [line.name for line in names]
    assert main[1][3:7] == [5.0, "зач", 5.0, 5.0]
    special = book.get_sheet_by_name("Попытки и исправления").to_python()
    assert sorted((row[0], row[4], row[5]) for row in special[1:] if row[2] == main_title(cohort)) == sorted(
        [(names[2].name, 2.0, "нет"), (names[3].name, 1.0, "да")]
    )
    totals = book.get_sheet_by_name("Итоги по дисциплинам").to_python()
    assert totals[1][2] == 4.0
    event = Event.objects.get(type=EventType.LIST_EXPORTED)
    assert (event.body["list"], event.body["form"], event.body["rows"]) == ("summary", "xlsx", 5)
    assert len(event.body["sha256"]) == 64
    assert client.get(f"/cohorts/{cohort.pk}/summary/export/", {"file": "csv"}).status_code == 400


def main_title(cohort: Cohort) -> str:
    return cohort.program_version.modules.order_by("ordinal").values_list("title", flat=True)[0]


def test_no_mark_that_was_taken_back_is_on_the_sheet(cohort: Cohort):
    sheet = cohort.sheets.select_related("teacher__person").get(module__ordinal=3)
    mark = Mark.objects.in_force().filter(sheet=sheet).first()
    assert mark
    set_marks(sheet, [Cell(mark.enrolment_id, "", mark.pk)], actor=teacher_of(sheet), at=LATER)
    by_learner = {line.enrolment_id: line.cells[2] for line in sheet_of(cohort).lines}
    assert by_learner[mark.enrolment_id] is None
    then = {line.enrolment_id: line.cells[2] for line in sheet_of(cohort, NOON.date()).lines}
    assert then[mark.enrolment_id] is not None
