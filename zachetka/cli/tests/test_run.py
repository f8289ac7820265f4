"""`zachetka run` as a person meets it: real processes, a real port, real signals."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from zachetka.cli.run import _is_up
from zachetka.postgres.server import EmbeddedServer

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where `run --empty` has been before."""
    return tmp_path_factory.mktemp("run") / "var"


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """One `zachetka run` and what it has said."""

    def __init__(self, process: subprocess.Popen[str], data_dir: Path, port: int, said: Path) -> None:
        self.process, self.data_dir, self.port, self.said = process, data_dir, port, said

    def answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def has_said(self, text: str) -> bool:
        return text in self.said.read_text(encoding="utf-8")

    def children(self) -> dict[str, int]:
        """Return command → process id of the live children."""
        listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        found = re.findall(rf"^\s*(\d+)\s+{self.process.pid} .*-m zachetka (\w+)", listing, re.MULTILINE)
        return {command: int(pid) for pid, command in found}

    def wait(self) -> int:
        return self.process.wait(60)


def eventually(condition: Callable[[], bool], running: Running) -> None:
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit, running.said.read_text(encoding="utf-8")
        time.sleep(0.05)


@contextmanager
def run(data_dir: Path, port: int, said: Path) -> Iterator[Running]:
    with said.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "zachetka", "run", "--empty", "--port", str(port)],
            env=os.environ | {"ZACHETKA_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    running = Running(process, data_dir, port, said)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            running.wait()


@pytest.fixture
def system(data_dir: Path, port: int, tmp_path: Path) -> Iterator[Running]:
    with run(data_dir, port, tmp_path / "said") as running:
        eventually(lambda: running.has_said("«Зачётка» работает"), running)
        yield running


def is_down(running: Running) -> bool:
    return not running.answers() and EmbeddedServer(running.data_dir).pid() is None


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_everything_the_database_included(system: Running, stop: signal.Signals) -> None:
    assert system.answers()
    assert set(system.children()) == {"serve", "worker", "sealer"}
    system.process.send_signal(stop)
    assert system.wait() == 0
    assert is_down(system)
    assert system.has_said("Остановлено.")


@pytest.mark.clause("2.4")
def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with run(tmp_path / "var", port, tmp_path / "said") as running:
            assert running.wait() == 1
            assert running.has_said(f"Порт {port} занят другой программой. Укажите другой: ZACHETKA_PORT=")
    assert not (tmp_path / "var").exists()


@pytest.mark.clause("2.4")
def test_without_the_web_server_everything_stops(system: Running) -> None:
    os.kill(system.children()["serve"], signal.SIGKILL)
    assert system.wait() == 1
    assert system.has_said("Завершился веб-сервер")
    eventually(lambda: is_down(system), system)


@pytest.mark.clause("2.4")
def test_killed_itself_it_leaves_no_web_server_and_the_next_run_works(
    system: Running, port: int, tmp_path: Path
) -> None:
    system.process.kill()
    system.process.wait()
    eventually(lambda: not system.answers(), system)
    with run(system.data_dir, system.port, tmp_path / "next") as following:
        eventually(lambda: following.has_said("«Зачётка» работает"), following)
        following.process.terminate()
        assert following.wait() == 0
        assert is_down(following)


@pytest.mark.clause("2.4")
def test_stopped_while_preparing_it_leaves_nothing_running(tmp_path: Path, port: int) -> None:
    with run(tmp_path / "var", port, tmp_path / "said") as running:
        eventually(lambda: EmbeddedServer(tmp_path / "var").pid() is not None, running)
        running.process.send_signal(signal.SIGINT)
        assert running.wait() == 0
        assert is_down(running)


@pytest.fixture(scope="module")
def standing(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system that the tests below leave running, each for the next; those above have stopped theirs in the same folder."""
    with run(data_dir, free_port(), tmp_path_factory.mktemp("standing") / "said") as running:
        eventually(lambda: running.has_said("«Зачётка» работает"), running)
        yield running


@pytest.mark.clause("2.4")
def test_a_second_run_on_the_same_folder_is_refused_and_the_first_goes_on(standing: Running, tmp_path: Path) -> None:
    with run(standing.data_dir, standing.port + 1, tmp_path / "second") as second:
        assert second.wait() == 1
        assert second.has_said(f"Уже запущено с папкой {standing.data_dir} (процесс {standing.process.pid}).")
    assert standing.answers()


@pytest.mark.clause("3.3")
def test_a_command_that_comes_and_goes_leaves_the_database_running(standing: Running) -> None:
    server = EmbeddedServer(standing.data_dir)
    running = server.pid()
    with server.session():
        assert server.pid() == running
    assert server.pid() == running
    assert not standing.has_said("База данных остановилась")


@pytest.mark.clause("3.9")
def test_a_killed_worker_is_started_again(standing: Running) -> None:
    former = standing.children()["worker"]
    os.kill(former, signal.SIGKILL)
    eventually(lambda: standing.children().get("worker", former) != former, standing)
    assert standing.has_said("Завершился исполнитель заданий")
    assert standing.answers()


@pytest.mark.clause("3.3")
def test_a_killed_database_is_started_again(standing: Running) -> None:
    server = EmbeddedServer(standing.data_dir)
    killed = server.pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: server.pid() not in (None, killed), standing)
    eventually(standing.answers, standing)


@pytest.mark.clause("2.4")
def test_a_web_server_that_is_silent_too_long_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: int
) -> None:
    monkeypatch.setattr("zachetka.cli.run._READY_SECONDS", 0.2)
    assert not _is_up("127.0.0.1", port, lambda: False)
    told = capsys.readouterr().err
    assert f"http://127.0.0.1:{port}/healthz" in told
    assert "порт никто не слушает" in told
    assert not _is_up("127.0.0.1", port, lambda: True)  # the control: it has ended, or a person has stopped it
    assert capsys.readouterr().err == ""
