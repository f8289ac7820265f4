"""Pages of background work: my jobs, one job with its bar, its result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import IllegalStep
from zachetka.core.russian import date_digits
from zachetka.files.actions import contents
from zachetka.jobs.actions import stop_job
from zachetka.jobs.lists import JOBS
from zachetka.jobs.models import Job
from zachetka.jobs.taking import take_file
from zachetka.rendering.taken import taken

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@dataclass(frozen=True, slots=True)
class Card:
    """A job as the pages show it: the state in the words of the design, its address, what went wrong."""

    id: int
    label: str
    done: int
    total: int
    state: str
    active: bool
    outcome: str
    failure: str
    result_url: str
    kept: str

    @classmethod
    def of(cls, job: Job) -> Card:
        """Return the card of `job`."""
        failed = job.state == Job.State.FAILED
        is_over = _is_over(job, legal_date(now()))
        kept = ""
        if job.kept_until is not None and job.state == Job.State.DONE:
            kept = f"Файл {'хранился' if is_over else 'хранится'} до {date_digits(job.kept_until)}."
        return cls(
            id=job.pk,
            label=job.title,
            done=job.done,
            total=job.total,
            state="queued" if job.state == Job.State.WAITING else job.state,
            active=job.state in (Job.State.WAITING, Job.State.RUNNING),
            outcome="" if failed else job.outcome,
            failure=job.outcome if failed else "",
            result_url="" if is_over else reverse("jobs:result", args=[job.pk]) if _has_file(job) else job.url,
            kept=kept,
        )


def _has_file(job: Job) -> bool:
    """True once the work is done: a file that a killed worker stored before is not shown, and goes when its term is over."""
    return job.state == Job.State.DONE and job.result_id is not None


def _is_over(job: Job, day: date) -> bool:
    """True when the term of the file is over, whether its bytes have been taken away yet or not."""
    return job.removed_at is not None or (job.kept_until is not None and job.kept_until < day)


@require_safe
@needs(Permission.JOB_READ)
def job_list(request: ActorRequest) -> HttpResponse:
    """What I asked for, newest first."""
    return render(request, "jobs/list.html", {"table": JOBS.page(request.GET, Job.objects.visible_to(request.user))})


@require_safe
@needs(Permission.JOB_READ)
def job_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, JOBS, Job.objects.visible_to(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.JOB_READ)
def job_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One job; the bar asks for itself again while the work runs."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("result"), pk=pk)
    fragment = request.headers.get("HX-Request") == "true"
    told = {"job": Card.of(job), "url": reverse("jobs:job", args=[pk]), "cancel_url": reverse("jobs:stop", args=[pk])}
    return render(request, "web/_components/job.html" if fragment else "jobs/job.html", told)


@require_POST
@needs(Permission.JOB_READ)
def job_stop(request: ActorRequest, pk: int) -> HttpResponse:
    """Stop my job."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    stop_job(job, actor=request.user, at=now())
    return redirect("jobs:job", pk=pk)


@require_safe
@needs(Permission.JOB_READ)
def job_result(request: ActorRequest, pk: int) -> HttpResponse:
    """The file that came of my job, while its term lasts (152-ФЗ ст. 5 ч. 7)."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("result"), pk=pk)
    if job.result is None or not _has_file(job):
        raise Http404
    if job.kept_until is not None and _is_over(job, legal_date(now())):
        raise IllegalStep("3.9", f"Файл хранился до {date_digits(job.kept_until)}. Запустите задание снова.")
    take_file(job, job.result, actor=request.user, at=now())
    response = HttpResponse(contents(job.result), content_type=job.result.media_type)
    name = content_disposition_header(as_attachment=True, filename=job.result.name)
    response["Content-Disposition"] = name or "attachment"
    return response
