"""Work about people in the background: the answer to a data subject, cards compared, refusals told (152-ФЗ ст. 14; п. 2.1, 3.9)."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from procrastinate.contrib.django import app

from zachetka.core.clock import now
from zachetka.jobs.work import Progress, Result, doing, own_connections
from zachetka.people.actions.refused_looks import tell_counted
from zachetka.people.actions.resemblances import look_through
from zachetka.people.actions.subject_requests import make_answer
from zachetka.people.models import SubjectRequest
from zachetka.people.subject.package import WORK

BATCHES: Final = 40
"""Batches of cards in one turn: a hundred thousand cards after a change of the rules are compared in a few turns."""


@app.periodic(cron="* * * * *")
@app.task(name="zachetka.people.work.look_for_doubles", queue="jobs", queueing_lock="doubles")
def look_for_doubles(timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Compare the cards that were entered or changed since the last turn with all others."""
    with own_connections():
        look_through(now(), batches=BATCHES)


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


@app.periodic(cron="6 * * * *")
@app.task(name="zachetka.people.work.tell_refusals", queue="jobs", queueing_lock="tell_refusals")
def tell_refusals(timestamp: int) -> None:  # noqa: ARG001 - the queue tells the minute
    """Tell in the ledger how many refusals of the past hour were only counted (п. 3.8)."""
    with own_connections():
        tell_counted(now())
