"""A cohort that is over reads as it was: its sheets are full, its people have finished (п. 2.2)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.models import MarkSheet, Order
from zachetka.learning.queries.cohorts import sheets_of
from zachetka.learning.queries.sheet import column_of
from zachetka.learning.queries.sheet_list import filled_words, listed
from zachetka.learning.queries.sheet_tasks import tasks
from zachetka.learning.tests.make import HELD, NOON, enrolments_of, fill_sheet, make_cohort, make_order, teacher_of
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.2")]
TODAY = legal_date(NOON)


@pytest.fixture
def sheet() -> MarkSheet:
    """The first sheet, closed, of a cohort of three: two have finished, one was withdrawn without a mark in the last."""
    version = make_program_version(scales=("five_point", "five_point"), final=True)
    cohort = make_cohort(version, held_on=(HELD, TODAY), learners=3)
    first, last = MarkSheet.objects.filter(cohort=cohort).order_by("module__ordinal")
    one, two, gone = enrolments_of(first)
    fill_sheet(first, "4")
    close_sheet(first, actor=teacher_of(first), at=NOON)
    make_order(cohort, [gone.learner], kind=Order.Kind.WITHDRAWAL, ground="own_wish", effective_on=TODAY, at=NOON)
    finishing = [one.learner, two.learner]
    make_order(cohort, finishing, kind=Order.Kind.ADMISSION, at=NOON)
    fill_sheet(last, ["5", "5", ""])
    close_sheet(last, actor=teacher_of(last), at=NOON)
    make_order(cohort, finishing, kind=Order.Kind.WITHDRAWAL, ground="completed", effective_on=TODAY, at=NOON)
    return MarkSheet.objects.select_related("cohort__program_version__program").get(pk=first.pk)


def test_sheets_of_a_finished_cohort_count_those_who_had_to_have_a_mark(sheet: MarkSheet):
    head = make_account("head")
    words = {filled_words(one) for one in listed(head, TODAY)} | {
        filled_words(one) for one in sheets_of(sheet.cohort, head, TODAY)
    }
    assert words == {"2 из 2"}
    (column,) = column_of(sheet, actor=head, today=TODAY).columns
    assert (column.filled, column.learning) == (2, 2)
    assert tasks(make_account("methodist", unit=sheet.cohort.program_version.program.unit), NOON) == []


def test_a_finished_cohort_tells_how_many_finished_and_strikes_only_the_withdrawn(client: Client, sheet: MarkSheet):
    client.force_login(make_account("methodist", unit=sheet.cohort.program_version.program.unit))
    page = client.get(f"/cohorts/{sheet.cohort_id}/").content.decode().replace("\u00a0", " ")
    strip = re.sub(r"<[^>]+>|\s+", " ", page.split('class="card summary', 1)[1].split("</dl>", 1)[0])
    strip = " ".join(strip.split())
    assert "Завершили обучение 2 из 3 зачисленных" in strip
    assert "Отчислены до завершения 1 из 3 зачисленных" in strip
    assert "0 из 0" not in page
    grid = client.get(f"/cohorts/{sheet.cohort.code}/sheet/").content.decode()
    assert len(re.findall(r'class="is-away is-done" title="обучение завершено"', grid)) == 2
    assert len(re.findall(r'class="is-away" title="обучение прекращено"', grid)) == 1


@pytest.mark.parametrize("word", ["завершил обучение", "отчислен<", "отчислена", "допущен<"])
def test_states_are_said_in_words_without_gender(client: Client, sheet: MarkSheet, word: str):
    client.force_login(make_account("methodist", unit=sheet.cohort.program_version.program.unit))
    for address in (f"/cohorts/{sheet.cohort_id}/", f"/cohorts/{sheet.cohort.code}/sheet/", f"/sheets/{sheet.pk}/"):
        assert word not in client.get(address).content.decode()
