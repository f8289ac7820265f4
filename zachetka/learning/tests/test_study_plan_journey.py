"""An individual plan in a real browser: drafted, issued, seen in the book today and not as of yesterday (273-ФЗ ст. 34)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from zachetka.access.tests.make import make_account, make_unit
from zachetka.learning.models import Order
from zachetka.learning.tests.make import make_cohort, make_enrolments
from zachetka.learning.tests.test_order_journey import sign_in
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.programs.tests.make import make_program_version


@pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 3")
def test_a_plan_goes_from_the_draft_to_the_book_of_today_and_not_of_yesterday(page: Page, live_site: str) -> None:
    unit = make_unit()
    learner = make_enrolments(make_cohort(make_program_version(unit=unit)), 1)[0]
    sign_in(page, live_site, make_account("methodist", unit=unit))
    page.goto(f"/record-books/{learner.pk}/orders/")
    page.get_by_role("link", name="Составить план…").click()
    way = page.get_by_label("Как осваивает: Правовые основы контрактной системы")
    paper = page.get_by_label("Документ: Правовые основы контрактной системы")
    expect(paper).not_to_be_visible()
    way.select_option("credited")
    expect(paper).to_be_visible()  # the field of a way comes with it, without scripts too
    page.get_by_role("button", name="Проверить").click()
    expect(page.get_by_text("Назовите документ: вид, номер, дату.")).to_be_visible()
    paper.fill("диплом № 118 от 01.06.2025")
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.get_by_text("ПРИКАЗЫВАЮ:")).to_be_visible()
    page.get_by_role("button", name="Передать на подпись").click()
    expect(page.get_by_text("Издаёт руководитель").first).to_be_visible()
    order = Order.objects.get(kind=Order.Kind.STUDY_PLAN)
    sign_in(page, live_site, make_account("head"))
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Издать приказ…").click()
    page.locator("#issue").get_by_role("button", name="Издать приказ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1-и")
    sign_in(page, live_site, owner_of(learner))
    page.goto(f"/record-books/{learner.pk}/")
    first = page.locator("#line-1")
    expect(first).to_contain_text("зачтено ранее")
    expect(page.get_by_text("Индивидуальный учебный план, до")).to_be_visible()
    yesterday = timezone.localdate() - timedelta(days=1)
    page.goto(f"/record-books/{learner.pk}/?on={yesterday:%d.%m.%Y}")
    expect(first).to_contain_text("потом: зачтено ранее")
    expect(page.get_by_text("Индивидуальный учебный план, до")).to_have_count(0)
