"""Withdrawals to take apart and acts to approve, for whoever does so (152-ФЗ ст. 21 ч. 5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.destruction.models import Act
from zachetka.people.models import Withdrawal
from zachetka.people.rules.purposes import purpose_words
from zachetka.rendering.tasks import Task

if TYPE_CHECKING:
    from zachetka.access.models import Account


def tasks(actor: Account, at: datetime) -> list[Task]:  # noqa: ARG001 - as every source of tasks
    """Return what waits for `actor`; one query a right, and none for others. What one composed oneself does not wait for one."""
    found = list[Task]()
    if actor.allowed(Permission.DESTRUCTION_DRAFT):
        waiting = Withdrawal.objects.visible_to(actor, Permission.DESTRUCTION_DRAFT).waiting()
        composed = Act.objects.waiting().values("withdrawal")
        found += [
            Task(
                title=f"Разобрать отзыв согласия — {one.consent.person.short_name}",
                detail=f"Отозвано {one.withdrawn_on:%d.%m.%Y}: {purpose_words(one.consent.purpose)} (152-ФЗ ст. 21 ч. 5)",
                url=reverse("destruction:case", args=[one.pk]),
                verb="Разобрать",
                term=one.due_on,
            )
            for one in waiting.exclude(pk__in=composed).select_related("consent__person")
        ]
    if actor.allowed(Permission.DESTRUCTION_APPROVE):
        acts = Act.objects.visible_to(actor, Permission.DESTRUCTION_APPROVE).waiting()
        found += [
            Task(
                title="Утвердить акт об уничтожении персональных данных",
                detail=f"Составлен {one.composed_at:%d.%m.%Y}, {one.composed_by} (152-ФЗ ст. 21)",
                url=reverse("destruction:act", args=[one.pk]),
                verb="Проверить",
                term=one.withdrawal.due_on if one.withdrawal else None,
            )
            for one in acts.exclude(composed_by_person=actor.person_uid).select_related("composed_by", "withdrawal")
        ]
    return found
