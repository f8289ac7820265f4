"""Where the marks of a book stand in the signed tree, checked at the moment of asking (п. 3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from zachetka.core.provable import Provable
from zachetka.learning.models import Carried, Mark
from zachetka.learning.queries.record_attempts import Attempt, Written
from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Line
from zachetka.ledger.agreement import differing, name_of
from zachetka.ledger.events import STATED, WITNESSED
from zachetka.ledger.models import Checkpoint, Event
from zachetka.ledger.proofs import InclusionProof, NotSealedYet, inclusion_proofs
from zachetka.ledger.tree import includes
from zachetka.rendering.forms.mentions import Record
from zachetka.rendering.forms.record_book import Proof


@dataclass(frozen=True, slots=True)
class BookProof:
    """The checked proof of a book.

    Attributes:
        checkpoint: the newest signed state of the tree; None before the first one.
        proofs: by mark; marks that are not sealed yet are absent.
        events: how many records of the ledger are about this book, looking and taking away apart.
        differing: records, by `agreement.name_of`, that are not what the ledger committed to.
        leads_to_root: every proof leads to the signed root.
    """

    checkpoint: Checkpoint | None
    proofs: Mapping[int, InclusionProof]
    events: int
    differing: frozenset[str]
    leads_to_root: bool

    @property
    def is_whole(self) -> bool:
        """Nothing was changed past the system, neither the records nor the tree."""
        return self.leads_to_root and not self.differing

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
    """Check every row of `book` against its event and every sealed mark against the newest checkpoint; six queries."""
    shown = {one.mark.pk for line in book.all_lines for attempt in line.attempts for one in attempt.marks}
    sealed = {seal.event: mark for mark, seal in book.rows.seals.items() if seal.is_sealed and mark in shown}
    about = Event.objects.of(book.enrolment).exclude(type__in=STATED | WITNESSED).count()
    checkpoint = Checkpoint.objects.select_related("key").order_by("-tree_size").first()
    prefetch_related_objects(book.rows.marks, "reopening")
    wrong = differing(_records(book))
    if checkpoint is None:
        return BookProof(None, {}, about, wrong, leads_to_root=True)
    _, found = inclusion_proofs(sealed, checkpoint=checkpoint)
    root = bytes(checkpoint.root)
    whole = all(includes(one.leaf, one.index, checkpoint.tree_size, one.path, root) for one in found.values())
    return BookProof(
        checkpoint,
        {sealed[event]: proof for event, proof in found.items()},
        about + len(shown),
        wrong,
        leads_to_root=whole,
    )


def _records(book: RecordBook) -> dict[str, Provable]:
    """Every row that the book shows, and the marks that it would show on another day."""
    plans = [record for plan in book.rows.plans for record in (plan, *plan.lines.all())]
    heads: list[Provable] = [book.enrolment, book.version, *book.orders, *plans, *book.rows.awards]
    heads += [*book.rows.carried, *{one.source_id: one.source for one in book.rows.carried}.values()]
    heads += [one.origin for one in book.rows.carried if one.is_matched]
    heads += [one.edition for one in book.rows.carried if one.edition]
    heads += [grade for grades in book.rows.editions.values() for grade in grades]
    return {name_of(each): each for each in [*heads, *book.rows.modules, *(_beneath(book.rows.marks))]}


def _beneath(marks: Iterable[Mark]) -> Iterator[Provable]:
    for mark in marks:
        yield from (mark, mark.sheet, *(each for each in (mark.grade, mark.reopening) if each))


def _behind(one: Carried, book: RecordBook) -> list[Provable]:
    """What says that a result counts here: the row, the earlier book and module, the edition of the scale with its grades."""
    grades = book.rows.editions.get(one.edition_id, ()) if one.edition_id is not None else ()
    return [one, one.source, one.origin, *([one.edition] if one.edition else []), *grades]


def disagreements(book: RecordBook, proven: BookProof) -> list[str]:
    """Return in words which lines of `book` are not what the ledger committed to; asks the database nothing."""
    wrong = {
        module
        for mark in book.rows.marks
        if _differs(mark, proven)
        for module in book.rows.lines_of.get(mark.sheet_id, (mark.sheet.module_id,))
    }
    wrong |= {module.pk for module in book.rows.modules if name_of(module) in proven.differing}
    words = [f"строка {line.ordinal} «{line.title}»" for line in book.rows.modules if line.pk in wrong]
    heads = ((book.enrolment, "сведения о зачётной книжке"), (book.version, "сведения о программе"))
    words += [what for record, what in heads if name_of(record) in proven.differing]
    words += [
        f"индивидуальный план по приказу № {plan.order.number}"
        for plan in book.rows.plans
        if any(name_of(record) in proven.differing for record in (plan, *plan.lines.all()))
    ]
    words += [f"поощрение {award}" for award in book.rows.awards if name_of(award) in proven.differing]
    words += [
        f"перенос «{one.module.title}» из книжки № {one.source}"
        for one in book.rows.carried
        if any(name_of(record) in proven.differing for record in _behind(one, book))
    ]
    return words + [f"приказ № {order.number}" for order in book.orders if name_of(order) in proven.differing]


def _differs(mark: Mark, proven: BookProof) -> bool:
    return any(name_of(each) in proven.differing for each in _beneath([mark]))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A mark of the book, where it stands in the tree, None until it is sealed, and whether it was changed since."""

    line: Line
    attempt: Attempt
    written: Written
    proof: InclusionProof | None
    differs: bool


def evidence(book: RecordBook, proven: BookProof) -> list[Evidence]:
    """Return every mark of `book` in the order of the plan with its checked proof; asks the database nothing."""
    return [
        Evidence(line, attempt, one, proven.proofs.get(one.mark.pk), _differs(one.mark, proven))
        for line in book.all_lines
        for attempt in line.attempts
        for one in attempt.marks
    ]
