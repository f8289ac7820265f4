"""A server of this room's own: these tests weaken it, stop it and kill it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from zachetka.postgres import append_only, roles
from zachetka.postgres.address import APP, MIGRATE, SEALER, Place
from zachetka.postgres.roles import Connection
from zachetka.postgres.server import EmbeddedServer

LEDGER = {"event": APP, "leaf": SEALER}
"""Append-only tables of this server and their writers."""


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A running server in a 0700 folder, as `mktemp -d` makes them."""
    server = EmbeddedServer(tmp_path_factory.mktemp("cluster") / "var")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def place(cluster: EmbeddedServer) -> Place:
    """The system's database with one ordinary and two append-only tables, granted by the rule."""
    place = Place(cluster.data_dir)
    roles.prepare(place)
    with owner_of(place) as owner:
        owner.execute("CREATE TABLE person (id bigint PRIMARY KEY, name text)")
        owner.execute(
            "CREATE TABLE event (id bigint PRIMARY KEY, person_id bigint REFERENCES person ON DELETE CASCADE)"
        )
        owner.execute("CREATE TABLE leaf (id bigint PRIMARY KEY)")
        owner.execute("CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'")
        for table, writer in LEDGER.items():
            for statement in append_only.statements(table, writer=writer):
                owner.execute(statement)
        roles.grant(owner)
    return place


@pytest.fixture
def owner(place: Place) -> Iterator[Connection]:
    with owner_of(place) as connection:
        yield connection


@pytest.fixture
def app(place: Place) -> Iterator[Connection]:
    with psycopg.connect(place.conninfo(APP), autocommit=True) as connection:
        yield connection


@pytest.fixture
def sealer(place: Place) -> Iterator[Connection]:
    with psycopg.connect(place.conninfo(SEALER), autocommit=True) as connection:
        yield connection


@pytest.fixture
def superuser(place: Place) -> Iterator[Connection]:
    with psycopg.connect(place.administrator(), autocommit=True) as connection:
        yield connection


def owner_of(place: Place) -> psycopg.Connection:
    return psycopg.connect(place.conninfo(MIGRATE), autocommit=True)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"
