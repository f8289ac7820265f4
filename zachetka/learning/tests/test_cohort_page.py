"""The card of a cohort says of the group what it knows of the whole group (п. 2.2, 3.8)."""

from __future__ import annotations

import pytest
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.learning.tests.make import fill_sheet, make_sheet

pytestmark = pytest.mark.clause("3.8")


def page_of(client: Client, reader: Account, cohort: int) -> str:
    client.force_login(reader)
    answer = client.get(f"/cohorts/{cohort}/")
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_a_learner_sees_no_figures_of_the_group_and_the_methodist_sees_true_ones(client: Client, db: None) -> None:
    sheet = make_sheet(learners=3)
    fill_sheet(sheet, ["5", "4", ""])
    one, other, _ = sheet.cohort.enrolments.select_related("learner__person").order_by(
        "learner__person__sort_key", "pk"
    )
    own = page_of(client, make_account("learner", person_uid=one.learner.person.uid), sheet.cohort_id)
    assert one.learner.person.full_name in own
    assert other.learner.person.full_name not in own
    assert "из 1 зачисленных" not in own
    assert "С задолженностью" not in own
    assert "по плану" not in own.split("Слушатели")[0]
    unit = sheet.cohort.program_version.program.unit
    whole = page_of(client, make_account("methodist", unit=unit), sheet.cohort_id)
    assert "из 3 зачисленных" in whole
    assert "С задолженностью" in whole
