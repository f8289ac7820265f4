"""Asking for long work, and stopping it (п. 3.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep
from zachetka.files.actions import discard, is_there, put_aside, remove_bytes
from zachetka.files.models import StoredFile
from zachetka.jobs.models import Job, JobPart
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock

if TYPE_CHECKING:
    from django.db.models import QuerySet

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


def remove_files(at: datetime) -> int:
    """Take away the files whose term is over, and parts that a killed worker left; return how many files (152-ФЗ ст. 5 ч. 7).

    A job is marked and recorded in one transaction, and only then do its bytes go: whatever comes between, no job that is
    not marked has lost its file, and the next hour finds the bytes of those that are.

    Raises:
        ExceptionGroup: what failed; everything else is taken away.
    """
    removed, failed = 0, []
    for pk in list(Job.objects.overdue(legal_date(at)).values_list("pk", flat=True)):
        try:
            removed += _mark_removed(pk, at)
        except Exception as fault:  # noqa: BLE001 - raised together below
            failed.append(fault)
    for file in StoredFile.objects.filter(pk__in=_gone()):
        try:
            if is_there(file):
                remove_bytes(file, gone=_gone())
        except Exception as fault:  # noqa: BLE001 - raised together below
            failed.append(fault)
    ended = Job.objects.exclude(state__in=[Job.State.WAITING, Job.State.RUNNING])
    for job in ended.filter(pk__in=JobPart.objects.values("job")):
        try:
            drop_parts(job)
        except Exception as fault:  # noqa: BLE001 - raised together below
            failed.append(fault)
    if failed:
        raise ExceptionGroup("files of jobs were not taken away", failed)
    return removed


def _mark_removed(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        rows = Job.objects.overdue(legal_date(at)).select_for_update(of=("self",), no_key=True, skip_locked=True)
        job = rows.select_related("result").filter(pk=pk).first()
        if job is None or job.result is None:
            return False
        job.removed_at = at
        job.save(update_fields=["removed_at"])
        record_event(
            EventType.JOB_FILE_REMOVED,
            job,
            actor=None,
            at=at,
            clause="152-ФЗ ст. 5 ч. 7",
            about=job.asked_by.person_uid,
            file=job.result.pk,
            sha256=job.result.sha256,
        )
    return True


def _gone() -> QuerySet[Job, int]:
    """Return the files of jobs that are kept for no job any more."""
    kept = Job.objects.filter(result__isnull=False, removed_at=None).values("result")
    return Job.objects.filter(removed_at__isnull=False).exclude(result__in=kept).values_list("result", flat=True)


def handed_out(job: Job) -> StoredFile | None:
    """Return the file that a worker of `job` stored before it was killed, None when there is none that is still kept.

    In the caller's transaction, which keeps the file with `keep_result` when there was none: the job is locked till then.
    """
    locked = Job.objects.select_for_update(of=("self",), no_key=True).select_related("result").get(pk=job.pk)
    return locked.result if locked.removed_at is None else None


def keep_result(job: Job, file: StoredFile, at: datetime) -> None:
    """Bind `file` to `job` with its term in the transaction that stores it: a worker killed after it leaves no file without one."""
    Job.objects.filter(pk=job.pk).update(result=file, kept_until=legal_date(at) + settings.RESULT_TERM, removed_at=None)


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
