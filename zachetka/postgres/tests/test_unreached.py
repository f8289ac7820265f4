"""Why the database was not reached is told apart from what it refused once reached (п. 3.3)."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from zachetka.postgres.address import APP, Place
from zachetka.postgres.server import PORT, SUPERUSER, EmbeddedServer
from zachetka.postgres.unreached import NOT_MADE, trouble

pytestmark = pytest.mark.clause("3.3")


def unreached(conninfo: str) -> psycopg.OperationalError:
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(conninfo).close()
    return refused.value


def told(place: Place, wrong: psycopg.OperationalError, *, as_administrator: bool = False) -> str:
    return str(trouble(place, wrong, as_administrator=as_administrator))


def test_an_embedded_server_without_role_or_database_has_not_been_prepared(cluster: EmbeddedServer) -> None:
    place = Place(cluster.data_dir)
    assert told(place, unreached(make_conninfo(place.administrator(), user="nobody_here"))) == NOT_MADE
    assert told(place, unreached(place.administrator(database="of_nobody"))) == NOT_MADE


def test_of_a_server_of_the_academy_it_is_told_whether_we_have_prepared_it(
    cluster: EmbeddedServer, tmp_path: Path
) -> None:
    socket = str(cluster.socket_folder)
    place = Place(tmp_path, make_conninfo(host=socket, port=PORT, user=SUPERUSER, dbname="of_nobody"))
    wrong = unreached(place.administrator())
    assert told(place, wrong) == NOT_MADE
    refused = f'Сервер базы данных {socket}:{PORT} отвечает, но соединения не даёт: database "of_nobody" does not exist'
    assert told(place, wrong, as_administrator=True).startswith(refused)
    place.make_passwords()
    assert told(place, wrong) == refused


def test_a_server_that_fell_is_named_with_its_log(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert told(place, unreached(place.conninfo(APP))).endswith(f"Его журнал: {tmp_path / 'postgres.log'}")


def test_what_the_database_refuses_once_reached_stays_what_it_is(cluster: EmbeddedServer) -> None:
    place = Place(cluster.data_dir)
    with psycopg.connect(place.administrator(database="postgres")) as connection:
        connection.execute("SET statement_timeout = 1")
        with pytest.raises(psycopg.errors.QueryCanceled) as late:
            connection.execute("SELECT pg_sleep(1)")
    assert trouble(place, late.value, as_administrator=False) is None
    with psycopg.connect(place.administrator(database="postgres")) as connection:  # the control: ended by the server
        with pytest.raises(psycopg.errors.AdminShutdown) as ended:
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        assert "прервал соединение" in told(place, ended.value)
