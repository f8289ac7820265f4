"""Somebody who sends requests over a real socket, many at once, and outlives the server."""

from __future__ import annotations

import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from django.test import Client

from zachetka.access.models import Account

_TOKEN: Final = "a" * 32
"""Any 32 letters: the cookie and the header have to agree, and only a page of ours could make them."""


@dataclass(slots=True)
class Visitor:
    """An account that has signed in; its session outlives the web process."""

    port: int
    session: str
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Account, port: int) -> Visitor:
        client = Client()
        client.force_login(account)
        return cls(port, client.cookies["session"].value)

    def post(self, address: str, body: bytes | dict[str, str], **headers: str) -> tuple[int, str]:
        """Return the status and the text of the answer.

        Raises:
            ConnectionError: the server died before it answered.
        """
        sent = urlencode(body).encode() if isinstance(body, dict) else body
        kind = "application/x-www-form-urlencoded" if isinstance(body, dict) else "application/json"
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        try:
            connection.request(
                "POST",
                address,
                sent,
                {
                    "Content-Type": kind,
                    "Cookie": f"session={self.session}; csrf={_TOKEN}",
                    "X-CSRFToken": _TOKEN,
                    **self.headers,
                    **headers,
                },
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def at_once(self, times: int, address: str, body: bytes | dict[str, str]) -> list[int]:
        """Send the same request from `times` threads at the same moment; return the statuses."""
        start = threading.Barrier(times)

        def one(_place: int) -> int:
            start.wait()
            return self.post(address, body)[0]

        with ThreadPoolExecutor(times) as threads:
            return sorted(threads.map(one, range(times)))
