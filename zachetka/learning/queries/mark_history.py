"""The history of one cell: every mark, who wrote it, who confirmed it, on what paper, and its proof (п. 2.1, 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from zachetka.core.russian import decimal
from zachetka.learning.models import Correction, Enrolment, Mark
from zachetka.ledger.proofs import ProofStatus, record_status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.models import Account


@dataclass(frozen=True, slots=True)
class Chapter:
    """A mark in its time.

    Attributes:
        words: the mark as people say it: «хорошо, 81».
        until: when another took its place; None while it holds.
        proof: its event and the place of that in the tree, None until the sealer has been there.
    """

    mark: Mark
    words: str
    until: datetime | None
    proof: ProofStatus | None

    @property
    def holds(self) -> bool:
        """It is the mark in force."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class History:
    """A cell: its marks newest first, and the correction that waits, if any."""

    chapters: list[Chapter]
    waiting: Correction | None


def readable_marks(actor: Account) -> QuerySet[Mark]:
    """Return the marks whose record book `actor` may read: the history of a cell is a part of it (п. 2.5)."""
    books = Enrolment.objects.visible_to(actor)
    return Mark.objects.filter(enrolment__in=books).select_related(
        "grade", "sheet__module", "sheet__cohort", "enrolment__learner__person"
    )


def history_of(mark: Mark) -> History:
    """Return everything that ever stood in the cell of `mark`; three queries."""
    marks = list(
        Mark.objects.filter(sheet=mark.sheet_id, enrolment=mark.enrolment_id)
        .select_related("grade", "recorded_by", "confirmed_by", "reopening__decided_by")
        .order_by("-recorded_at", "-pk")
    )
    proofs = record_status("learning.mark", [row.pk for row in marks])
    ends = {row.supersedes_id: row.recorded_at for row in marks}
    waiting = (
        Correction.objects.waiting()
        .filter(mark__in=marks)
        .select_related("grade", "proposed_by")
        .order_by("-pk")
        .first()
    )
    chapters = [Chapter(row, mark_words(row), ends.get(row.pk), proofs.get(str(row.pk))) for row in marks]
    return History(chapters, waiting)


def mark_words(mark: Mark | Correction) -> str:
    """Return «хорошо», «хорошо, 81» or «снята»."""
    if mark.grade is None:
        return "снята"
    return mark.grade.label if mark.score is None else f"{mark.grade.label}, {decimal(mark.score)}"
