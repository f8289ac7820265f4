"""The ways that the guide tells are walked in a real browser; its pictures are taken on them (п. 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest
import time_machine
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from tests.academy import PASSWORD, Academy, opened
from tests.browser import served
from tests.databases import connected_to, copied
from tests.guide import walks
from tests.guide.stage import AT, DRAWS, LEARNERS, WALKS, Stage
from zachetka.postgres.address import Place
from zachetka.web.help.guide import guides
from zachetka.web.help.pictures import PICTURES

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.timeout(1200 if DRAWS else 120)]

SAMPLE: Final = ("learner-book", "methodist-cohort")
"""Walked in every run of the suite, without keeping a picture; `make docs` walks all."""


@pytest.fixture(scope="module")
def stage(
    database_server: Place, database_template: str, application: WSGIHandler, django_db_blocker: DjangoDbBlocker,
    request: pytest.FixtureRequest,
) -> Iterator[Stage]:  # fmt: skip
    """The academy of the pictures, on their day; the shared one of this run for the sample."""
    if not DRAWS:
        shared: Academy = request.getfixturevalue("academy")
        with served(application) as site:
            yield Stage(request.getfixturevalue("browser"), site, shared)
        return
    from zachetka.demo import build_academy
    from zachetka.ledger.sealer import seal

    with time_machine.travel(AT), copied(database_server, database_template) as name:
        with connected_to(name, django_db_blocker), django_db_blocker.unblock():
            build_academy(learners=LEARNERS, seed=1, password=PASSWORD, at=AT, progress=lambda _done, _whole: None)
            seal(AT)
        browser: Browser = request.getfixturevalue("browser")
        with opened(database_server, name, django_db_blocker) as academy, served(application) as site:
            yield Stage(browser, site, academy)


@pytest.mark.parametrize("name", list(WALKS) if DRAWS else SAMPLE)
def test_the_way_works_as_the_guide_tells_it(name: str, stage: Stage) -> None:
    WALKS[name].run(stage)
    assert stage.taken[-1] == name


def test_each_picture_was_taken_on_a_walk_and_each_walk_is_shown() -> None:
    assert walks.__doc__
    shown = {picture for guide in guides().values() for picture in guide.pictures}
    assert shown == {f"pictures/{name}.png" for name in WALKS}
    assert {path.stem for path in PICTURES.glob("*")} == set(WALKS)
