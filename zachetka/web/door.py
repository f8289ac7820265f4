"""The door between the web server and the pages: a request comes in whole, a thread answers it (п. 2.4, 3.9).

granian speaks RSGI to a loop; the pages are WSGI, answered by threads that have a connection to the database each. A
request waits here for its body, and for a thread, at no cost to the others.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zachetka.web.arriving import Arriving
from zachetka.web.bodies import STRANGER

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    from granian.rsgi import Scope

logger = logging.getLogger(__name__)

THREADS: Final = "ZACHETKA_THREADS"


class Page(NamedTuple):
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes


FAULT: Final = Page(500, [("Content-Type", "text/plain; charset=utf-8")], "Ошибка на нашей стороне.".encode())


class Door:
    """`application` behind granian, answered by as many threads as `serve` was told."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(int(os.environ.get(THREADS) or 1), thread_name_prefix="page")

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """Wait for the body, then for a thread, and answer."""
        loop = asyncio.get_running_loop()
        surroundings = _surroundings(scope)
        length = int(surroundings.get("CONTENT_LENGTH") or 0)
        if length:
            body = Arriving(aiter(protocol), length, loop)
            if length <= STRANGER:
                await body.arrive()
            surroundings["wsgi.input"] = body
        page = await loop.run_in_executor(self.threads, self._answer, surroundings)
        protocol.response_bytes(page.status, page.headers, page.content)

    def _answer(self, surroundings: dict[str, Any]) -> Page:
        status, told = "500", list[tuple[str, str]]()

        def start(line: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
            nonlocal status, told
            status, told = line, headers
            return len

        try:
            answer = self.application(surroundings, start)
            try:
                content = b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
        except Exception:
            logger.exception("a fault that no middleware told, at %s", surroundings["PATH_INFO"])
            return FAULT
        return Page(int(status[:3]), told, content)


def _surroundings(scope: Scope) -> dict[str, Any]:
    """Return what WSGI calls `environ`.

    There a header with «_» in its name would be taken for its twin with «-»: the visitor would write a second length, or
    continue what our own proxy has written into X-Forwarded-For. No browser sends such, so none comes in.
    """
    host, _, port = scope.server.rpartition(":")
    told: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.replace("-", "_").upper()
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        told[key] = f"{told[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}" if key in told else value
    if scope.authority:  # named in the address itself, it outweighs the header (RFC 9112, 3.2.2)
        told["HTTP_HOST"] = scope.authority
    return told
