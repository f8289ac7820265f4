"""Background work as people see it: what, how far, what came of it."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.files.models import StoredFile


class JobQuerySet(ScopedQuerySet["Job"]):
    """Named reads of jobs."""

    read_permission = Permission.JOB_READ

    def unfinished(self) -> Self:
        """Waiting or running."""
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def overdue(self, day: date) -> Self:
        """With a file that was kept until a day before `day`."""
        return self.filter(result__isnull=False, removed_at=None, kept_until__lt=day)


class Job(models.Model):
    """One piece of long work, asked for by somebody, with its progress and its result (п. 3.9).

    The queue itself is procrastinate's; a job is queued in the transaction that makes this row.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "в очереди"
        RUNNING = "running", "идёт"
        DONE = "done", "готово"
        FAILED = "failed", "не получилось"
        CANCELLED = "cancelled", "отменено"

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    given = models.JSONField(default=dict)
    """What the work is about: identifiers only."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    outcome = models.CharField(max_length=500, blank=True)
    result = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    kept_until = models.DateField(null=True)
    """Last day of the file, set with it and counted from the end of the job."""
    removed_at = models.DateTimeField(null=True)
    url = models.CharField(max_length=200, blank=True)
    """Where the result can be looked at, when it is a page."""
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="jobs")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="job_of_somebody")]
        constraints = [
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_is_not_overdone"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed", "cancelled"]) | Q(ended_at__isnull=False),
                name="job_ended_has_a_moment",
            ),
            models.UniqueConstraint(
                fields=["asked_by", "kind", "given"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_runs_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(result=None) | Q(kept_until__isnull=False), name="job_file_has_a_term"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(result__isnull=False), name="job_removed_had_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class JobPart(models.Model):
    """A finished part of work that goes on: whoever follows a killed worker does not do it again (п. 3.9).

    The bytes stand in the store; both go when the work ends, whatever the end is.
    """

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="parts")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("job", "pk")
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="job_part_is_done_once")]

    def __str__(self) -> str:
        return self.name
