"""Every action is reached by keyboard: each form that is sent anywhere is found, filled in and sent by keys in a browser (WCAG 2.1.1).

The suite does so with a chosen few; `make corpus` with every form there is, those whose page stands only after an act among them,
and says which address that takes something has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import pytest
from playwright.sync_api import Browser, Page

from tests.academy import Academy
from tests.architecture.routes import routes
from tests.browser import served
from tests.corpus.accepting import sendables
from tests.corpus.texts import CAMPAIGN
from tests.journeys.by_keyboard import Deaf, forms_on, send_by_keyboard
from tests.journeys.every_form import shape, shown, unsent
from tests.journeys.every_page import Visit, name_of

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.timeout(3600 if CAMPAIGN else 300)]

CHOSEN: Final = (
    Visit("methodist", "/people/new/"),
    Visit("methodist", "/imports/"),
    Visit("learner", "/notices/settings/"),
    Visit("admin", "/roles/propose/"),
    Visit("archivist", "/emergency/open/"),
    Visit("security", "/ledger/"),
)
"""What the suite sends: fields, dates, choices, boxes, a file, a single button."""
SCRIPTED: Final = {
    "account_add_key": "ключ доступа спрашивает сам обозреватель: tests/journeys/test_second_factor.py",
    "account_logout": "выход стоит в меню на каждой странице; здесь он отправлен с каждой",
}
"""Addresses whose form a script sends, or that every page has."""


@pytest.fixture(scope="module")
def deaf(application: WSGIHandler) -> Deaf:
    """The system, which does nothing of what is sent to it here."""
    return Deaf(application)


@pytest.fixture(scope="module")
def site(academy: Academy, deaf: Deaf) -> Iterator[str]:
    """The address of the academy of this module."""
    with served(cast("WSGIHandler", deaf)) as address:
        yield address


@pytest.fixture(scope="module")
def pages(academy: Academy, browser: Browser) -> list[Visit]:
    """Where the forms are looked for; the browser first: a thread under its loop has connections of its own."""
    if not CAMPAIGN:
        return list(CHOSEN)
    found, known = list[Visit](), set[tuple[str, str]]()
    for login, address, content in shown(academy):
        forms = {(login, shape(form.target.partition("?")[0])) for form in sendables([(address, content)])}
        if not forms <= known:
            found.append(Visit(login, address))
            known |= forms
    return found


def visitor(browser: Browser, site: str, academy: Academy, login: str) -> Page:
    """Return a page of a visitor who has signed in."""
    context = browser.new_context(base_url=site, locale="ru-RU", timezone_id="Europe/Moscow", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    if login:
        cookie = academy.visitor(login).cookies["session"].value
        context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    return context.new_page()


def sent_from(page: Page, address: str, deaf: Deaf, known: set[str]) -> Iterator[tuple[str, str]]:
    """Send each form of a page that is of no `known` shape; yield its address and what went wrong."""
    page.goto(address)
    for place, target in forms_on(page):
        if shape(target) in known:
            continue
        known.add(shape(target))
        yield target, send_by_keyboard(page, place, deaf)
        page.goto(address)


def test_every_form_is_filled_in_and_sent_by_keyboard(
    academy: Academy, site: str, browser: Browser, deaf: Deaf, pages: list[Visit]
) -> None:
    known, sent, wrong = set[str](), set[str](), dict[str, str]()
    for login in sorted({visit.login for visit in pages}):
        page = visitor(browser, site, academy, login)
        for visit in (visit for visit in pages if visit.login == login):
            for target, fault in sent_from(page, visit.address, deaf, known):
                sent.add(name_of(target))
                if fault:
                    wrong[f"{login} {visit.address} → {target}"] = fault
        page.context.close()
    assert wrong == {}
    assert {name_of(visit.address) for visit in CHOSEN} - {"events:ledger"} | {"events:check"} <= sent
    if CAMPAIGN:
        assert unsent(sent | SCRIPTED.keys(), routes()) == []


def test_a_form_that_no_key_sends_would_be_noticed(academy: Academy, site: str, browser: Browser, deaf: Deaf) -> None:
    page = visitor(browser, site, academy, "methodist")
    bad = {
        "button.tabIndex = -1": "no key sends it",
        "button.outerHTML = '<span role=button onclick=1>Внести</span>'": "no key sends it",
        "button.addEventListener('keydown', (event) => event.preventDefault())": "Enter on its button sends nothing",
        "form.querySelector('[name=csrfmiddlewaretoken]').remove()": "it came without its token",
        "0": "",
    }
    for spoil, fault in bad.items():
        page.goto("/notices/settings/")
        place = next(place for place, target in forms_on(page) if target == "/notices/settings/")
        page.evaluate(
            "(place) => { const form = document.querySelectorAll('form[method=post]')[place];"
            f" const button = form.querySelector('button[type=submit]'); {spoil}; }}",
            place,
        )
        assert send_by_keyboard(page, place, deaf) == fault, spoil
    page.context.close()
