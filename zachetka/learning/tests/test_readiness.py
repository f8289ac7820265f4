"""What is counted in the database is what the rules say of each learner (273-ФЗ ст. 59)."""

from __future__ import annotations

import pytest

from tests.academy import Academy
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.admission import readiness, standings

pytestmark = pytest.mark.clause("273-ФЗ ст. 59")


def test_how_many_are_ready_is_what_the_standings_say_of_each(academy: Academy) -> None:
    cohorts = list(Cohort.objects.order_by("pk"))
    people = list(Enrolment.objects.filter(state=Enrolment.State.ACTIVE).select_related("cohort"))
    how = standings(people)
    found = readiness(cohorts)
    for cohort in cohorts:
        of_it = [one for one in people if one.cohort_id == cohort.pk]
        assert found[cohort.pk] == (sum(not how[one.pk].before_final for one in of_it), len(of_it)), cohort.code
    assert any(one.study_plan_id for one in people), "somebody goes by a plan of their own"
