"""What every command does before its own work: the database up, Django set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import django

from zachetka.postgres import roles
from zachetka.postgres.address import Place
from zachetka.postgres.duties import REACH, Duty, take_up
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.server import EmbeddedServer

UNKNOWN: Final = frozenset({"42P01", "42703"})
"""SQLSTATE of a table or a column that the database does not know."""
OTHER_VERSION: Final = (
    "База данных — от другой версии программы: в ней нет того, о чём спросили. Приведите её к этой: zachetka migrate."
)


def set_up(duty: Duty) -> None:
    """Set Django up to reach what `duty` needs; costs most of a second, so only commands that touch models call it."""
    take_up(duty)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zachetka.settings")
    django.setup()


@contextmanager
def server() -> Iterator[Place]:
    """Keep the database running inside the block: the embedded one is started, and stopped by whoever leaves last."""
    place = Place.from_environment()
    if place.url:
        yield place
        return
    with EmbeddedServer(place.data_dir).session():
        yield place


@contextmanager
def database(duty: Duty) -> Iterator[Place]:
    """`server()` with Django set up inside, reaching what `duty` needs; connections are closed on leaving.

    Whoever administers the database finds its roles made: Django reads their passwords when it is set up.
    """
    take_up(duty)
    from django.db import ProgrammingError, connections

    with server() as place:
        if REACH[duty].administers:
            roles.prepare(place)
        set_up(duty)
        try:
            yield place
        except ProgrammingError as wrong:
            if getattr(wrong.__cause__, "sqlstate", "") in UNKNOWN:
                raise ServerTrouble(OTHER_VERSION) from wrong
            raise
        finally:
            connections.close_all()
