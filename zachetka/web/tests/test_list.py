"""A list in a browser: plain links that work alone, and the same list replaced in place with scripts (look.md)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.programs.tests.make import make_program_version

PASSWORD = "очень длинный пароль 1"


def _sign_in(page: Page) -> None:
    make_account(Role.METHODIST, login="belova", name="Белова Ольга Сергеевна", password=PASSWORD)
    for n, title in enumerate(("Охрана труда", "Закупки", "Педагогика")):
        make_program_version(title=title, hours_each=12 + n)
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill("belova")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/")
    page.goto("/programs/")


@pytest.mark.clause("2.4")
def test_typing_narrows_the_list_in_place_and_the_address_follows(page: Page) -> None:
    _sign_in(page)
    page.evaluate("window.same = true")
    page.get_by_placeholder("Название или шифр").press_sequentially("закуп")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Закупки")
    assert "q=" in page.url
    assert page.evaluate("window.same && document.activeElement.name === 'q'")
    page.get_by_placeholder("Название или шифр").fill("такой нет")
    expect(page.locator("#list-programs")).to_contain_text("Ничего не нашлось")


@pytest.mark.clause("2.4")
def test_a_sorted_column_keeps_the_focus_and_back_returns(page: Page) -> None:
    _sign_in(page)
    page.get_by_role("link", name="Часы").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Часы")
    page.get_by_role("link", name="Часы").press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Часы")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Часы"
    expect(page.locator("tbody tr").first).to_contain_text("Педагогика")
    assert "sort=-hours" in page.url
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Часы")


@pytest.mark.clause("2.4")
def test_the_list_works_without_scripts(page: Page, browser: Browser, live_site: str) -> None:
    _sign_in(page)
    plain = browser.new_context(
        base_url=live_site, java_script_enabled=False, storage_state=page.context.storage_state(), locale="ru-RU"
    )
    bare = plain.new_page()
    bare.goto("/programs/")
    bare.get_by_placeholder("Название или шифр").fill("педагог")
    bare.get_by_role("button", name="Показать").click()
    expect(bare.locator("tbody tr")).to_have_count(1)
    bare.get_by_role("link", name="Часы").click()
    expect(bare.locator("th[aria-sort=ascending]")).to_contain_text("Часы")
    expect(bare.get_by_placeholder("Название или шифр")).to_have_value("педагог")
    plain.close()


@pytest.mark.clause("2.4")
def test_the_search_suggests_and_arrows_walk(page: Page) -> None:
    _sign_in(page)
    page.keyboard.press("Control+KeyK")
    page.keyboard.type("охран")
    expect(page.locator(".suggestions [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".suggestions [role=option]")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Охрана труда")
