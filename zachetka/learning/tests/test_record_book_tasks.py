"""What «Сегодня» tells a learner (п. 2.5; 273-ФЗ ст. 58)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.learner_tasks import learner_notices, learner_tasks
from zachetka.learning.tests.make import NOON, make_cohort, make_enrolment, make_mark

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.5")]


def owner_of(enrolment: Enrolment) -> Account:
    person = enrolment.learner.person
    return make_account("learner", name=person.full_name, person_uid=person.uid)


@pytest.mark.clause("273-ФЗ ст. 58")
def test_a_debt_waits_for_the_learner_until_the_last_day_of_its_year():
    enrolment = make_enrolment()
    make_mark(enrolment, text="2")
    (task,) = learner_tasks(owner_of(enrolment), NOON)
    assert "Правовые основы" in task.title
    assert task.term == date(2027, 10, 5)
    assert task.url == f"/record-books/{enrolment.pk}/"


def test_the_next_control_is_told_of_and_asks_for_nothing():
    enrolment = make_enrolment(make_cohort(held_on=[date(2026, 11, 10), date(2026, 11, 30), date(2026, 12, 10)]))
    owner = owner_of(enrolment)
    (notice,) = learner_notices(owner, NOON)
    assert "Планирование" in notice.title
    assert notice.detail.startswith("Пн, 30\u00a0ноября")
    assert learner_tasks(owner, NOON) == []


@pytest.mark.parametrize("day", [20, 26])
def test_a_control_of_the_week_waits_for_the_learner_on_its_day_and_is_not_told_twice(day: int):
    enrolment = make_enrolment(make_cohort(held_on=[date(2026, 11, 10), date(2026, 11, day), date(2026, 12, 10)]))
    owner = owner_of(enrolment)
    (task,) = learner_tasks(owner, NOON)
    assert "Планирование" in task.title
    assert (task.term, task.url) == (date(2026, 11, day), f"/record-books/{enrolment.pk}/")
    assert learner_notices(owner, NOON) == []


def test_another_persons_debt_is_nobodys_task():
    enrolment = make_enrolment()
    make_mark(enrolment, text="2")
    assert learner_tasks(make_account("learner"), NOON) == []
    assert learner_tasks(make_account("head"), NOON) == []


def test_the_home_page_costs_the_same_however_many_debts():
    asked = []
    for scale_count in (1, 3):
        enrolment = make_enrolment()
        owner = owner_of(enrolment)
        for sheet in enrolment.cohort.sheets.select_related("teacher__person").order_by("module__ordinal")[
            :scale_count
        ]:
            make_mark(enrolment, sheet, "н", at=datetime(2026, 11, 20, 9, tzinfo=UTC))
        owner.assignments  # noqa: B018 - read beforehand, as for any page
        with CaptureQueriesContext(connection) as queries:
            assert len(learner_tasks(owner, NOON)) == scale_count
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 4
