"""The list of one's own work: sorted, narrowed, searched, paged, taken away (п. 3.9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.jobs.models import Job
from zachetka.ledger.models import Event

pytestmark = [pytest.mark.clause("3.9"), pytest.mark.usefixtures("collected_statics")]


@pytest.fixture
def asker(db: None) -> Account:
    return make_account(Role.METHODIST)


@pytest.fixture
def client(asker: Account) -> Client:
    visitor = Client()
    visitor.force_login(asker)
    return visitor


def make_jobs(asker: Account, count: int = 3) -> list[Job]:
    """Make work that has ended: every other piece failed, the newest first."""
    at = now()
    return [
        Job.objects.create(
            kind="count",
            title=f"Зачётные книжки № {number}",
            given={"number": number},
            state=Job.State.FAILED if number % 2 else Job.State.DONE,
            outcome=f"Итог {number}",
            asked_by=asker,
            asked_at=at - timedelta(minutes=number),
            ended_at=at,
        )
        for number in range(count)
    ]


def titles(client: Client, **asked: str) -> list[str]:
    return [job.title[-1] for job, _ in client.get("/jobs/", asked).context["table"].rows]


def test_the_list_is_sorted_narrowed_and_searched(client: Client, asker: Account) -> None:
    make_jobs(asker)
    assert titles(client) == ["0", "1", "2"]
    assert titles(client, sort="asked") == ["2", "1", "0"]
    assert titles(client, state="failed") == ["1"]
    assert titles(client, q="ЗАЧЕТНЫЕ КНИЖКИ № 2") == ["2"]
    assert client.get("/jobs/", {"sort": "given"}).status_code == 400


def test_the_list_is_paged_at_a_fixed_number_of_queries(
    client: Client, asker: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_jobs(asker, 60)
    with django_assert_max_num_queries(7):
        page = client.get("/jobs/", {"size": "25", "page": "3"})
    assert (page.context["table"].first_shown, page.context["table"].last_shown) == (51, 60)


def test_work_of_somebody_else_is_neither_listed_nor_taken_away(client: Client, asker: Account) -> None:
    make_jobs(make_account(Role.METHODIST))
    assert titles(client) == []
    assert "Заданий не было" in client.get("/jobs/").content.decode()
    assert "Итог 0" not in client.get("/jobs/export/", {"file": "csv"}).content.decode()
    make_jobs(asker, 1)
    assert titles(client) == ["0"], "the control"


def test_the_list_is_taken_away_as_it_was_narrowed_and_recorded(client: Client, asker: Account) -> None:
    make_jobs(asker)
    told = client.get("/jobs/export/", {"file": "csv", "state": "failed"}).content.decode("utf-8-sig")
    assert ("Итог 1" in told, "Итог 0" in told) == (True, False)
    event = Event.objects.get(type="list.exported")
    assert (event.actor, event.body["list"]) == (asker, "jobs")
    assert client.get("/jobs/export/", {"file": "exe"}).status_code == 400
