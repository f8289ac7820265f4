"""Every page has its section in the guide, each role its own: `web/help/about/` is total (п. 2.4).

A new address fails here until a line of those tables says which task of `docs/guide` it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture.routes import Route, routes
from zachetka.access.policy import MATRIX, Permission, Role
from zachetka.core.russian import plain
from zachetka.learning.record_page import SECTIONS
from zachetka.web.help import pages
from zachetka.web.help.about import ABOUT, PARTS
from zachetka.web.help.guide import guides

pytestmark = pytest.mark.clause("2.4")


def homeless(found: list[Route]) -> list[str]:
    """Return the addresses that no section is about and nobody left out for a reason."""
    return [route.name for route in found if route.name not in ABOUT and route.name not in pages.WITHOUT]


def strangers(route: Route) -> Iterator[str]:
    """Yield the roles that may open the page and have no section of their own about it."""
    for role in Role:
        holds = any(role in MATRIX[Permission(one)] for one in route.permissions)
        if holds and route.name not in pages.WITHOUT and not pages.place_of(route.name, [role]):
            yield f"{route.name}: {role.value}"


def test_every_page_has_its_section():
    assert homeless(routes()) == []


def test_a_page_without_a_section_would_be_noticed():
    assert homeless([*routes(), Route("people:forgotten", "people/all/", lambda: None, ())]) == ["people:forgotten"]


def test_the_table_names_only_pages_that_exist():
    assert {*ABOUT, *pages.WITHOUT} <= {route.name for route in routes()}


def test_each_role_has_a_section_of_its_own_about_each_page_that_it_opens():
    assert [one for route in routes() for one in strangers(route)] == []


def test_each_section_that_a_page_leads_to_exists():
    there = {f"{guide.name}#{plain(section.title)}" for guide in guides().values() for section in guide.sections}
    parts = [places for table in PARTS.values() for places in table.values()]
    named = {place for places in [*ABOUT.values(), *parts] for place in places} | {pages.REFUSED}
    assert named - there == set()


def test_a_part_of_a_record_book_leads_to_the_task_about_it_and_else_to_the_book():
    assert set(PARTS["learning:record-book-section"]) < set(SECTIONS)
    page = "learning:record-book-section"
    assert pages.place_of(page, [Role.LEARNER], "evidence") == "learner#Как доказать свои оценки без академии"
    assert pages.place_of(page, [Role.CHAIR], "evidence") == pages.place_of(page, [Role.CHAIR])
    assert pages.place_of(page, [Role.LEARNER], "no-such") == "learner#Как посмотреть свои оценки"
