"""Who cannot be named in an order: counted in the refusal, shown with the way out on the draft (273-ФЗ ст. 53, 59, 61, 76)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries

from tests.pages import text_of
from zachetka.access.models import Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.errors import RuleViolation
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.enrolling import refuse_the_unfit
from zachetka.learning.refusal_words import and_others
from zachetka.learning.tests.make import NOON, make_cohort, make_order
from zachetka.learning.tests.test_order_journey import sign_in
from zachetka.people.actions import Schooling, add_education
from zachetka.people.models import Learner
from zachetka.people.tests.make import make_learner, make_learners
from zachetka.programs.tests.make import make_program_version

STUDIES = pytest.mark.clause("273-ФЗ ст. 76 ч. 3")


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit()


@pytest.fixture
def methodist(unit: Unit, collected_statics: None) -> Client:
    client = Client()
    client.force_login(make_account("methodist", unit=unit))
    return client


@pytest.fixture
def cohort(unit: Unit) -> Cohort:
    return make_cohort(make_program_version(unit=unit))


def send(client: Client, cohort: Cohort, people: list[Learner], **given: Any) -> Any:
    form = {"request_key": str(uuid4()), "effective_on": "2026-09-07", "basis": "договоры"}
    where = f"/orders/new/?kind=enrolment&cohort={cohort.pk}"
    return client.post(where, form | {"learner": [one.pk for one in people]} | given)


def learns(learner: Learner) -> None:
    add_education(learner.person, Schooling(level="higher"), actor=make_account("methodist"), at=NOON)


@STUDIES
@pytest.mark.parametrize(
    ("others", "said"),
    [
        (0, ""),
        (1, " Ещё у 1 человека."),
        (4, " Ещё у 4 человек."),
        (11, " Ещё у 11 человек."),
        (21, " Ещё у 21 человека."),
    ],
)
def test_others_are_counted_in_russian(others: int, said: str) -> None:
    assert and_others(others, "Ещё у {}.").replace("\u00a0", " ") == said


def refused(cohort: Cohort, people: list[Learner]) -> str:
    with pytest.raises(RuleViolation) as refusal:
        refuse_the_unfit(cohort, people)
    return refusal.value.sentence.replace("\u00a0", " ")


@STUDIES
def test_enrolment_is_refused_with_how_many_share_the_fault(cohort: Cohort) -> None:
    here, lacking, fit = make_learners(2), make_learners(5, education=()), make_learners(2)
    make_order(cohort, here)
    name = lacking[0].person.full_name
    assert refused(cohort, [*fit, *lacking, *here]) == (
        f"{name}: нет среднего профессионального или высшего образования, и человек его не получает. "
        "Ещё у 4 человек его тоже нет. Внесите документ об образовании в карточку или уберите из приказа."
    )
    assert "Ещё 1 человек тоже уже в ней. Уберите" in refused(cohort, [*here, *lacking])
    assert "Ещё" not in refused(cohort, [*fit, lacking[0], here[0]]), "another fault is not this one"
    refuse_the_unfit(cohort, fit)


@pytest.mark.clause("273-ФЗ ст. 59")
@pytest.mark.clause("273-ФЗ ст. 61")
def test_orders_about_those_who_study_count_the_others_too(unit: Unit) -> None:
    cohort = make_cohort(make_program_version(unit=unit), learners=3)
    people = [
        one.learner for one in Enrolment.objects.filter(cohort=cohort).order_by("learner__person__sort_key", "pk")
    ]

    def said(named: list[Learner], **given: Any) -> str:
        with pytest.raises(RuleViolation) as refusal:
            make_order(cohort, named, approved=False, at=NOON, **given)
        return refusal.value.sentence.replace("\u00a0", " ")

    completed: dict[str, Any] = {"kind": Order.Kind.WITHDRAWAL, "ground": "completed"}
    admission: dict[str, Any] = {"kind": Order.Kind.ADMISSION}
    for given in (admission, completed):
        assert "Ещё у 2 человек план тоже не выполнен. Уберите из приказа" in said(people, **given)
        assert "Ещё" not in said(people[:1], **given)
    strangers = make_learners(2)
    assert "Ещё у 1 человека состояние тоже другое." in said([*people, *strangers], **completed)
    assert "Ещё" not in said([*people, strangers[0]], **completed)


@STUDIES
def test_the_draft_says_how_many_can_be_enrolled_and_leads_to_each_card(methodist: Client, cohort: Cohort) -> None:
    fit, lacking = make_learner(), make_learners(2, education=())
    page = send(methodist, cohort, [fit, *lacking], find="1", basis="")
    shown = text_of(page)
    assert page.status_code == 200
    assert "Зачислить можно <span data-fit>1</span> из <span data-whole>3</span>" in shown
    assert shown.count('class="is-bad" data-unfit') == 2
    for one in lacking:
        assert f'href="/people/{one.person.uid}/#education" target="_blank" rel="noopener"' in shown
    assert f"/people/{fit.person.uid}/" not in shown
    assert "Обязательное поле" not in shown, "nothing is judged before it is sent"
    learns(lacking[0])
    again = text_of(send(methodist, cohort, [fit, *lacking], find="1"))
    assert "<span data-fit>2</span>" in again
    assert 'value="договоры"' in again
    assert again.count("data-unfit>") == 1
    learns(lacking[1])
    assert "<div data-outcome hidden>" in text_of(send(methodist, cohort, [fit, *lacking], find="1"))
    assert not Order.objects.exists()


@STUDIES
def test_everybody_who_cannot_be_enrolled_is_taken_out_at_once(methodist: Client, cohort: Cohort) -> None:
    fit, lacking = make_learners(2), make_learners(3, education=())
    page = send(methodist, cohort, [*fit, *lacking], drop="unfit")
    assert {learner for learner, _ in page.context["draft"].people} == {*fit}
    assert "<div data-outcome hidden>" in text_of(page)
    assert send(methodist, cohort, fit).status_code == 302
    refusal = send(methodist, cohort, [*fit, *lacking])
    assert refusal.status_code == 422
    assert "Ещё у 2 человек его тоже нет." in text_of(refusal)


@STUDIES
def test_the_draft_costs_the_same_for_one_and_for_many(
    methodist: Client, cohort: Cohort, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people, costs = make_learners(12, education=()), set()
    for named in (people[:1], people):
        where = f"/orders/new/?kind=enrolment&cohort={cohort.pk}&learners={','.join(str(one.pk) for one in named)}"
        methodist.get(where)
        with django_assert_max_num_queries(14) as counted:
            assert methodist.get(where).content.count(b"data-unfit>") == len(named)
        costs.add(len(counted))
    assert len(costs) == 1


@STUDIES
def test_the_count_follows_whom_the_keyboard_adds_and_takes_out(page: Page, live_site: str) -> None:
    unit = make_unit()
    cohort = make_cohort(make_program_version(unit=unit))
    one, two = make_learner(last_name="Ковалёв"), make_learner(last_name="Ковалёва", education=())
    sign_in(page, live_site, make_account("methodist", unit=unit))
    page.goto(f"/orders/new/?kind=enrolment&cohort={cohort.pk}&learners={one.pk}")
    outcome = page.locator("[data-outcome]")
    expect(outcome).to_be_hidden()
    page.get_by_label("Найти человека").press_sequentially("ковалева")
    expect(page.locator("[data-option]").first).to_be_visible()
    page.get_by_label("Найти человека").press("Enter")
    expect(outcome).to_contain_text("Зачислить можно 1 из 2.")
    page.get_by_role("button", name=f"Убрать из приказа: {two.person.full_name}").click()
    expect(outcome).to_be_hidden()
