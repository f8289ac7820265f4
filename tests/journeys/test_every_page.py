"""Every page there is: no barrier by axe, no sideways scroll, no complaint, and a keyboard is enough (WCAG 2.2 AA).

`every_page.visits` finds the pages; what it misses fails by name, on every run. Each of them is looked at by all rules in one of four
views — a desk or a phone, the light or the dark — and the next page in the next; that it does not scroll sideways is asked on both
screens. All rules in all four views, with menus and folded parts open, forms sent empty, dialogs opened and Tab pressed to the end,
are part of `make corpus`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.academy import Academy
from tests.architecture.routes import routes
from tests.browser import served
from tests.corpus.texts import CAMPAIGN, dealt
from tests.journeys.every_page import LOGINS, Visit, name_of, unvisited, visits
from tests.journeys.keyboard import faults_of_dialogs, faults_of_keyboard, faults_of_skip
from zachetka.web.assets import TEST_ONLY

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.timeout(3600 if CAMPAIGN else 600)]

AXE: Final = """async () => {
  const under = (node) => document.querySelector(node.target[0])?.closest(".whole-wrap");
  const {violations} = await axe.run("html", {
    resultTypes: ["violations"], preload: false, rules: {"target-size": {enabled: true}}});
  return violations.map((one) => [one.id, one.nodes.filter((node) => one.id !== "target-size" || !under(node))])
    .filter(([, nodes]) => nodes.length).map(([id, nodes]) => [id, nodes.length, nodes[0].html.slice(0, 160)]);
}"""
"""The size of a target too (2.5.8), save in the box of the summary sheet, whose head and totals lie over rows half scrolled away."""
View = tuple[Literal["light", "dark"], int, int]
SETTLE: Final = """async () => {
  for (let turn = 0; turn < 2; turn += 1) {
    await new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
    document.getAnimations().filter((one) => one instanceof CSSTransition).forEach((one) => one.finish());
  }
}"""
"""The colours of a page that has just been turned to the other look are on their way, some only from the next frame on; a person
sees where they arrive."""
OTHERS: Final = "others"
"""Whoever is no role of `LOGINS`: nobody yet, teachers by their own names."""
VIEWS: Final[tuple[View, ...]] = (("light", 1440, 900), ("dark", 390, 844), ("dark", 1440, 900), ("light", 390, 844))
"""A page is opened in the first of its views and turned to the others; in a run of the suite it has one of them, and the next page begins
on the screen on which this one ends: to be drawn anew for another is the second dearest thing that a browser does here."""
UNFOLD: Final = "document.querySelectorAll('details:not([data-menu]):not(.drop)').forEach(one => { one.open = true; })"
EMPTY: Final = """() => {
  const form = [...document.querySelectorAll("main form[method=post]")].find((one) => one.querySelector(
    "input[required]:not([type=hidden]):not([type=file]), textarea[required]"));
  const button = form && (form.querySelector("button[type=submit]:not([formnovalidate], [name])")
    || form.querySelector("button[type=submit]:not([formnovalidate])")
    || document.querySelector(`button[type=submit][form="${form.id}"]`));
  if (!button) return false;
  form.noValidate = true;
  form.querySelectorAll("input[required], textarea[required]").forEach((one) => { one.value = ""; });
  button.focus();
  return true;
}"""
"""Makes the first form with something required empty, and stands on its button."""


@pytest.fixture(scope="module")
def site(academy: Academy, application: WSGIHandler) -> Iterator[str]:
    """The address of the academy of this module."""
    with served(application) as address:
        yield address


@pytest.fixture(scope="module")
def found(
    academy: Academy, browser: Browser
) -> list[Visit]:  # the browser first: a thread under its loop has connections of its own
    """Every page of the academy of this module."""
    return visits(academy)


def signed_in(browser: Browser, site: str, academy: Academy, login: str) -> tuple[Page, list[str]]:
    """Return a page of a visitor who has signed in, and the list into which the browser's complaints go."""
    context = browser.new_context(  # without smooth scrolling: what Tab reaches is where it arrives
        base_url=site, locale="ru-RU", timezone_id="Europe/Moscow", reduced_motion="reduce"
    )
    if login:
        cookie = academy.visitor(login).cookies["session"].value
        context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    page, said = context.new_page(), list[str]()

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(f"{message.text} {message.location.get('url', '')}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def faults_of(page: Page, address: str, said: list[str], views: tuple[View, ...]) -> Iterator[str]:
    """Open a page in the first of `views`, turn it to the others, and say everything that is wrong with it in each."""
    for look, width, height in views:
        page.emulate_media(color_scheme=look)
        page.set_viewport_size({"width": width, "height": height})
        is_first = (look, width, height) == views[0]
        if is_first:
            page.goto(address)
            page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
            if page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count():
                yield "an order of Tab of its own"
            yield from faults_of_tab(page)
        else:
            page.evaluate(UNFOLD)
        yield from standing_faults(page, said, look, width)
    for _, width, height in VIEWS[:2]:
        if width not in {known for _, known, _ in views}:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(SETTLE)  # a chart is drawn anew for its width
            yield from faults_of_width(page)


def faults_of_width(page: Page) -> Iterator[str]:
    """Say whether the page is wider than the screen."""
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"{page.evaluate('innerWidth')}: scrolls sideways"


def faults_of_tab(page: Page) -> Iterator[str]:
    """Press Tab once: it leads to what can be used."""
    if not page.locator("[autofocus]").count():
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.matches('a, button, input, select, summary, [tabindex]')"):
            yield "Tab leads nowhere"
        page.evaluate("document.activeElement.blur()")


def standing_faults(page: Page, said: list[str], look: str, width: int) -> Iterator[str]:
    """Say what is wrong with the page as it stands."""
    page.evaluate(SETTLE)
    yield from (f"{look} {width}: {violation}" for violation in page.evaluate(AXE))
    yield from faults_of_width(page)
    own = f" {page.url}"  # a page that says in its words that it is not found, or what is missing, has a status of 4xx
    yield from (
        f"{look}: console: {line[:300]}" for line in said if "status of 4" not in line or not line.endswith(own)
    )
    said.clear()


def faults_of_errors(page: Page, said: list[str]) -> Iterator[str]:
    """Send the form of this page empty by Enter, and say what is wrong with the page that names what is missing."""
    if not page.evaluate(EMPTY):
        return
    with page.expect_navigation() as sent:
        page.keyboard.press("Enter")
    if sent.value.status != (
        200 if name_of(urlsplit(page.url).path) == "account_login" else 422
    ):  # the door is allauth's
        yield f"an empty form is answered by {sent.value.status}"
    page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
    yield from (f"422: {fault}" for fault in standing_faults(page, said, "dark", page.viewport_size["width"]))  # type: ignore[index]


def test_every_page_is_visited(found: list[Visit]) -> None:
    assert unvisited(found, routes()) == []


def test_a_page_that_nobody_visits_would_be_named(found: list[Visit]) -> None:
    without = [visit for visit in found if visit.name != "people:employee_dismiss"]
    assert unvisited(without, routes()) == ["people:employee_dismiss"]


@pytest.mark.parametrize("role", [*LOGINS, OTHERS])
def test_no_page_has_a_barrier_a_sideways_scroll_or_a_complaint_and_a_keyboard_is_enough(
    academy: Academy, site: str, browser: Browser, found: list[Visit], role: str
) -> None:
    faults, pages = dict[str, list[str]](), [visit for visit in found if role in {visit.login, OTHERS}]
    for login in sorted({visit.login for visit in pages} - (set(LOGINS) if role == OTHERS else set())):
        page, said = signed_in(browser, site, academy, login)
        for place, visit in enumerate(visit for visit in pages if visit.login == login):
            wrong = list(faults_of(page, visit.address, said, tuple(dealt(place, VIEWS, len(VIEWS)))))
            if CAMPAIGN:
                wrong += faults_of_skip(page)
                wrong += faults_of_dialogs(page)
                wrong += faults_of_keyboard(page)
                wrong += faults_of_errors(page, said)
            if wrong:
                faults[f"{login} {visit.address}"] = wrong
        page.context.close()
    assert not faults, "\n".join(f"{where}: {one}" for where, wrong in faults.items() for one in wrong)


def test_a_barrier_would_be_noticed(academy: Academy, site: str, browser: Browser) -> None:
    page, said = signed_in(browser, site, academy, "methodist")
    page.goto("/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><button tabindex=5></button>"
        "<b id=pale>бледно</b>'); pale.style.cssText = 'color: #eee; background: #fff'"
    )
    page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
    assert {"image-alt", "button-name", "color-contrast"} <= {violation[0] for violation in page.evaluate(AXE)}
    assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 1
    faults = list(standing_faults(page, said, "light", 1280))
    assert any("console" in fault and "404" in fault for fault in faults), "an image that is not there"
    page.context.close()


def test_what_a_keyboard_does_not_reach_would_be_noticed(academy: Academy, site: str, browser: Browser) -> None:
    page, _ = signed_in(browser, site, academy, "admin")
    page.goto("/")
    page.evaluate(
        "document.querySelector('main').innerHTML = '<button id=one>Один</button><button id=two>Два</button>"
        "<button id=three>Три</button><div id=lid></div>';"
        "lid.style.cssText = 'position: fixed; inset: 0; background: #fff; z-index: 999';"
        "two.style.cssText = three.style.cssText = 'position: relative; z-index: 1000';"
        "three.addEventListener('keydown', (event) => event.preventDefault());"
        "document.styleSheets[0].insertRule('#two { outline: none !important }', document.styleSheets[0].cssRules.length);"
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button>Четыре</button>')"
    )
    said = [
        line
        for line in faults_of_keyboard(page)
        if "Один" in line or "Два" in line or "Три" in line or "Четыре" in line
    ]
    assert [(line.partition(":")[0], line.partition(">")[2][:3]) for line in said] == [
        ("not reached", "Чет"), ("no ring", "Два"), ("covered", "Оди"),
    ]  # fmt: skip
    page.evaluate("document.querySelector('.skip').remove()")
    assert list(faults_of_skip(page)) == ["the first stop is not the way to the content"]
    page.context.close()
