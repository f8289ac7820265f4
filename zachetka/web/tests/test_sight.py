"""What eyes and screen readers meet: axe finds nothing, nothing scrolls sideways, targets are big enough (look.md)."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.web.assets import TEST_ONLY

PASSWORD = "очень длинный пароль 1"
SIGHTS: dict[str, tuple[Literal["light", "dark"], int, int]] = {
    "desk": ("light", 1440, 900),
    "phone": ("dark", 390, 844),
}
AXE = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations
  .map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 160)])"""
SMALL = """() => [...document.querySelectorAll('.btn, .phone-bar > a, .phone-bar summary, .menu-item, .field input, .field select, .pages a')]
  .filter(one => { const box = one.getBoundingClientRect(); return box.width && box.height < 39.5 && !one.matches('[type=checkbox],[type=radio],[aria-hidden=true]'); })
  .map(one => one.outerHTML.slice(0, 120))"""


def _seen(page: Page) -> list[Any]:
    page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
    return list(page.evaluate(AXE))


def _sign_in(page: Page) -> None:
    make_account(Role.METHODIST, login="belova", name="Белова Ольга Сергеевна", password=PASSWORD)
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill("belova")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/")


@pytest.mark.clause("2.4")
def test_every_page_of_the_shell_is_seen_by_everybody(page: Page) -> None:
    found: dict[str, Any] = {}
    page.goto("/accounts/login/")
    found["sign-in"] = _seen(page)
    _sign_in(page)
    for name, (look, width, height) in SIGHTS.items():
        page.emulate_media(color_scheme=look)
        page.set_viewport_size({"width": width, "height": height})
        for path in ("/", "/design/", "/search/?q=нет", "/no-such-page/"):
            page.goto(path)
            here = f"{path} {look} {name}"
            found[here] = _seen(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[here].append("scrolls sideways")
            if name == "phone":
                found[here] += page.evaluate(SMALL)
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.clause("2.4")
def test_on_a_phone_what_was_looked_for_is_shown_only_while_it_is_typed(page: Page) -> None:
    _sign_in(page)
    page.set_viewport_size({"width": 390, "height": 844})
    place = page.locator(".top .search")
    page.goto("/search/")
    alone = place.screenshot()
    page.goto("/search/?q=Ковалёв")
    assert place.screenshot() == alone, "the magnifier alone, whatever was looked for"
    place.locator("input").focus()
    typed = place.screenshot()
    place.locator("input").evaluate("one => { one.value = '' }")
    assert typed != place.screenshot(), "in the open field the words are read"
    page.goto("/search/?q=Ковалёв")
    place.locator("input").evaluate("one => { one.style.textIndent = 0 }")
    assert place.screenshot() != alone, "negative control: words across the magnifier would be seen"


@pytest.mark.clause("2.4")
def test_the_keyboard_reaches_search_keys_and_look(page: Page) -> None:
    _sign_in(page)
    page.keyboard.press("Control+KeyK")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.locator(".me summary").click()
    with page.expect_response("**/theme/"):
        page.locator(".me").get_by_role("button", name="Тёмное").click()
    page.wait_for_function("document.documentElement.dataset.bsTheme === 'dark'")
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "К содержанию"


@pytest.mark.clause("2.4")
def test_a_dangerous_act_waits_for_the_typed_fact_and_starts_on_the_safe_button(page: Page) -> None:
    _sign_in(page)
    page.goto("/design/")
    page.get_by_role("button", name="Аннулировать…").click()
    dialog = page.get_by_role("dialog", name="Аннулировать диплом")
    assert dialog.get_by_role("button", name="Не аннулировать").evaluate("one => one === document.activeElement")
    act = dialog.get_by_role("button", name="Аннулировать диплом")
    assert act.is_disabled()
    dialog.get_by_label("Сколько документов аннулируем?").fill("1")
    assert act.is_enabled()
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
