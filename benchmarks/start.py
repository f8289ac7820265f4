"""How long a second `make run` takes until it says its address: `python -m benchmarks.start [TIMES]`.

The first start makes the folder, so the next ones are told. Beside the clock, the processor time that every process of it
has had by then: on a busy machine only that compares.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

SAID = "работает"


class Took(NamedTuple):
    """Seconds of one start, by the clock and of the processor, by process."""

    clock: float
    worked: dict[str, float]


def main(times: int) -> None:
    """Start `times` times on a folder of its own, and tell each start but the first."""
    with tempfile.TemporaryDirectory(prefix="zachetka-start-") as folder:
        for number in range(times + 1):
            took = started(Path(folder) / "var")
            if number:
                told = ", ".join(f"{name} {seconds:.2f}" for name, seconds in took.worked.items())
                print(f"{took.clock:.2f} s by the clock, {sum(took.worked.values()):.2f} s of the processor: {told}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def started(data_dir: Path) -> Took:
    """Start everything without the demo academy, read how long it took, stop it."""
    begun = time.monotonic()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-m", "zachetka", "run", "--empty", "--port", str(port)],
        env=os.environ | {"ZACHETKA_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert running.stdout is not None
    while SAID not in (line := running.stdout.readline()):
        assert line or running.poll() is None, "it ended before it was up"
    took = Took(time.monotonic() - begun, worked(running.pid))
    running.send_signal(signal.SIGINT)
    running.communicate()
    return took


def worked(pid: int) -> dict[str, float]:
    """Return what runs under `pid` → seconds of the processor that it and its ended children have had."""
    found, tick = dict[str, float](), os.sysconf("SC_CLK_TCK")
    rows = {row.pid: row for row in map(_row, Path("/proc").glob("[0-9]*")) if row}
    for row in rows.values():
        line = [row.pid]
        while line[-1] in rows and line[-1] != pid:
            line.append(rows[line[-1]].parent)
        if line[-1] == pid:
            found[row.name] = found.get(row.name, 0.0) + row.ticks / tick
    return found


class Row(NamedTuple):
    """A live process."""

    pid: int
    parent: int
    name: str
    ticks: int


def _row(process: Path) -> Row | None:
    try:
        told = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        words = (process / "cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
    except OSError:  # it has just ended
        return None
    name = words[3] if words[1:3] == ["-m", "zachetka"] else "postgres" if "postgres" in words[0] else words[0]
    return Row(int(process.name), int(told[1]), name, sum(map(int, told[11:15])))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
