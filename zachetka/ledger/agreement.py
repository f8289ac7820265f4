"""Whether records still say what the ledger committed to: row → commitment → leaf of its newest event (п. 2.1, 3.3).

`zachetka verify` asks this of the whole database; here it is asked of the few records that a page is about to show.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from zachetka.core.composed import Asked
from zachetka.core.hashing import row_commitment
from zachetka.core.provable import Provable, object_type_of, reference
from zachetka.ledger.entries import COLUMNS, EventRow, leaf_of, row_of
from zachetka.ledger.proofs import NOT_THE_ROW

LATEST: Final = 2**63 - 1
"""Above the number of every event."""

_NEWEST: Final = f"""
SELECT DISTINCT ON (e.object_type, e.object_id) {COLUMNS}, o.salt, l.hash
FROM unnest(%s::text[], %s::text[]) AS wanted(object_type, object_id)
JOIN ledger_event e USING (object_type, object_id)
LEFT JOIN ledger_opening o ON o.event_id = e.id
LEFT JOIN ledger_leaf l ON l.event_id = e.id
WHERE e.commitment IS NOT NULL AND e.type <> ALL(%s) AND e.id <= %s
ORDER BY e.object_type, e.object_id, e.id DESC
"""  # noqa: S608 - names of columns
_EVERY: Final = _NEWEST.replace("DISTINCT ON (e.object_type, e.object_id)", "")


class Opened(NamedTuple):
    """The event that commits to a record, its salt, None when destroyed, and its leaf, None until it is sealed."""

    row: EventRow
    salt: bytes | None
    leaf: bytes | None

    def agrees(self, record: Provable) -> bool:
        """True when `record`, as it is in memory, is what the event committed to and the event is what was sealed."""
        try:
            committed = self.salt is not None and row_commitment(record.proven(), self.salt)
            return committed == self.row.commitment and self.leaf in {None, leaf_of(self.row)}
        except (TypeError, ValueError, ArithmeticError):
            return False  # a value that could never have been committed


def name_of(record: Provable) -> str:
    """Return «app.model:pk»."""
    return reference(object_type_of(type(record)), str(record.pk))


def openings(names: Iterable[str], *, up_to: int = LATEST) -> dict[str, Opened]:
    """Return, by name of a record, its newest committing event numbered up to `up_to`; one query."""
    return dict(_opened(_NEWEST, names, up_to))


def _opened(statement: str, names: Iterable[str], up_to: int = LATEST) -> list[tuple[str, Opened]]:
    pairs = [name.split(":", 1) for name in names]
    asked: Asked[Any] = Asked(statement, ([pair[0] for pair in pairs], [pair[1] for pair in pairs], NOT_THE_ROW, up_to))
    found = [
        Opened(row_of(each), *(None if part is None else bytes(part) for part in each[-2:])) for each in asked.rows()
    ]
    return [(reference(each.row.object_type, each.row.object_id), each) for each in found]


def differing(records: Mapping[str, Provable]) -> frozenset[str]:
    """Return the names of those `records` that were changed past the system; one query when there are none.

    A record that somebody changed lawfully after it was read is no alarm: what was read agrees with an earlier event
    then, and the row, read once more, with the newest.
    """
    suspects = _differing(records)
    if not suspects:
        return suspects
    stood = {name for name, each in _opened(_EVERY, suspects) if each.agrees(records[name])}
    fresh = {name: type(records[name])._base_manager.filter(pk=records[name].pk).first() for name in stood}
    kept = {name: record for name, record in fresh.items() if record is not None}
    return (suspects - kept.keys()) | _differing(kept)


def _differing(records: Mapping[str, Provable]) -> frozenset[str]:
    opened = openings(records)
    return frozenset(name for name, record in records.items() if name not in opened or not opened[name].agrees(record))
