"""Pages of register books (п. 2.5, 3.8)."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from zachetka.access.tests.make import make_account
from zachetka.ledger.models import Event
from zachetka.registers.tests.make import make_entries, make_register

pytestmark = pytest.mark.usefixtures("collected_statics")


@pytest.fixture
def clerk(db: None) -> Client:
    client = Client()
    client.force_login(make_account("registrar"))
    return client


@pytest.mark.clause("2.5")
def test_the_books_say_that_nothing_is_missing(
    clerk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert "Книг пока нет" in clerk.get("/registers/").content.decode()
    register = make_register()
    with django_assert_max_num_queries(7):
        assert "1–3, без пропусков" in clerk.get("/registers/").content.decode()
    make_entries(60)
    with django_assert_max_num_queries(8):
        page = clerk.get(f"/registers/{register.pk}/?q=0063").content.decode()
    assert "П-26-0063" in page
    assert "П-26-0001" not in page


@pytest.mark.clause("3.8")
def test_a_book_taken_away_is_recorded(clerk: Client) -> None:
    register = make_register()
    answer = clerk.get(f"/registers/{register.pk}/export/?file=csv")
    assert "П-26-0002" in answer.content.decode("utf-8-sig")
    assert Event.objects.get(type="list.exported").object_id == str(register.pk)
    assert clerk.get(f"/registers/{register.pk}/export/?file=exe").status_code == 400


@pytest.mark.clause("3.8")
def test_a_teacher_does_not_see_the_books(db: None) -> None:
    client = Client()
    client.force_login(make_account("teacher"))
    assert client.get("/registers/").status_code == 403
