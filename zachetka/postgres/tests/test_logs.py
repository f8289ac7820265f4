"""What the database refuses stays out of both logs, its own and ours (п. 3.8, 152-ФЗ ст. 19)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

import psycopg
import pytest

from zachetka.core.logs import OneLine
from zachetka.postgres.roles import Connection
from zachetka.postgres.server import EmbeddedServer

pytestmark = pytest.mark.clause("3.8")

CANARY = "112-233-445 95"
REFUSED = {
    # name: (statement with the canary in it, a word of the error)
    "a number known already": ("INSERT INTO holder VALUES ('{}', 1), ('{}', 1)", "duplicate key"),
    "a row that breaks a rule": ("INSERT INTO holder VALUES ('{}', -1)", "violates check"),
    "a row without a value": ("INSERT INTO holder VALUES ('{}', NULL)", "not-null"),
}


@pytest.fixture
def holder(owner: Connection, app: Connection) -> Iterator[Connection]:
    """The application, beside a table with numbers of people."""
    owner.execute("CREATE TABLE holder (snils text PRIMARY KEY, age int NOT NULL CHECK (age > 0))")
    owner.execute("GRANT SELECT, INSERT ON holder TO zachetka_app")
    yield app
    owner.execute("DROP TABLE holder")


def grown(log: Path, act: Callable[[], object]) -> str:
    """Return what the server's log has gained while `act` was refused."""
    before = log.stat().st_size
    with suppress(psycopg.Error):
        act()
    return log.read_bytes()[before:].decode()


@pytest.mark.parametrize("name", REFUSED)
def test_the_log_of_the_server_names_the_error_and_not_the_row(
    holder: Connection, superuser: Connection, cluster: EmbeddedServer, name: str
) -> None:
    statement, error = REFUSED[name]
    query = statement.format(CANARY, CANARY).encode()
    told = grown(cluster.log, lambda: holder.execute(query))
    assert error in told
    assert CANARY not in told
    superuser.execute("SET log_error_verbosity = 'default'")
    assert CANARY in grown(cluster.log, lambda: superuser.execute(query))
    superuser.execute("SET log_error_verbosity = terse")
    superuser.execute("SET log_min_error_statement = error")
    assert CANARY in grown(cluster.log, lambda: superuser.execute(query))


def logged(formatter: logging.Formatter, raising: Callable[[], object]) -> str:
    """Return what a handler with `formatter` writes of an error, told as a traceback and in a message."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.getLogger("zachetka.test.logs")
    log.propagate = False
    log.addHandler(handler)
    try:
        raising()
    except Exception as raised:
        log.exception("not saved: %s", raised)
    finally:
        log.removeHandler(handler)
    return out.getvalue()


def plainly(holder: Connection, query: bytes) -> None:
    holder.execute(query)


def wrapped(holder: Connection, query: bytes) -> None:
    """As Django raises: its own error from the database's, and one more on top."""
    try:
        holder.execute(query)
    except psycopg.Error as error:
        raise RuntimeError(f"while saving: {error}") from error


def grouped(holder: Connection, query: bytes) -> None:
    try:
        holder.execute(query)
    except psycopg.Error as error:
        raise ExceptionGroup("several", [error]) from None


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("raising", [plainly, wrapped, grouped])
def test_our_log_names_the_error_and_not_the_row(
    holder: Connection, name: str, raising: Callable[[Connection, bytes], None]
) -> None:
    statement, error = REFUSED[name]
    query = statement.format(f"{CANARY}\n\nNext", f"{CANARY}\n\nNext").encode()
    told = logged(OneLine(), lambda: raising(holder, query))
    assert error in told
    assert "Traceback" in told
    assert CANARY not in told
    assert "Next" not in told
    assert CANARY in logged(logging.Formatter(), lambda: raising(holder, query))
