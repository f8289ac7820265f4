"""What every command does before its own work: the database up, Django set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import django
import psycopg

from zachetka.postgres import roles
from zachetka.postgres.address import Place
from zachetka.postgres.duties import REACH, Duty, take_up
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.server import EmbeddedServer
from zachetka.postgres.unreached import refuse_if_not_made, trouble

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
def server(*, administers: bool) -> Iterator[Place]:
    """Keep the database running inside the block: the embedded one is started, and stopped by whoever leaves last.

    Args:
        administers: the process may make the database where there is none; from others it is a refusal.
    """
    place = Place.from_environment()
    if not administers:
        refuse_if_not_made(place)
    with reaching(place, administers=administers):
        if place.url:
            yield place
            return
        with EmbeddedServer(place.data_dir).session():
            yield place


@contextmanager
def reaching(place: Place, *, administers: bool) -> Iterator[None]:
    """Tell in a sentence that the database was not reached; what it refuses once reached stays as it is (п. 3.3)."""
    from django.db import OperationalError

    try:
        yield
    except (psycopg.OperationalError, OperationalError) as wrong:
        cause = wrong if isinstance(wrong, psycopg.OperationalError) else wrong.__cause__
        told = (
            trouble(place, cause, as_administrator=administers) if isinstance(cause, psycopg.OperationalError) else None
        )
        if told is None:
            raise
        raise told from wrong


@contextmanager
def database(duty: Duty) -> Iterator[Place]:
    """`server()` with Django set up inside, reaching what `duty` needs; connections are closed on leaving.

    Whoever administers the database finds its roles made: Django reads their passwords when it is set up.
    """
    take_up(duty)
    from django.db import ProgrammingError, connections

    with server(administers=REACH[duty].administers) as place:
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
