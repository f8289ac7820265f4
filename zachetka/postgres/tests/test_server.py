"""The embedded server under what happens to it: killed, started twice, left behind, moved to a deep folder."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from zachetka.postgres import programs, roles
from zachetka.postgres.address import APP, MIGRATE, Place
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.server import EmbeddedServer, socket_folder


@contextmanager
def started(data_dir: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(data_dir)
    server.start()
    try:
        yield server
    finally:
        EmbeddedServer(data_dir).stop()


def ask(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(Place(server.data_dir).administrator(database="postgres")) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def eventually(condition: object) -> None:
    limit = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < limit, "did not happen in 20 s"
        time.sleep(0.02)


@pytest.mark.clause("3.3")
def test_an_acknowledged_row_survives_the_kill_of_the_server(data_dir: Path) -> None:
    with started(data_dir) as server:
        place = Place(data_dir)
        roles.prepare(place)
        with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as owner:
            owner.execute("CREATE TABLE mark (id bigint)")
            owner.execute("INSERT INTO mark VALUES (1)")
        killed = server.pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: server.pid() is None)
        assert server.start()
        assert server.pid() != killed
        with psycopg.connect(place.conninfo(MIGRATE)) as owner:
            assert owner.execute("SELECT id FROM mark").fetchall() == [(1,)]


@pytest.mark.clause("3.3")
def test_pid_file_left_behind_by_a_crash_is_no_obstacle(data_dir: Path) -> None:
    """After a restart of the machine the number may belong to any process, here to this one."""
    with started(data_dir) as server:
        server.stop()
        (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server.cluster}\n", encoding="utf-8")
        assert server.pid() is None
        assert server.start()


@pytest.mark.clause("3.3")
def test_no_second_server_writes_while_an_orphan_of_the_first_lives(data_dir: Path) -> None:
    with started(data_dir) as server, psycopg.connect(Place(data_dir).administrator(database="postgres")) as connection:
        orphan = connection.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)
        try:
            os.kill(server.pid() or 0, signal.SIGKILL)
            eventually(lambda: server.pid() is None)
            starting = threading.Thread(target=server.start)
            starting.start()
            time.sleep(1.0)
            assert starting.is_alive()
            assert "shared memory block" in server.log.read_text(encoding="utf-8")
        finally:
            os.kill(orphan, signal.SIGCONT)
        starting.join()
        assert ask(server, "SELECT 1") == 1
        connection.close()


@pytest.mark.clause("3.3")
def test_a_second_start_attaches(cluster: EmbeddedServer) -> None:
    second = EmbeddedServer(cluster.data_dir)
    assert not second.start()
    assert second.pid() == cluster.pid()


@pytest.mark.clause("3.3")
def test_two_starts_at_once_make_one_server(data_dir: Path) -> None:
    servers = [EmbeddedServer(data_dir) for _ in range(2)]
    outcomes: list[bool] = []
    threads = [threading.Thread(target=lambda server=server: outcomes.append(server.start())) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sorted(outcomes) == [False, True]
    finally:
        for server in servers:
            server.stop()


@pytest.mark.clause("3.3")
def test_whoever_leaves_last_stops_the_server(data_dir: Path) -> None:
    first, second = EmbeddedServer(data_dir), EmbeddedServer(data_dir)
    with first.session():
        with second.session():
            assert second.pid() is not None
        assert first.pid() is not None
    assert first.pid() is None


@pytest.mark.clause("3.3")
def test_whoever_holds_the_server_keeps_it_running_when_a_session_leaves(data_dir: Path) -> None:
    holder, passing = EmbeddedServer(data_dir), EmbeddedServer(data_dir)
    with holder.held():
        running = holder.pid()
        with passing.session():
            pass
        assert holder.pid() == running is not None
        with passing.session():
            holder.stop()
            assert passing.start()
    assert holder.pid() is None


@pytest.mark.clause("3.3")
def test_a_server_outlives_the_process_that_started_it_and_is_stopped_by_another(data_dir: Path) -> None:
    script = "import os, sys, pathlib; from zachetka.postgres.server import EmbeddedServer as E;"
    script += "E(pathlib.Path(sys.argv[1])).start(); os._exit(0)"
    subprocess.run([sys.executable, "-c", script, str(data_dir)], check=True)
    server = EmbeddedServer(data_dir)
    assert server.pid() is not None
    assert not server.start()
    server.stop()
    assert server.pid() is None


@pytest.mark.clause("3.3")
def test_a_deep_folder_gets_a_short_one_for_its_socket(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["учебный-год"] * 6)
    folder = socket_folder(deep)
    assert len(os.fsencode(folder)) < 60
    try:
        with started(deep) as server:
            assert ask(server, "SELECT 1") == 1
            assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        folder.rmdir()


@pytest.mark.clause("3.3")
def test_a_folder_for_the_socket_made_by_somebody_else_is_refused(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["учебный-год"] * 6)
    folder = socket_folder(deep)
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    try:
        with pytest.raises(ServerTrouble, match="не наша или открыта"):
            EmbeddedServer(deep).start()
    finally:
        folder.rmdir()


@pytest.mark.clause("3.3")
def test_the_server_is_as_durable_and_as_closed_as_promised(cluster: EmbeddedServer) -> None:
    asked = {
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "unix_socket_permissions": "0700",
    }
    assert {name: ask(cluster, f"SELECT current_setting('{name}')") for name in asked} == asked
    assert ask(cluster, "SELECT lower('ЁЖ')") == "ёж"
    assert ask(cluster, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"


@pytest.mark.clause("3.8")
def test_only_the_user_who_started_the_server_is_let_in(cluster: EmbeddedServer) -> None:
    rules = [line for line in (cluster.cluster / "pg_hba.conf").read_text().splitlines() if line]
    assert rules == ["local all all peer map=zachetka"]
    assert len((cluster.cluster / "pg_ident.conf").read_text().splitlines()) == 1
    assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.clause("3.8")
def test_the_server_does_not_run_as_root(cluster: EmbeddedServer) -> None:
    pid = cluster.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


@pytest.mark.clause("3.3")
def test_data_of_another_version_is_left_alone(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server.cluster.mkdir(parents=True)
    (server.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServerTrouble, match=r"создана PostgreSQL 16, установлен PostgreSQL 18.*pg_dump"):
        server.start()


@pytest.mark.clause("3.3")
def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    with pytest.raises(ServerTrouble, match="shared_buffers"):
        EmbeddedServer(data_dir, settings={"shared_buffers": "nonsense"}).start()


@pytest.mark.clause("3.3")
def test_an_unfinished_cluster_is_made_again(data_dir: Path) -> None:
    unfinished = data_dir / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "half").write_text("a killed initdb")
    with started(data_dir) as server:
        assert ask(server, "SELECT 1") == 1
    assert not unfinished.exists()


@pytest.mark.clause("3.3")
def test_variables_of_another_server_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "somewhere")
    assert "PGHOST" not in programs.environment()


@pytest.mark.clause("3.8")
def test_without_capabilities_a_closed_folder_is_refused_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(programs, "_permitted_capabilities", lambda: 0)
    monkeypatch.setattr(programs, "_may_search", lambda _folder, _user: False)
    with pytest.raises(ServerTrouble, match="Перенесите проект в папку, куда может войти любой пользователь"):
        programs.runner_for(tmp_path / "postgres")


@pytest.mark.clause("3.8")
def test_the_app_connects_by_being_the_same_user(cluster: EmbeddedServer, place: Place) -> None:
    with psycopg.connect(place.conninfo(APP)) as connection:
        assert connection.execute("SELECT session_user").fetchone() == (APP,)
