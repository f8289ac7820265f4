"""`zachetka demo` as a person meets it: a killed build begins anew, a finished one is sealed and agrees (п. 2.1, 3.3)."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from zachetka.cli.demonstration import Academy
from zachetka.postgres.address import APP, Place

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.timeout(600)]

MANY = 200
"""Record books: far enough for several processes to live the academy, and far from its end."""


def surroundings(data_dir: Path) -> dict[str, str]:
    """Return an environment in which commands use `data_dir` alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZACHETKA_")}
    return kept | {"ZACHETKA_DATA_DIR": str(data_dir)}


def enrolled(data_dir: Path) -> int:
    """Return how many record books stand in the database that is being built there; 0 while there is none."""
    try:
        with psycopg.connect(Place(data_dir).conninfo(APP), connect_timeout=5) as connection:
            ((number,),) = connection.execute("SELECT count(*) FROM learning_enrolment").fetchall()
            return int(number)
    except psycopg.Error:
        return 0


def command(data_dir: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "zachetka", *arguments],
        env=surroundings(data_dir),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_killed_build_begins_anew_and_a_finished_one_is_sealed_and_agrees(tmp_path):
    data_dir = tmp_path / "var"
    first = subprocess.Popen(
        [sys.executable, "-m", "zachetka", "demo", "--learners", "6000"],
        env=surroundings(data_dir),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while first.poll() is None and enrolled(data_dir) < MANY:
        time.sleep(0.1)
    assert first.poll() is None
    assert Academy.load(data_dir) is not None
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = command(data_dir, "demo", "--learners", "40")
    assert second.returncode == 0, second.stderr
    assert "начинаю заново" in second.stdout
    told = json.loads(command(data_dir, "verify", "--json").stdout)
    assert told["ok"] is True
    assert told["tree_size"] == told["events"] > 500
    again = command(data_dir, "demo", "--learners", "40")
    assert again.returncode == 1
    assert "уже есть люди" in again.stderr
