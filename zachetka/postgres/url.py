"""ZACHETKA_DATABASE_URL as libpq reads it, or a sentence that repeats nothing of it: a password may stand anywhere in it (п. 3.8)."""

import re
from typing import Any, Final

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from zachetka.postgres.programs import ServerTrouble

VARIABLE: Final = "ZACHETKA_DATABASE_URL"
_SERVER: Final = re.compile(r"[\w./:,%-]*")
_PORT: Final = re.compile(r"[\d,]*")
LIKE: Final = f"Проверьте {VARIABLE}: postgresql://имя:пароль@сервер:5432/база."


def parameters(url: str) -> dict[str, Any]:
    """Return the connection parameters that `url` names.

    Raises:
        ServerTrouble: it is no address of a database.
    """
    try:
        given = conninfo_to_dict(url)
    except ProgrammingError:
        given = None
    # Not inside `except`: the error of libpq repeats the value, and a traceback would print it.
    if given is None or not _is_plain(given):
        raise ServerTrouble(f"Адрес базы данных не прочитан. {LIKE}")
    if not given.get("dbname"):
        raise ServerTrouble(f"В адресе базы данных не названа сама база. {LIKE}")
    return given


def _is_plain(given: dict[str, Any]) -> bool:
    """Say whether server, port and database are what they are called: «@» or «/» in a password moves parts of it there."""
    server, port, database = (str(given.get(name, "")) for name in ("host", "port", "dbname"))
    return bool(_SERVER.fullmatch(server) and _PORT.fullmatch(port)) and not {"@", "/"} & {*database}
