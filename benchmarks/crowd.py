"""Several people at once over connections kept open, in one thread: what asks must not take the cores from what answers."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.visitor import Visitor

PORTION: Final = 256 * 1024
END_OF_HEAD: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "


@dataclass(slots=True)
class _Asker:
    socket: socket.socket
    cookies: str
    came: bytearray = field(default_factory=bytearray)
    whole: int = 0
    """Bytes of the answer with its head, 0 while the head is not here."""

    def ask(self, path: str) -> None:
        self.came.clear()
        self.whole = 0
        told = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {self.cookies}\r\n\r\n"
        self.socket.sendall(told.encode())

    def take(self) -> bool:
        """Read what has come; True when the answer is whole."""
        portion = self.socket.recv(PORTION)
        if not portion:
            raise AssertionError("the server closed the connection")
        self.came += portion
        if not self.whole:
            head = self.came.find(END_OF_HEAD)
            if head < 0:
                return False
            told = bytes(self.came[:head]).lower() + b"\r\n"
            start = told.index(LENGTH) + len(LENGTH)
            self.whole = head + len(END_OF_HEAD) + int(told[start : told.index(b"\r\n", start)])
        return len(self.came) >= self.whole


def walked(visitors: Sequence[Visitor], path: Callable[[], str], *, expect: str, seconds: float) -> int:
    """Let each of `visitors`, who have signed in, open one page after another; return how many came.

    Every answer is 200 and holds `expect`. Whoever waits when the time is over is not counted.
    """
    word, done = expect.encode(), 0
    with selectors.DefaultSelector() as ready:
        askers = [_opened(visitor) for visitor in visitors]
        for asker in askers:
            ready.register(asker.socket, selectors.EVENT_READ, asker)
            asker.ask(path())
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for key, _ in ready.select(timeout=seconds):
                asker = key.data
                if not asker.take():
                    continue
                if not asker.came.startswith(b"HTTP/1.1 200") or word not in asker.came:
                    raise AssertionError(bytes(asker.came[:300]))
                done += 1
                asker.ask(path())
        for asker in askers:
            asker.socket.close()
    return done


def _opened(visitor: Visitor) -> _Asker:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.cookies.items())
    return _Asker(socket.create_connection(("localhost", visitor.port), timeout=60), cookies)
