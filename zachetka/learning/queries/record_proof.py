"""Where the marks of a book stand in the signed tree, checked at the moment of asking (п. 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Attempt, Line, Written
from zachetka.ledger.events import STATED, WITNESSED
from zachetka.ledger.models import Checkpoint, Event
from zachetka.ledger.proofs import InclusionProof, NotSealedYet, inclusion_proofs
from zachetka.ledger.tree import includes
from zachetka.rendering.forms.record_book import Proof, Record


@dataclass(frozen=True, slots=True)
class BookProof:
    """The checked proof of a book.

    Attributes:
        checkpoint: the newest signed state of the tree; None before the first one.
        proofs: by mark; marks that are not sealed yet are absent.
        events: how many records of the ledger are about this book, looking and taking away apart.
        is_whole: every proof leads to the signed root.
    """

    checkpoint: Checkpoint | None
    proofs: Mapping[int, InclusionProof]
    events: int
    is_whole: bool

    @property
    def records(self) -> dict[int, Record]:
        """By mark, what stands on paper beside it."""
        return {mark: Record(proof.event_id, proof.leaf.hex()) for mark, proof in self.proofs.items()}

    def printed(self, address: str, *, checked_at: datetime) -> Proof:
        """Return the box of the paper.

        Raises:
            NotSealedYet: the tree has not been signed even once.
        """
        if self.checkpoint is None:
            raise NotSealedYet
        return Proof(
            address=address,
            events=self.events,
            tree_size=self.checkpoint.tree_size,
            root=bytes(self.checkpoint.root).hex(),
            checked_at=checked_at,
        )


def proof_of(book: RecordBook) -> BookProof:
    """Prove every sealed mark of `book` against the newest checkpoint and check each proof; five queries."""
    shown = {one.mark.pk for line in book.all_lines for attempt in line.attempts for one in attempt.marks}
    sealed = {seal.event: mark for mark, seal in book.rows.seals.items() if seal.is_sealed and mark in shown}
    about = Event.objects.of(book.enrolment).exclude(type__in=STATED | WITNESSED).count()
    checkpoint = Checkpoint.objects.select_related("key").order_by("-tree_size").first()
    if checkpoint is None:
        return BookProof(None, {}, about, is_whole=True)
    _, found = inclusion_proofs(sealed, checkpoint=checkpoint)
    root = bytes(checkpoint.root)
    whole = all(includes(one.leaf, one.index, checkpoint.tree_size, one.path, root) for one in found.values())
    return BookProof(
        checkpoint, {sealed[event]: proof for event, proof in found.items()}, about + len(shown), is_whole=whole
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A mark of the book and where it stands in the tree, None until it is sealed."""

    line: Line
    attempt: Attempt
    written: Written
    proof: InclusionProof | None


def evidence(book: RecordBook, proven: BookProof) -> list[Evidence]:
    """Return every mark of `book` in the order of the plan with its checked proof; asks the database nothing."""
    return [
        Evidence(line, attempt, one, proven.proofs.get(one.mark.pk))
        for line in book.all_lines
        for attempt in line.attempts
        for one in attempt.marks
    ]
