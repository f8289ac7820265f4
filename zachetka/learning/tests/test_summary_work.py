"""The paper of a large summary sheet is set in the background (п. 2.5, 3.9)."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.pages import signed_in
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.files import store
from zachetka.jobs import work as queue
from zachetka.jobs.models import Job
from zachetka.jobs.work import do
from zachetka.learning.actions import summaries
from zachetka.learning.models import Cohort
from zachetka.learning.tests.make import fill_sheet, make_cohort
from zachetka.learning.views import summaries as pages
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("2.5"), pytest.mark.clause("3.9")]


@pytest.fixture
def cohort(
    fresh_database: Place, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collected_statics: None
) -> Cohort:
    """A cohort with marks, sealed, larger than what counts as large here."""
    settings.DATA_DIR, settings.KEYS_DIR, settings.FILES_DIR = tmp_path, tmp_path / "keys", tmp_path / "files"
    for module in (summaries, pages):
        monkeypatch.setattr(module, "LARGE", 2)
    monkeypatch.setattr(queue, "close_old_connections", lambda: None)
    monkeypatch.setattr(queue, "SHOWN_EVERY", 0.0)
    made = make_cohort(learners=2)
    for sheet in made.sheets.select_related("module__scale"):
        fill_sheet(sheet, "зач" if sheet.module.scale.code == "pass_fail" else "4")
    seal(now())
    return made


@pytest.fixture
def head(cohort: Cohort) -> Account:
    return make_account("head")


def test_a_large_sheet_is_asked_for_by_a_button_and_comes_of_a_job(cohort: Cohort, head: Account) -> None:
    client, where = signed_in(head), f"/cohorts/{cohort.pk}/summary/"
    page = client.get(where).content.decode()
    assert f'action="{where}paper/"' in page
    assert f'href="{where}pdf/"' not in page
    assert client.get(f"{where}pdf/").status_code == 302
    assert not Event.objects.filter(type=EventType.SUMMARY_STATED).exists(), "nothing was set within the request"
    first, again = client.post(f"{where}paper/"), client.post(f"{where}paper/")
    job = Job.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/jobs/{job.pk}/"
    do(job.pk, is_last=True)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 2, 2)
    assert job.result is not None
    assert store.read(job.result.sha256).startswith(b"%PDF-")
    assert Event.objects.filter(type=EventType.LIST_EXPORTED, body__form="pdf").count() == 1
    answer = client.get(f"/jobs/{job.pk}/result/")
    assert answer.headers["Content-Type"] == "application/pdf"


def test_a_small_sheet_is_set_at_once(cohort: Cohort, head: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (summaries, pages):
        monkeypatch.setattr(module, "LARGE", 4_000)
    client, where = signed_in(head), f"/cohorts/{cohort.pk}/summary/"
    assert f'href="{where}pdf/"' in client.get(where).content.decode()
    assert client.get(f"{where}pdf/").headers["Content-Type"] == "application/pdf"


def test_a_day_with_nothing_to_show_and_a_stranger_get_no_job(cohort: Cohort, head: Account) -> None:
    with pytest.raises(RuleViolation, match="ещё не наступило"):
        summaries.ask_for_paper(cohort, "2098-01-01", actor=head, at=now())
    with pytest.raises(Forbidden):
        summaries.ask_for_paper(cohort, "", actor=make_account("teacher"), at=now())
    assert not Job.objects.exists()
