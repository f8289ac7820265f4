"""Pages of register books (п. 2.5, 3.8)."""

from __future__ import annotations

import pytest
from django.db.models import DateTimeField, Value
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.ledger.models import Event
from zachetka.registers.lists import books_table
from zachetka.registers.models import Register
from zachetka.registers.queries import Count
from zachetka.registers.tests.make import AT, make_entries, make_register

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
    with django_assert_max_num_queries(9):
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


@pytest.mark.clause("2.5")
def test_the_books_are_found_narrowed_sorted_and_taken_away(clerk: Client) -> None:
    make_register()
    Register.objects.create(code="other", year=2024, title="Справки", pattern="С-{number}")
    told = clerk.get("/registers/", {"q": "справк"}).content.decode()
    assert ("Справки" in told, "1–3, без пропусков" in told) == (True, False)
    assert "Справки" not in clerk.get("/registers/", {"year": "2026"}).content.decode()
    assert [book.year for book, _ in clerk.get("/registers/", {"sort": "year"}).context["table"].rows] == [2024, 2026]
    answer = clerk.get("/registers/export/", {"file": "csv", "q": "справк"}).content.decode("utf-8-sig")
    assert ("Справки" in answer, "без пропусков" in answer) == (True, False)
    assert Event.objects.get(type="list.exported").body["list"] == "registers"


@pytest.mark.clause("2.5")
def test_a_book_with_a_gap_is_found_by_its_check(clerk: Client) -> None:
    whole, broken = (
        make_register(),
        Register.objects.create(code="other", year=2026, title="Справки", pattern="{number}"),
    )
    counts = {whole.pk: Count(3, 3, 0, None), broken.pk: Count(3, 2, 0, 2)}
    table, books = books_table(counts), Register.objects.annotate(last_at=Value(None, DateTimeField()))
    assert [book for book, _ in table.page({"check": "broken"}, books).rows] == [broken]
    assert [book for book, _ in table.page({"check": "whole"}, books).rows] == [whole]


@pytest.mark.clause("2.5")
def test_the_lines_of_a_book_are_narrowed_to_a_month_of_moscow(clerk: Client) -> None:
    register = make_register()
    month = f"{legal_date(AT):%m}"
    assert clerk.get(f"/registers/{register.pk}/", {"month": month}).context["table"].count == 3
    other = f"{legal_date(AT).month % 12 + 1:02}"
    assert clerk.get(f"/registers/{register.pk}/", {"month": other}).context["table"].count == 0
    assert clerk.get(f"/registers/{register.pk}/", {"month": "13"}).status_code == 400


@pytest.mark.clause("3.8")
def test_a_teacher_does_not_see_the_books(db: None) -> None:
    client = Client()
    client.force_login(make_account("teacher"))
    assert client.get("/registers/").status_code == 403
