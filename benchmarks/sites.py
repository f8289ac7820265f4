"""The web servers of all sizes, side by side, each the real one with its own data folder."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import psycopg

from benchmarks.ground import folder, surroundings
from zachetka.postgres.address import Place


@dataclass(frozen=True, slots=True)
class Site:
    """A web server and what `ground.tell` says of its academy."""

    learners: int
    port: int
    told: dict[str, Any]

    def lift_limits(self) -> None:
        """Forget how often files were taken: a person would wait, a measurement does not."""
        with psycopg.connect(Place(folder(self.learners)).administrator(), autocommit=True) as administrator:
            administrator.execute("DELETE FROM access_signinthrottle")


@contextmanager
def opened(sizes: Sequence[int]) -> Iterator[list[Site]]:
    """Run a web server for each of `sizes` as long as the block."""
    with ExitStack() as servers:
        yield [servers.enter_context(_served(size)) for size in sizes]


@contextmanager
def _served(size: int) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with (folder(size) / "web.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "zachetka", "serve", "--port", str(port)],
            env=surroundings(size) | {"ZACHETKA_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            _wait(size, port, child)
            yield Site(size, port, json.loads((folder(size) / "told.json").read_text(encoding="utf-8")))
        finally:
            child.terminate()
            child.wait(timeout=20)


def _wait(size: int, port: int, child: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit and child.poll() is None:
        try:
            connection = HTTPConnection("localhost", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the web server did not start, see {folder(size) / 'web.log'}")
