"""The stage on which a task of the guide is walked as the guide tells it, and the picture that is taken of it.

A walk is one task, one role, one picture: `WALKS` is the whole list, and a picture exists only when its way works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.academy import Academy
from zachetka.core.clock import LEGAL_ZONE
from zachetka.web.help.pictures import PICTURES

DRAWS: Final = os.environ.get("ZACHETKA_GUIDE") == "draw"
"""`make docs` walks every task and keeps its picture; the suite walks a few and keeps none."""
AT: Final = datetime(2026, 11, 24, 10, 30, tzinfo=LEGAL_ZONE)
"""When the pictures are taken: a Tuesday, so that they do not change from day to day."""
LEARNERS: Final = 360
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}
PHONE: Final[ViewportSize] = {"width": 390, "height": 760}
COLOURS: Final = 96


@dataclass
class Stage:
    """Who walks, and where the picture goes.

    Attributes:
        page: the browser's page, signed in as `login`; nobody when it is "".
        keeps: whether pictures are kept.
    """

    browser: Browser
    site: str
    academy: Academy
    keeps: bool = DRAWS
    taken: list[str] = field(default_factory=list)

    @contextmanager
    def opened(self, login: str, *, phone: bool = False) -> Iterator[Page]:
        """Open a browser as `login`, at a desk or on a phone, light and still."""
        context = self._context(phone=phone)
        if login:
            cookie = self.academy.visitor(login).cookies["session"].value
            context.add_cookies([{"name": "session", "value": cookie, "url": self.site}])
        try:
            yield context.new_page()
        finally:
            context.close()

    def _context(self, *, phone: bool) -> BrowserContext:
        return self.browser.new_context(
            base_url=self.site, locale="ru-RU", timezone_id="Europe/Moscow", color_scheme="light", reduced_motion="reduce",
            viewport=PHONE if phone else DESK, device_scale_factor=2 if phone else 1, has_touch=phone,
        )  # fmt: skip

    def take(self, page: Page, name: str) -> None:
        """Take the picture of what is on the screen, with few colours: a page has few."""
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        shot = page.screenshot(animations="disabled", caret="hide")
        self.taken.append(name)
        if self.keeps:
            PICTURES.mkdir(exist_ok=True)
            image = Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            image.save(PICTURES / f"{name}.png", optimize=True)


Walked = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Walk:
    """One task: who walks it, how, and on what."""

    name: str
    login: Callable[[], str]
    steps: Walked
    phone: bool

    def run(self, stage: Stage) -> None:
        """Walk it and take its picture where the task is done."""
        with stage.opened(self.login(), phone=self.phone) as page:
            page.set_default_timeout(15_000)
            self.steps(page)
            stage.take(page, self.name)

    @property
    def file(self) -> Path:
        """Where its picture lies."""
        return PICTURES / f"{self.name}.png"


WALKS: Final[dict[str, Walk]] = {}
"""Every walk by the name of its picture, in the order in which they are walked."""


def walk(name: str, login: str | Callable[[], str], *, phone: bool = False) -> Callable[[Walked], Walked]:
    """Enter the steps below as the walk `name`; the login may depend on the academy."""

    def enter(steps: Walked) -> Walked:
        WALKS[name] = Walk(name, login if callable(login) else lambda: login, steps, phone)
        return steps

    return enter
