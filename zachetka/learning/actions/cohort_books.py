"""All record books of a cohort as one file: asked for once, made in the background, each book recorded (п. 2.5, 3.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.hashing import sha256
from zachetka.files.actions import kept_together, store_file
from zachetka.files.models import StoredFile
from zachetka.jobs.actions import ask_for, handed_out, keep_part, keep_result
from zachetka.jobs.models import Job
from zachetka.learning.actions.record_books import SetBook, record_printing
from zachetka.learning.models import Cohort, Enrolment
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.rendering.taken import count_taking

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "2.5"
KIND: Final = "cohort-books"


class Shape(StrEnum):
    """As what the books are gathered."""

    ARCHIVE = "archive"
    PRINT = "print"

    @property
    def media_type(self) -> str:
        """Of the file."""
        return "application/zip" if self is Shape.ARCHIVE else "application/pdf"

    @property
    def ending(self) -> str:
        """Of the file's name, and its form in the ledger."""
        return "zip" if self is Shape.ARCHIVE else "pdf"

    @property
    def label(self) -> str:
        """What the job is called."""
        return {"archive": "Зачётные книжки группы {}, архив", "print": "Зачётные книжки группы {}, для печати"}[self]


def books_of(cohort: Cohort, at: datetime) -> list[Enrolment]:
    """Return the enrolments of `cohort` by orders issued by `at`, in the order of the sheet."""
    enrolled = Enrolment.objects.filter(cohort=cohort, enrolment_order__approved_at__lte=at)
    return list(enrolled.order_by("learner__person__sort_key", "pk"))


def ask_for_books(cohort: Cohort, shape: Shape, *, actor: Account, at: datetime) -> Job:
    """Ask for all record books of `cohort` as they stand at `at`; asked again while it goes on, it is the same work.

    Raises:
        TooMany: the actor has used up the lists of these ten minutes.
        Forbidden: the policy does not let the actor gather the books of this cohort.
        RuleViolation: nobody has been enrolled yet.
    """
    count_taking(actor, at)
    require(actor, Permission.COHORT_BOOKS_EXPORT, cohort)
    if not books_of(cohort, at):
        raise RuleViolation(CLAUSE, f"В группе {cohort.code} ещё никого: зачётных книжек нет.")
    return ask_for(KIND, shape.label.format(cohort.code), actor=actor, at=at, cohort=cohort.pk, shape=shape.value)


def finish_paper(job: Job, name: str, enrolment: Enrolment, made: SetBook) -> None:
    """Record a paper and keep it, both or neither: whoever follows a killed worker neither sets nor records it again."""
    with transaction.atomic():
        record_printing(enrolment, made, actor=job.asked_by, at=job.asked_at, seen_at=job.asked_at)
        keep_part(job, name, made.pdf.content)


def hand_out(
    cohort: Cohort, shape: Shape, content: bytes, *, job: Job, books: Sequence[Enrolment], refused: int, at: datetime
) -> StoredFile:
    """Store the file and record that it was taken, once, however often a worker comes to this point."""
    digest = sha256(content).hex()
    name = f"Зачётные книжки {cohort.code} {legal_date(job.asked_at):%Y-%m-%d}.{shape.ending}"
    with kept_together():
        kept = handed_out(job)
        if kept is not None:
            return kept
        stored = store_file([content], name=name, media_type=shape.media_type, actor=job.asked_by, at=at)
        keep_result(job, stored, at)
        record_event(
            EventType.LIST_EXPORTED,
            cohort,
            actor=job.asked_by,
            at=at,
            clause=CLAUSE,
            list="record_books",
            form=shape.ending,
            rows=len(books) - refused,
            refused=refused,
            sha256=digest,
            job=job.pk,
        )
    return stored
