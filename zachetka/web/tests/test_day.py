"""A day is typed, pasted and chosen as ДД.ММ.ГГГГ, whatever language the browser speaks (п. 2.4)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account

PASSWORD = "очень длинный пароль 1"

pytestmark = pytest.mark.clause("2.4")


def _on_the_journal(page: Page) -> None:
    make_account(Role.SECURITY, login="zorin", password=PASSWORD)
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill("zorin")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/")
    page.goto("/events/")


def test_digits_become_a_day_and_every_usual_spelling_is_understood(page: Page) -> None:
    _on_the_journal(page)
    since = page.get_by_label("Начиная с дня")
    since.press_sequentially("24112026")
    expect(since).to_have_value("24.11.2026")
    for typed in ("24.11.2026", "24 11 2026", "24-11-2026", "2026-11-24"):
        since.fill("")
        since.press_sequentially(typed)
        since.blur()
        expect(since).to_have_value("24.11.2026")
    for typed in ("2026-11-24", "24/11/2026", "24 11 2026", "24112026", "24.11.2026 "):
        since.fill(typed)
        since.blur()
        expect(since).to_have_value("24.11.2026")


def test_what_could_mean_two_days_or_none_is_left_for_the_server_to_refuse(page: Page) -> None:
    _on_the_journal(page)
    since = page.get_by_label("Начиная с дня")
    for typed in ("03/04/1990", "03/25/1990", "01.02.05", "030405", "31.02.2026", "вчера"):
        since.fill(typed)
        since.blur()
        expect(since).to_have_value(typed)
    since.fill("")
    since.press_sequentially("03/04/1990")
    since.blur()
    expect(since).to_have_value("03/04/1990")


def test_the_calendar_opens_on_the_day_and_writes_the_one_chosen(page: Page) -> None:
    _on_the_journal(page)
    since = page.get_by_label("Начиная с дня")
    since.fill("24.11.2026")
    page.evaluate(
        "() => { HTMLInputElement.prototype.showPicker = function () { this.dataset.shown = this.value;"
        " this.value = '2026-11-03'; this.dispatchEvent(new Event('change', { bubbles: true })); }; }"
    )
    page.get_by_role("button", name="Выбрать день в календаре").first.click()
    expect(since).to_have_value("03.11.2026")
    expect(since).to_be_focused()
    assert page.locator("input[data-shown]").get_attribute("data-shown") == "2026-11-24"


def test_what_was_typed_reaches_the_server_and_stays_with_and_without_scripts(
    page: Page, browser: Browser, live_site: str
) -> None:
    _on_the_journal(page)
    bare = browser.new_context(
        base_url=live_site, java_script_enabled=False, storage_state=page.context.storage_state(), locale="ru-RU"
    )
    for visitor in (page, bare.new_page()):
        visitor.goto("/events/")
        visitor.get_by_label("Начиная с дня").fill("03.11.2026")
        visitor.get_by_role("button", name="Показать").click()
        visitor.wait_for_url("**since=03.11.2026**")
        expect(visitor.get_by_label("Начиная с дня")).to_have_value("03.11.2026")
    bare.close()
