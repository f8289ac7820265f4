"""The processes of `zachetka run`: started, watched, restarted, stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from zachetka.postgres.duties import Duty, surroundings

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 15.0
_PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)  # seconds before the next start of a child that keeps failing
_HEALTHY_AFTER = 60.0

_LIBC = ctypes.CDLL(None)


def _end_with_parent() -> None:
    """Ask the kernel to send SIGTERM when the parent is killed: nothing is left behind on the port."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One command of ours run as a process of its own."""

    title: str
    arguments: Sequence[str]
    duty: Duty
    restarts: bool
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "zachetka", *self.arguments],
            env=surroundings(self.duty) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches `run` alone, which stops them in order
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - `run` has no threads when it starts a child
        )

    def code(self) -> int | None:
        """Return the exit code, or None while it runs or waits for its next start."""
        return self.process.poll() if self.process is not None else None

    def sweep(self) -> None:
        """Kill what the ended process has left of its group: a web server's workers would keep the port."""
        if self.process is not None and self.process.poll() is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def put_off(self) -> float:
        """Plan the next start, later each time it fails soon; return the pause in seconds."""
        lived = time.monotonic() - self.started
        self.failures = 0 if lived > _HEALTHY_AFTER else self.failures
        pause = _PAUSES[min(self.failures, len(_PAUSES) - 1)]
        self.failures += 1
        self.sweep()
        self.process, self.due = None, time.monotonic() + pause
        return pause

    def is_due(self) -> bool:
        return self.process is None and time.monotonic() >= self.due


def stop(children: Sequence[Child]) -> None:
    """Ask all to stop at once, wait, and kill what does not listen."""
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in running:
        process.terminate()
    limit = time.monotonic() + _STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for child in children:
        child.sweep()
