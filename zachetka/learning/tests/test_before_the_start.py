"""Who is enrolled from a later day does not learn yet, and no page says so (273-ФЗ ст. 53 ч. 1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine
from django.test import Client

from tests.pages import signed_in
from zachetka.access.tests.make import make_account
from zachetka.learning.models import Enrolment, VerificationToken
from zachetka.learning.queries.public_check import checked
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import make_cohort, make_enrolments, make_order
from zachetka.people.tests.make import make_learner

pytestmark = [pytest.mark.clause("273-ФЗ ст. 53"), pytest.mark.usefixtures("collected_statics")]

STARTS = date(2026, 11, 30)
ISSUED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STARTED = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
AHEAD = "зачисление с 30.11.2026"


def text_of(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def test_until_its_day_an_enrolment_is_said_as_what_it_is_everywhere(db: None) -> None:
    cohort = make_cohort(starts_on=STARTS, ends_on=date(2026, 12, 25), held_on=[date(2026, 12, 1)] * 9)
    early, late = make_learner(), make_learner()
    make_order(cohort, [early], effective_on=date(2026, 11, 23), at=ISSUED)
    make_order(cohort, [late], effective_on=STARTS, at=ISSUED)
    other = make_enrolments(make_cohort(), [late])[0]
    enrolment = Enrolment.objects.get(cohort=cohort, learner=late)
    methodist = make_account("methodist", unit=cohort.program_version.program.unit)
    learner = make_account("learner", person_uid=late.person.uid)
    withdrawal = f"/orders/new/?kind=withdrawal&cohort={cohort.pk}&learners={late.pk}"
    said_to = [
        (methodist, f"/cohorts/{cohort.pk}/"), (methodist, f"/people/{late.person.uid}/"), (methodist, withdrawal),
        (learner, "/"), (learner, "/my/"),
    ]  # fmt: skip
    with time_machine.travel(ISSUED, tick=False):
        for reader, where in said_to:
            assert AHEAD in text_of(signed_in(reader), where), where
        page = text_of(signed_in(methodist), f"/cohorts/{cohort.pk}/")
        assert page.count("</svg>учится") == 1, "the other one learns already"
        figures = signed_in(methodist).get(f"/cohorts/{cohort.pk}/").context["figures"]
        assert (figures[0]["figure"], figures[0]["base"]) == ("1", "из 2 зачисленных")
        assert figures[0]["note"] == "остальные с 30.11.2026"
        assert "обучение начнётся 30.11.2026" in text_of(signed_in(learner), f"/record-books/{enrolment.pk}/orders/")
        assert "обучение начнётся" not in text_of(signed_in(learner), f"/record-books/{other.pk}/orders/")
    with time_machine.travel(STARTED, tick=False):
        for reader, where in said_to:
            assert AHEAD not in text_of(signed_in(reader), where), where
        figures = signed_in(methodist).get(f"/cohorts/{cohort.pk}/").context["figures"]
        assert (figures[0]["figure"], figures[0]["note"]) == ("2", "")
        assert "обучение начнётся" not in text_of(signed_in(learner), f"/record-books/{enrolment.pk}/orders/")


def test_the_public_check_and_the_book_of_a_past_day_say_it_too(db: None) -> None:
    cohort = make_cohort(starts_on=STARTS, ends_on=date(2026, 12, 25), held_on=[date(2026, 12, 1)] * 9)
    make_order(cohort, [make_learner()], effective_on=STARTS, at=ISSUED)
    enrolment = Enrolment.objects.select_related(*PAPERS).get(cohort=cohort)
    assert record_book(enrolment, at=STARTED, seen_at=ISSUED).standing == "обучение начнётся 30.11.2026"
    assert record_book(enrolment, at=STARTED).standing == "обучается"
    token = VerificationToken.objects.create(enrolment=enrolment, made_at=ISSUED)
    for at, words in ((ISSUED, "обучение начнётся 30.11.2026"), (STARTED, "обучается")):
        found = checked(token.token, at)
        assert found is not None
        assert found.standing == words
