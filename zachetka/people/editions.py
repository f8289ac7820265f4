"""Reads of the editions of the «Матрица доступа»: the last, the approved, what differs now (п. 3.8; УПД.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.russian import Gender, Noun, counted
from zachetka.people import matrix, queries
from zachetka.people.models import MatrixEdition
from zachetka.people.rules.difference import Line, difference
from zachetka.rendering.tasks import Notice, Task

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.models import Account

DIFFERENCES = Noun("отличие", "отличия", "отличий", Gender.NEUTER)


@dataclass(frozen=True)
class Taken:
    """A matrix as it is shown or taken away: of now, or an edition.

    Attributes:
        told: the content.
        edition: the edition it is, None for the matrix of now.
        base: the approved edition that it is compared with; None when none was approved before.
        at: the moment it speaks of.
    """

    told: dict[str, Any]
    edition: MatrixEdition | None
    base: MatrixEdition | None
    at: datetime

    @cached_property
    def differs(self) -> list[Line]:
        """What changed since the approved edition."""
        return difference(self.base.told if self.base else None, self.told)

    @property
    def is_approved(self) -> bool:
        """True of an approved edition, and of the matrix of now while it says what the approved one says."""
        if self.edition is not None:
            return is_approved(self.edition)
        return self.base is not None and not self.differs

    @property
    def approved(self) -> MatrixEdition | None:
        """The edition whose approval speaks for this content, None when there is none."""
        if not self.is_approved:
            return None
        return self.edition or self.base


def editions() -> QuerySet[MatrixEdition]:
    """Return the editions with everybody who had a hand in them, the last first."""
    return MatrixEdition.objects.select_related("proposed_by", "decision__decided_by").order_by("-number")


def last_edition() -> MatrixEdition | None:
    """Return the edition put last, decided or not."""
    return editions().first()


def approved_edition(before: int | None = None) -> MatrixEdition | None:
    """Return the approved edition in force, or the one that was before the edition `before`."""
    found = editions().filter(decision__verdict="approved")
    return (found if before is None else found.filter(number__lt=before)).first()


def is_decided(edition: MatrixEdition) -> bool:
    """True once the head has approved or refused it."""
    return hasattr(edition, "decision")


def is_approved(edition: MatrixEdition) -> bool:
    """True of an edition that the head approved."""
    return is_decided(edition) and edition.decision.verdict == "approved"


def taken(edition: MatrixEdition | None, at: datetime) -> Taken:
    """Return the matrix of now, or an edition, with what it is compared with; two queries."""
    if edition is not None:
        return Taken(edition.told, edition, approved_edition(before=edition.number), edition.proposed_at)
    return Taken(matrix.content(queries.holders(at)), None, approved_edition(), at)


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the edition that waits for the head; one query, none for others."""
    if not actor.allowed(Permission.MATRIX_APPROVE):
        return []
    last = last_edition()
    if last is None or is_decided(last) or last.proposed_by_person == actor.person_uid:
        return []
    return [
        Task(
            title=f"«Матрица доступа», {last}",
            detail=f"Кто представил — {last.proposed_by}, {legal_date(last.proposed_at):%d.%m.%Y}",
            url=reverse("people:matrix_edition", args=[last.number]),
            verb="Решить",
            term=legal_date(at),
        )
    ]


def notices(actor: Account, at: datetime) -> list[Notice]:
    """Say to whoever answers for it when the matrix of now is not the approved one; two queries, none for others."""
    if not actor.allowed(Permission.MATRIX_PROPOSE):
        return []
    now = taken(None, at)
    address = reverse("people:matrix")
    if now.base is None:
        return [Notice("«Матрица доступа» не утверждена", "Представьте её руководителю", "table", "warn", address)]
    if now.differs:
        detail = f"{counted(len(now.differs), DIFFERENCES)} от утверждённой: {now.base}"
        return [Notice("«Матрица доступа» изменилась", detail, "table", "warn", address)]
    return []
