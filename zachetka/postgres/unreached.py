"""Why the database was not reached, in one sentence for the person at the console (п. 3.3)."""

from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from zachetka.postgres import url
from zachetka.postgres.address import APP, Place
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.server import EmbeddedServer

NOT_MADE: Final = "База данных ещё не создана: make run или zachetka migrate."
_ENDED: Final = ("08", "57P")
"""Beginnings of the SQLSTATE with which a server ends a connection; of one that never began libpq names none."""
_PING_SECONDS: Final = 5


def refuse_if_not_made(place: Place) -> None:
    """Refuse to look for an embedded database where there is none: whoever only reads makes no folder.

    Raises:
        ServerTrouble: nothing has been made in the data folder.
    """
    if not place.url and not EmbeddedServer(place.data_dir).cluster.exists():
        raise ServerTrouble(NOT_MADE)


def trouble(place: Place, wrong: psycopg.OperationalError, *, as_administrator: bool) -> ServerTrouble | None:
    """Return why the database was not reached, None when it was reached and refused a statement.

    Args:
        place: the database that was asked for.
        wrong: what psycopg said.
        as_administrator: the process connects by the name and the password in ZACHETKA_DATABASE_URL.
    """
    if wrong.sqlstate and not wrong.sqlstate.startswith(_ENDED):
        return None
    if not place.url:
        return ServerTrouble(_embedded(place, wrong))
    return ServerTrouble(_elsewhere(place, wrong, as_administrator=as_administrator))


def _embedded(place: Place, wrong: psycopg.OperationalError) -> str:
    if _ping(place.conninfo(APP)) != Ping.OK:
        return f"Встроенный сервер базы данных не отвечает. Его журнал: {EmbeddedServer(place.data_dir).log}"
    answer = _last_line(wrong)
    if answer.endswith("does not exist"):  # the role or the database: the embedded server speaks English
        return NOT_MADE
    return f"Встроенный сервер базы данных прервал соединение: {answer}"


def _elsewhere(place: Place, wrong: psycopg.OperationalError, *, as_administrator: bool) -> str:
    given = url.parameters(place.url)
    where = f"{given.get('host') or given.get('hostaddr') or 'localhost'}:{given.get('port') or 5432}"
    match _ping(make_conninfo(place.url, connect_timeout=_PING_SECONDS)):
        case Ping.NO_ATTEMPT:
            return f"Адрес базы данных не прочитан. {url.LIKE}"
        case Ping.NO_RESPONSE:
            return f"Сервер базы данных не отвечает: {where}. Проверьте {url.VARIABLE}."
        case Ping.REJECT:
            return f"Сервер базы данных {where} запускается или останавливается. Повторите через минуту."
    if not (as_administrator or place.password(APP)):
        return NOT_MADE
    answer = f"Сервер базы данных {where} отвечает, но соединения не даёт: {_last_line(wrong)}"
    return f"{answer}\nПроверьте имя, пароль и базу в {url.VARIABLE}." if as_administrator else answer


def _ping(conninfo: str) -> Ping:
    return Ping(PGconn.ping(conninfo.encode()))


def _last_line(wrong: psycopg.OperationalError) -> str:
    """Return what the server answered, without libpq's words on how it asked."""
    return str(wrong).strip().rpartition("\n")[2].rpartition("FATAL:  ")[2]
