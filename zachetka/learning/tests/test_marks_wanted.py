"""A group is asked for as many marks as its sheets are, so that its bar comes to the end (п. 2.2; 273-ФЗ ст. 34, 53, 59)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.learning.models import Cohort, Enrolment, MarkSheet
from zachetka.learning.queries.cohorts import listed
from zachetka.learning.queries.sheet_list import with_counts
from zachetka.learning.tests.make import NOON, make_order, sheet
from zachetka.learning.tests.make_plans import apart, make_plan
from zachetka.learning.tests.make_transfers import two, typed
from zachetka.learning.tests.test_final_attestation import Ending
from zachetka.people.tests.make import make_learner

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.django_db]


def wanted(cohort: Cohort) -> tuple[int, int]:
    """Return how many marks the list of groups says are given and wanted, having asked the sheets for the same."""
    day, methodist = legal_date(NOON), make_account("methodist", unit=cohort.program_version.program.unit)
    row = listed(methodist, day).get(pk=cohort.pk)
    sheets = with_counts(MarkSheet.objects.main().filter(cohort=cohort), day)
    by_sheets = [(one.filled, one.learning) for one in sheets]  # type: ignore[attr-defined] # annotated
    said: tuple[int, int] = (row.marks_given, row.marks_wanted)  # type: ignore[attr-defined] # annotated by `listed`
    assert said == (sum(filled for filled, _ in by_sheets), sum(learning for _, learning in by_sheets))
    return said


def late_comer(cohort: Cohort, after: MarkSheet) -> Enrolment:
    order = make_order(cohort, [make_learner()], effective_on=after.held_on + timedelta(days=1), at=NOON)
    return Enrolment.objects.select_related("cohort__program_version", "learner").get(enrolment_order=order)


@pytest.mark.clause("273-ФЗ ст. 53")
def test_nobody_is_asked_for_a_mark_of_a_control_before_they_came() -> None:
    learner, _ = two()
    cohort = learner.cohort
    typed(learner, 1, "5")
    typed(learner, 2, "5")
    assert wanted(cohort) == (4, 6)
    late = late_comer(cohort, sheet(cohort, 2))
    assert wanted(cohort) == (4, 7), "the third control is after they came"
    make_plan(late, {1: apart(date(2026, 12, 1)), 2: apart(date(2026, 12, 2))}, at=NOON + timedelta(hours=1))
    assert wanted(cohort) == (4, 7), "what a plan appoints apart is not taken off twice"


@pytest.mark.clause("273-ФЗ ст. 59")
def test_final_attestation_is_asked_of_whoever_is_admitted_to_it() -> None:
    ending = Ending()
    before = wanted(ending.cohort)
    ending.admit()
    assert wanted(ending.cohort)[1] == before[1] + 2
