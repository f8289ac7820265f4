"""A command that does not reach the database says why in one sentence, and never what the address holds (п. 3.3, 3.8)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zachetka.cli.tests.test_run import free_port
from zachetka.postgres.unreached import NOT_MADE

SECRET = "parol-9137"
READING = (
    ("verify", "--json"),
    ("check",),
    ("key",),
    ("serve",),
    ("worker",),
    ("sealer", "--once"),
    ("dbshell",),
    ("export", "checkpoint", "--out", "point"),
    ("restore-access", "admin", "--order", "1", "--order-date", "01.09.2026"),
)
"""Commands that make no database."""
UNREAD = (
    SECRET,
    f"postgresql://u:{SECRET}@localhost:1/",
    f"postgresql://u:{SECRET}%zz@localhost:1/x",
    f"postgresql://u:a@{SECRET}@localhost:1/x",  # a part of the password is taken for the server
    f"postgresql://u:{SECRET}/b@localhost:1/x",  # … for the port
    f"postgresql://u:1/{SECRET}@localhost:1/x",  # … for the database
    f"host=localhost port=1 dbname=x user=u sslmode={SECRET}",
)


def said(*command: str, data_dir: Path, url: str = "") -> str:
    """Return what the command says as it ends with code 1."""
    surroundings = {
        "ZACHETKA_DATA_DIR": str(data_dir),
        "ZACHETKA_DATABASE_URL": url,
        "ZACHETKA_PORT": str(free_port()),
        "PYTHONPATH": str(Path.cwd()),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "zachetka", *command],
        env={name: value for name, value in os.environ.items() if name != "ZACHETKA_DUTY"} | surroundings,
        cwd=data_dir.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    return ended.stdout + ended.stderr


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("command", [("run",), ("check",), ("verify",), ("migrate",), READING[7]])
def test_a_server_that_does_not_answer_is_named_in_a_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    closed = free_port()
    told = said(*command, data_dir=tmp_path / "var", url=f"postgresql://u:{SECRET}@localhost:{closed}/x")
    lines = [line for line in told.splitlines() if line]
    assert lines == [f"zachetka: Сервер базы данных не отвечает: localhost:{closed}. Проверьте ZACHETKA_DATABASE_URL."]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("command", ["run", "check", "install"])
@pytest.mark.parametrize("url", UNREAD)
def test_an_address_that_is_none_is_told_without_a_part_of_it(command: str, url: str, tmp_path: Path) -> None:
    told = said(command, data_dir=tmp_path / "var", url=url)
    assert told.startswith("zachetka: ")
    assert told.count("\n") == 1
    assert "Проверьте ZACHETKA_DATABASE_URL" in told
    assert SECRET not in told


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_a_command_that_reads_makes_no_database_where_there_is_none(command: tuple[str, ...], tmp_path: Path) -> None:
    assert said(*command, data_dir=tmp_path / "var") == f"zachetka: {NOT_MADE}\n"
    assert not (tmp_path / "var").exists()
