"""Somebody who has signed in and asks over one HTTP connection, as a browser does."""

from __future__ import annotations

import gzip
import json
import re
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """A client with cookies and a kept-open connection; every answer is checked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = HTTPConnection("localhost", port, timeout=60)
        self.cookies: SimpleCookie = SimpleCookie()
        self.token = ""

    def get(self, path: str, *, expect: str = "", status: int = 200) -> bytes:
        """Return the body of `path`, which must hold `expect`."""
        return self._ask("GET", path, None, {}, expect, status)

    def post(self, path: str, fields: dict[str, str], *, status: int = 302) -> bytes:
        """Send a form."""
        body = urlencode({"csrfmiddlewaretoken": self.token} | fields).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, "", status)

    def post_json(self, path: str, told: object, *, status: int = 200) -> dict[str, object]:
        """Send JSON as the sheet does."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": self.token}
        answer: dict[str, object] = json.loads(self._ask("POST", path, json.dumps(told).encode(), headers, "", status))
        return answer

    def sign_in(self, login: str, password: str) -> None:
        """Sign in through the page, as people do."""
        self.open_sign_in()
        self.send_sign_in(login, password)
        self.token = self._token(self.get("/accounts/password/change/").decode())

    def open_sign_in(self) -> None:
        """Open the form of the door."""
        self.token = self._token(self.get("/accounts/login/").decode())

    def send_sign_in(self, login: str, password: str) -> None:
        """Send the form that is open."""
        self.post("/accounts/login/", {"login": login, "password": password})

    @staticmethod
    def _token(page: str) -> str:
        found = TOKEN.search(page)
        if found is None:
            raise AssertionError("the page has no form")
        return found.group(1)

    def _sent(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> HTTPResponse:
        """Send; a connection that the server closed while we measured something else is opened again."""
        try:
            self.connection.request(method, address, body, headers)
            return self.connection.getresponse()
        except (RemoteDisconnected, ConnectionError):
            self.connection.close()
            self.connection.request(method, address, body, headers)
            return self.connection.getresponse()

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], expect: str, status: int
    ) -> bytes:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        told = {"Cookie": cookies, "Accept-Encoding": "gzip", "Accept": "text/html"} | headers
        response = self._sent(method, quote(path, safe="/?&=%:+"), body, told)
        content = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        if response.status != status:
            raise AssertionError(f"{method} {path}: {response.status}, not {status}: {content[:300]!r}")
        if expect and expect.encode() not in content:
            raise AssertionError(f"{method} {path}: no {expect!r} in the answer")
        return content
