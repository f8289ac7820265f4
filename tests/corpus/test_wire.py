"""Group J of the bad-input corpus over a socket: what no library would send, to the web server itself (п. 3.8)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests.academy import Academy
from tests.granian import Answer, Wire, granian

pytestmark = pytest.mark.clause("3.8")

LOGIN = "/accounts/login/"
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def wire(academy: Academy) -> Iterator[Wire]:
    with granian(academy.place) as server:
        yield server


@pytest.fixture(scope="module")
def session(academy: Academy) -> str:
    return academy.visitor("methodist").cookies["session"].value


def get(wire: Wire, address: str, *headers: str) -> Answer:
    lines = [f"GET {address} HTTP/1.1", "Host: localhost", *headers]
    return wire.say(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))


def post(wire: Wire, address: str, body: bytes, *headers: str) -> Answer:
    lines = [f"POST {address} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers]
    return wire.say(("\r\n".join(lines) + "\r\n\r\n").encode() + body)


def test_two_lengths_are_refused_j4(wire: Wire) -> None:
    assert post(wire, LOGIN, b"login=x", FORM, "Content-Length: 3").status == 400


def test_a_header_of_64_kilobytes_is_refused_j5(wire: Wire) -> None:
    assert get(wire, LOGIN, "X-Long: " + "a" * 65_536).status in {400, 431}


def test_a_thousand_cookies_are_refused_j6(wire: Wire) -> None:
    cookies = "; ".join(f"c{number}=1" for number in range(1_000))
    assert get(wire, LOGIN, f"Cookie: {cookies}").status == 400
    assert get(wire, LOGIN, *(f"Cookie: c{number}=1" for number in range(90))).status == 400


@pytest.mark.parametrize("path", ["/%00", "/people/%c0%ae%c0%ae/", "/..%2f..%2fetc/passwd", "//", "/\x80"])
def test_strange_paths_are_not_found_j7(wire: Wire, path: str) -> None:
    assert get(wire, path).status in {301, 400, 404}


def test_a_written_slash_is_a_slash_and_no_way_round_j7_e18(wire: Wire) -> None:
    assert get(wire, "/people%2f").status == get(wire, "/people/").status == 302


def test_a_thousand_ranges_are_not_answered_one_by_one_j11(wire: Wire, session: str) -> None:
    ranges = ",".join(f"{place}-{place + 1}" for place in range(1_000))
    for address in (LOGIN, "/verify_bundle.py"):
        answer = get(wire, address, f"Range: bytes={ranges}")
        assert answer.status in {200, 404, 416}
        assert "multipart/byteranges" not in answer.text


def test_a_packed_body_is_not_unpacked_j12(wire: Wire) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    assert len(bomb) < 16_000
    assert post(wire, LOGIN, bomb, FORM, "Content-Encoding: gzip").status == 415


def test_the_last_of_two_equal_parameters_counts_j17(wire: Wire, session: str) -> None:
    cookie = f"Cookie: session={session}"
    both, last, first = (
        get(wire, f"/people/?{asked}", cookie).text.partition("<tbody")[2].partition("</tbody>")[0]
        for asked in ("sort=-name&sort=name", "sort=name", "sort=-name")
    )
    assert last
    assert (both == last, both == first) == (True, False)


@pytest.mark.parametrize("accepts", ["*/*;q=x", "text/html;q=999", ";;;", "application/json;q=", "a" * 2_000])
def test_a_strange_accept_is_answered_j18(wire: Wire, accepts: str) -> None:
    assert get(wire, LOGIN, f"Accept: {accepts}").status == 200


@pytest.mark.parametrize("method", ["FOO", "TRACE", "CONNECT"])
def test_unknown_methods_are_refused_over_the_wire_j1_j2(wire: Wire, method: str) -> None:
    answer = wire.say(f"{method} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert answer.status in {400, 405, 501}


def test_a_foreign_host_is_refused_over_the_wire_j8(wire: Wire) -> None:
    assert wire.say(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 400
    assert wire.say(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 400
    assert wire.say(b"GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 200


@pytest.mark.parametrize(
    "header",
    ["Content_Length: 3", "Content_Length: x", "Content_Length: -1", "Transfer_Encoding: chunked", "Content_Type: text/plain",
     "Content_Encoding: gzip", "HTTP_HOST: evil.example", "X_Forwarded_Host: evil.example", "Cookie_: a"],
)  # fmt: skip
def test_a_header_that_would_pass_for_another_is_not_there_j3_j4_j9(wire: Wire, header: str) -> None:
    plain, odd = get(wire, LOGIN), get(wire, LOGIN, header)
    assert (odd.status, len(odd.text)) == (plain.status, len(plain.text)) == (200, len(odd.text))
    assert post(wire, LOGIN, b"login=x", FORM, header).status == post(wire, LOGIN, b"login=x", FORM).status == 403


def test_an_honest_request_is_answered(wire: Wire) -> None:
    """The negative control: what is refused above is not refused for the way it is sent."""
    assert get(wire, LOGIN).status == 200
    assert post(wire, LOGIN, b"login=x", FORM).status == 403
