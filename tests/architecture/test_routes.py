"""The policy is total: every address names its permission or is public for a written reason (п. 3.8)."""

import pytest
from django.http import HttpResponse

from tests.architecture.routes import OTHERS, PUBLIC, Route, routes
from zachetka.access.policy import MATRIX, Permission

pytestmark = pytest.mark.clause("3.8")


def unguarded(found: list[Route]) -> list[str]:
    """Return the addresses that anybody could open and nobody meant to be open."""
    return [route.name for route in found if not route.permissions and route.name not in PUBLIC]


def test_every_address_names_a_permission_of_the_matrix():
    assert unguarded(routes()) == []
    for route in routes():
        assert set(route.permissions) <= set(MATRIX), route.name


def test_an_unguarded_view_would_be_noticed():
    forgotten = Route("people:forgotten", "people/all/", lambda _request: HttpResponse(), ())
    assert unguarded([*routes(), forgotten]) == ["people:forgotten"]


def test_the_public_list_names_only_addresses_that_exist():
    assert set(PUBLIC) <= {route.name for route in routes()}


def test_every_address_has_a_name_and_no_two_share_one():
    names = [route.name for route in routes()]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith("None")]


def test_every_permission_has_a_sentence_and_somebody_who_holds_it():
    for permission in Permission:
        assert permission.sentence
        assert MATRIX[permission], permission


@pytest.mark.parametrize("method", OTHERS)
def test_methods_that_no_page_knows_are_refused_everywhere(method, client, db):
    for route in routes():
        if route.converters or "<" in route.pattern:
            continue
        response = client.generic(method, f"/{route.pattern}")
        assert response.status_code in {302, 400, 403, 404, 405}, (method, route.name, response.status_code)
        assert response.status_code != 500
