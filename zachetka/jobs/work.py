"""Doing long work: a table of workers, progress that is seen at once, a stop between two steps (п. 3.9).

A room registers its work with `@doing("kind")`. The function gets a `Progress` and does its own transactions, each
step idempotent: a worker that was killed is followed by another that goes on, from the parts that it kept.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connections, transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status

from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Refusal
from zachetka.files.models import StoredFile
from zachetka.jobs.actions import drop_parts, remove_files
from zachetka.jobs.models import Job
from zachetka.jobs.taking import OPENED, Opened

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 5
"""How often a crash is tried again before the person is told."""
KILLED: Final = (
    "Задание не удалось: пять раз подряд оно останавливалось на полпути. Разделите его на части поменьше "
    "или позовите администратора; повторять то же самое не стоит."
)
SHOWN_EVERY: Final = 0.5
"""Seconds between two writes of the progress."""


class Stopped(Exception):
    """Somebody asked to stop; what was done so far stays, the rest is not begun."""


@dataclass(slots=True)
class Progress:
    """What the work knows of its own job."""

    job: Job
    _shown_at: float = field(default=0.0)

    def begin(self, total: int) -> None:
        """Say how many steps there will be."""
        Job.objects.filter(pk=self.job.pk).update(total=total, done=0)
        self.job.total = total

    def step(self, done: int) -> None:
        """Say how many steps are done.

        Raises:
            Stopped: somebody asked to stop.
        """
        moment = time.monotonic()
        if moment - self._shown_at < SHOWN_EVERY and done < self.job.total:
            return
        self._shown_at = moment
        Job.objects.filter(pk=self.job.pk).update(done=min(done, self.job.total or done))
        if Job.objects.filter(pk=self.job.pk, stop_asked=True).exists():
            raise Stopped


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the work: a sentence, and a file or a page."""

    outcome: str
    file: StoredFile | None = None
    url: str = ""


Worker = Callable[[Progress], Result]
WORKERS: dict[str, Worker] = {}


def doing(kind: str, *, opened: Opened | None = None) -> Callable[[Worker], Worker]:
    """Register the function that does work of `kind`.

    Args:
        kind: its name.
        opened: by which right, and over what record, the file that comes of it is handed out; None for work without one.

    Raises:
        ValueError: two functions claim one kind.
    """

    def register(worker: Worker) -> Worker:
        if kind in WORKERS:
            raise ValueError(f"two workers for {kind!r}")
        WORKERS[kind] = worker
        if opened is not None:
            OPENED[kind] = opened
        return worker

    return register


@contextmanager
def own_connections() -> Iterator[None]:
    """Give a task usable connections and let go of them at its end: the next one may run in another thread.

    Whoever calls a task within a transaction keeps the connection of it.
    """
    close_old_connections()
    try:
        yield
    finally:
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close()


@app.task(
    name="zachetka.jobs.work.perform",
    queue="jobs",
    retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3),
    pass_context=True,
)
def perform(context: JobContext, job_id: int) -> None:
    """What the queue calls; a crash is tried again by the queue, and told to the person after the last try."""
    with own_connections():
        do(job_id, is_last=_is_last(context.job))


@app.periodic(cron="* * * * *")
@app.task(name="zachetka.jobs.work.revive", queue="jobs", queueing_lock="revive", pass_context=True)
async def revive(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Put back what a killed worker held: once a minute, whoever has been silent for half of one.

    Work that has killed its last worker as well is given up and told to the person: it would kill the next ones.
    """
    queue = context.app.job_manager
    for held in await queue.get_stalled_jobs(task_name=perform.name):
        if _is_last(held):
            logger.error("a worker left job %s at its last try, it is given up", held.task_kwargs)
            await sync_to_async(give_up)(cast("int", held.task_kwargs["job_id"]))
            await queue.finish_job(held, Status.FAILED, delete_job=False)
        else:
            logger.warning("a worker left job %s, it is put back", held.task_kwargs)
            await queue.retry_job(held)


@app.periodic(cron="25 * * * *")
@app.task(name="zachetka.jobs.work.remove_overdue", queue="jobs", queueing_lock="remove_overdue")
def remove_overdue(timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Take away files whose term is over, once an hour (152-ФЗ ст. 5 ч. 7)."""
    with own_connections():
        remove_files(now())


def _is_last(tried: QueuedJob) -> bool:
    return tried.attempts + 1 >= ATTEMPTS  # the queue counts a try when it is over


def give_up(job_id: int) -> None:
    """End a job whose worker was killed at every try; one that has ended meanwhile stays as it is."""
    with own_connections():
        for job in Job.objects.unfinished().filter(pk=job_id):
            _end(job, Job.State.FAILED, Result(KILLED))


def do(job_id: int, *, is_last: bool) -> None:
    """Do one job to its end, whatever the end is; run again after a crash it goes on."""
    with transaction.atomic():
        job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
        if job.state not in (Job.State.WAITING, Job.State.RUNNING):
            return
        job.state, job.started_at = Job.State.RUNNING, job.started_at or now()
        job.save(update_fields=["state", "started_at"])
    try:
        result = WORKERS[job.kind](Progress(job))
        if result.file is not None and job.kind not in OPENED:
            raise LookupError(f"work of {job.kind!r} does not say who may take its file")
    except Stopped:
        _end(job, Job.State.CANCELLED, Result("Остановлено по просьбе. Сделанное до этого сохранено."))
    except Refusal as refusal:
        _end(job, Job.State.FAILED, Result(refusal.sentence))
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        if is_last:
            _end(job, Job.State.FAILED, Result("Ошибка на нашей стороне. Запустите задание снова; мы уже знаем."))
        raise
    else:
        _end(job, Job.State.DONE, result)


def _end(job: Job, state: str, result: Result) -> None:
    changes: dict[str, Any] = {
        "state": state,
        "outcome": result.outcome[:500],
        "url": result.url,
        "ended_at": now(),
    }
    if result.file is not None:
        changes["result"] = result.file
        changes["kept_until"] = legal_date(changes["ended_at"]) + settings.RESULT_TERM
    if state == Job.State.DONE:
        changes["done"] = job.total
    Job.objects.filter(pk=job.pk).update(**changes)
    drop_parts(job)
