"""What every command does before its own work: the database up, Django set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

from zachetka.postgres.address import Place
from zachetka.postgres.server import EmbeddedServer


def set_up() -> None:
    """Set Django up; costs most of a second, so only commands that touch models call it."""
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
def database() -> Iterator[Place]:
    """`server()` with Django set up inside; connections are closed on leaving."""
    from django.db import connections

    with server() as place:
        set_up()
        try:
            yield place
        finally:
            connections.close_all()
