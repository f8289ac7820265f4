"""The record books that a data subject takes away: each as paper and as proof (п. 2.5; 152-ФЗ ст. 14)."""

from __future__ import annotations

from functools import partial
from typing import Final

from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.record_books import RecordsDiffer, bundle_of, print_record_book, state_bundle
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.people.subject.papers import Asking, Maker, Paper, in_answer

FOLDER: Final = "Зачётные книжки"
RIGHT: Final = Permission.SUBJECT_EXPORT
PATIENCE: Final = 20.0
"""Seconds for which the work waits for the sealer, which comes once a second."""


@in_answer
def record_books(asking: Asking) -> list[Maker]:
    """Return the making of each record book of the person, an extract and a file of proofs.

    A book whose records differ from the ledger is not handed out, and the answer says so: the rest does not wait for it.
    """
    books = (
        Enrolment.objects.filter(learner__person__human_uid=asking.person.human_uid)
        .select_related(*PAPERS)
        .order_by("pk")
    )
    return [partial(_papers, book, asking) for book in books]


def _papers(book: Enrolment, asking: Asking) -> list[Paper]:
    name = f"{FOLDER}/{book}"
    try:
        at = now()
        pdf = print_record_book(book, actor=asking.actor, at=at, seen_at=at, right=RIGHT).content
        stated = state_bundle(book, actor=asking.actor, at=now(), right=RIGHT)
        proof = bundle_of(stated, patience=PATIENCE, sleep=asking.sleep)
    except (RecordsDiffer, RuleViolation) as refusal:
        return [Paper(f"{name}.pdf", None, refusal.sentence)]
    return [Paper(f"{name}.pdf", pdf), Paper(f"{name} доказательства.json", proof)]
