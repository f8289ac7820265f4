"""Every shape of page: no barrier by axe, no sideways scroll, no complaint of the browser, in both looks and sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

import pytest
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.academy import Academy
from tests.browser import served
from tests.corpus.canaries import shape
from tests.corpus.crawl import HREF, STATIC
from zachetka.web.assets import TEST_ONLY

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.timeout(600)]

AXE: Final = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations
  .map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 160)])"""
View = tuple[Literal["light", "dark"], int, int]
SETTLE: Final = """async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
    document.getAnimations().filter((one) => one instanceof CSSTransition).forEach((one) => one.finish());
  }
}"""
"""The colours of a page that has just been turned to the other look are on their way, some only from the next frame on; a person
sees where they arrive."""
VIEWS: Final[tuple[View, ...]] = (("light", 1440, 900), ("dark", 390, 844))
"""Every page is looked at in both; it is opened in the one in which the page before it was left, and then turned."""
LOGINS: Final = ("methodist", "teacher", "learner", "head", "admin", "security")
"""Roles by what their pages add: each page is looked at once, as the first of them who reaches it."""
FILES: Final = re.compile(r"/(export|pdf|proof|refused|result)/|\.py$|/theme/")
"""Addresses that answer with a file."""


@pytest.fixture(scope="module")
def site(academy: Academy, application: WSGIHandler) -> Iterator[str]:
    """The address of the academy of this module."""
    with served(application) as address:
        yield address


def addresses_of(client: Client, known: set[str]) -> list[str]:
    """Return the pages that links lead this client to, one of each shape that is not yet `known`."""
    waiting, found = ["/"], list[str]()
    met = {"/"}
    while waiting:
        address = waiting.pop(0)
        response = client.get(address)
        links = HREF.findall(response.content.decode()) if not response.streaming else []
        if response.status_code == 200 and shape(address) not in known:
            known.add(shape(address))
            found.append(address)
        for link in (response.headers.get("Location", ""), *links):
            path = link.replace("&amp;", "&").partition("?")[0]
            if (
                path.startswith("/")
                and not path.startswith(STATIC)
                and not FILES.search(path)
                and shape(path) not in met
            ):
                met.add(shape(path))
                waiting.append(path)
    return found


def signed_in(browser: Browser, site: str, academy: Academy, login: str) -> tuple[Page, list[str]]:
    """Return a page of a visitor who has signed in, and the list into which the browser's complaints go."""
    context = browser.new_context(base_url=site, locale="ru-RU", timezone_id="Europe/Moscow")
    cookie = academy.visitor(login).cookies["session"].value
    context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    page, said = context.new_page(), list[str]()

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def faults_of(page: Page, address: str, said: list[str], views: tuple[View, ...]) -> Iterator[str]:
    """Open a page in the first of `views`, turn it to the others, and say everything that is wrong with it in each."""
    for look, width, height in views:
        page.emulate_media(color_scheme=look)
        page.set_viewport_size({"width": width, "height": height})
        if (look, width, height) == views[0]:
            page.goto(address)
            page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
            if page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count():
                yield "an order of Tab of its own"
        if look == "light" and not page.locator("[autofocus]").count():
            page.keyboard.press("Tab")
            if not page.evaluate("document.activeElement.matches('a, button, input, select, summary, [tabindex]')"):
                yield "Tab leads nowhere"
            page.evaluate("document.activeElement.blur()")
        page.evaluate(SETTLE)
        yield from (f"{look}: {violation}" for violation in page.evaluate(AXE))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{width}: scrolls sideways"
        yield from (f"{look}: console: {line[:300]}" for line in said)
        said.clear()


def test_no_page_has_a_barrier_a_sideways_scroll_or_a_complaint(academy: Academy, site: str, browser: Browser) -> None:
    known, found = set[str](), dict[str, list[str]]()
    for login in LOGINS:
        new = addresses_of(academy.visitor(login), known)
        if not new:
            continue
        page, said = signed_in(browser, site, academy, login)
        for place, address in enumerate(new):
            views = VIEWS if place % 2 == 0 else VIEWS[::-1]
            if faults := list(faults_of(page, address, said, views)):
                found[f"{login} {address}"] = faults
        page.context.close()
    assert len(known) >= 35, sorted(known)
    assert found == {}


def test_a_barrier_would_be_noticed(academy: Academy, site: str, browser: Browser) -> None:
    page, said = signed_in(browser, site, academy, "methodist")
    page.goto("/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><button tabindex=5></button>')"
    )
    page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
    assert {"image-alt", "button-name"} <= {violation[0] for violation in page.evaluate(AXE)}
    assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 1
    assert any("404" in line for line in said), "an image that is not there is said on the console"
    page.context.close()
