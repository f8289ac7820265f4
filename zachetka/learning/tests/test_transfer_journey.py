"""A transfer in a real browser: drafted, issued, the new book, and the old one as of yesterday (273-ФЗ ст. 57)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from zachetka.access.tests.make import make_account, make_unit
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.tests.make import make_cohort, make_enrolments
from zachetka.learning.tests.make_transfers import typed
from zachetka.learning.tests.test_order_journey import sign_in
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.programs.tests.make import make_program_version


@pytest.mark.clause("273-ФЗ ст. 57")
def test_a_transfer_goes_from_the_draft_to_the_new_book_and_the_old_one_stays(page: Page, live_site: str) -> None:
    unit, today = make_unit(), timezone.localdate()
    version = make_program_version(unit=unit, scales=("five_point",) * 3)
    days = [today - timedelta(days=20), today + timedelta(days=10), today + timedelta(days=11)]
    dates: dict[str, Any] = {
        "starts_on": today - timedelta(days=40),
        "ends_on": today + timedelta(days=90),
        "attestation_on": None,
    }
    at = timezone.now() - timedelta(days=41)
    learner = make_enrolments(make_cohort(version, held_on=days, at=at, **dates), 1)[0]
    ahead = [today + timedelta(days=20 + place) for place in range(3)]
    target = make_cohort(version, held_on=ahead, at=at, **dates)
    typed(learner, 1, "5", at=timezone.now() - timedelta(days=15))
    sign_in(page, live_site, make_account("methodist", unit=unit))
    page.goto(f"/record-books/{learner.pk}/orders/")
    page.get_by_role("link", name="Перевести…").click()
    page.get_by_label("В какую группу").select_option(str(target.pk))
    page.get_by_label("Документ-основание").fill("заявление № 4 от сегодня")
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.get_by_text("ПРИКАЗЫВАЮ:")).to_be_visible()
    expect(page.get_by_text("Перенести:")).to_contain_text("отлично")
    page.get_by_role("button", name="Передать на подпись").click()
    expect(page.get_by_text("Издаёт руководитель").first).to_be_visible()
    order = Order.objects.get(kind=Order.Kind.TRANSFER)
    sign_in(page, live_site, make_account("head"))
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Издать приказ…").click()
    page.locator("#issue").get_by_role("button", name="Издать приказ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1-п")
    new = Enrolment.objects.get(continues=learner)
    sign_in(page, live_site, owner_of(learner))
    page.goto(f"/record-books/{new.pk}/")
    expect(page.locator("#line-1")).to_contain_text(f"перенесено из {learner.number}")
    page.goto(f"/record-books/{learner.pk}/")
    expect(page.get_by_text("Обучение продолжается в книжке")).to_be_visible()
    yesterday = today - timedelta(days=1)
    page.goto(f"/record-books/{learner.pk}/?on={yesterday:%d.%m.%Y}")
    expect(page.get_by_text("Обучение продолжается в книжке")).to_have_count(0)
    expect(page.locator("#line-1")).to_contain_text("отлично")
