"""Choosing what a new order is about: only the cohorts that can take it, and why another cannot (п. 2.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.pages import text_of
from zachetka.access.models import Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.tests.make import NOON, fill_sheet, make_cohort, make_order, teacher_of
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("collected_statics")]


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit()


@pytest.fixture
def methodist(unit: Unit) -> Client:
    client = Client()
    client.force_login(make_account("methodist", unit=unit))
    return client


def cohort_of(unit: Unit, **given: Any) -> Cohort:
    return make_cohort(make_program_version(unit=unit), **given)


def offered(client: Client, kind: str) -> list[str]:
    with time_machine.travel(NOON, tick=False):
        answer = client.get(f"/orders/new/?kind={kind}")
    assert answer.status_code == 200
    return [cohort.code for cohort in answer.context["offered"]]


def close_one(cohort: Cohort) -> None:
    sheet = cohort.sheets.select_related("module__scale", "teacher__person", "cohort").order_by("module__ordinal")[0]
    fill_sheet(sheet, "зач" if sheet.module.scale.code == "pass_fail" else "4")
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)


def closed_to_the_last_day(unit: Unit) -> Cohort:
    """A cohort whose controls are on its last day, and the sheet of one is closed: no day is left to come into it."""
    last = legal_date(NOON)
    cohort = cohort_of(unit, learners=1, ends_on=last, attestation_on=None, held_on=[last] * 9)
    close_one(cohort)
    return cohort


def test_each_kind_offers_the_cohorts_that_can_take_it_the_newest_first(methodist: Client, unit: Unit) -> None:
    empty = cohort_of(unit, starts_on=date(2026, 12, 1), held_on=[date(2026, 12, 2)] * 9)
    running = cohort_of(unit, learners=1)
    closed = closed_to_the_last_day(unit)
    early = cohort_of(unit, learners=1)
    close_one(early)
    past = cohort_of(unit, ends_on=date(2026, 11, 19), attestation_on=None)
    left = cohort_of(unit, starts_on=date(2026, 9, 6), learners=1)
    one, at = Enrolment.objects.get(cohort=left), NOON - timedelta(days=1)
    make_order(left, [one.learner], kind="withdrawal", ground="own_wish", effective_on=legal_date(at), at=at)
    foreign = make_cohort(learners=1)
    assert offered(methodist, "enrolment") == [empty.code, running.code, early.code, left.code]
    assert (
        offered(methodist, "admission") == offered(methodist, "withdrawal") == [running.code, closed.code, early.code]
    )
    assert not {past.code, foreign.code} & {*offered(methodist, "enrolment"), *offered(methodist, "withdrawal")}
    with time_machine.travel(NOON, tick=False):
        page = text_of(methodist.get("/orders/new/"))
    assert f"{running.code} · {running.program_version.title} · 07.09.2026 — 25.12.2026" in page


@pytest.mark.parametrize(
    ("kind", "said"),
    [("enrolment", "уже закрыты ведомости: «"), ("admission", "допускать некого"), ("withdrawal", "отчислять некого")],
)
def test_a_cohort_that_cannot_take_the_order_gets_a_sentence_and_not_the_form(
    methodist: Client, unit: Unit, kind: str, said: str
) -> None:
    closed, empty, running = closed_to_the_last_day(unit), cohort_of(unit), cohort_of(unit, learners=1)
    close_one(running)
    wrong = closed if kind == "enrolment" else empty
    answer = methodist.get(f"/orders/new/?kind={kind}&cohort={wrong.pk}")
    assert answer.status_code == 422
    assert f"В группе {wrong.code} " in text_of(answer)
    assert said in text_of(answer)
    assert "request_key" not in text_of(answer)
    answer = methodist.get(f"/orders/new/?kind={kind}&cohort={running.pk}")
    assert answer.status_code == 200
    assert "request_key" in text_of(answer)


@pytest.mark.parametrize("kind", ["enrolment", "admission", "withdrawal"])
def test_when_no_cohort_can_take_it_the_page_says_so_and_why(methodist: Client, unit: Unit, kind: str) -> None:
    cohort_of(unit, ends_on=date(2026, 11, 19), attestation_on=None)
    with time_machine.travel(NOON, tick=False):
        page = text_of(methodist.get(f"/orders/new/?kind={kind}&upload=7"))
    said = {"enrolment": "Зачислять некуда", "admission": "Допускать некого", "withdrawal": "Отчислять некого"}
    assert said[kind] in page
    assert 'name="cohort"' not in page
    assert ("Сформировать группу" in page) is (kind == "enrolment")
    assert "?kind=withdrawal&upload=7" in page, "the tabs keep what the address carries"


def test_the_menu_of_a_cohort_links_what_can_be_and_bars_the_rest_with_a_reason(methodist: Client, unit: Unit) -> None:
    closed, empty, running = closed_to_the_last_day(unit), cohort_of(unit), cohort_of(unit, learners=1)
    close_one(running)
    links = {
        closed: {"enrolment": False, "admission": True, "withdrawal": True},
        empty: {"enrolment": True, "admission": False, "withdrawal": False},
        running: {"enrolment": True, "admission": True, "withdrawal": True},
    }
    for cohort, can_be in links.items():
        page = text_of(methodist.get(f"/cohorts/{cohort.pk}/"))
        for kind, possible in can_be.items():
            address = f"/orders/new/?cohort={cohort.pk}&kind={kind}"
            assert (address in page) is possible
            assert methodist.get(address).status_code == (200 if possible else 422)
        assert ("допускать некого" in page) != can_be["admission"]
