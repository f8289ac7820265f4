"""A learner's personal file as one package: asked for once, made in the background, each look in it recorded (п. 2.5, 3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import FieldClass, Permission
from zachetka.core.clock import legal_date
from zachetka.core.hashing import sha256
from zachetka.files.actions import kept_together, store_file
from zachetka.files.models import StoredFile
from zachetka.jobs.actions import ask_for, handed_out, keep_part, keep_result
from zachetka.jobs.models import Job
from zachetka.learning.models import Enrolment
from zachetka.ledger.actions import record_statement
from zachetka.ledger.events import EventType
from zachetka.people.actions import reveal_field
from zachetka.people.actions.looks import reveal_basis, reveal_paper
from zachetka.people.fields import PERSONAL_FIELDS
from zachetka.rendering.taken import count_taking

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import EducationDocument, PersonName

CLAUSE: Final = "2.5"
KIND: Final = "personal-file"


def ask_for_file(enrolment: Enrolment, *, actor: Account, at: datetime) -> Job:
    """Ask for the personal file of `enrolment` as it stands at `at`; asked again while it goes on, it is the same work.

    Raises:
        TooMany: the actor has used up the lists of these ten minutes.
        Forbidden: the policy does not let the actor gather this file.
    """
    count_taking(actor, at)
    require(actor, Permission.PERSONAL_FILE_EXPORT, enrolment)
    return ask_for(KIND, f"Личное дело № {enrolment}", actor=actor, at=at, enrolment=enrolment.pk)


def finish_leaf(job: Job, name: str, content: bytes) -> None:
    """Keep a leaf that shows nothing hidden."""
    with transaction.atomic():
        keep_part(job, name, content)


def finish_card(
    job: Job,
    name: str,
    content: bytes,
    enrolment: Enrolment,
    *,
    names: Sequence[PersonName],
    opened: frozenset[FieldClass],
) -> None:
    """Keep the card and record every particular that it reveals, both or neither (п. 3.8; 152-ФЗ ст. 19).

    Raises:
        Forbidden: the policy does not open one of them to whoever asked; nothing is kept.
    """
    person, actor, at = enrolment.learner.person, job.asked_by, job.asked_at
    with transaction.atomic():
        for field in PERSONAL_FIELDS:
            if field.kind in opened and getattr(person, field.name):
                reveal_field(person, field.name, actor=actor, at=at)
        for each in names:
            if each.basis and FieldClass.PERSONAL_DOCUMENTS in opened:
                reveal_basis(each, actor=actor, at=at)
        keep_part(job, name, content)


def finish_education(job: Job, name: str, content: bytes, papers: Sequence[EducationDocument]) -> None:
    """Keep the leaf of the education documents and record that each was revealed, both or neither.

    Raises:
        Forbidden: the policy does not open personal documents to whoever asked; nothing is kept.
    """
    with transaction.atomic():
        for paper in papers:
            reveal_paper(paper, actor=job.asked_by, at=job.asked_at)
        keep_part(job, name, content)


def hand_out_file(
    enrolment: Enrolment, content: bytes, manifest: Mapping[str, object], *, job: Job, at: datetime
) -> StoredFile:
    """Store the package and state its manifest in the ledger, once, however often a worker comes to this point."""
    digest, name = sha256(content).hex(), f"Личное дело {enrolment} {legal_date(job.asked_at):%Y-%m-%d}.zip"
    with kept_together():
        kept = handed_out(job)
        if kept is not None:
            return kept
        stored = store_file([content], name=name, media_type="application/zip", actor=job.asked_by, at=at)
        keep_result(job, stored, at)
        record_statement(
            EventType.PERSONAL_FILE_EXPORTED,
            enrolment,
            manifest,
            actor=job.asked_by,
            at=at,
            clause=CLAUSE,
            sha256=digest,
            job=job.pk,
            roles=sorted(job.asked_by.roles_held),
        )
    return stored
