"""Databases of the tests: one server, one migrated template, a copy for each worker, a copy on demand.

- `db` (or the mark `django_db`): the worker's copy, as `zachetka_app`, rolled back after the test.
- `fresh_database`: a copy of its own, for tests with threads, commits or the sealer; dropped after the test.

Nothing is ever truncated: the app may not, and the append-only tables would refuse.
"""

import fcntl
import hashlib
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import pytest
from psycopg import sql
from pytest_django import DjangoDbBlocker

from zachetka.postgres import roles
from zachetka.postgres.address import MIGRATE, OWNER, Place
from zachetka.postgres.server import EmbeddedServer

HASTE = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "512MB"}
"""Only a fall of the whole machine could lose what is written so, and then the tests are over as well. A copy of the
template takes a fifth of the time; in memory (`environment.py`) a third of that, and the log has to fit there too. What speaks of durability has servers of its own (`zachetka/postgres/tests`)."""

_ROOT = Path(__file__).resolve().parent.parent
_PREFIX = "zachetka_test"


@pytest.fixture(scope="session")
def database_server() -> Iterator[Place]:
    """The tests' own embedded server; the last worker to leave stops it."""
    place = Place.from_environment()
    with EmbeddedServer(place.data_dir, settings=HASTE).session():
        yield place


@pytest.fixture(scope="session")
def database_template(database_server: Place, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of the migrated, empty database that all others are copies of; made again when a migration or a law changed."""
    name = f"{_PREFIX}_template_{_migrations_digest()}"
    with _alone(database_server), _administrator(database_server) as administrator:
        _drop_leftovers(administrator, keep=name)
        if not _exists(administrator, name):
            fresh = Place(database_server.data_dir, database=f"{name}_new")
            _drop(administrator, fresh.database)
            roles.prepare(fresh)
            with django_db_blocker.unblock():
                _migrate(fresh)
            administrator.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(fresh.database), sql.Identifier(name))
            )
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    database_server: Place, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Give this worker its own copy of the template (pytest-django's `db` asks for this fixture)."""
    with copied(database_server, database_template) as name, connected_to(name, django_db_blocker):
        yield


@pytest.fixture
def fresh_database(
    request: pytest.FixtureRequest,
    database_server: Place,
    database_template: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Place]:
    """A database of this test's own, where commits are real and every thread and role may connect."""
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        raise pytest.UsageError("fresh_database replaces db: ask for one of them")
    with (
        copied(database_server, database_template) as name,
        connected_to(name, django_db_blocker),
        django_db_blocker.unblock(),
    ):
        yield Place(database_server.data_dir, database=name)


@pytest.fixture
def transactional_db() -> None:
    """Refuse: pytest-django's own fixture truncates tables after the test."""
    raise pytest.UsageError("ask for fresh_database: append-only tables cannot be truncated")


@contextmanager
def copied(place: Place, template: str) -> Iterator[str]:
    """Keep a copy of database `template` for the length of the block."""
    name = f"{_PREFIX}_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with _administrator(place) as administrator:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY")
        names = (sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER))
        administrator.execute(statement.format(*names))
        for grant in roles.database_statements(name):
            administrator.execute(grant)
        try:
            yield name
        finally:
            _drop(administrator, name)


@contextmanager
def connected_to(name: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Point every alias, in every thread, at database `name`.

    Raises:
        AssertionError: at the end, when a thread left a connection open. Forgotten, it would be found by the collector
            of garbage, in the middle of another test.
    """
    from django.db import connections
    from django.db.backends.signals import connection_created

    opened: WeakKeyDictionary[psycopg.Connection[Any], str] = WeakKeyDictionary()

    def remember(connection: Any, **_told: object) -> None:
        opened[connection.connection] = f"{threading.current_thread().name} in {os.environ.get('PYTEST_CURRENT_TEST')}"

    before = {alias: connections.settings[alias]["NAME"] for alias in connections.settings}
    with blocker.unblock():
        connections.close_all()
    for alias in before:
        connections.settings[alias]["NAME"] = name
    connection_created.connect(remember)
    try:
        yield
    finally:
        connection_created.disconnect(remember)
        with blocker.unblock():
            connections.close_all()
        for alias, former in before.items():
            connections.settings[alias]["NAME"] = former
        forgotten = {connection: thread for connection, thread in opened.items() if not connection.closed}
        for connection in forgotten:
            connection.close()
        assert not forgotten, f"{forgotten}: a thread that opens connections ends with `connections.close_all()`"


def _migrate(place: Place) -> None:
    from django.core.management import call_command
    from django.db import connections

    from zachetka.postgres import laying

    connections.settings["migrate"]["NAME"] = place.database
    call_command("migrate", database="migrate", interactive=False, verbosity=0)
    connections["migrate"].close()
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        laying.lay(connection)
        roles.grant(connection)


def _migrations_digest() -> str:
    sources = [
        *_ROOT.glob("zachetka/*/migrations/*.py"),
        *_ROOT.glob("zachetka/*/laws/*.sql"),
        *_ROOT.glob("zachetka/postgres/*.py"),
        _ROOT / "requirements.lock",
    ]
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(f"{source}\0".encode() + source.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    with (place.data_dir / "template.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _administrator(place: Place) -> Iterator[roles.Connection]:
    with psycopg.connect(place.administrator(database="postgres"), autocommit=True) as connection:
        yield connection


def _exists(administrator: roles.Connection, name: str) -> bool:
    return administrator.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(administrator: roles.Connection, name: str) -> None:
    administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_leftovers(administrator: roles.Connection, *, keep: str) -> None:
    """Drop templates of other migrations and databases of test processes that are gone."""
    for (found,) in administrator.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX]
    ).fetchall():
        name = str(found)
        owner = name.removeprefix(f"{_PREFIX}_").partition("_")[0]
        if name != keep and not (owner.isdecimal() and Path("/proc", owner).exists()):
            _drop(administrator, name)
