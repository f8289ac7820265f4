"""A sheet passes to another teacher or day while it is open, and only so (п. 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, IllegalStep, Refusal, RuleViolation, Stale
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.sheets import change_sheet
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet_tasks import tasks
from zachetka.learning.tests.make import NOON, enrolments_of, fill_sheet, make_enrolment, make_sheet, teacher_of
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions.employment import StaffOrder, dismiss
from zachetka.people.models import Employee
from zachetka.people.sections import left_behind
from zachetka.people.tests.make import make_employee, make_lecturer, make_teacher
from zachetka.programs.models import ScaleVersion
from zachetka.rendering.forms.mentions import Name

pytestmark = pytest.mark.clause("2.2")
DAY = timedelta(days=1)


def methodist_of(sheet: MarkSheet) -> Account:
    return make_account("methodist", unit=sheet.cohort.program_version.program.unit)


def change(sheet: MarkSheet, *, actor: Account | None = None, **given: object) -> MarkSheet:
    known = {"teacher": sheet.teacher, "held_on": sheet.held_on, "due_on": sheet.due_on, "seen": seen_of(sheet)}
    return change_sheet(sheet, **(known | given), actor=actor or methodist_of(sheet), at=NOON)  # type: ignore[arg-type]


def refused(kind: type[Refusal], act: Callable[[], object]) -> str:
    before = Event.objects.filter(type="sheet.changed").count()
    with pytest.raises(kind) as refusal, transaction.atomic():
        act()
    assert Event.objects.filter(type="sheet.changed").count() == before
    return refusal.value.sentence


def test_another_teacher_fills_and_closes_what_the_first_began(db: None) -> None:
    sheet = make_sheet(learners=2)
    ill, one, other = teacher_of(sheet), *enrolments_of(sheet)
    set_marks(sheet, [Cell(one.pk, "4", None)], actor=ill, at=NOON)
    first = sheet.teacher_id
    employee = make_employee(unit=sheet.teacher.unit)
    healthy = make_teacher(employee)
    sheet = change(sheet, teacher=employee)
    event = Event.objects.get(type="sheet.changed")
    assert event.body["fields"] == ["teacher_id"]
    assert not differing({name_of(sheet): MarkSheet.objects.get(pk=sheet.pk)})
    refused(Forbidden, lambda: set_marks(sheet, [Cell(other.pk, "5", None)], actor=ill, at=NOON))
    set_marks(sheet, [Cell(other.pk, "5", None)], actor=healthy, at=NOON)
    assert close_sheet(sheet, actor=healthy, at=NOON).state == MarkSheet.State.CLOSED
    by = dict(Mark.objects.values_list("enrolment_id", "teacher_id"))
    assert by == {one.pk: first, other.pk: employee.pk}


def test_what_is_said_twice_is_recorded_once(db: None) -> None:
    sheet = make_sheet()
    for _ in range(2):
        sheet = change(sheet, due_on=sheet.held_on + 5 * DAY)
    assert Event.objects.filter(type="sheet.changed").count() == 1


def test_days_stay_within_the_term_and_with_the_marks(db: None) -> None:
    sheet = make_sheet()
    cohort = sheet.cohort
    assert "в пределах" in refused(RuleViolation, lambda: change(sheet, held_on=cohort.starts_on - DAY))
    refused(RuleViolation, lambda: change(sheet, held_on=cohort.ends_on + DAY, due_on=cohort.ends_on + DAY))
    refused(RuleViolation, lambda: change(sheet, due_on=sheet.held_on - DAY))
    stale = MarkSheet.objects.get(pk=sheet.pk)
    sheet = change(sheet, held_on=sheet.held_on + DAY, due_on=sheet.held_on + 9 * DAY)
    cell = Cell(enrolments_of(sheet)[0].pk, "5", None)
    refused(Stale, lambda: set_marks(stale, [cell], actor=teacher_of(sheet), at=NOON))
    fill_sheet(sheet)
    assert "уже есть оценки" in refused(RuleViolation, lambda: change(sheet, held_on=sheet.held_on + DAY))
    assert change(sheet, due_on=sheet.due_on + DAY).due_on == sheet.due_on + DAY


@pytest.mark.clause("2.3")
def test_a_control_is_not_moved_back_into_the_days_of_an_earlier_edition_of_its_scale(db: None) -> None:
    sheet = make_sheet()
    old = ScaleVersion.objects.get(scale=sheet.module.scale_id)
    ScaleVersion.objects.filter(pk=old.pk).update(valid_to=sheet.held_on - 2 * DAY)
    ScaleVersion.objects.create(scale=old.scale, valid_from=sheet.held_on - DAY, basis="приказ № 9-од")
    for day in (sheet.held_on - 2 * DAY, sheet.held_on - 9 * DAY):
        assert "в дни прежней контроль не переносят" in refused(RuleViolation, partial(change, sheet, held_on=day))
        with pytest.raises(IntegrityError, match="В дни прежней редакции шкалы"), transaction.atomic():
            MarkSheet.objects.filter(pk=sheet.pk).update(held_on=day)
    eve = sheet.held_on - DAY
    assert change(sheet, held_on=eve).held_on == eve  # the control: a day of the same edition


def test_only_the_methodist_of_the_unit_changes_an_open_sheet(db: None) -> None:
    sheet = make_sheet()
    late = sheet.due_on + DAY
    for stranger in (teacher_of(sheet), make_account("methodist", unit=make_unit()), make_account("head")):
        refused(Forbidden, lambda who=stranger: change(sheet, due_on=late, actor=who))  # type: ignore[misc]
    sheet = change(sheet, due_on=late)
    left = make_employee(unit=sheet.teacher.unit)
    left.left_on = date(2026, 11, 1)
    refused(RuleViolation, lambda: change(sheet, teacher=left))
    fill_sheet(sheet)
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    refused(IllegalStep, lambda: change(sheet, due_on=late + DAY))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"held_on": date(2026, 9, 1)}, "в пределах срока"),
        ({"held_on": date(2026, 10, 6), "due_on": date(2026, 10, 5)}, "не раньше контроля"),
        ({"due_on": date(2026, 10, 1)}, "не раньше контроля"),
        ({"module": "another"}, "за своей группой и дисциплиной"),
    ],
)
def test_the_database_holds_the_same(db: None, changes: dict[str, object], words: str) -> None:
    sheet = make_sheet()
    if "module" in changes:
        changes = {"module": make_sheet().module}
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        MarkSheet.objects.filter(pk=sheet.pk).update(**changes)
    MarkSheet.objects.filter(pk=sheet.pk).update(held_on=date(2026, 10, 6), due_on=date(2026, 10, 6))
    fill_sheet(MarkSheet.objects.get(pk=sheet.pk))
    with pytest.raises(IntegrityError, match="пока нет оценок"), transaction.atomic():
        MarkSheet.objects.filter(pk=sheet.pk).update(held_on=date(2026, 10, 5))


def test_the_methodist_changes_it_on_a_page(client: Client, db: None) -> None:
    sheet = make_sheet()
    methodist, employee = methodist_of(sheet), make_lecturer(unit=sheet.teacher.unit)
    address = f"/sheets/{sheet.pk}/change/"
    client.force_login(teacher_of(sheet))
    assert client.get(address).status_code in {403, 404}
    client.force_login(methodist)
    assert address in client.get(f"/cohorts/{sheet.cohort_id}/").content.decode()
    assert client.get(address).status_code == 200
    typed = {
        "teacher": employee.pk,
        "held_on": sheet.held_on.isoformat(),
        "due_on": "2026-09-01",
        "seen": seen_of(sheet),
    }
    wrong = client.post(address, typed)
    assert wrong.status_code == 422
    assert "в день контроля или позже" in wrong.content.decode().replace("\u00a0", " ")
    assert client.post(address, typed | {"due_on": "2026-12-01"}).status_code == 302
    sheet.refresh_from_db()
    assert (sheet.teacher_id, sheet.due_on) == (employee.pk, date(2026, 12, 1))


def test_sheets_of_who_is_dismissed_are_named_and_wait_for_the_methodist(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = make_sheet()
    cohort, employee, today = sheet.cohort, sheet.teacher, legal_date(NOON)
    closed = make_sheet(teacher=teacher_of(sheet))
    fill_sheet(closed)
    close_sheet(closed, actor=teacher_of(closed), at=NOON)
    admin, methodist = make_account("admin"), methodist_of(sheet)
    foreign = make_account("methodist", unit=make_unit())
    (section,) = left_behind(employee, admin)
    assert section.rows == [sheet.due_on]
    assert left_behind(employee, methodist) == left_behind(make_employee(), admin) == []
    assert not [task for task in tasks(methodist, NOON) if task.verb == "Передать"]
    client = Client()
    client.force_login(admin)
    page = client.get(f"/employees/{employee.pk}/dismiss/").content.decode().replace("\xa0", " ")
    assert "У работника 1 открытая ведомость, заполнить до " in page
    assert cohort.code not in page, "whoever dismisses reads no sheets"
    dismiss(employee, left_on=today, order=StaffOrder("9-к", today), actor=admin, at=NOON)
    with django_assert_max_num_queries(4):
        (task,) = tasks(methodist, NOON + 400 * DAY)
    assert task.title == f"Передать ведомость «{sheet.module.title}»: преподаватель уволен"
    assert task.url == f"/sheets/{sheet.pk}/change/"
    assert tasks(foreign, NOON) == []
    change(sheet, teacher=make_lecturer(unit=employee.unit), actor=methodist)
    assert tasks(methodist, NOON - 90 * DAY) == []


@pytest.mark.clause("2.5")
def test_the_book_of_a_past_day_shows_who_was_to_control_then_and_when(db: None) -> None:
    enrolment = make_enrolment()
    sheet = enrolment.cohort.sheets.order_by("module__ordinal").first()
    assert sheet is not None
    first, before = sheet.teacher, NOON - timedelta(days=40)
    methodist = make_account("methodist", unit=enrolment.cohort.program_version.program.unit)
    for days in (30, 20):
        teacher = make_lecturer(unit=first.unit)
        held_on = sheet.held_on + timedelta(days=30 - days // 2)
        change_sheet(
            sheet,
            teacher=teacher,
            held_on=held_on,
            due_on=held_on,
            seen=seen_of(sheet),
            actor=methodist,
            at=NOON - timedelta(days=days),
        )
    book = partial(record_book, Enrolment.objects.select_related(*PAPERS).get(pk=enrolment.pk), at=NOON)
    then, between, today = (book(seen_at=moment).lines[0] for moment in (before, NOON - timedelta(days=25), NOON))
    assert then.awaited is not None
    assert (then.awaited.held_on, then.awaited_teacher) == (sheet.held_on, called(first))
    assert between.awaited is not None
    assert between.awaited.held_on == sheet.held_on + timedelta(days=15)
    assert today.awaited is not None
    assert (today.awaited.held_on, today.awaited_teacher) == (sheet.held_on + timedelta(days=20), called(teacher))


def called(employee: Employee) -> Name:
    person = employee.person
    return Name(person.last_name, person.first_name, person.patronymic)
