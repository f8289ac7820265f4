"""A refusal leads on: to the record, or to the page it came from, never to the same act again (п. 2.4)."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver

from tests.pages import text_of
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Busy, Door, IllegalStep, RuleViolation, Stale
from zachetka.learning.tests.make import make_cohort, make_order
from zachetka.lifecycle.hands import seen_of
from zachetka.people.tests.make import make_learner
from zachetka.web.refusals import DOORS, door_of, refused

pytestmark = pytest.mark.clause("2.4")


@pytest.mark.django_db
def test_an_order_issued_twice_leads_to_the_order_and_not_to_issuing_it_again(client: Client):
    order = make_order(make_cohort(), [make_learner()], approved=False)
    order.refresh_from_db()
    client.force_login(make_account("head"))
    answer = client.post(f"/orders/{order.pk}/approve/", {"seen": seen_of(order)})
    assert answer.status_code == 409
    page = text_of(answer)
    assert f'<a class="btn btn-primary" href="/orders/{order.pk}/">' in page
    assert "Открыть приказ" in page
    assert "Сейчас так нельзя" in page
    assert "Обновите страницу" not in page


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/sheets/7/close/", "/sheets/7/"),
        ("/imports/3/confirm/", "/imports/3/"),
        ("/orders/5/", "/orders/5/"),
        ("/nothing/5/act/", None),
    ],
)
def test_the_record_is_found_by_the_address_above(path: str, url: str | None):
    found = door_of(RequestFactory().post(path))
    assert (found.url if found else None) == url
    assert door_of(RequestFactory().get(path)) is None


def test_without_a_record_the_way_is_back_to_our_own_page_only():
    ours = RequestFactory().post("/roles/", headers={"referer": "http://testserver/roles/propose/?account=3"})
    assert door_of(ours) == Door("Вернуться на страницу", "/roles/propose/?account=3")
    foreign = RequestFactory().post("/roles/", headers={"referer": "https://example.org/roles/"})
    assert door_of(foreign) is None


@pytest.mark.parametrize(
    ("refusal", "title"),
    [
        (IllegalStep("2.1", "Нет."), "Сейчас так нельзя"),
        (Stale("2.1", "Нет."), "Пока вы смотрели, всё изменилось"),
        (Busy("2.1", "Нет."), "Запись сейчас занята"),
        (RuleViolation("2.1", "Нет.", door=Door("Открыть группу", "/cohorts/1/")), "Открыть группу"),
    ],
)
def test_each_kind_of_refusal_is_told_apart(refusal: IllegalStep | Stale | Busy | RuleViolation, title: str):
    request = RequestFactory().post("/cohorts/1/x/", headers={"hx-request": "true"})
    page = text_of(refused(request, refusal))
    if not isinstance(refusal, RuleViolation):
        request = RequestFactory().post("/cohorts/1/x/")
        request.user = None  # type: ignore[assignment]
        page = text_of(refused(request, refusal))
    assert title in page
    assert "Обновите страницу" not in page


def test_every_page_of_the_table_is_an_address_of_ours():
    names = {
        f"{space}:{name}"
        for space, (_, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    assert DOORS.keys() <= names
