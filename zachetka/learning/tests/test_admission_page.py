"""Admission to final attestation is computed once and told at length: to the methodist, the head and the learner (273-ФЗ ст. 58, 59)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Cohort, Enrolment, MarkSheet
from zachetka.learning.queries.admission import Obstacle, obstacles, readiness
from zachetka.learning.queries.admission_list import (
    COMMISSION,
    ENDED,
    EXCUSED,
    TERM,
    WHOLE_PLAN,
    Admission,
    admission_of,
    need_of,
)
from zachetka.learning.queries.cohorts import people_of
from zachetka.learning.tests.make import NOON, enrolments_of, make_cohort, make_order, methodist_of, teacher_of
from zachetka.programs.models import Module
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.clause("273-ФЗ ст. 59"), pytest.mark.usefixtures("db", "collected_statics")]

TODAY = date(2026, 11, 20)


def cohort_of(learners: int = 3) -> Cohort:
    """A cohort with two lines of the plan before final attestation."""
    return make_cohort(make_program_version(scales=("five_point", "five_point"), hours_each=36), learners=learners)


def sheets_of(cohort: Cohort) -> list[MarkSheet]:
    rows = MarkSheet.objects.main().filter(cohort=cohort).exclude(module__sort=Module.Sort.FINAL)
    return list(rows.select_related("cohort", "module", "teacher__person").order_by("module__ordinal"))


def fill(sheet: MarkSheet, texts: str, *, at: datetime = NOON) -> None:
    cells = [Cell(row.pk, text, None) for row, text in zip(enrolments_of(sheet), texts, strict=True) if text != " "]
    outcomes = set_marks(sheet, cells, actor=teacher_of(sheet), at=at)
    assert not [one.refusal for one in outcomes if one.refusal]


def filled(sheet: MarkSheet, texts: str) -> None:
    """Fill the whole column and close it: an order rests on closed sheets alone."""
    fill(sheet, texts)
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)


def found_in(cohort: Cohort, *, appoints: bool = True, today: date = TODAY) -> Admission:
    return admission_of(Cohort.objects.select_related("program_version").get(pk=cohort.pk), today, appoints=appoints)


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def words(answer: Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ")


def test_the_page_says_of_everybody_what_the_order_would() -> None:
    cohort = cohort_of(4)
    first, second = sheets_of(cohort)
    fill(first, "425 ")
    fill(second, "4445")
    found = found_in(cohort)
    for one in (*found.ready, *found.kept):
        assert [need.sentence for need in one.needs] == [each.sentence for each in obstacles(one.enrolment)]
    rows = enrolments_of(first)
    assert found.ready == [], "the sheets are open: their marks may still change"
    assert {need.next for one in found.kept for need in one.needs if not need.is_debt} == {
        "Преподаватель закрывает ведомость: до этого оценка может измениться.",
        "Преподаватель вносит оценку в ведомость.",
    }
    filled(first, "   4")
    close_sheet(second, actor=teacher_of(second), at=NOON)
    found = found_in(cohort)
    assert [one.enrolment.pk for one in found.ready] == [rows[0].pk, rows[2].pk, rows[3].pk]
    assert [one.enrolment.pk for one in found.kept] == [rows[1].pk]


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_each_need_has_its_clause_its_next_step_and_its_term() -> None:
    cohort = cohort_of(3)
    first, second = sheets_of(cohort)
    filled(first, "2н4")
    fill(second, "44 ")
    debtor, absent, _ = enrolments_of(first)
    methodist = make_account("methodist", unit=cohort.program_version.program.unit)
    record_excuse(
        absent,
        kind="illness",
        first_day=first.held_on,
        last_day=first.held_on,
        basis="справка № 118",
        actor=methodist,
        at=NOON,
    )
    needs = {one.enrolment.pk: one.needs[0] for one in found_in(cohort).kept}
    owed = needs[debtor.pk]
    assert (owed.is_debt, owed.clause, owed.next) == (True, TERM, "Назначить пересдачу.")
    assert owed.until == first.held_on.replace(year=first.held_on.year + 1)
    assert owed.url == f"/cohorts/{cohort.pk}/resits/{first.module_id}/2/"
    put_off = needs[absent.pk]
    assert (put_off.is_debt, put_off.clause, put_off.url[-3:]) == (False, EXCUSED, "/1/")
    late = next(one for pk, one in needs.items() if pk not in {debtor.pk, absent.pk})
    assert (late.clause, late.next, late.until) == (
        WHOLE_PLAN,
        "Преподаватель вносит оценку в ведомость.",
        second.due_on,
    )
    assert {one.needs[0].url for one in found_in(cohort, appoints=False).kept} == {""}, "the way is of whoever may"


@pytest.mark.clause("273-ФЗ ст. 58 ч. 6")
def test_after_a_resit_the_next_step_is_the_day_appointed_then_the_commission() -> None:
    cohort = cohort_of(1)
    first, second = sheets_of(cohort)
    filled(first, "2")
    fill(second, "4")
    (row,) = enrolments_of(first)
    methodist = make_account("methodist", unit=cohort.program_version.program.unit)
    resit = appoint_resit(
        cohort,
        first.module,
        enrolments=[row],
        teacher=first.teacher,
        held_on=date(2026, 11, 21),
        due_on=date(2026, 11, 22),
        actor=methodist,
        at=NOON,
    )
    (one,) = found_in(cohort).kept
    assert one.needs[0].next.replace("\u00a0", " ") == "Пересдать 21 ноября: уже назначено."
    assert one.needs[0].url == ""
    set_marks(resit, [Cell(row.pk, "2", None)], actor=teacher_of(first), at=NOON + timedelta(days=1))
    close_sheet(resit, actor=teacher_of(first), at=NOON + timedelta(days=1))
    (one,) = found_in(cohort).kept
    assert (one.needs[0].clause, one.needs[0].url[-3:]) == (COMMISSION, "/3/")
    (late,) = found_in(cohort, today=date(2027, 12, 1)).kept
    assert (late.needs[0].clause, late.needs[0].url) == (ENDED, ""), "the year has passed"


@given(
    resits=st.integers(0, 3),
    days=st.integers(-400, 400),
    is_debt=st.booleans(),
    is_put_off=st.booleans(),
    appointed=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_whatever_keeps_a_learner_has_a_clause_and_a_step_and_a_lost_debt_no_way_to_a_resit(
    resits: int, days: int, *, is_debt: bool, is_put_off: bool, appointed: date | None
) -> None:
    until = TODAY + timedelta(days=days) if is_debt else None
    obstacle = Obstacle(Module(title="Охрана труда"), "нет оценки.", is_debt=is_debt)
    need = need_of(
        obstacle,
        until=until,
        resits=resits,
        appointed=appointed,
        is_put_off=is_put_off and not is_debt,
        today=TODAY,
        url="/resits/",
    )
    assert need.clause.startswith("273-ФЗ ст. ")
    assert need.next.endswith(".")
    is_lost = is_debt and appointed is None and (resits >= 2 or days < 0)
    assert (need.clause == ENDED) == is_lost
    if is_lost or (appointed is not None and (is_debt or is_put_off)):
        assert need.url == ""


def test_what_keeps_everybody_alike_is_said_once() -> None:
    cohort = cohort_of(4)
    first, second = sheets_of(cohort)
    filled(first, "2444")
    found = found_in(cohort)
    assert [need.sentence for need in found.common] == [f"нет оценки: «{second.module.title}»."]
    ((debtor, own),) = found.apart
    assert (debtor.pk, [need.is_debt for need in own]) == (enrolments_of(first)[0].pk, [True])
    assert len(found.alike) == 3
    assert sum(len(one.needs) for one in found.kept) == 5, "the control: each needs all of it"
    page = words(as_(make_account("head")).get(f"/cohorts/{cohort.pk}/admission/"))
    assert page.count(f"нет оценки: «{second.module.title}»".capitalize()) <= 1


def test_the_admitted_are_told_apart_and_whoever_left_is_not_told_at_all() -> None:
    cohort = cohort_of(3)
    first, second = sheets_of(cohort)
    filled(first, "444")
    filled(second, "444")
    admitted, gone, _ = enrolments_of(first)
    make_order(cohort, [admitted.learner], kind="admission", at=NOON, effective_on=TODAY)
    make_order(cohort, [gone.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=TODAY)
    found = found_in(cohort)
    assert ([one.pk for one in found.admitted], len(found.ready), found.kept) == ([admitted.pk], 1, [])
    assert found.whole == 2


@pytest.mark.parametrize("role", ["methodist", "head", "secretary", "chair", "inspector"])
def test_whoever_reads_the_summary_reads_the_page(role: str) -> None:
    cohort = cohort_of(2)
    first, _ = sheets_of(cohort)
    filled(first, "24")
    answer = as_(make_account(role)).get(f"/cohorts/{cohort.pk}/admission/")
    assert answer.status_code == 200
    assert "академическая задолженность" in words(answer).lower()
    assert ("Назначить…" in words(answer)) == (role == "methodist")


@pytest.mark.clause("3.8")
def test_out_of_reach_is_not_found() -> None:
    cohort = cohort_of(1)
    address = f"/cohorts/{cohort.pk}/admission/"
    assert as_(make_account("methodist", unit=make_unit())).get(address).status_code == 404
    for role in ("learner", "teacher", "registrar"):
        assert as_(make_account(role)).get(address).status_code == 403


def test_the_learner_reads_the_same_in_their_record_book() -> None:
    cohort = cohort_of(1)
    first, _ = sheets_of(cohort)
    fill(first, "2")
    (row,) = enrolments_of(first)
    own = as_(make_account("learner", person_uid=row.learner.person.uid))
    page = words(own.get(f"/record-books/{row.pk}/attestation/"))
    (one,) = admission_of(cohort, legal_date(now()), appoints=False).kept
    assert one.needs[0].is_debt
    for need in one.needs:
        assert need.clause in page
        assert need.next.replace("\xa0", " ") in page


@pytest.mark.parametrize("learners", [1, 7])
def test_the_page_costs_the_same_however_many_they_are(
    learners: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cohort = cohort_of(learners)
    fill(sheets_of(cohort)[0], "2" * learners)
    assert people_of(cohort).count() == learners
    client = as_(make_account("methodist", unit=cohort.program_version.program.unit))
    client.get("/notices/")
    with django_assert_max_num_queries(28):
        assert client.get(f"/cohorts/{cohort.pk}/admission/").status_code == 200


@pytest.mark.parametrize("learners", [1, 12])
def test_the_page_costs_the_same_however_many_are_admitted(
    learners: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cohort = cohort_of(learners)
    for sheet in sheets_of(cohort):
        filled(sheet, "5" * learners)
    make_order(cohort, [one.learner for one in people_of(cohort)], kind="admission", at=NOON, effective_on=TODAY)
    client = as_(make_account("methodist", unit=cohort.program_version.program.unit))
    client.get("/notices/")
    with django_assert_max_num_queries(22):
        page = client.get(f"/cohorts/{cohort.pk}/admission/").content.decode()
    assert page.count("приказ <span") == learners


def test_how_many_are_ready_is_counted_as_the_obstacles_say() -> None:
    cohort = cohort_of(learners=5)
    first, second = sheets_of(cohort)
    filled(first, "543н2")
    fill(second, "55255")
    assert readiness([cohort]) == {cohort.pk: (0, 5)} == told_one_by_one(cohort)
    close_sheet(second, actor=teacher_of(second), at=NOON)
    assert readiness([cohort]) == {cohort.pk: (2, 5)} == told_one_by_one(cohort)
    debtor = enrolments_of(first)[4]
    resit = appoint_resit(
        cohort, first.module, enrolments=[debtor], teacher=first.teacher, held_on=NOON.date(), due_on=NOON.date(),
        actor=methodist_of(debtor), at=NOON,
    )  # fmt: skip
    at = NOON + timedelta(hours=1)
    (outcome,) = set_marks(resit, [Cell(debtor.pk, "4", None)], actor=teacher_of(resit), at=at)
    assert not outcome.refusal
    assert readiness([cohort]) == {cohort.pk: (2, 5)} == told_one_by_one(cohort), "a sheet that is open settles nothing"
    close_sheet(resit, actor=teacher_of(resit), at=at)
    assert readiness([cohort]) == {cohort.pk: (3, 5)} == told_one_by_one(cohort)
    assert readiness([]) == {}


def told_one_by_one(cohort: Cohort) -> dict[int, tuple[int, int]]:
    people = Enrolment.objects.filter(cohort=cohort, state=Enrolment.State.ACTIVE)
    return {cohort.pk: (sum(not obstacles(one) for one in people.select_related("cohort")), people.count())}
