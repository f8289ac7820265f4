"""What the database refuses stays out of its log (п. 3.8, 152-ФЗ ст. 19); ours: `core/tests/test_logs.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

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
