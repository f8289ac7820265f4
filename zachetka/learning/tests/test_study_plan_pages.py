"""The pages of an individual plan: drafting, what each sees, where a stranger is stopped (273-ФЗ ст. 34 ч. 1 п. 3)."""

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
from zachetka.learning.models import Enrolment, Order, StudyPlan
from zachetka.learning.tests.make import make_cohort, make_enrolments, make_mark
from zachetka.learning.tests.make_plans import apart, credited, make_plan, needless
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.models import Module

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("collected_statics"),
    pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3"),
]
TODAY = datetime.fromisoformat("2026-09-21T10:00:00+03:00")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def learner() -> Enrolment:
    return make_enrolments(make_cohort(), 2)[0]


def client_of(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def methodist_of(learner: Enrolment) -> Account:
    return make_account("methodist", unit=learner.cohort.program_version.program.unit)


def modules(learner: Enrolment) -> list[Module]:
    return list(learner.cohort.program_version.modules.order_by("ordinal"))


def typed(learner: Enrolment, *ways: str, **given: Any) -> dict[str, Any]:
    form = {
        "request_key": str(uuid4()),
        "effective_on": "21.09.2026",
        "ends_on": "25.12.2026",
        "paper": "заявление № 4",
    }
    for module, way in zip(modules(learner), ways, strict=False):
        form[f"way_{module.pk}"] = way
    return form | given


def test_a_methodist_drafts_a_plan_and_reads_it_as_an_order(learner: Enrolment):
    client = client_of(methodist_of(learner))
    first, second, _ = modules(learner)
    form = typed(learner, "credited", "apart", "group")
    form |= {f"basis_{first.pk}": "диплом № 118", f"held_by_{second.pk}": "01.12.2026"}
    answer = client.post(f"/record-books/{learner.pk}/plan/", form, follow=True)
    order = Order.objects.get(kind="study_plan")
    assert answer.redirect_chain[-1][0] == f"/orders/{order.pk}/"
    page = answer.content.decode()
    assert "Об обучении по индивидуальному учебному плану" in page
    assert "Документ: диплом" in page
    again = client.post(f"/record-books/{learner.pk}/plan/", form)
    assert again.status_code == 302
    assert StudyPlan.objects.count() == 1  # sent twice, drafted once


def test_everything_that_is_wrong_is_said_at_once_each_at_its_field(learner: Enrolment):
    client = client_of(methodist_of(learner))
    first, second, _ = modules(learner)
    answer = client.post(f"/record-books/{learner.pk}/plan/", typed(learner, "credited", "apart", "group"))
    assert answer.status_code == 422
    form = answer.context["form"]
    assert "Назовите документ: вид, номер, дату." in str(form.errors[f"basis_{first.pk}"])
    assert "Назовите день" in str(form.errors[f"held_by_{second.pk}"])
    assert not Order.objects.filter(kind="study_plan").exists()


def test_checking_judges_and_counts_hours_and_writes_nothing(learner: Enrolment):
    client = client_of(methodist_of(learner))
    first = modules(learner)[0]
    form = typed(learner, "needs", "group", "group", check="1") | {f"basis_{first.pk}": "заявление"}
    answer = client.post(f"/record-books/{learner.pk}/plan/", form)
    assert answer.status_code == 200
    assert (answer.context["form"].taken, answer.context["form"].kept) == (24, 24)
    assert not Order.objects.filter(kind="study_plan").exists()


@pytest.mark.clause("273-ФЗ ст. 58")
def test_a_module_with_a_mark_has_no_fields_to_type_in(learner: Enrolment):
    first = modules(learner)[0]
    with time_machine.travel(datetime.fromisoformat("2026-10-10T10:00:00+03:00"), tick=False):
        make_mark(learner, text="2", at=datetime.fromisoformat("2026-10-10T10:00:00+03:00"))
        client = client_of(methodist_of(learner))
        page = client.get(f"/record-books/{learner.pk}/plan/")
        assert f"way_{first.pk}" not in page.context["form"].fields
        assert "оценка уже есть" in page.content.decode()
        form = typed(learner, "credited", effective_on="10.10.2026") | {f"basis_{first.pk}": "диплом"}
        answer = client.post(f"/record-books/{learner.pk}/plan/", form)
    assert answer.status_code == 422  # what was typed past the page is not taken: the plan says nothing new


def test_a_draft_is_corrected_on_its_own_page(learner: Enrolment):
    order = make_plan(learner, {1: credited()}, approved=False, at=TODAY)
    client = client_of(methodist_of(learner))
    assert client.get(f"/orders/{order.pk}/edit/")["Location"] == f"/orders/{order.pk}/plan/"
    page = client.get(f"/orders/{order.pk}/plan/")
    first = modules(learner)[0]
    assert page.context["form"][f"way_{first.pk}"].initial == "credited"
    answer = client.post(
        f"/orders/{order.pk}/plan/",
        typed(learner, "group", "group", "group", ends_on="01.03.2027", seen=seen_of(order)),
    )
    assert answer.status_code == 302
    assert StudyPlan.objects.filter(order=order).count() == 2


def test_from_the_menu_of_a_cohort_one_chooses_who_it_is_about(learner: Enrolment):
    client = client_of(methodist_of(learner))
    assert "Об индивидуальном плане" in client.get(f"/cohorts/{learner.cohort_id}/").content.decode()
    page = client.get(f"/orders/new/?cohort={learner.cohort_id}&kind=study_plan").content.decode()
    assert f"/record-books/{learner.pk}/plan/" in page


def test_strangers_find_no_plan_to_draft(learner: Enrolment):
    address = f"/record-books/{learner.pk}/plan/"
    elsewhere = make_account("methodist", unit=make_cohort().program_version.program.unit)
    assert client_of(elsewhere).get(address).status_code == 404
    for account in (owner_of(learner), make_account("head"), make_account("registrar")):
        assert client_of(account).get(address).status_code == 403
    order = make_plan(learner, {1: credited()}, approved=False, at=TODAY)
    assert client_of(elsewhere).get(f"/orders/{order.pk}/plan/").status_code == 404


@pytest.mark.clause("2.5")
def test_the_learner_sees_their_plan_and_who_set_it(learner: Enrolment):
    order = make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 1)), 3: needless()}, at=TODAY, approved=False)
    assert order.state == "draft"
    book = client_of(owner_of(learner)).get(f"/record-books/{learner.pk}/").content.decode()
    assert "Индивидуальный учебный план" not in book  # a draft is nobody's plan yet


@pytest.mark.clause("2.5")
def test_every_tab_of_a_book_says_what_its_plan_says(learner: Enrolment):
    make_plan(learner, {1: credited(), 2: apart(date(2026, 12, 1))}, at=TODAY)
    client = client_of(owner_of(learner))
    with time_machine.travel(TODAY.replace(hour=12), tick=False):
        book = client.get(f"/record-books/{learner.pk}/").content.decode()
        assert "Индивидуальный учебный план, до 25.12.2026" in book
        assert "зачтено ранее" in book
        assert "до 1 декабря" in book.replace("\u00a0", " ")
        papers = client.get(f"/record-books/{learner.pk}/orders/").content.decode()
        assert "диплом № 118 от 01.06.2025" in papers.replace("\u00a0", " ")
        assert "Составить план" not in papers
        assert client.get(f"/record-books/{learner.pk}/evidence/").status_code == 200
        assert client.get(f"/record-books/{learner.pk}/attestation/").status_code == 200


def test_the_page_of_a_plan_costs_the_same_whatever_the_programme(learner: Enrolment):
    client = client_of(methodist_of(learner))
    address = f"/record-books/{learner.pk}/plan/"
    client.get(address)
    with CaptureQueriesContext(connection) as bare:
        client.get(address)
    make_plan(learner, {1: credited(), 2: needless()}, at=TODAY)
    with CaptureQueriesContext(connection) as planned:
        client.get(address)
    assert len(planned) <= len(bare) + 1
    assert len(bare) <= 24
