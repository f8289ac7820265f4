"""What a stranger with the code of an extract may know (п. 2.5, 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from zachetka.core.clock import legal_date
from zachetka.learning.models import VerificationToken
from zachetka.learning.queries.record_book import STANDINGS, State
from zachetka.learning.queries.record_rows import names_of
from zachetka.learning.tokens import normal_token
from zachetka.ledger.models import Checkpoint
from zachetka.ledger.proofs import record_status
from zachetka.rendering.forms.record_book import Name


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer: the paper's heading, enough to compare and no more.

    Attributes:
        standing: without the ground of a withdrawal: that is nobody's business.
        event: newest record of the ledger that commits to the book, None while it is not sealed.
        sealed_at: moment of the newest signed state of the tree.
    """

    holder: Name
    number: str
    programme: str
    hours: int
    standing: str
    day: date
    event: int | None
    sealed_at: datetime | None


def checked(typed: str, at: datetime) -> Checked | None:
    """Return what the token in `typed`, in any case and with O for 0, stands for at `at`; None for every miss."""
    found = (
        VerificationToken.objects.filter(token=normal_token(typed))
        .select_related("enrolment__learner", "enrolment__cohort__program_version")
        .first()
    )
    if found is None:
        return None
    enrolment, day = found.enrolment, legal_date(at)
    person_id, version = enrolment.learner.person_id, enrolment.cohort.program_version
    status = record_status("learning.enrolment", [enrolment.pk]).get(str(enrolment.pk))
    sealed = status.event_id if status and status.index is not None else None
    newest = Checkpoint.objects.order_by("-tree_size").first() if sealed else None
    return Checked(
        holder=names_of(person_id, ()).of(person_id, day, known_at=at),
        number=str(enrolment),
        programme=version.title,
        hours=version.hours,
        standing=STANDINGS[State(enrolment.state)],
        day=day,
        event=sealed,
        sealed_at=newest.at if newest else None,
    )
