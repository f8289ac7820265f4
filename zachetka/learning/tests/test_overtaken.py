"""Drafts of orders, plans and sheets that two people edit at once: mine, theirs and what was (п. 2.4; security.md N16)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from tests.at_once import at_once, meanwhile
from tests.corpus.forms import Forms
from tests.pages import text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Stale
from zachetka.learning.actions.orders import change_order
from zachetka.learning.actions.sheets import change_sheet
from zachetka.learning.models import Cohort, Enrolment, MarkSheet, Order
from zachetka.learning.tests.make import ENROLLED, NOON, make_cohort, make_enrolments, make_order, make_sheet
from zachetka.learning.tests.make_plans import credited, make_plan
from zachetka.learning.tests.test_study_plan_pages import TODAY
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.tests.make import make_learners, make_lecturer

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.usefixtures("collected_statics")]


def methodist(cohort: Cohort, name: str = "Орлова Вера Павловна") -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit, name=name)


def by(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def fields_of(answer: Any) -> dict[str, str]:
    """Return what a browser sends from the form of a page when nothing is typed; lists of boxes are typed by the test."""
    return next(fields for _, fields in Forms(answer.content.decode()).found if "was" in fields)


# --- An order ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("273-ФЗ ст. 53")
def test_an_order_that_two_people_correct_keeps_what_both_have_said():
    cohort, people = make_cohort(), make_learners(4)
    order = make_order(cohort, people[:2], approved=False)
    first, second = by(methodist(cohort, "Белова Ольга Сергеевна")), by(methodist(cohort))
    where, keys = f"/orders/{order.pk}/edit/", [one.pk for one in people]
    opened, mine = fields_of(first.get(where)), fields_of(second.get(where))
    later = (order.effective_on + timedelta(days=1)).strftime("%d.%m.%Y")
    theirs = opened | {"basis": "договоры по списку", "effective_on": later, "learner": [keys[1], keys[2]]}
    assert first.post(where, theirs).status_code == 302
    answer = second.post(where, mine | {"basis": "реестр договоров № 7", "learner": [keys[0], keys[1], keys[3]]})
    assert answer.status_code == 409
    told = text_of(answer)
    assert "запись изменили: Белова Ольга Сергеевна" in told
    assert f"здесь записали «договоры по списку», было «{order.basis}»" in told
    assert f"назвали: {people[2].person.full_name}; убрали: {people[0].person.full_name}" in told
    order.refresh_from_db()
    assert order.basis == "договоры по списку", "a refusal writes nothing"
    carried = fields_of(answer)
    assert (carried["basis"], carried["effective_on"]) == ("реестр договоров № 7", theirs["effective_on"])
    assert {one.pk for one in answer.context["draft"].named} == {keys[1], keys[2], keys[3]}
    taken = second.post(where, carried | {"learner": keys[1:], "take": "basis"})
    assert taken.status_code == 200
    assert fields_of(taken)["basis"] == "договоры по списку"
    assert second.post(where, fields_of(taken) | {"learner": keys[1:]}).status_code == 302
    assert set(order.lines.values_list("learner", flat=True)) == set(keys[1:])


@pytest.mark.django_db
@pytest.mark.clause("273-ФЗ ст. 53")
def test_a_page_of_an_order_asked_for_people_still_knows_what_was():
    """«Найти», «Отметить всех» and the like draw the page again; what it carries is still what it was opened with."""
    cohort, people = make_cohort(), make_learners(2)
    order = make_order(cohort, people[:1], approved=False)
    first, second = by(methodist(cohort, "Белова Ольга Сергеевна")), by(methodist(cohort))
    where, keys = f"/orders/{order.pk}/edit/", [one.pk for one in people]
    opened, mine = fields_of(first.get(where)), fields_of(second.get(where))
    asked = second.post(where, mine | {"learner": keys[0], "add": keys[1], "basis": "моё"})
    again = fields_of(asked)
    assert (again["was"], again["seen"], again["basis"]) == (mine["was"], mine["seen"], "моё")
    assert first.post(where, opened | {"learner": keys[0], "basis": "их"}).status_code == 302
    answer = second.post(where, again | {"learner": keys})
    assert answer.status_code == 409
    assert f"здесь записали «их», было «{order.basis}». В поле — ваше" in text_of(answer)


@pytest.mark.django_db
@pytest.mark.clause("273-ФЗ ст. 53")
def test_the_same_draft_saved_twice_is_saved_once_whatever_was_seen():
    cohort, people = make_cohort(), make_learners(1)
    order = make_order(cohort, people, approved=False)
    given: dict[str, Any] = {"learners": people, "effective_on": order.effective_on, "actor": methodist(cohort)}
    seen = seen_of(order)
    for _ in range(2):
        change_order(order, **given, basis="иное", seen=seen, at=ENROLLED)
    assert Event.objects.of(order).filter(type=EventType.ORDER_CHANGED).count() == 1
    with pytest.raises(Stale), transaction.atomic():
        change_order(order, **given, basis="третье", seen=seen, at=ENROLLED)


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.clause("273-ФЗ ст. 53")
def test_of_two_who_correct_an_order_at_once_one_is_refused():
    cohort, people = make_cohort(), make_learners(2)
    order = make_order(cohort, people, approved=False)
    given: dict[str, Any] = {"effective_on": order.effective_on, "seen": seen_of(order), "at": ENROLLED}
    one, other = methodist(cohort), methodist(cohort)
    outcomes = at_once(
        lambda: change_order(order, learners=people, basis="первое", actor=one, **given),
        lambda: change_order(order, learners=people[:1], basis=order.basis, actor=other, **given),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Order", "Stale"]
    written = Order.objects.get(pk=order.pk)
    assert (written.basis == "первое") != (written.lines.count() == 1), (
        "one has written the whole of it, the other nothing"
    )


# --- A plan of one's own -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3")
def test_a_plan_that_two_people_correct_says_at_each_line_what_the_other_has_written():
    with time_machine.travel(TODAY, tick=False):
        learner: Enrolment = make_enrolments(make_cohort(), 1)[0]
        order = make_plan(learner, {1: credited()}, approved=False, at=TODAY)
        first, second = by(methodist(learner.cohort, "Белова Ольга Сергеевна")), by(methodist(learner.cohort))
        where, modules = f"/orders/{order.pk}/plan/", list(learner.cohort.program_version.modules.order_by("ordinal"))
        opened, mine = fields_of(first.get(where)), fields_of(second.get(where))
        way, term = f"way_{modules[1].pk}", f"held_by_{modules[1].pk}"
        assert first.post(where, opened | {way: "apart", term: "01.12.2026"}).status_code == 302
        answer = second.post(where, mine | {way: "apart", term: "08.12.2026", "paper": "заявление № 9"})
        assert answer.status_code == 409
        told = text_of(answer)
        assert "запись изменили: Белова Ольга Сергеевна" in told
        assert "здесь записали «01.12.2026», было «пусто»" in told
        carried = fields_of(answer)
        assert carried["paper"] == "заявление № 9"
        taken = second.post(where, carried | {"take": term})
        assert taken.status_code == 200
        assert second.post(where, fields_of(taken)).status_code == 302
        page = first.get(where)
    assert page.context["form"][term].initial == date(2026, 12, 1)
    assert page.context["form"]["paper"].initial == "заявление № 9"


# --- A sheet -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("2.2")
def test_a_sheet_that_two_people_pass_on_says_who_teaches_now():
    sheet = make_sheet()
    first, second = by(methodist(sheet.cohort, "Белова Ольга Сергеевна")), by(methodist(sheet.cohort))
    one, other = make_lecturer(unit=sheet.teacher.unit), make_lecturer(unit=sheet.teacher.unit)
    where = f"/sheets/{sheet.pk}/change/"
    opened, mine = fields_of(first.get(where)), fields_of(second.get(where))
    assert first.post(where, opened | {"teacher": str(one.pk)}).status_code == 302
    due_on = (sheet.due_on + timedelta(days=1)).strftime("%d.%m.%Y")
    answer = second.post(where, mine | {"teacher": str(other.pk), "due_on": due_on})
    assert answer.status_code == 409
    assert "запись изменили: Белова Ольга Сергеевна" in text_of(answer)
    assert f"здесь записали «{one}», было «{sheet.teacher}»" in text_of(answer)
    carried = fields_of(answer)
    assert carried["teacher"] == str(other.pk)
    taken = fields_of(second.post(where, carried | {"take": "teacher"}))
    assert taken["teacher"] == str(one.pk)
    assert second.post(where, taken).status_code == 302
    written = MarkSheet.objects.get(pk=sheet.pk)
    assert (written.teacher_id, written.due_on) == (one.pk, sheet.due_on + timedelta(days=1))


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.clause("2.2")
def test_who_passes_a_sheet_on_while_another_does_waits_and_is_refused():
    sheet = make_sheet()
    one, other = methodist(sheet.cohort), methodist(sheet.cohort)
    teacher = make_lecturer(unit=sheet.teacher.unit)
    given: dict[str, Any] = {"held_on": sheet.held_on, "seen": seen_of(sheet), "at": NOON}
    second = meanwhile(
        lambda: change_sheet(sheet, teacher=teacher, due_on=sheet.due_on, actor=one, **given),
        lambda: change_sheet(
            sheet, teacher=sheet.teacher, due_on=sheet.due_on + timedelta(days=3), actor=other, **given
        ),
    )
    assert isinstance(second, Stale)
    written = MarkSheet.objects.get(pk=sheet.pk)
    assert (written.teacher_id, written.due_on) == (teacher.pk, sheet.due_on)
