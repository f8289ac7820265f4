"""Long work about people: everything that is kept of one person, as a file (152-ФЗ ст. 14; п. 3.9)."""

from __future__ import annotations

from django.urls import reverse

from zachetka.core.clock import now
from zachetka.jobs.work import Progress, Result, doing
from zachetka.people.actions.subject_requests import make_answer
from zachetka.people.models import SubjectRequest
from zachetka.people.subject.package import WORK


@doing(WORK)
def answer_subject(progress: Progress) -> Result:
    """Make the file that answers a request of a data subject."""
    request = SubjectRequest.objects.select_related("person").get(pk=progress.job.given["request"])

    def tell(done: int, total: int) -> None:
        if progress.job.total != total:
            progress.begin(total)
        progress.step(done)

    answered = make_answer(request, actor=progress.job.asked_by, at=now(), tell=tell)
    if answered.state == SubjectRequest.State.ANSWERED:
        return Result(
            "Файл готов: сведения, зачётные книжки и опись.", url=reverse("people:request_file", args=[request.pk])
        )
    return Result(
        "Ответ готов. Передайте его человеку и отметьте, как и когда.", url=reverse("people:request", args=[request.pk])
    )
