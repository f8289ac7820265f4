"""The pages of a transfer: drafting, what each sees, where a stranger is stopped (273-ФЗ ст. 57)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.learning.actions.study_plans import Taken
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.plan_rules import Way
from zachetka.learning.tests.make import make_cohort, sheet, teacher_of
from zachetka.learning.tests.make_plans import apart, make_plan
from zachetka.learning.tests.make_transfers import make_other, make_transfer, moved, two, typed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.lifecycle.hands import seen_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("collected_statics"),
    pytest.mark.clause("273-ФЗ ст. 57"),
]
TODAY = datetime.fromisoformat("2026-10-10T14:00:00+03:00")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def learner() -> Enrolment:
    return two()[0]


def client_of(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def methodist_of(learner: Enrolment) -> Account:
    return make_account("methodist", unit=learner.cohort.program_version.program.unit)


def form_of(learner: Enrolment, target: Any, **given: Any) -> dict[str, Any]:
    return {
        "request_key": str(uuid4()), "effective_on": "10.10.2026", "basis": "заявление № 4", "target": target.pk,
        "learner": [learner.learner_id], **given,
    }  # fmt: skip


def edited(client: Client, order: Order, form: dict[str, Any]) -> int:
    """Send the page of a draft as it was opened."""
    return client.post(f"/orders/{order.pk}/edit/", form | {"seen": seen_of(order)}).status_code


def test_a_methodist_drafts_a_transfer_from_the_book_and_reads_line_by_line_what_carries_over(learner: Enrolment):
    typed(learner, 1, "5")
    target = make_other(learner.cohort)
    client = client_of(methodist_of(learner))
    book = client.get(f"/record-books/{learner.pk}/orders/").content.decode()
    address = f"/orders/new/?kind=transfer&cohort={learner.cohort_id}&learners={learner.learner_id}"
    assert address.replace("&", "&amp;") in book
    page = client.get(address).content.decode()
    assert "Кого перевести" in page
    assert target.code in page
    answer = client.post(address, form_of(learner, target), follow=True)
    order = Order.objects.get(kind="transfer")
    assert answer.redirect_chain[-1][0] == f"/orders/{order.pk}/"
    said = answer.content.decode().replace("\u00a0", " ")
    assert "О переводе слушателей" in said
    assert "отлично, 05.10.2026" in said


def test_a_draft_is_corrected_on_its_page_and_leads_to_the_group_typed_there(learner: Enrolment):
    first, second = make_other(learner.cohort), make_other(learner.cohort)
    order = make_transfer(learner, first, approved=False, at=TODAY)
    client = client_of(methodist_of(learner))
    page = client.get(f"/orders/{order.pk}/edit/")
    assert page.context["draft"].form["target"].initial == first
    assert edited(client, order, form_of(learner, second)) == 302
    order.refresh_from_db()
    assert order.target == second


def test_the_groups_offered_are_those_of_the_unit_that_are_not_over(learner: Enrolment):
    strange = make_cohort()
    client = client_of(methodist_of(learner))
    address = f"/orders/new/?kind=transfer&cohort={learner.cohort_id}"
    assert client.get(address).status_code == 422  # nowhere to go yet
    target = make_other(learner.cohort)
    offered = client.get(address).context["draft"].form.fields["target"].queryset
    assert list(offered) == [target]
    answer = client.post(address, form_of(learner, strange))
    assert answer.status_code == 422
    assert "target" in answer.context["draft"].form.errors
    assert "О переводе" in client.get(f"/cohorts/{learner.cohort_id}/").content.decode()


def test_a_transfer_that_cannot_be_says_why_at_its_field(learner: Enrolment):
    target = make_other(learner.cohort)
    client = client_of(methodist_of(learner))
    address = f"/orders/new/?kind=transfer&cohort={learner.cohort_id}"
    answer = client.post(address, form_of(learner, target, effective_on="01.09.2026"))
    assert answer.status_code == 422
    assert "effective_on" in answer.context["draft"].form.errors


def test_the_learner_sees_both_books_and_where_each_goes_on(learner: Enrolment):
    typed(learner, 1, "5")
    owner = owner_of(learner)
    new = moved(learner)
    client = client_of(owner)
    now = client.get(f"/record-books/{new.pk}/").content.decode().replace("\u00a0", " ")
    assert f"перенесено из {learner.number}" in now
    assert f"№ {learner.number}" in now
    old = client.get(f"/record-books/{learner.pk}/").content.decode()
    assert "Обучение продолжается в книжке" in old
    assert f"/record-books/{new.pk}/" in client.get(f"/record-books/{learner.pk}/orders/").content.decode()
    yesterday = client.get(f"/record-books/{learner.pk}/?on=09.10.2026").content.decode()
    assert "Обучение продолжается" not in yesterday
    for section in ("attestation", "planned", "evidence"):
        assert client.get(f"/record-books/{new.pk}/{section}/").status_code == 200
    assert {str(learner), str(new)} <= {str(one) for one, _ in client.get("/my/").context["enrolments"]}


def test_the_page_of_the_old_group_says_who_was_transferred_and_calls_nobody_there_a_debtor(learner: Enrolment):
    typed(learner, 1, "2")
    client = client_of(methodist_of(learner))
    before = client.get(f"/cohorts/{learner.cohort_id}/").content.decode()
    assert (">долг<" in before.replace(" ", ""), "перевод</span>" in before) == (True, False)
    moved(learner)
    page = client.get(f"/cohorts/{learner.cohort_id}/").content.decode()
    assert ">долг<" not in page.replace(" ", "")
    assert "перевод</span>" in page
    attestation = client.get(f"/record-books/{learner.pk}/attestation/").content.decode()
    assert "Обучение прекращено переводом: итоговая аттестация не назначается" in attestation.replace("\u00a0", " ")


def test_a_teacher_of_the_new_group_alone_finds_no_way_into_the_old_book(learner: Enrolment):
    typed(learner, 1, "5")
    new = moved(learner)
    teacher = teacher_of(sheet(new.cohort, 1))
    client = client_of(teacher)
    assert client.get(f"/record-books/{learner.pk}/").status_code == 404
    page = client.get(f"/record-books/{new.pk}/orders/")
    assert f"/record-books/{learner.pk}/" not in page.content.decode()
    grid = client.get(f"/cohorts/{new.cohort.code}/sheet/").content.decode()
    assert "перенесено при переводе" in grid


def test_strangers_draft_no_transfer(learner: Enrolment):
    make_other(learner.cohort)
    address = f"/orders/new/?kind=transfer&cohort={learner.cohort_id}"
    elsewhere = make_account("methodist", unit=make_cohort().program_version.program.unit)
    assert client_of(elsewhere).get(address).status_code == 422
    for account in (owner_of(learner), make_account("head"), make_account("registrar")):
        assert client_of(account).get(address).status_code == 403


def test_the_pages_of_a_transfer_cost_the_same_however_many_are_moved(learner: Enrolment):
    target = make_other(learner.cohort)
    other = Enrolment.objects.filter(cohort=learner.cohort_id).exclude(pk=learner.pk).get()
    client = client_of(methodist_of(learner))
    one = make_transfer(learner, target, approved=False, at=TODAY)
    address = f"/orders/{one.pk}/"
    edited(client, one, form_of(learner, target, basis="заявление № 5"))  # the reader is its drafter before and after
    client.get(address)
    with CaptureQueriesContext(connection) as alone:
        client.get(address)
    assert edited(client, one, form_of(learner, target) | {"learner": [learner.learner_id, other.learner_id]}) == 302
    client.get(address)
    with CaptureQueriesContext(connection) as both:
        client.get(address)
    assert len(both) <= len(alone)
    assert len(alone) <= 34


def strips(client: Client, book: Enrolment, day: str = "") -> list[str]:
    """Return by the first words of each strip what the page of a book says of a transfer or a plan."""
    page = client.get(f"/record-books/{book.pk}/" + (f"?on={day}" if day else "")).content.decode()
    return [
        words
        for words in ("Обучение продолжается", "Переводом из группы", "Индивидуальный учебный план,")
        if words in page
    ]


def test_the_strips_of_a_book_speak_of_its_own_transfer_from_its_day_until_another_plan():
    learner, classmate = two()
    typed(learner, 1, "5")
    owner, other = client_of(owner_of(learner)), client_of(owner_of(classmate))
    assert strips(owner, learner) == [], "the control: before the order"
    new = moved(learner)
    assert strips(owner, learner) == ["Обучение продолжается"]
    assert strips(owner, learner, "09.10.2026") == [], "the control: the day before"
    assert strips(owner, new) == ["Переводом из группы"]
    assert strips(other, classmate) == [], "the control: whoever was not transferred"
    assert new.study_plan is not None
    before = new.study_plan.lines.get()
    make_plan(new, {1: Taken(Way.CARRIED, basis=before.basis), 3: apart(date(2026, 12, 1))}, at=TODAY)
    assert strips(owner, new) == ["Индивидуальный учебный план,"], "another plan has taken its place"


@pytest.mark.parametrize(("day", "is_lawful"), [(9, True), (10, True), (11, False)])
def test_a_transfer_takes_effect_on_its_day_of_issue_or_before(learner: Enrolment, *, day: int, is_lawful: bool):
    form = form_of(learner, make_other(learner.cohort), effective_on=f"{day:02}.10.2026")
    address = f"/orders/new/?kind=transfer&cohort={learner.cohort_id}&learners={learner.learner_id}"
    answer = client_of(methodist_of(learner)).post(address, form)
    assert (answer.status_code, Order.objects.filter(kind="transfer").count()) == ((302, 1) if is_lawful else (422, 0))
