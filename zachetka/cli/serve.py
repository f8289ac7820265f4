"""`zachetka serve`: the web server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from zachetka.cli.check import refuse_if_weakened
from zachetka.cli.session import database
from zachetka.postgres.duties import Duty

if TYPE_CHECKING:
    from granian.server.mp import MPServer
    from granian.server.mt import MTServer

CORES = len(os.sched_getaffinity(0))
PROCESSES = min(8, CORES)  # Python runs one thread at a time, so a core is kept busy by a process of its own
THREADS = 4  # of a process: a thread waits for the database half of its time
HEADERS_MS = 15_000  # a sender of headers drop by drop is cut off then; of bodies, by `web.arriving`
HEADERS_BYTES = 32 * 1024
CONNECTIONS = 512  # of a process; a connection waits at no cost
THREADS_OF_THE_DOOR = "ZACHETKA_THREADS"


@click.command(short_help="Запустить веб-сервер.")
@click.option("--host", envvar="ZACHETKA_HOST", default="127.0.0.1", show_default=True, help="Сетевой адрес.")
@click.option("--port", envvar="ZACHETKA_PORT", default=8000, show_default=True, help="Порт.")
@click.option("--processes", envvar="ZACHETKA_PROCESSES", default=PROCESSES, show_default=True, help="Число процессов.")
@click.option(
    "--threads", envvar="ZACHETKA_THREADS", default=THREADS, show_default=True, help="Число потоков в процессе."
)
def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Запустить веб-сервер (granian) на готовой базе данных."""
    with database(Duty.WEB) as place:
        refuse_if_weakened(place)
        from django.db import connections

        connections.close_all()
        web_server(host, port, processes, threads).serve()


def web_server(host: str, port: int, processes: int, threads: int) -> MPServer | MTServer:
    """Return granian with our limits: HTTP/1 alone, for no browser speaks another without TLS, and headers in time."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    os.environ[THREADS_OF_THE_DOOR] = str(threads)
    return Server(
        "zachetka.wsgi:door",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MS, max_buffer_size=HEADERS_BYTES),
        workers=processes,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        websockets=False,
    )
