"""Whether what a summary sheet shows is what the ledger committed to, checked before it is printed (п. 2.5, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zachetka.core.provable import Provable
from zachetka.learning.models import Carried, Enrolment, Mark, MarkSheet
from zachetka.learning.queries.summary import Summary
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.models import Checkpoint
from zachetka.ledger.proofs import inclusion_proofs, record_status
from zachetka.ledger.tree import includes


@dataclass(frozen=True, slots=True)
class SummaryProof:
    """The checked state of a sheet.

    Attributes:
        checkpoint: the newest signed state of the tree; None before the first one.
        compared: how many records were compared with the ledger.
        unsealed: marks that are not under a signature yet.
        differing: records that are not what the ledger committed to.
        leads_to_root: every sealed mark is in the signed tree at its place.
    """

    checkpoint: Checkpoint | None
    compared: int
    unsealed: int
    differing: frozenset[str]
    leads_to_root: bool

    @property
    def is_whole(self) -> bool:
        """Nothing was changed past the system, neither the records nor the tree."""
        return self.leads_to_root and not self.differing


def proof_of(summary: Summary) -> SummaryProof:
    """Check every row of `summary` against its event and every sealed mark against the newest checkpoint; ten queries."""
    records = {name_of(each): each for each in _records(summary)}
    wrong = differing(records)
    checkpoint = Checkpoint.objects.select_related("key").order_by("-tree_size").first()
    statuses = record_status("learning.mark", (mark.mark_id for mark in summary.marks)).values()
    sealed = [
        status.event_id
        for status in statuses
        if checkpoint is not None and status.index is not None and status.index < checkpoint.tree_size
    ]
    whole = True
    if checkpoint is not None:
        _, proofs = inclusion_proofs(sealed, checkpoint=checkpoint)
        root = bytes(checkpoint.root)
        whole = all(includes(one.leaf, one.index, checkpoint.tree_size, one.path, root) for one in proofs.values())
    return SummaryProof(checkpoint, len(records), len(statuses) - len(sealed), wrong, leads_to_root=whole)


def _records(summary: Summary) -> Iterator[Provable]:
    yield summary.cohort
    yield summary.cohort.program_version
    yield from summary.modules
    yield from summary.grades
    yield from MarkSheet.objects.filter(cohort=summary.cohort)
    present = {line.enrolment_id for line in summary.lines}
    yield from (one for one in Enrolment.objects.filter(cohort=summary.cohort) if one.pk in present)
    shown = {mark.mark_id for mark in summary.marks}
    yield from (mark for mark in Mark.objects.filter(sheet__cohort=summary.cohort) if mark.pk in shown)
    if carried := [mark.mark_id for mark in summary.marks if mark.is_carried]:
        yield from Carried.objects.filter(enrolment__in=present)
        for mark in Mark.objects.filter(pk__in=carried).select_related("sheet"):
            yield from (mark, mark.sheet)
