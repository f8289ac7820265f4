"""Proofs for people: that an event is in the tree, that the tree only grew (п. 3.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from zachetka.core.errors import IllegalStep
from zachetka.ledger import tree
from zachetka.ledger.events import STATED, WITNESSED
from zachetka.ledger.models import Checkpoint
from zachetka.ledger.nodes import table_of_nodes

NOT_THE_ROW: Final = sorted(type_.value for type_ in STATED | WITNESSED)
"""Types whose commitment, if any, is not of the subject's fields."""


class NotSealedYet(IllegalStep):
    """The event is recorded, and the sealer has not reached it yet: a matter of seconds."""

    def __init__(self) -> None:
        super().__init__("3.3", "Запись ещё не закреплена в журнале событий. Повторите через несколько секунд.")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """`path` proves that `leaf` stands at `index` of the tree that the checkpoint signs."""

    event_id: int
    index: int
    leaf: bytes
    path: list[bytes]


@dataclass(frozen=True, slots=True)
class ProofStatus:
    """For the shield beside a record: its newest committing event and that event's place, None until sealed."""

    event_id: int
    index: int | None


def inclusion_proofs(
    event_ids: Iterable[int], *, checkpoint: Checkpoint | None = None
) -> tuple[Checkpoint, dict[int, InclusionProof]]:
    """Return proofs of all events against one checkpoint, by default the newest; three queries, however many.

    Raises:
        NotSealedYet: one of the events is not under the checkpoint.
    """
    wanted = set(event_ids)
    newest = checkpoint or Checkpoint.objects.select_related("key").order_by("-tree_size").first()
    if newest is None:
        raise NotSealedYet
    size = newest.tree_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id, index, hash FROM ledger_leaf WHERE event_id = ANY(%s)", [list(wanted)])
        leaves = {event_id: (index, bytes(hash_)) for event_id, index, hash_ in cursor.fetchall() if index < size}
        if wanted - leaves.keys():
            raise NotSealedYet
        ranges = {event_id: tree.inclusion_ranges(index, size) for event_id, (index, _leaf) in leaves.items()}
        table = table_of_nodes(cursor, (place for each in ranges.values() for place in tree.places(each)))
    proofs = {
        event_id: InclusionProof(event_id, index, leaf, tree.hashes(ranges[event_id], table.__getitem__))
        for event_id, (index, leaf) in leaves.items()
    }
    return newest, proofs


def inclusion_proof(event_id: int, *, checkpoint: Checkpoint | None = None) -> tuple[Checkpoint, InclusionProof]:
    """Return the proof of one event; as `inclusion_proofs`."""
    newest, proofs = inclusion_proofs([event_id], checkpoint=checkpoint)
    return newest, proofs[event_id]


def consistency_proof(cursor: CursorWrapper, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the tree of `new_size` leaves only added to the tree of `old_size`; one query.

    Raises:
        ValueError: `old_size` is below 1 or above `new_size`.
        LookupError: the tree has not grown to `new_size` yet.
    """
    ranges = tree.consistency_ranges(old_size, new_size)
    table = table_of_nodes(cursor, tree.places(ranges))
    return tree.hashes(ranges, table.__getitem__)


def proof_status(event_ids: Iterable[int]) -> dict[int, int | None]:
    """Return event → place in the tree, None while it is not sealed; one query for a whole page."""
    wanted = list(event_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id, index FROM ledger_leaf WHERE event_id = ANY(%s)", [wanted])
        found: Mapping[int, int] = dict(cursor.fetchall())
    return {event_id: found.get(event_id) for event_id in wanted}


_STATUS: Final = """
SELECT DISTINCT ON (e.object_id) e.object_id, e.id, l.index
FROM ledger_event e LEFT JOIN ledger_leaf l ON l.event_id = e.id
WHERE e.object_type = %s AND e.object_id = ANY(%s) AND e.commitment IS NOT NULL AND e.type <> ALL(%s)
ORDER BY e.object_id, e.id DESC
"""


def record_status(object_type: str, object_ids: Iterable[object]) -> dict[str, ProofStatus]:
    """Return record → status for the records of one type on a page; one query. Keys are `str(pk)`."""
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, [object_type, [str(each) for each in object_ids], NOT_THE_ROW])
        return {object_id: ProofStatus(event_id, index) for object_id, event_id, index in cursor.fetchall()}
