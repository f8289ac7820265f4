"""The work that comes by the clock: letters each minute, reminders each morning (п. 3.9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app

from zachetka.core.clock import now
from zachetka.jobs.work import own_connections
from zachetka.notices import mailing

Reminder = Callable[[datetime], int]
REMINDERS: Final[list[Reminder]] = []
"""Functions of the rooms that tell what nobody does: a day has come, and something is still open."""


def daily(reminder: Reminder) -> Reminder:
    """Register a reminder; it tells each cause once, however often it is asked, and returns how many it told."""
    REMINDERS.append(reminder)
    return reminder


@app.periodic(cron="* * * * *")
@app.task(name="zachetka.notices.work.post", queue="jobs", queueing_lock="post")
def post(timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Make letters of what is to be mailed and send them."""
    with own_connections():
        turn(now())


@app.periodic(cron="5 5 * * *")
@app.task(name="zachetka.notices.work.remind", queue="jobs", queueing_lock="remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Ask every reminder, at five past eight in Moscow; one that fails does not keep the others from telling.

    Raises:
        ExceptionGroup: what failed, so that the queue knows of it.
    """
    with own_connections():
        remind_of(now())


def remind_of(at: datetime) -> int:
    """Ask every reminder and return how many notices were told; raised as `remind`."""
    told, failed = 0, []
    for reminder in REMINDERS:
        try:
            told += reminder(at)
        except Exception as fault:  # noqa: BLE001 - raised together below
            failed.append(fault)
    if failed:
        raise ExceptionGroup("reminders failed", failed)
    return told


def turn(at: datetime) -> int:
    """Do one turn of the post and return how many letters were sent; without a mail server none is made, so none pile up."""
    if not settings.MAIL_IS_SET:
        return 0
    mailing.gather(at)
    return mailing.deliver(at)
