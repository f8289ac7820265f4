"""A form filled in and sent without a mouse: Tab to its fields and its button, letters, arrows, Space, Enter (WCAG 2.2: 2.1.1).

The server that is asked answers every page and does nothing of what is sent: it writes down that it came, so that one form does
not take the next one's state away. That what was sent is accepted is for `tests/corpus/test_accepted.py` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from playwright.sync_api import Page

from tests.corpus.spoiling import TYPED

FORMS: Final = """() => [...document.querySelectorAll("form[method=post]")].map((form) => ({
  target: new URL(form.getAttribute("action") || location.href, location.href).pathname,
  is_sent: !form.matches("[data-key], [data-without-scripts]")
    && (form.matches("[data-filters]") || [...form.elements].some((one) => one.type === "submit"))}))"""
"""Forms that a person sends: one without a button is only read, one with an access key is sent by the browser itself."""
WATCH: Final = """(place) => {
  window.__form = document.querySelectorAll("form[method=post]")[place];
  document.activeElement?.blur();
  getSelection().removeAllRanges();
  scrollTo(0, 0);
}"""
STANDS: Final = """() => {
  const sent = (form) => form.getAttribute("action");
  if (!window.__form.isConnected)  // the page has drawn it anew
    window.__form = [...document.querySelectorAll("form[method=post]")].find((one) => sent(one) === sent(window.__form)) || window.__form;
  const form = window.__form, one = document.activeElement, holds = (other) => other instanceof Element && other.contains(form);
  const named = (name) => one.getAttribute(name) && document.querySelector(one.getAttribute(name).replace(/^(?!#)/, "#"));
  const opens = !form.checkVisibility({visibilityProperty: true}) && (
    (one.matches("summary") && !one.parentElement.open && holds(one.parentElement))
    || holds(named("data-open")) || holds(named("aria-controls")) || holds(named("popovertarget")));
  const mine = one.form === form, typed = mine && one.matches("input, select, textarea") && one.type !== "submit";
  return {opens, turns: mine && form.matches("[data-filters]") && one.matches("select, [type=checkbox]"), sends: mine && one.type === "submit" && !one.formNoValidate && !one.dataset.open,
    lacks: typed && one.willValidate && !one.validity.valid, kind: one.tagName === "SELECT" ? "select" : one.type, name: one.name || "",
    fact: one.dataset?.fact || "", day: one.matches("[data-day]"), least: one.minLength > 0 ? one.minLength : 0};
}"""
LEAST: Final = 40
"""Presses that any page is given before it counts as one that holds the focus."""


class Came(NamedTuple):
    """What a form sent: whereto, and whether with the token of its page."""

    path: str
    is_ours: bool


class Deaf:
    """The application, which does nothing of what is posted: it writes down what came."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.came: list[Came] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a page; of anything else, that it has come."""
        if environ["REQUEST_METHOD"] != "POST":
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        is_ours = b"csrfmiddlewaretoken" in body or "HTTP_X_CSRFTOKEN" in environ
        self.came.append(Came(environ["PATH_INFO"].encode("latin-1").decode(), is_ours))
        start_response("204 No Content", [])
        return []


def forms_on(page: Page) -> list[tuple[int, str]]:
    """Return the forms that post, each by its place among them and the path to which it is sent."""
    found = page.evaluate(FORMS)
    return [(place, one["target"]) for place, one in enumerate(found) if one["is_sent"]]


def send_by_keyboard(page: Page, place: int, deaf: Deaf) -> str:
    """Fill in the form and send it by keys alone; return what went wrong, "" when it came."""
    deaf.came.clear()
    page.evaluate(WATCH, place)
    stops = page.evaluate(
        "document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]').length"
    )
    opened = False
    for _ in range(2 * stops + LEAST):
        page.keyboard.press("Tab")
        here = page.evaluate(STANDS)
        if here["opens"] and not opened:
            page.keyboard.press("Enter")
            page.wait_for_function("window.__form.checkVisibility({visibilityProperty: true})", timeout=5_000)
            opened = True
            here = page.evaluate(STANDS)  # a dialog puts the focus where it is safe
        if here["turns"]:  # sent as soon as something is chosen
            page.keyboard.press("ArrowDown" if here["kind"] == "select" else "Space")
            return _arrived(page, deaf)
        if here["lacks"]:
            _fill(page, here)
        elif here["sends"]:
            if not page.evaluate("window.__form.matches(':valid')"):
                continue  # a field that stands after the button: once more round
            page.keyboard.press("Enter")
            return _arrived(page, deaf)
    return "no key sends it" if not opened else "opened, and no key sends it"


def _fill(page: Page, here: dict[str, Any]) -> None:
    kind, name = here["kind"], here["name"].rpartition("-")[2]
    if kind == "select":
        page.keyboard.press("ArrowDown")
    elif kind in {"radio", "checkbox"}:
        page.keyboard.press("Space")
    elif kind == "file":  # Enter opens a dialog of the system, which is not a page of ours
        page.locator(":focus").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"})
    else:
        text = here["fact"] or TYPED.get(name, "") or ("30.11.2026" if here["day"] else "Проверка клавиатурой")
        page.keyboard.type(text.ljust(here["least"], "!"))


def _arrived(page: Page, deaf: Deaf) -> str:
    for _ in range(100):
        if deaf.came:
            return "" if deaf.came[-1].is_ours else "it came without its token"
        page.wait_for_timeout(20)
    return "Enter on its button sends nothing"


def rounds(pages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each login with its addresses, in the order in which they come."""
    gathered: dict[str, list[str]] = {}
    for login, address in pages:
        gathered.setdefault(login, []).append(address)
    yield from gathered.items()
