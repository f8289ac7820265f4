"""Reading complete nodes of the tree from the database: one query, however many."""

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

from zachetka.ledger.tree import Place

_HASHES = """
SELECT p.level, p.index, coalesce(n.hash, l.hash)
FROM unnest(%s::int[], %s::bigint[]) AS p(level, index)
LEFT JOIN ledger_node n ON p.level > 0 AND n.level = p.level AND n.index = p.index
LEFT JOIN ledger_leaf l ON p.level = 0 AND l.index = p.index
"""


def table_of_nodes(cursor: CursorWrapper, places: Iterable[Place]) -> dict[Place, bytes]:
    """Return the hash at each place.

    Raises:
        LookupError: a node that must be complete is not there: the tree is damaged.
    """
    wanted = sorted(set(places))
    cursor.execute(_HASHES, [[place.level for place in wanted], [place.number for place in wanted]])
    found = {Place(level, index): bytes(hash_) for level, index, hash_ in cursor.fetchall() if hash_ is not None}
    if missing := [place for place in wanted if place not in found]:
        raise LookupError(f"no node {missing[0].level}:{missing[0].number} in the tree")
    return found
