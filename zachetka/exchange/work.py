"""What the worker does for this room: the only process of the system that goes out (п. 2.4, 3.9)."""

from __future__ import annotations

from django.urls import reverse

from zachetka.core.clock import now
from zachetka.exchange.actions import MARKS, PEOPLE, take_marks, take_people
from zachetka.exchange.site import moodle
from zachetka.jobs.work import Progress, Result, doing
from zachetka.learning.models import MarkSheet


@doing(PEOPLE)
def bring_people(progress: Progress) -> Result:
    """Bring a global group of Moodle to the preview of a list."""
    job = progress.job
    upload = take_people(moodle(), int(job.given["cohort"]), actor=job.asked_by, at=now())
    return Result("Список прочитан: проверьте каждую строку.", url=reverse("imports:card", args=[upload.pk]))


@doing(MARKS)
def bring_marks(progress: Progress) -> Result:
    """Bring the gradebook of a Moodle course to the preview of marks."""
    job = progress.job
    sheet = MarkSheet.objects.select_related("cohort", "module").get(pk=int(job.given["sheet"]))
    upload = take_marks(moodle(), int(job.given["course"]), sheet, actor=job.asked_by, at=now())
    return Result("Оценки прочитаны: проверьте каждую.", url=reverse("learning:mark-upload", args=[upload.pk]))
