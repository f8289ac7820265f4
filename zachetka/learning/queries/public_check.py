"""What a stranger with the code of an extract or of a summary sheet may know (п. 2.5, 3.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from secrets import compare_digest

from zachetka.core.clock import legal_date
from zachetka.core.provable import Provable
from zachetka.learning.models import Cohort, Enrolment, VerificationToken
from zachetka.learning.queries.record_book import STANDINGS, ahead_words
from zachetka.learning.queries.record_rows import names_of
from zachetka.learning.tokens import event_named, normal_token
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.entries import EventRow, leaf_of
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.proofs import NotSealedYet, inclusion_proof, record_status
from zachetka.ledger.tree import includes
from zachetka.rendering.forms.mentions import Name


class Trust(Enum):
    """What the signed ledger says of the rows behind the answer."""

    PROVEN = "they are what it committed to, and the tree leads to its signed root"
    UNSEALED = "they are what it committed to, and their newest record is not under a signature yet"
    DIFFERS = "somebody changed a row, or the tree, past the system"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer: the paper's heading, enough to compare and no more.

    Attributes:
        trust: with `DIFFERS` nothing else of the answer is shown.
        standing: without the ground of a withdrawal: that is nobody's business.
        event: newest record of the ledger that commits to the book, None unless it is proven.
        sealed_at: moment of the newest signed state of the tree.
    """

    trust: Trust
    holder: Name
    number: str
    programme: str
    hours: int
    standing: str
    day: date
    event: int | None
    sealed_at: datetime | None


def checked(typed: str, at: datetime) -> Checked | None:
    """Return what the token in `typed`, in any case and with O for 0, stands for at `at`; None for every miss.

    Every row that the answer is made of is compared with the ledger, as for the paper and the file of proofs.
    """
    found = (
        VerificationToken.objects.filter(token=normal_token(typed))
        .select_related("enrolment__learner__person", "enrolment__cohort__program_version")
        .first()
    )
    if found is None:
        return None
    enrolment, day = found.enrolment, legal_date(at)
    learner, version = enrolment.learner, enrolment.cohort.program_version
    names = names_of(learner.person_id, {})
    named = names.record_of(learner.person_id, day, known_at=at) or learner.person
    trust, event, sealed_at = _proven(enrolment.pk, (found, enrolment, learner, enrolment.cohort, version, named))
    return Checked(
        trust=trust,
        holder=Name(named.last_name, named.first_name, named.patronymic),
        number=str(enrolment),
        programme=version.title,
        hours=version.hours,
        standing=_standing(enrolment, day),
        day=day,
        event=event,
        sealed_at=sealed_at,
    )


def _standing(enrolment: Enrolment, day: date) -> str:
    if enrolment.is_ahead(day):
        return ahead_words(enrolment)
    words = STANDINGS[enrolment.state_on(day)]
    return f"{words}, {enrolment.end_words}" if enrolment.ends_ahead(day) else words


@dataclass(frozen=True, slots=True)
class CheckedSummary:
    """The answer about a summary sheet: nobody's name, nobody's mark, no figure that could be one person's.

    Attributes:
        trust: with `DIFFERS` nothing else of the answer is shown.
        event: the record that states the sheet; also the number of the paper.
        commitment: what it commits to, 64 hexadecimal digits; printed on the paper.
        as_of: the day that the sheet shows.
    """

    trust: Trust
    event: int
    cohort: str
    learners: int
    modules: int
    commitment: str
    as_of: date
    stated_at: datetime
    sealed_at: datetime | None


def checked_summary(typed: str) -> CheckedSummary | None:
    """Return what the token in `typed` states of a summary sheet; None for every miss.

    The event names itself in the token, so nothing but the ledger keeps it; its check is compared in constant time.
    """
    token = normal_token(typed)
    number, check = event_named(token)
    event = Event.objects.filter(pk=number, type=EventType.SUMMARY_STATED).first() if token else None
    if event is None or not compare_digest(str(event.body.get("check", "")), check):
        return None
    cohort = Cohort.objects.get(pk=int(event.object_id))
    trust, sealed_at = _stands(event)
    if differing({name_of(cohort): cohort}):
        trust = Trust.DIFFERS
    return CheckedSummary(
        trust=trust,
        event=event.pk,
        cohort=cohort.code,
        learners=event.body["learners"],
        modules=event.body["modules"],
        commitment=bytes(event.commitment or b"").hex(),
        as_of=legal_date(datetime.fromisoformat(event.body["as_of"])),
        stated_at=event.at,
        sealed_at=sealed_at,
    )


def _stands(event: Event) -> tuple[Trust, datetime | None]:
    """Say whether `event` is what was sealed and the tree leads from it to the signed root."""
    try:
        newest, proof = inclusion_proof(event.pk)
    except NotSealedYet:
        return Trust.UNSEALED, None
    row = EventRow(
        event.pk, event.at, event.type, event.actor_id, event.object_type, event.object_id, event.subject_uid,
        event.clause, event.body, bytes(event.commitment or b""),
    )  # fmt: skip
    if leaf_of(row) == proof.leaf and includes(
        proof.leaf, proof.index, newest.tree_size, proof.path, bytes(newest.root)
    ):
        return Trust.PROVEN, newest.at
    return Trust.DIFFERS, None


def _proven(enrolment: int, rows: Iterable[Provable]) -> tuple[Trust, int | None, datetime | None]:
    if differing({name_of(row): row for row in rows}):
        return Trust.DIFFERS, None, None
    event = record_status("learning.enrolment", [enrolment])[str(enrolment)].event_id
    try:
        newest, proof = inclusion_proof(event)
    except NotSealedYet:
        return Trust.UNSEALED, None, None
    if not includes(proof.leaf, proof.index, newest.tree_size, proof.path, bytes(newest.root)):
        return Trust.DIFFERS, None, None
    return Trust.PROVEN, event, newest.at
