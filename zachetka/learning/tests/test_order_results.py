"""Whose results an order tells, and to whom: an extract has one's own, a page those of open record books (п. 3.8)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.learning import personal_leaves
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.order_text import HIDDEN, order_text
from zachetka.learning.tests.make import make_order, methodist_of
from zachetka.learning.tests.make_plans import apart, make_plan
from zachetka.learning.tests.make_transfers import MOVED, make_other, two, typed

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]


def both_moved() -> tuple[Enrolment, Enrolment, Order]:
    """Return two people of one order of transfer: the first has «отлично», the second a debt."""
    first, second = two()
    typed(first, 1, "5")
    typed(second, 2, "2")
    order = make_order(
        first.cohort, [first.learner, second.learner], kind=Order.Kind.TRANSFER, target=make_other(first.cohort),
        effective_on=MOVED.date(), basis="заявления", at=MOVED,
    )  # fmt: skip
    return first, second, Order.objects.select_related("cohort__program_version__program").get(pk=order.pk)


def extract(enrolment: Enrolment, order: Order) -> str:
    leaf = personal_leaves.order_leaf(
        enrolment,
        order,
        order_text(order, {enrolment.learner_id: enrolment}, today=MOVED.date()),
        frozenset(),
        day=MOVED.date(),
    )
    return " ".join(leaf.paragraphs)


def test_an_extract_of_a_transfer_tells_neither_name_nor_grade_nor_debt_of_another():
    first, second, order = both_moved()
    mine, theirs = extract(first, order), extract(second, order)
    assert first.learner.person.full_name in mine
    assert "отлично" in mine
    for words in (second.learner.person.full_name, str(second), "неудовлетворительно", "задолженность переносится"):
        assert words in theirs
        assert words not in mine
    assert first.learner.person.full_name not in theirs
    assert "отлично" not in theirs


def test_the_text_of_an_order_keeps_whose_a_point_is():
    first, second, order = both_moved()
    owned = [one["learner"] for one in json.loads(order.text)["points"] if isinstance(one, dict)]
    assert sorted(owned) == sorted([first.learner_id, second.learner_id])


@pytest.mark.usefixtures("collected_statics")
def test_the_page_of_an_order_shows_results_only_to_whoever_may_read_the_book():
    first, _, order = both_moved()

    def seen(account: object) -> str:
        client = Client()
        client.force_login(account)  # type: ignore[arg-type]
        return client.get(f"/orders/{order.pk}/").content.decode().replace("\u00a0", " ")

    archivist, methodist = seen(make_account("archivist")), seen(methodist_of(first))
    assert "отлично" in methodist
    assert HIDDEN not in methodist
    assert first.learner.person.full_name in archivist
    assert HIDDEN in archivist
    assert "отлично" not in archivist
    assert "задолженность переносится" not in archivist


@pytest.mark.usefixtures("collected_statics")
def test_the_page_of_an_order_of_a_plan_hides_what_is_sat_apart():
    learner, _ = two()
    order = make_plan(learner, {2: apart(date(2026, 12, 1))})
    client = Client()
    client.force_login(make_account("archivist"))
    page = client.get(f"/orders/{order.pk}/").content.decode()
    assert HIDDEN in page.replace("\u00a0", " ")
    assert "Сдать отдельно" not in page
