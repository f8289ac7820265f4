"""What a killed process left of destruction: bytes of files that are marked destroyed (п. 3.9; 152-ФЗ ст. 21)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zachetka.files.actions import sweep_destroyed
from zachetka.jobs.work import own_connections


@app.periodic(cron="35 * * * *")
@app.task(name="zachetka.destruction.work.sweep", queue="jobs", queueing_lock="sweep_destroyed")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Take away, once an hour, the bytes that an act destroyed and a killed process left."""
    with own_connections():
        sweep_destroyed()
