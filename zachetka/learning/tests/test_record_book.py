"""The record book as it stands and as it stood (п. 2.1, 2.5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import end_of_day
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, set_marks
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.admission import obstacles
from zachetka.learning.queries.record_book import RecordBook, record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.scales import grades_of
from zachetka.learning.tests.make import (
    ENROLLED,
    NOON,
    fill_sheet,
    make_cohort,
    make_correction,
    make_enrolment,
    make_enrolments,
    make_mark,
    make_order,
    teacher_of,
)
from zachetka.people.actions import change_name
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.5")]

LATER = NOON + timedelta(days=2)
NOW = NOON + timedelta(days=3)


def book_of(enrolment: Enrolment, *, at: datetime = NOW, seen_at: datetime | None = None) -> RecordBook:
    fresh = Enrolment.objects.select_related(*PAPERS).get(pk=enrolment.pk)
    return record_book(fresh, at=at, seen_at=seen_at)


def sheets_of(enrolment: Enrolment) -> list[MarkSheet]:
    return list(enrolment.cohort.sheets.select_related("teacher__person", "module").order_by("module__ordinal"))


def withdraw(enrolment: Enrolment) -> Order:
    return make_order(
        enrolment.cohort,
        [enrolment.learner],
        kind=Order.Kind.WITHDRAWAL,
        ground=Order.Ground.OWN_WISH,
        effective_on=date(2026, 11, 20),
        at=NOON,
    )


def corrected(enrolment: Enrolment) -> Mark:
    """A «4» of the first module, closed at noon and corrected to «5» two days later."""
    mark = make_mark(enrolment, sheets_of(enrolment)[0], "4", closed=True)
    unit = enrolment.cohort.program_version.program.unit
    return confirm_correction(make_correction(mark, at=LATER), actor=make_account("methodist", unit=unit), at=LATER)


def test_every_module_of_the_plan_has_its_line_with_hours_control_and_teacher():
    enrolment = make_enrolment()
    book = book_of(enrolment)
    assert [line.module.title for line in book.lines] == [
        "Правовые основы контрактной системы",
        "Планирование и обоснование закупок",
        "Начальная (максимальная) цена контракта",
    ]
    assert {line.awaited_teacher for line in book.lines} != {None}
    assert book.hours_passed == 0
    assert book.average is None


def test_progress_counts_the_hours_and_modules_passed():
    enrolment = make_enrolment()
    first, second, third = sheets_of(enrolment)
    make_mark(enrolment, first, "5")
    make_mark(enrolment, second, "зач")
    make_mark(enrolment, third, "2")
    book = book_of(enrolment)
    assert (book.hours_passed, book.passed) == (24, 2)
    assert (str(book.average), book.graded) == ("3.50", 2)


@pytest.mark.clause("273-ФЗ ст. 58")
def test_a_negative_mark_is_a_debt_for_a_year_with_two_retakes():
    enrolment = make_enrolment()
    make_mark(enrolment, sheets_of(enrolment)[0], "2")
    (debt,) = book_of(enrolment).debts
    assert (debt.since, debt.until, debt.retakes_left) == (date(2026, 10, 5), date(2027, 10, 5), 2)


@pytest.mark.clause("273-ФЗ ст. 58")
def test_whoever_left_with_a_debt_is_not_told_to_retake_it():
    enrolment = make_enrolment()
    make_mark(enrolment, sheets_of(enrolment)[0], "2")
    withdraw(enrolment)
    (debt,) = book_of(enrolment).debts
    assert debt.term_words == "долг не закрыт"


@pytest.mark.clause("273-ФЗ ст. 58")
def test_the_last_day_of_a_debt_passes():
    enrolment = make_enrolment()
    make_mark(enrolment, sheets_of(enrolment)[0], "2")
    (debt,) = book_of(enrolment, at=NOON + timedelta(days=365)).debts
    assert debt.term_words == "долг, срок истёк 05.10.2027"


@pytest.mark.clause("273-ФЗ ст. 59")
def test_what_stands_against_admission_is_what_the_order_would_say():
    enrolment = make_enrolment()
    first, second, _ = sheets_of(enrolment)
    make_mark(enrolment, first, "н")
    make_mark(enrolment, second, "зач")
    assert book_of(enrolment).obstacles == obstacles(enrolment)


@pytest.mark.clause("2.1")
def test_a_correction_shows_the_new_mark_now_and_the_old_one_then():
    enrolment = make_enrolment()
    corrected(enrolment)
    now, then = book_of(enrolment), book_of(enrolment, seen_at=end_of_day(date(2026, 11, 20)))
    assert now.lines[0].words == "отлично"
    assert now.lines[0].result is not None
    assert now.lines[0].result.is_corrected
    assert (then.lines[0].words, then.lines[0].later, then.changed) == ("хорошо", "отлично", 1)


@pytest.mark.clause("2.1")
def test_before_the_mark_the_line_is_in_the_plan_and_says_what_came_later():
    enrolment = make_enrolment()
    make_mark(enrolment, sheets_of(enrolment)[0], "4")
    line = book_of(enrolment, seen_at=end_of_day(date(2026, 9, 20))).lines[0]
    assert (line.words, line.later) == ("", "хорошо")
    assert line.plan_words == "в плане, 5\u00a0октября"


def test_a_mark_that_is_late_says_which_day_it_was_due():
    line = book_of(make_enrolment()).lines[0]
    assert line.is_late
    assert line.plan_words == "не внесена, срок был 08.10.2026"


@pytest.mark.clause("2.1")
def test_a_name_is_the_one_that_held_and_was_known_on_the_day_shown():
    enrolment = make_enrolment()
    person = enrolment.learner.person
    old = person.last_name
    change_name(
        person,
        last_name="Новосёлова",
        first_name=person.first_name,
        patronymic=person.patronymic,
        valid_from=date(2026, 10, 1),
        basis="свидетельство о браке",
        actor=make_account("methodist"),
        at=NOON,
    )
    assert book_of(enrolment).holder.surname == "Новосёлова"
    assert book_of(enrolment, seen_at=end_of_day(date(2026, 11, 1))).holder.surname == old


@pytest.mark.clause("273-ФЗ ст. 61")
def test_the_state_is_that_of_the_orders_issued_by_then():
    enrolment = make_enrolment()
    order = withdraw(enrolment)
    ended = book_of(enrolment)
    assert ended.standing == "обучение прекращено по инициативе обучающегося"
    assert ended.orders[-1] == order
    before = book_of(enrolment, seen_at=NOON - timedelta(days=1))
    assert (before.state, len(before.orders)) == (Enrolment.State.ACTIVE, 1)


def test_the_average_of_a_small_group_is_not_shown_for_it_would_tell_the_marks_of_others():
    for learners, shown in ((4, "None"), (5, "4.2")):
        cohort = make_cohort(make_program_version(scales=("five_point",), hours_each=72))
        people = make_enrolments(cohort, learners)
        sheet = sheets_of(people[0])[0]
        fill_sheet(sheet, ["5", *["4"] * (learners - 1)])
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
        assert str(book_of(people[0]).cohort_average) == shown


@pytest.mark.clause("3.8")
def test_the_average_of_a_group_does_not_move_from_day_to_day_with_the_mark_of_one_classmate():
    """Nobody learns a mark by comparing the page of one day with that of the next."""
    cohort = make_cohort()
    people = make_enrolments(cohort, 5)
    first, *others = [sheet for sheet in sheets_of(people[0]) if sheet.module.sort != "final"]
    days = [NOON + timedelta(days=day) for day in range(8)]

    def told() -> set[str]:
        return {str(book_of(people[0], at=days[-1], seen_at=day).cohort_average) for day in days[:-1]}

    for enrolment, day in zip(people, days, strict=False):
        make_mark(enrolment, first, "5" if enrolment is people[4] else "4", at=day)
    assert others
    for sheet in others:
        fill_sheet(
            sheet,
            "зач" if any(grade.points is None and grade.is_passing for grade in grades_of(sheet)) else "4",
            at=days[4],
        )
        close_sheet(sheet, actor=teacher_of(sheet), at=days[5])
    assert told() == {"None"}
    close_sheet(first, actor=teacher_of(first), at=days[6])
    assert len(told() - {"None"}) == 1
    assert str(book_of(people[0], at=days[-1], seen_at=days[5]).cohort_average) == "None"


CLOSE = "закрыть"
WORDS = {
    "5": "отлично",
    "4": "хорошо",
    "3": "удовлетворительно",
    "2": "неудовлетворительно",
    "н": "неявка",
    "": "",
}
STEPS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*WORDS, CLOSE]), st.integers(1, 50)), max_size=12)


@pytest.mark.clause("2.1")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_book_of_any_moment_equals_a_replay_of_what_was_written_by_then(steps: list[tuple[int, str, int]]):
    enrolment = make_enrolment(make_cohort(make_program_version(scales=("five_point", "five_point"))))
    methodist = make_account("methodist", unit=enrolment.cohort.program_version.program.unit)
    standing = ["", ""]
    at = ENROLLED + timedelta(days=60)
    replay = [(at, tuple(standing))]
    for place, text, hours in steps:
        at += timedelta(hours=hours)
        sheet = sheets_of(enrolment)[place]
        held = Mark.objects.in_force().filter(sheet=sheet, enrolment=enrolment).first()
        standing[place] = _take(sheet, held, text, enrolment=enrolment, methodist=methodist, at=at)
        replay.append((at, tuple(standing)))
    for moment, expected in replay:
        book = book_of(enrolment, at=at + timedelta(days=1), seen_at=moment)
        assert tuple(line.words for line in book.lines) == expected
        later = [line.later for line in book.lines]
        assert later == ["" if then == now else now or "снята" for then, now in zip(expected, standing, strict=True)]


def _take(
    sheet: MarkSheet, held: Mark | None, text: str, *, enrolment: Enrolment, methodist: Account, at: datetime
) -> str:
    """Do what the step asks where it is lawful; return how the line reads afterwards."""
    now_reads = held.grade.label if held and held.grade else ""
    teacher = teacher_of(sheet)
    if text == CLOSE:
        if now_reads and sheet.state == MarkSheet.State.OPEN:
            close_sheet(sheet, actor=teacher, at=at)
        return now_reads
    if sheet.state == MarkSheet.State.OPEN:
        set_marks(sheet, [Cell(enrolment.pk, text, held.pk if held else None)], actor=teacher, at=at)
        return WORDS[text]
    if not text or WORDS[text] == now_reads:
        return now_reads
    confirm_correction(make_correction(held, text=text, at=at), actor=methodist, at=at)
    return WORDS[text]


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_asks_the_same_number_of_questions_however_long_the_book(client: Client):
    asked = []
    for scales in (("five_point",), ("five_point",) * 9):
        enrolment = make_enrolment(make_cohort(make_program_version(scales=scales, hours_each=20)))
        for sheet in sheets_of(enrolment):
            make_mark(enrolment, sheet, "4")
        client.force_login(make_account("head"))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/record-books/{enrolment.pk}/")
        assert answer.status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 15
