"""`zachetka worker`: runs the background jobs."""

import click

from zachetka.cli.check import refuse_if_weakened
from zachetka.cli.session import database
from zachetka.postgres.duties import Duty


@click.command(short_help="Запустить исполнителя фоновых заданий.")
@click.option("--concurrency", default=2, show_default=True, help="Сколько заданий одновременно.")
def worker(concurrency: int) -> None:
    """Запустить исполнителя фоновых заданий; останавливается по Ctrl-C, закончив начатое."""
    with database(Duty.WORKER) as place:
        refuse_if_weakened(place)
        from procrastinate.contrib.django import app

        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector) as ready:
            ready.run_worker(concurrency=concurrency, shutdown_graceful_timeout=10, name="zachetka")
