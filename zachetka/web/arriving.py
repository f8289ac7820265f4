"""The body of a request as it arrives: whole, in time, and not at everybody's expense (п. 3.9; corpus F3, J13).

The web server hands a request over as soon as its headers are here. A thread that waits for the rest serves nobody else,
so what anybody may send is awaited by the loop, which waits for hundreds at once. Only a long body, which whoever has
signed in may send, is read by the thread that answers; few of those may be slow at a time. Each has a deadline, and one
that broke off is never taken for a whole one.
"""

from __future__ import annotations

import asyncio
import io
import threading
from enum import Enum
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GRACE: Final = 10.0
"""Seconds that any body has."""
PACE: Final = 100_000
"""Bytes a second that a long one has to keep: 10 MB in two minutes."""
PROMPT: Final = 0.25
"""Seconds after which a portion is a slow one."""
SLOW_AT_ONCE: Final = 2
"""Threads of a process that may wait for slow bodies; `serve` has at least one more."""
AWAITED_AT_ONCE: Final = 256
"""Bodies of a process that the loop waits for."""

_slow = threading.BoundedSemaphore(SLOW_AT_ONCE)


class Told(NamedTuple):
    """A status and the sentence for whoever sent it."""

    status: int
    sentence: str


class Trouble(Enum):
    """Why a body did not come: how that is told."""

    LATE = Told(408, "Данные шли слишком медленно, и их перестали ждать. Ничего не записано.")
    SHORT = Told(400, "Соединение прервалось: пришло меньше, чем было обещано. Ничего не записано.")
    CROWDED = Told(503, "Сейчас слишком многие присылают данные медленно. Ничего не записано.")


class Arriving(io.BufferedIOBase):
    """A body that is still on its way, read by a thread; its portions come by `loop`.

    Attributes:
        trouble: why it will never be whole; None so far.
    """

    awaited = 0
    """How many bodies the loop waits for just now; only the loop changes it."""

    def __init__(self, portions: AsyncIterator[bytes], length: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._portions, self._coming, self._here, self._loop = portions, length, bytearray(), loop
        self._deadline = monotonic() + GRACE + length / PACE
        self.trouble: Trouble | None = None

    def readable(self) -> bool:
        """It is read, never written."""
        return True

    async def arrive(self) -> None:
        """Wait for all of it, on the loop; what goes wrong is told by `trouble`."""
        if Arriving.awaited >= AWAITED_AT_ONCE:
            self.trouble = Trouble.CROWDED
            return
        Arriving.awaited += 1
        try:
            async with asyncio.timeout(self._left()):
                while self._coming and self.trouble is None:
                    self._take(await self._portion())
        except TimeoutError:
            self.trouble = Trouble.LATE
        finally:
            Arriving.awaited -= 1

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next `size` bytes, all that are left by default.

        Raises:
            OSError: the body is late or broke off; nothing more is read.
        """
        left = len(self._here) + self._coming
        wanted = left if size is None or size < 0 else min(size, left)
        while len(self._here) < wanted and self.trouble is None:
            self._wait()
        if self.trouble is not None:
            raise OSError(self.trouble.name)
        given = bytes(self._here[:wanted])
        del self._here[:wanted]
        return given

    def _wait(self) -> None:
        """Take one portion, in a thread."""
        portion = asyncio.run_coroutine_threadsafe(self._portion(), self._loop)
        try:
            self._take(portion.result(min(PROMPT, self._left())))
        except TimeoutError:
            if not _slow.acquire(blocking=False):
                portion.cancel()
                self.trouble = Trouble.CROWDED
                return
            try:
                self._take(portion.result(self._left()))
            except TimeoutError:
                portion.cancel()
                self.trouble = Trouble.LATE
            finally:
                _slow.release()

    async def _portion(self) -> bytes:
        try:
            return await self._portions.__anext__()  # `anext` cannot be cancelled over granian's own awaitable
        except StopAsyncIteration:
            return b""

    def _take(self, portion: bytes) -> None:
        self._here += portion[: self._coming]
        self._coming -= min(len(portion), self._coming)
        if not portion:
            self.trouble = Trouble.SHORT

    def _left(self) -> float:
        return max(0.0, self._deadline - monotonic())
