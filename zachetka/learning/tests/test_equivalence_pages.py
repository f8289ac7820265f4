"""The page on which modules are matched, and the new book as its readers see it (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.tests.make import make_account
from zachetka.learning.actions.awards import record_award
from zachetka.learning.actions.marks import confirm_correction, propose_correction
from zachetka.learning.kept_books import BOOKS
from zachetka.learning.models import Enrolment, Equivalence, Mark, Order
from zachetka.learning.tests.make import make_cohort, make_order, sheet, teacher_of
from zachetka.learning.tests.make_equivalences import elsewhere, make_draft, make_matched, match
from zachetka.learning.tests.make_transfers import MOVED, TYPED, make_other, make_transfer, two, typed
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.learning.tests.test_transfer_pages import client_of, methodist_of
from zachetka.lifecycle.hands import seen_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("collected_statics"),
    pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57"),
]
TODAY = datetime.fromisoformat("2026-10-10T14:00:00+03:00")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


def drafted(*marks: str, **given: Any) -> tuple[Enrolment, Order]:
    learner, _ = two()
    for place, text in enumerate(marks, 1):
        typed(learner, place, text)
    return learner, make_draft(learner, elsewhere(learner, **given), at=TODAY, actor=methodist_of(learner))


def page_of(order: Order, learner: Enrolment) -> str:
    return f"/orders/{order.pk}/match/{learner.learner_id}/"


def said(order: Order, *earlier: str) -> dict[str, str]:
    """Return the form with a choice for each module of the new plan."""
    assert order.target is not None
    modules = order.target.program_version.modules.order_by("ordinal")
    named = {f"module_{one.pk}": text for one, text in zip(modules, earlier, strict=True)}
    return named | {"seen": seen_of(order)}


def plain(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ").replace("\u2060", "")


def test_the_draft_leads_to_the_page_where_each_module_has_its_proposal_and_back_when_it_is_confirmed():
    learner, order = drafted("5")
    client = client_of(order.drafted_by)
    draft = plain(client.get(f"/orders/{order.pk}/"))
    assert "не подтверждено" in draft
    assert "Сначала подтвердите соответствие" in draft
    assert page_of(order, learner) in draft
    page = plain(client.get(page_of(order, learner)))
    assert "то же название" in page
    assert "ничего: дисциплину сдают" in page
    first = sheet(learner.cohort, 1).module.pk
    answer = client.post(page_of(order, learner), said(order, f"{learner.pk}-{first}", "", ""), follow=True)
    assert answer.redirect_chain[-1][0] == f"/orders/{order.pk}/"
    assert "Передать на подпись" in plain(answer)
    assert "Зачесть:" in plain(answer)
    assert Equivalence.objects.filter(order=order, source=learner).count() == 1


def test_what_cannot_be_is_said_at_its_line_and_nothing_is_written():
    learner, order = drafted("5", scales=("five_point",) * 3, hours_each=30)
    client = client_of(order.drafted_by)
    first = sheet(learner.cohort, 1).module.pk
    assert "нельзя: 12 ч вместо 30" in plain(client.get(page_of(order, learner)))
    answer = client.post(page_of(order, learner), said(order, f"{learner.pk}-{first}", "", ""))
    assert answer.status_code == 422
    assert "12 ч вместо 30" in str(answer.context["form"].errors)
    assert not Equivalence.objects.exists()
    strange = client.post(page_of(order, learner), said(order, "999-999", "", ""))
    assert strange.status_code == 422
    assert not Equivalence.objects.exists()


def test_nobody_but_who_drafts_for_the_group_opens_it_and_no_other_order_has_it():
    learner, order = drafted("5")
    address = page_of(order, learner)
    elsewhere_of = make_account("methodist", unit=make_cohort().program_version.program.unit)
    assert client_of(elsewhere_of).get(address).status_code == 404
    for account in (owner_of(learner), make_account("head"), make_account("registrar")):
        assert client_of(account).get(address).status_code == 403
    client = client_of(order.drafted_by)
    assert client.get(f"/orders/{order.pk}/match/{learner.learner_id + 999}/").status_code == 404
    assert Client().get(address).status_code == 302
    within, _ = two()
    plan = make_transfer(within, make_other(within.cohort), approved=False, at=TODAY)
    assert client_of(plan.drafted_by).get(page_of(plan, within)).status_code == 404


def test_a_submitted_order_opens_as_it_is():
    learner, order = drafted("5")
    client = client_of(order.drafted_by)
    match(order, learner, at=TODAY)
    client.post(f"/orders/{order.pk}/submit/")
    assert client.get(page_of(order, learner)).status_code == 302
    assert client.post(page_of(order, learner), said(order, "", "", "")).status_code == 409


def test_the_page_costs_the_same_however_much_there_is_to_show():
    learner, order = drafted("5")
    client = client_of(order.drafted_by)

    def cost() -> int:
        client.get(page_of(order, learner))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page_of(order, learner)).status_code == 200
        return len(asked)

    once = cost()
    typed(learner, 2, "4")
    typed(learner, 3, "3")
    assert cost() <= once
    assert once <= 45


def test_the_new_book_shows_what_counts_from_where_by_which_order_and_the_awards_of_the_old_one():
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "2")
    record_award(
        learner, kind="thanks", wording="за помощь", awarded_on=TYPED.date(), basis="приказ № 4",
        actor=methodist_of(learner), at=TYPED,
    )  # fmt: skip
    new = make_matched(learner, elsewhere(learner, scales=("pass_fail",) * 3))
    client = client_of(owner_of(new))
    page = plain(client.get(f"/record-books/{new.pk}/"))
    title = sheet(learner.cohort, 1).module.title
    assert f"зачтено из № {learner}: «{title}», 12 ч, экзамен, отлично; приказ № 1-п от 10.10.2026" in page
    assert f"перенесено из № {learner}" in page
    assert 'class="t-bad">не зачтено</b>' in page
    assert "засчитывается как «зачтено»" in page
    awards = plain(client.get(f"/record-books/{new.pk}/awards/"))
    assert f'в книжке <span class="nowrap">№ {learner}</span>' in awards
    assert "за помощь" in awards
    for section in ("attestation", "planned", "orders", "evidence"):
        assert client.get(f"/record-books/{new.pk}/{section}/").status_code == 200
    summary = plain(client_of(methodist_of(new)).get(f"/cohorts/{new.cohort_id}/summary/"))
    assert "з — засчитана при переводе" in summary.replace("<b>з</b>", "з")
    assert 'class="is-debt"' in summary


@pytest.mark.clause("1.3", "2.2")
def test_the_summary_sheet_counts_a_transfer_as_a_transfer():
    learner, other = two()
    typed(learner, 1, "5")
    make_matched(learner, elsewhere(learner))
    address, reader = f"/cohorts/{learner.cohort_id}/summary/", client_of(methodist_of(learner))
    assert "переводов 1, в итогах не учтены" in plain(reader.get(address))
    make_order(other.cohort, [other.learner], kind="withdrawal", ground="own_wish", at=MOVED)
    assert "отчислений 1, переводов 1, в итогах не учтены" in plain(reader.get(address))


def test_a_page_that_was_kept_notices_what_comes_through_the_correspondence():
    learner, _ = two()
    typed(learner, 1, "5")
    new = make_matched(learner, elsewhere(learner))
    BOOKS.clear()
    reader, address = client_of(make_account("inspector")), f"/record-books/{new.pk}/"
    first = plain(reader.get(address))
    assert (len(BOOKS), "отлично" in first) == (1, True)
    with CaptureQueriesContext(connection) as again:
        reader.get(address)
    teacher = teacher_of(sheet(learner.cohort, 1))
    wrong = Mark.objects.get(enrolment=learner, sheet__module__ordinal=1)
    at = TODAY - timedelta(hours=1)
    correction = propose_correction(wrong, text="3", reason="ошибка", basis="лист № 1", actor=teacher, at=at)
    confirm_correction(correction, actor=methodist_of(learner), at=at)
    with CaptureQueriesContext(connection) as anew:
        page = plain(reader.get(address))
    assert "удовлетворительно" in page
    assert len(again) < len(anew)  # the page before came out of memory
    BOOKS.clear()
