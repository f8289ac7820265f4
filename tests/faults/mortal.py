"""A web process that dies when it is told to: after the database has committed, before the browser hears of it.

`python -m tests.faults.mortal DATABASE` serves the whole system and prints its port. A request with the header
`X-Die` is carried out to the end; then the process kills itself instead of answering. With `X-Die-At` and the name of a
function it kills itself where that function would begin. Its parent prints the signal that killed it and begins another, as a
supervisor does.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def mortal(application: WSGIApplication) -> WSGIApplication:
    """Return `application`, which does not survive a request with `X-Die` or `X-Die-At`."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if where := environ.get("HTTP_X_DIE_AT"):
            room, _, name = where.rpartition(".")
            setattr(import_module(room), name, _die)
            return application(environ, start_response)
        if "HTTP_X_DIE" not in environ:
            return application(environ, start_response)
        b"".join(application(environ, _nobody_listens))
        return _die()

    return serve


def _die(*_given: object, **_told: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _nobody_listens(_status: str, _headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
    return len


def main(database: str) -> None:
    """Serve `database` until killed."""
    import django
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.db import connections

    django.setup()
    for alias in connections.settings:
        connections.settings[alias]["NAME"] = database
    from django.core.handlers.wsgi import WSGIHandler

    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(mortal(WSGIHandler()))
    _say(server.server_port)
    while True:
        child = os.fork()
        if not child:
            server.serve_forever()
        _, status = os.waitpid(child, 0)
        _say(os.WTERMSIG(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
