"""The sheet without scripts: one form, a line for each learner (п. 2.2)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from zachetka.learning.models import Mark
from zachetka.learning.tests.make import (
    enrolments_of,
    fill_sheet,
    make_enrolment,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.test_sheet import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.clause("2.2")
def test_the_plain_form_writes_what_changed_and_says_how_many(client: Client):
    sheet = make_sheet()
    first, second = enrolments_of(sheet)
    signed_in(client, teacher_of(sheet))
    form = {f"mark-{first.pk}": "5", f"seen-{first.pk}": "", f"mark-{second.pk}": "", f"seen-{second.pk}": ""}
    page = client.post(f"/sheets/{sheet.pk}/", form, follow=True).content.decode()
    assert "Сохранено: 1 оценка." in page.replace("\u00a0", " ")
    assert [(mark.enrolment_id, str(mark)) for mark in Mark.objects.all()] == [(first.pk, "отлично")]


@pytest.mark.clause("2.3")
def test_the_plain_form_keeps_what_was_typed_and_puts_the_reason_at_the_line(client: Client):
    sheet = make_sheet(scale="hundred_point")
    first, second = enrolments_of(sheet)
    signed_in(client, teacher_of(sheet))
    form = {f"mark-{first.pk}": "101", f"seen-{first.pk}": "", f"mark-{second.pk}": "72,5", f"seen-{second.pk}": ""}
    answer = client.post(f"/sheets/{sheet.pk}/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(
        rf'name="mark-{first.pk}" value="101"[^>]*aria-invalid="true" aria-describedby="why-{first.pk}"', page
    )
    assert "вне шкалы" in page
    assert [mark.score for mark in Mark.objects.all()] == [72.5]


@pytest.mark.clause("2.1")
def test_an_old_form_does_not_overwrite_what_another_wrote(client: Client):
    sheet = make_sheet(learners=1)
    (mark,) = fill_sheet(sheet, ["3"])
    signed_in(client, teacher_of(sheet))
    form = {f"mark-{mark.enrolment_id}": "5", f"seen-{mark.enrolment_id}": ""}
    answer = client.post(f"/sheets/{sheet.pk}/", form)
    assert answer.status_code == 422
    assert "тем временем изменили" in answer.content.decode().replace("\u00a0", " ")
    assert Mark.objects.count() == 1


@pytest.mark.clause("2.2")
def test_the_plain_form_ignores_strangers_and_survives_nonsense(client: Client):
    sheet, stranger = make_sheet(learners=1), make_enrolment()
    row = enrolments_of(sheet)[0].pk
    signed_in(client, teacher_of(sheet))
    form = {f"mark-{stranger.pk}": "5", f"mark-{row}": "5\x00" * 50, f"seen-{row}": "९", "mark-": "5", "mark-x": "5"}
    assert client.post(f"/sheets/{sheet.pk}/", form).status_code == 422
    assert not Mark.objects.exists()


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("typed", ["5\x00", "\x005", f"5{' ' * 60}не его оценка"])
def test_the_plain_form_cuts_no_word_down_to_a_mark(client: Client, typed: str):
    sheet = make_sheet(learners=1)
    row = enrolments_of(sheet)[0].pk
    signed_in(client, teacher_of(sheet))
    assert client.post(f"/sheets/{sheet.pk}/", {f"mark-{row}": typed, f"seen-{row}": ""}).status_code == 422
    assert not Mark.objects.exists()
    assert client.post(f"/sheets/{sheet.pk}/", {f"mark-{row}": "5", f"seen-{row}": ""}).status_code == 302, (
        "the control"
    )
