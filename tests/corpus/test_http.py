"""Group J of the bad-input corpus: requests that no browser sends."""

import pytest
from django.test import Client

from tests.academy import Academy

pytestmark = pytest.mark.clause("3.8")


@pytest.fixture
def client(academy: Academy) -> Client:
    """The methodist, whose pages take most input."""
    return academy.visitor("methodist")


@pytest.mark.parametrize("method", ["FOO", "TRACE", "PATCH", "DELETE"])
def test_unknown_methods_are_refused_j1_j2(client: Client, method: str) -> None:
    assert client.generic(method, "/").status_code == 405


@pytest.mark.parametrize("path", ["/%00", "/people/%2e%2e/%2e%2e/etc", "/a\x00b", "/%c0%ae%c0%ae/", "/;jsessionid=1"])
def test_strange_paths_are_not_found_j7(client: Client, path: str) -> None:
    assert client.get(path).status_code in {301, 400, 404}


def test_a_foreign_host_is_refused_j8(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_forwarded_headers_move_nothing_j9_j10(client: Client) -> None:
    response = client.get(
        "/", headers={"x-forwarded-for": "10.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example"}
    )
    assert response.status_code == 200
    assert "evil.example" not in response.content.decode()


def test_a_body_over_the_limit_is_refused_j12(client: Client) -> None:
    response = client.post("/theme/", data="x" * 1_100_000, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


def test_ten_thousand_fields_are_refused_j15(client: Client) -> None:
    body = "&".join(f"f{number}=1" for number in range(10_000))
    assert client.post("/theme/", data=body, content_type="application/x-www-form-urlencoded").status_code == 413


def test_a_multipart_body_without_boundary_is_refused_j16(client: Client) -> None:
    assert client.post("/theme/", data=b"x", content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize("charset", ["cobol", "utf-7", "utf-16", "windows-1251"])
def test_a_strange_charset_is_refused_j14(client: Client, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic("POST", "/theme/", b"theme=dark", CONTENT_TYPE=kind).status_code == 400
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert client.generic("POST", "/theme/", b"theme=dark", CONTENT_TYPE=kind).status_code == 302


def test_every_answer_carries_the_headers_of_safety(academy: Academy) -> None:
    visitor = Client(raise_request_exception=False)
    for path in ("/", "/accounts/login/", "/nothing-here/", "/healthz"):
        headers = visitor.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path


def test_pages_of_those_who_signed_in_are_not_stored(client: Client) -> None:
    assert "no-store" in client.get("/").headers["Cache-Control"]
