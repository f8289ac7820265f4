"""`zachetka serve`: the web server."""

import os

import click

from zachetka.cli.check import refuse_if_weakened
from zachetka.cli.session import database
from zachetka.postgres.duties import Duty

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)  # a thread waits for the database half of its time


@click.command(short_help="Запустить веб-сервер.")
@click.option("--host", envvar="ZACHETKA_HOST", default="127.0.0.1", show_default=True, help="Сетевой адрес.")
@click.option("--port", envvar="ZACHETKA_PORT", default=8000, show_default=True, help="Порт.")
@click.option("--processes", envvar="ZACHETKA_PROCESSES", default=1, show_default=True, help="Число процессов.")
@click.option(
    "--threads", envvar="ZACHETKA_THREADS", default=THREADS, show_default=True, help="Число потоков в процессе."
)
def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Запустить веб-сервер (granian) на готовой базе данных."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    with database(Duty.WEB) as place:
        refuse_if_weakened(place)
        from django.db import connections

        connections.close_all()
        Server(
            "zachetka.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=threads,
            backpressure=threads * 16,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
            websockets=False,
        ).serve()
