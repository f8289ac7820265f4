"""What a keyboard reaches on a page: everything, with a ring, in order, without a trap (WCAG 2.2: 2.1.1, 2.1.2, 2.4.7, 2.4.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Page

WATCH: Final = """() => {
  const open = (one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled && !one.closest("[inert]");
  const chosen = (one) => one.type !== "radio" || one.checked
    || ![...document.getElementsByName(one.name)].some((other) => other.checked && other.form === one.form)
      && [...document.getElementsByName(one.name)].find((other) => other.form === one.form) === one;
  window.__wanted = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((one) => one.tabIndex >= 0 && open(one) && chosen(one));
  window.__met = new Set();
  window.__bare = new Set();
  window.__covered = new Set();
  const ringed = (target) => [target, target.parentElement, target.closest("label")].some((one) => {
    one?.getAnimations().forEach((turn) => turn.finish());
    const look = one && getComputedStyle(one);
    return look && look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1.5;
  });
  document.addEventListener("focusin", ({target}) => {
    window.__met.add(target);
    if (!ringed(target)) window.__bare.add(target);
    requestAnimationFrame(() => {
      if (document.activeElement !== target) return;
      if (ringed(target)) window.__bare.delete(target);
      const box = (target.closest("label") || target).getBoundingClientRect();
      const spots = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
      const shown = spots.some(([right, down]) => {
        const top = document.elementFromPoint(box.left + box.width * right, box.top + box.height * down);
        return top && (top === target || target.contains(top) || top.contains(target) || target.closest("label")?.contains(top));
      });
      if (!shown) window.__covered.add(target); else window.__covered.delete(target);
    });
  });
  return window.__wanted.length;
}"""
TOLD: Final = """() => {
  const say = (one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const group = (one) => one.type === "radio" ? [...document.getElementsByName(one.name)] : [one];
  const missed = window.__wanted.filter((one) => one.isConnected && !group(one).some((other) => window.__met.has(other)));
  return [...missed.map((one) => "not reached: " + say(one)),
    ...[...window.__bare].map((one) => "no ring: " + say(one)),
    ...[...window.__covered].map((one) => "covered: " + say(one))];
}"""
BEYOND: Final = 12
"""Presses beyond the number of stops: a page that holds the focus is not waited for any longer."""
COLUMNS: Final = "document.querySelectorAll('.sheet thead th').length"
"""In a sheet, which is one stop, Tab goes along its row before it leaves."""


def faults_of_keyboard(page: Page) -> Iterator[str]:
    """Press Tab from the top of the page to its end and say what was not reached, has no ring or stands covered."""
    page.evaluate("document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    stops = page.evaluate(WATCH)
    for _ in range(stops + page.evaluate(COLUMNS) + BEYOND):
        page.keyboard.press("Tab")
        page.evaluate("new Promise(requestAnimationFrame)")  # what was reached is judged where it arrives
    yield from page.evaluate(TOLD)


def faults_of_skip(page: Page) -> Iterator[str]:
    """The first stop of a page is the way past its menu, and it leads there."""
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    page.evaluate(
        "document.body.setAttribute('tabindex', '-1'); document.body.focus(); document.body.removeAttribute('tabindex')"
    )
    page.keyboard.press("Tab")
    if not page.evaluate(
        "document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0"
    ):
        yield "the first stop is not the way to the content"
        return
    page.keyboard.press("Enter")
    if not page.evaluate("document.activeElement.id === 'content'"):
        yield "the way to the content does not lead there"


def faults_of_dialogs(page: Page) -> Iterator[str]:
    """Each dialog opens by Enter with the focus in it, closes by Escape, and gives the focus back.

    In a sheet it goes back to the cell that is being filled, so that the next key is no lost one.
    """
    openers = page.locator("[data-open]:visible, #close-open:visible, #paste-open:visible")
    for place in range(openers.count()):
        opener = openers.nth(place)
        if not opener.evaluate(
            "one => document.querySelector(one.dataset.open ?? 'dialog') instanceof HTMLDialogElement"
        ):
            continue  # asked without scripts: the question stands on the page itself
        opener.focus()
        page.keyboard.press("Enter")
        page.locator("dialog[open]").wait_for()
        if not page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)"):
            yield f"the focus stays behind the dialog {place}"
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="hidden")
        if not opener.evaluate(
            "one => one === document.activeElement || one.id === 'close-open' && document.activeElement.matches('.sheet tbody td')"
        ):
            yield f"the focus does not come back from the dialog {place}"
