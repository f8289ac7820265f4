"""Asking for long work, and stopping it (п. 3.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from procrastinate.contrib.django import app

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.errors import IllegalStep
from zachetka.files.actions import discard, put_aside
from zachetka.jobs.models import Job, JobPart
from zachetka.lifecycle.steps import lock

if TYPE_CHECKING:
    from zachetka.access.models import Account


def ask_for(kind: str, title: str, *, actor: Account, at: datetime, **given: int | str) -> Job:
    """Queue work of `kind` in the caller's transaction: if that is rolled back, the work was never asked for.

    The same work asked for again by the same person while it waits or runs is the work that there is.

    Args:
        kind: a name registered with `work.doing`.
        title: what the person sees.
        actor: who asks.
        at: when.
        given: identifiers of what the work is about.
    """
    with transaction.atomic():
        job, is_new = Job.objects.unfinished().get_or_create(
            kind=kind, given=given, asked_by=actor, defaults={"title": title, "asked_at": at}
        )
        if is_new:
            app.configure_task("zachetka.jobs.work.perform", queue="jobs").defer(job_id=job.pk)
    return job


def keep_part(job: Job, name: str, content: bytes) -> JobPart:
    """Keep a finished part of `job`, in the transaction of whatever else is true once it is finished."""
    sha256, size = put_aside(content)
    return JobPart.objects.create(job=job, name=name, sha256=sha256, size=size)


def drop_parts(job: Job) -> None:
    """Take away the parts of work that has ended."""
    with transaction.atomic():
        found = list(JobPart.objects.filter(job=job).values_list("sha256", flat=True))
        JobPart.objects.filter(job=job).delete()
        discard(found, kept=_of_others)


def _of_others(digests: Iterable[str]) -> Iterable[str]:
    return JobPart.objects.filter(sha256__in=digests).values_list("sha256", flat=True)


def stop_job(job: Job, *, actor: Account, at: datetime) -> Job:
    """Ask running work to stop at its next step, or take waiting work out of the queue.

    Raises:
        Forbidden: it is somebody else's work.
        IllegalStep: it has ended already.
    """
    with transaction.atomic():
        job = lock(job)
        require(actor, Permission.JOB_READ, job)
        if job.state == Job.State.WAITING:
            job.state, job.ended_at, job.outcome = Job.State.CANCELLED, at, "Отменено до начала."
        elif job.state == Job.State.RUNNING:
            job.stop_asked = True
        else:
            raise IllegalStep("3.9", "Задание уже закончено: останавливать нечего.")
        job.save()
    return job
