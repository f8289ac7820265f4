"""The search over everything finds papers by their numbers and tells namesakes apart (п. 2.4, 2.5, 3.8)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.tests.make import make_cohort, make_enrolment, make_enrolments
from zachetka.people.tests.make import make_learner
from zachetka.web.search import find, suggest

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.4")]


def found(actor: Account, text: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.url) for hit in find(actor, text).hits]


@pytest.mark.clause("2.5")
def test_a_record_book_is_found_by_its_number_in_any_writing():
    book, head = make_enrolment(), make_account("head")
    make_enrolment()
    where = ("зачётная книжка", f"/record-books/{book.pk}/")
    assert book.number is not None
    for typed in (book.number, book.number.lower(), f"№ {book.number}", f" №{book.number} "):
        assert found(head, typed) == [where], typed
    assert found(head, book.number[:-1]) == []


def test_an_order_is_found_by_its_number_with_the_sign_and_without():
    make_enrolment()
    order, head = Order.objects.get(), make_account("head")
    for typed in (order.number, f"№ {order.number}", f"№{order.number}", order.number.upper()):
        assert found(head, typed) == [("приказ", f"/orders/{order.pk}/")], typed


@pytest.mark.clause("3.8")
def test_a_number_of_somebody_elses_book_finds_nothing():
    book = make_enrolment()
    assert book.number is not None
    stranger = make_account("learner")
    owner = make_account("learner", person_uid=book.learner.person.uid)
    other_unit = make_account("methodist", unit=make_unit())
    assert found(stranger, book.number) == found(other_unit, book.number) == []
    assert found(owner, book.number) == [("зачётная книжка", f"/record-books/{book.pk}/")]


def test_namesakes_are_told_apart_by_their_groups():
    namesakes = [make_learner(last_name="Козлова", first_name="Мария", patronymic="") for _ in range(2)]
    cohorts = [make_cohort(), make_cohort()]
    for cohort, learner in zip(cohorts, namesakes, strict=True):
        make_enrolments(cohort, [learner])
    hits = [hit for hit in find(make_account("head"), "козлова").hits if hit.kind == "слушатель"]
    assert sorted(hit.detail for hit in hits) == sorted(cohort.code for cohort in cohorts)


def test_a_search_costs_the_same_however_much_it_finds():
    head = make_account("head")

    def cost(text: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            suggest(head, text)
        return len(asked)

    make_enrolments(make_cohort(), [make_learner(last_name="Козлова")])
    cost("козлова")  # whatever is read once for good
    few = cost("козлова")
    make_enrolments(make_cohort(), [make_learner(last_name="Козлова") for _ in range(5)])
    assert cost("козлова") == few == 6
    assert Enrolment.objects.count() == 6
