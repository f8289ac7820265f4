"""Whoever types for long is told before their session ends, and what they typed stays on the page (п. 2.4, 3.8)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PASSWORD, sign_in
from zachetka.access.tests.make import make_account

pytestmark = pytest.mark.clause("2.4", "3.8")


def test_a_page_says_that_its_session_ends_and_one_press_keeps_it(live_site: str, page: Page) -> None:
    make_account("methodist", login="belova", password=PASSWORD)
    page.clock.install()
    sign_in(page, "belova")
    page.goto("/people/new/")
    page.locator("[name=first_name]").fill("Анна")
    notice = page.locator("[data-stay]")
    page.clock.run_for("12:00")
    expect(notice).to_have_count(0)
    page.clock.run_for("01:30")
    expect(notice).to_contain_text("Скоро сеанс закончится")
    with page.expect_response("**/healthz") as asked:
        page.get_by_role("button", name="Я здесь").click()
    assert asked.value.status == 200
    expect(notice).to_have_count(0)
    page.clock.run_for("12:00")
    expect(notice).to_have_count(0)  # it is counted from the press
    page.clock.run_for("03:10")
    expect(notice).to_contain_text("Сеанс закончился")
    expect(page.locator("[name=first_name]")).to_have_value("Анна")


def test_a_tab_that_is_at_work_speaks_for_the_others(live_site: str, page: Page) -> None:
    make_account("methodist", login="belova", password=PASSWORD)
    page.context.clock.install()
    sign_in(page, "belova")
    page.goto("/people/new/")
    page.context.clock.run_for("13:30")
    expect(page.locator("[data-stay]")).to_be_visible()
    other = page.context.new_page()
    other.goto("/people/")
    page.context.clock.run_for("00:10")
    expect(page.locator("[data-stay]")).to_have_count(0)
