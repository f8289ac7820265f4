"""The web server itself, as `zachetka serve` starts it, on a database of the tests; and requests written by hand.

`python -m tests.granian DATABASE PORT` serves until it is told to stop.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from zachetka.postgres.address import Place

THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire: the status, 0 when the server hung up without a word, and everything it said."""

    status: int
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Wire:
    """A port and how to speak to it byte by byte."""

    port: int

    def open(self, patience: float = 60.0) -> socket.socket:
        """Return a new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=patience)

    def say(self, request: bytes, patience: float = 60.0) -> Answer:
        """Send `request` as it is and listen until the server hangs up or has said an answer of known length."""
        begun = time.monotonic()
        with self.open(patience) as connection:
            with suppress(OSError):  # it has answered already and listens no more
                connection.sendall(request)
            return heard(connection, begun)


def heard(connection: socket.socket, begun: float) -> Answer:
    """Listen to the end of one answer."""
    said = b""
    with suppress(OSError):
        while portion := connection.recv(65536):
            said += portion
            if _is_whole(said):
                break
    status = int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1") else 0
    return Answer(status, said.decode("utf-8", "replace").replace("\xa0", " "), time.monotonic() - begun)


def _is_whole(said: bytes) -> bool:
    head, gap, body = said.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(gap and lengths) and len(body) >= int(lengths[0])


@contextmanager
def granian(place: Place) -> Iterator[Wire]:
    """Serve `place` by the web server for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        wire = Wire(int(probe.getsockname()[1]))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.granian", place.database, str(wire.port)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "zachetka.settings"},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(wire, process)
        yield wire
    finally:
        process.terminate()
        process.wait(20)


def _wait(wire: Wire, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        with suppress(OSError):
            if wire.say(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError("the web server did not start")


def main(database: str, port: int) -> None:
    """Serve `database` on `port`."""
    import django
    from django.db import connections

    from zachetka.cli.serve import web_server

    django.setup()
    for alias in connections.settings:
        connections.settings[alias]["NAME"] = database
    web_server("127.0.0.1", port, 1, THREADS).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
