"""What comes in through the door: headers of the visitor never pass for those of our own proxy (п. 3.8; ASVS 4.1.3)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from zachetka.core.address import client_address, networks
from zachetka.web.door import _surroundings

pytestmark = pytest.mark.clause("3.8")


class Lines(list[tuple[str, str]]):
    """Headers as the web server hands them over: lines in their order."""

    def items(self) -> Lines:
        return self


def told(*headers: tuple[str, str], authority: str | None = None) -> dict[str, Any]:
    scope = SimpleNamespace(
        server="127.0.0.1:8000", client="10.0.0.1:40000", method="GET", path="/", query_string="", http_version="1.1",
        scheme="http", headers=Lines([("host", "localhost"), *headers]), authority=authority,
    )  # fmt: skip
    return _surroundings(scope)  # type: ignore[arg-type] # what it reads of a scope is there


@pytest.mark.parametrize("twin", ["x_forwarded_for", "x-forwarded_for", "x_forwarded-for"])
def test_a_visitor_continues_no_line_of_our_proxy(twin: str) -> None:
    for headers in (
        [("x-forwarded-for", "203.0.113.9"), (twin, "6.6.6.6")],
        [(twin, "6.6.6.6"), ("x-forwarded-for", "203.0.113.9")],
    ):
        line = told(*headers)["HTTP_X_FORWARDED_FOR"]
        assert client_address("10.0.0.1", line, networks("10.0.0.0/8")) == "203.0.113.9"


def test_two_lines_of_one_name_are_one_line() -> None:
    assert told(("accept", "a"), ("accept", "b"))["HTTP_ACCEPT"] == "a,b"
    assert told(("cookie", "a=1"), ("cookie", "b=2"))["HTTP_COOKIE"] == "a=1; b=2"


def test_a_host_in_the_address_outweighs_the_header() -> None:
    assert told(authority="evil.example")["HTTP_HOST"] == "evil.example"
    assert told()["HTTP_HOST"] == "localhost"
