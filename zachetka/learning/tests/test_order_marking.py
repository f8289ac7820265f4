"""Choosing whom an order of admission or withdrawal names: all at once, without scripts too (273-ФЗ ст. 59, 61)."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.corpus.forms import Forms
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.tests.make import make_cohort, make_order

pytestmark = [
    pytest.mark.clause("273-ФЗ ст. 61"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("collected_statics"),
]


class Page:
    """The page of an order of withdrawal for a cohort of four, one of whom has left already."""

    def __init__(self) -> None:
        self.cohort: Cohort = make_cohort(learners=4)
        self.people = [one.learner for one in Enrolment.objects.filter(cohort=self.cohort).order_by("pk")]
        make_order(self.cohort, self.people[:1], kind="withdrawal", ground="own_wish")
        self.client = Client()
        self.client.force_login(self.methodist)
        self.where = f"/orders/new/?kind=withdrawal&cohort={self.cohort.pk}"

    @property
    def methodist(self) -> Account:
        return make_account("methodist", unit=self.cohort.program_version.program.unit)

    def press(self, **typed: Any) -> Any:
        return self.client.post(
            self.where, {"request_key": "", "effective_on": "", "basis": "Заявления", "ground": ""} | typed
        )


def chosen(answer: Any) -> set[str]:
    """Return who is marked on a page, by the key of the learner."""
    return {str(one.enrolment.learner_id) for one in answer.context["draft"].candidates if one.is_named}


def told(answer: Any) -> str:
    return unescape(answer.content.decode()).replace("\xa0", " ")


def test_one_button_marks_everybody_who_can_be_named_and_nobody_else() -> None:
    page = Page()
    answer = page.press(mark="all", learner=[str(page.people[1].pk)])
    assert answer.status_code == 200
    assert chosen(answer) == {str(learner.pk) for learner in page.people[1:]}
    assert "отмечено <span data-chosen>3</span> из 4" in told(answer)
    assert 'value="Заявления"' in told(answer), "what was typed stays"
    assert Order.objects.filter(cohort=page.cohort, state="draft").count() == 0, "a mark writes nothing"


def test_another_takes_all_marks_off_and_an_unknown_one_changes_none() -> None:
    page = Page()
    some = [str(learner.pk) for learner in page.people[1:3]]
    assert chosen(page.press(mark="nobody", learner=some)) == set()
    for word in ("x", "", "all\x00", "1"):
        assert chosen(page.press(mark=word, learner=some)) == set(some), word


def test_enter_in_a_field_saves_and_marks_nobody() -> None:
    """A browser presses the first button of the form: it must be neither «Отметить всех» nor its opposite."""
    page = Page()
    text = page.client.get(page.where).content.decode()
    form = text[text.index('<form method="post" class="stack"') :]
    first = form[form.index("<button") : form.index(">", form.index("<button"))]
    assert 'name="mark"' not in first
    assert [action for action, fields in Forms(text).found if "basis" in fields], "the control: the form is there"
    assert form.index('name="mark"') > form.index(first)
