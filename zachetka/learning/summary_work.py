"""Long work of this room: the paper of a large summary sheet (п. 2.5, 3.9).

The day shown is that of the asking; each step may be done again: a statement whose paper was not set harms nobody.
"""

from __future__ import annotations

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.files.actions import kept_together, store_file
from zachetka.jobs.models import Job
from zachetka.jobs.work import Progress, Result, doing
from zachetka.learning.actions.summaries import FORMED, PAPER, print_summary
from zachetka.learning.as_of import moment_of
from zachetka.learning.models import Cohort

STEPS = 2
"""Set, and kept."""


def _opened(job: Job) -> tuple[Permission, Cohort]:
    cohort = Cohort.objects.select_related("program_version__program").get(pk=job.given["cohort"])
    return Permission.SUMMARY_READ, cohort


@doing(PAPER, opened=_opened)
def set_summary(progress: Progress) -> Result:
    """State, set and keep the sheet as of the day that was asked for; the policy is asked anew."""
    job = progress.job
    _right, cohort = _opened(job)
    first = legal_date(cohort.created_at)
    seen_at = moment_of(job.given["on"], first=first, at=job.asked_at, opened=FORMED)
    progress.begin(STEPS)
    pdf = print_summary(cohort, actor=job.asked_by, at=now(), seen_at=seen_at)
    progress.step(1)
    name = f"Сводная ведомость {cohort.code} {legal_date(seen_at):%Y-%m-%d}.pdf"
    with kept_together():
        stored = store_file([pdf.content], name=name, media_type="application/pdf", actor=job.asked_by, at=now())
    progress.step(STEPS)
    return Result("Ведомость готова.", file=stored)
