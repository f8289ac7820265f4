"""Planned against proved: one learner's matrix, a cohort's matrix, as of any day (п. 1.3)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.tests.make import make_account
from zachetka.core.clock import end_of_day
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.planned_results import (
    Heat,
    Proof,
    Reaching,
    cohort_matrix,
    planned_results,
    proof_of,
)
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.summary import summary_of
from zachetka.learning.tests.make import NOON, fill_sheet, make_cohort
from zachetka.programs.models import PlannedResult, ProgramVersion, ResultModule
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics"), pytest.mark.clause("1.3")]
NOW = NOON + timedelta(days=3)


def planned(version: ProgramVersion) -> ProgramVersion:
    """Р1 is proved by the first two modules, Р2 by the third, Р3 by nothing."""
    modules = list(version.modules.order_by("ordinal"))
    for code, proving in (("Р1", modules[:2]), ("Р2", modules[2:3]), ("Р3", [])):
        result = PlannedResult.objects.create(version=version, code=code, text=f"Умеет {code}")
        for module in proving:
            ResultModule.objects.create(plannedresult=result, module=module)
    return version


@pytest.fixture
def cohort() -> Cohort:
    """Four people; the first module passed by three, the second by all who were there, the third is ahead."""
    version = make_program_version(approved=False)
    planned(version)
    made = make_cohort(learners=4, version=make_approved(version))
    one, two, _ = made.sheets.select_related("teacher__person", "cohort", "module").order_by("module__ordinal")
    fill_sheet(one, ["5", "4", "2", "3"])
    fill_sheet(two, ["зач", "зач", "зач", ""], at=NOON + timedelta(days=1))
    return Cohort.objects.select_related("program_version__program").get(pk=made.pk)


def make_approved(version: ProgramVersion) -> ProgramVersion:
    head = make_account()
    version.state = ProgramVersion.State.SUBMITTED
    version.save()
    version.state, version.valid_from = ProgramVersion.State.APPROVED, date(2025, 9, 1)
    version.approved_by, version.approved_by_person, version.approved_at = (
        head,
        head.person_uid,
        NOON - timedelta(days=300),
    )
    version.save()
    return version


def reached(cohort: Cohort, place: int, day: date | None = None) -> Reaching:
    line = summary_of(cohort, at=NOW).lines[place]
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=line.enrolment_id)
    return planned_results(record_book(enrolment, at=NOW, seen_at=end_of_day(day) if day else None))


@pytest.mark.parametrize(
    ("passed", "ended", "proof"),
    [
        ([], False, Proof.UNLINKED),
        ([True], False, Proof.PROVEN),
        ([True, True], True, Proof.PROVEN),
        ([True, None], False, Proof.UNDER_WAY),
        ([True, None], True, Proof.FAILED),
        ([True, False], False, Proof.FAILED),
        ([None, False], False, Proof.FAILED),
        ([None, None], False, Proof.AHEAD),
        ([None], True, Proof.FAILED),
    ],
)
def test_a_result_is_proved_when_every_control_that_proves_it_is_passed(
    passed: list[bool | None], *, ended: bool, proof: Proof
):
    assert proof_of(passed, is_ended=ended) is proof


def test_the_learner_s_matrix_says_by_what_and_how_far(cohort: Cohort):
    first, third, fourth = (reached(cohort, place) for place in (0, 2, 3))
    assert [row.proof for row in first.rows] == [Proof.PROVEN, Proof.AHEAD, Proof.UNLINKED]
    assert [row.proof for row in third.rows] == [Proof.FAILED, Proof.AHEAD, Proof.UNLINKED]
    assert [row.proof for row in fourth.rows] == [Proof.UNDER_WAY, Proof.AHEAD, Proof.UNLINKED]
    assert (first.proven, first.share) == (1, Decimal(33))
    assert [[line.words if line else None for line in row.cells] for row in first.rows] == [
        ["отлично", "зачтено", None],
        [None, None, ""],
        [None, None, None],
    ]


def test_on_a_past_day_it_was_proved_less(cohort: Cohort):
    then = reached(cohort, 0, NOON.date())
    assert [row.proof for row in then.rows] == [Proof.UNDER_WAY, Proof.AHEAD, Proof.UNLINKED]
    assert reached(cohort, 0, NOON.date() + timedelta(days=1)).proven == 1


def test_the_cohort_s_matrix_counts_what_the_learners_matrices_say(cohort: Cohort):
    matrix = cohort_matrix(summary_of(cohort, at=NOW))
    by_learner = [reached(cohort, place).rows for place in range(4)]
    for place, row in enumerate(matrix.rows):
        assert row.proven.part == sum(rows[place].is_proven for rows in by_learner)
        assert row.failed == sum(rows[place].proof is Proof.FAILED for rows in by_learner)
    first, second, _ = matrix.rows
    assert (first.proven.part, first.proven.whole, first.proven.is_ahead) == (2, 4, False)
    assert second.proven.is_ahead, "nobody has been examined in it"
    cells = [cell and (cell.part, cell.whole) for cell in first.cells]
    assert cells == [(3, 4), (3, 3), None]
    assert matrix.share == Decimal(17)


@pytest.mark.parametrize(
    ("part", "css", "sign"),
    [
        (20, "h2", "++"),
        (19, "h2", "++"),
        (17, "h1", "+"),
        (14, "h0", "~"),
        (10, "h-1", "−"),
        (9, "h-2", "−−"),
        (0, "h-2", "−−"),
    ],
)
def test_a_band_has_a_sign_beside_its_colour(part: int, css: str, sign: str):
    heat = Heat(part, 20)
    assert (heat.css, heat.sign) == (css, sign)
    assert Heat(part, 20, is_ahead=True).css == ""


def test_both_matrices_cost_two_queries_however_many_results_and_people_there_are(cohort: Cohort):
    summary = summary_of(cohort, at=NOW)
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=summary.lines[0].enrolment_id)
    book = record_book(enrolment, at=NOW)
    for read in (lambda: cohort_matrix(summary), lambda: planned_results(book)):
        with CaptureQueriesContext(connection) as captured:
            read()
        assert len(captured) == 2


@pytest.mark.clause("3.8")
def test_the_pages_say_it_in_words_to_those_who_may_read(cohort: Cohort):
    head, line = Client(), summary_of(cohort, at=NOW).lines[2]
    head.force_login(make_account("head"))
    page = head.get(f"/cohorts/{cohort.pk}/planned/").content.decode().replace("\u00a0", " ")
    for words in ("2 из 4", "контроль впереди", "50 % −", '<span class="t-bad">1</span>'):
        assert words in page
    own = head.get(f"/record-books/{line.enrolment_id}/planned/").content.decode().replace("\u00a0", " ")
    for words in ("Доказано 0 из 3 результатов", "не доказан", "впереди", "не связан с планом", "is-debt"):
        assert words in own
    teacher = Client()
    teacher.force_login(make_account("teacher"))
    assert teacher.get(f"/cohorts/{cohort.pk}/planned/").status_code == 403
    assert head.get(f"/cohorts/{cohort.pk}/planned/", {"on": "вчера"}).status_code == 422


def test_where_there_is_nothing_to_count_the_page_says_why():
    head = Client()
    head.force_login(make_account("head"))
    without_results = head.get(f"/cohorts/{make_cohort(learners=1).pk}/planned/").content.decode()
    assert "Планируемые результаты не записаны" in without_results
    version = make_program_version(approved=False)
    planned(version)
    empty = head.get(f"/cohorts/{make_cohort(version=make_approved(version)).pk}/planned/").content.decode()
    assert "Считать пока некого" in empty


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_an_absence_for_a_good_reason_is_no_failure_and_lowers_nobody_s_figures():
    version = make_program_version(approved=False)
    planned(version)
    made = make_cohort(learners=2, version=make_approved(version))
    one = made.sheets.select_related("teacher__person", "cohort", "module").get(module__ordinal=1)
    fill_sheet(one, ["5", "н"])
    cohort = Cohort.objects.select_related("program_version__program").get(pk=made.pk)

    def told() -> tuple[Proof, int, Decimal | None]:
        summary = summary_of(cohort, at=NOW)
        row, total = cohort_matrix(summary).rows[0], summary.totals[0]
        return reached(cohort, 1).rows[0].proof, row.failed, total.rates.success

    assert told() == (Proof.FAILED, 1, Decimal("50.0"))
    absent = Enrolment.objects.get(pk=summary_of(cohort, at=NOW).lines[1].enrolment_id)
    record_excuse(
        absent, kind="illness", first_day=one.held_on, last_day=one.held_on, basis="справка № 118",
        actor=make_account("methodist", unit=version.program.unit), at=NOON,
    )  # fmt: skip
    assert told() == (Proof.AHEAD, 0, Decimal("100.0"))
