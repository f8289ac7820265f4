"""Every list can be taken away as a file by whoever may read it; each taking is recorded (п. 3.8)."""

from __future__ import annotations

import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.ledger.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics"), pytest.mark.clause("3.8")]

LISTS = [
    ("accounts", "/accounts/list/", "security", "teacher"),
    ("employees", "/employees/", "admin", "learner"),
    ("roles", "/roles/", "security", "methodist"),
    ("uploads", "/imports/", "methodist", "head"),
]


def by(role: str) -> Client:
    client = Client()
    client.force_login(make_account(role))
    return client


@pytest.mark.parametrize(("name", "address", "reader", "stranger"), LISTS, ids=str)
def test_a_list_is_taken_away_by_whoever_reads_it_and_by_nobody_else(
    name: str, address: str, reader: str, stranger: str
) -> None:
    assert by(stranger).get(f"{address}export/", {"file": "xlsx"}).status_code == 403
    assert not Event.objects.filter(type="list.exported").exists()
    answer = by(reader).get(f"{address}export/", {"file": "xlsx"})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    assert Event.objects.get(type="list.exported").body == {"list": name, "form": "xlsx"}
    assert by(reader).get(f"{address}export/", {"file": "exe"}).status_code == 400
