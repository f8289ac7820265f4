"""Requests of data subjects that wait for an answer, for whoever answers them (152-ФЗ ст. 20)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.people.models import SubjectRequest
from zachetka.rendering.tasks import Task

if TYPE_CHECKING:
    from zachetka.access.models import Account


def tasks(actor: Account, at: datetime) -> list[Task]:  # noqa: ARG001 - as every source of tasks
    """Return the requests that are not answered yet; one query, and none for others."""
    if not actor.allowed(Permission.REQUEST_ANSWER):
        return []
    waiting = SubjectRequest.objects.visible_to(actor).unanswered().select_related("person").order_by("due_on", "pk")
    return [_task(one) for one in waiting]


def _task(request: SubjectRequest) -> Task:
    is_ready = request.state == SubjectRequest.State.PREPARED
    asked = f"Запрос от {request.asked_on:%d.%m.%Y}, {request.get_way_display()}"
    return Task(
        title=f"{'Передать ответ' if is_ready else 'Ответить на запрос сведений о себе'} — {request.person.short_name}",
        detail=f"{asked} · ответить до {request.due_on:%d.%m.%Y} (152-ФЗ ст. 20)",
        url=reverse("people:request", args=[request.pk]),
        verb="Передать" if is_ready else "Ответить",
        term=request.due_on,
    )
