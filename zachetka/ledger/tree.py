"""The Merkle tree of RFC 6962, pure: hashes in, hashes out (п. 3.3).

A *complete node* (level, number) is the root of leaves [number·2^level, (number + 1)·2^level). Complete nodes never
change once they exist, so they are kept in a table; everything else is folded from at most log₂(size) of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from zachetka.core.hashing import DIGEST_SIZE, sha256

LEAF_PREFIX: Final = b"\x00"
NODE_PREFIX: Final = b"\x01"
EMPTY_ROOT: Final = sha256(b"")


class Place(NamedTuple):
    """Where a complete node stands; level 0 is a leaf."""

    level: int
    number: int


Lookup = Callable[[Place], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 ‖ entry)."""
    return sha256(LEAF_PREFIX, entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(NODE_PREFIX, left, right)


# --- growing ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Frontier:
    """The roots of the complete subtrees on the right edge: all that is needed to append (≤ log₂(size) hashes)."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def load(cls, size: int, lookup: Lookup) -> "Frontier":
        """Read the frontier of a tree of `size` leaves from the table of complete nodes."""
        return cls(size, [lookup(place) for place in cover(0, size)])

    def append(self, leaf: bytes) -> Iterator[tuple[Place, bytes]]:
        """Append one leaf hash and yield the inner nodes that became complete, lowest first.

        The iterator must be exhausted; `grow` does.
        """
        place, right = Place(0, self.size), leaf
        while place.number & 1:
            right = node_hash(self.peaks.pop(), right)
            place = Place(place.level + 1, place.number >> 1)
            yield place, right
        self.peaks.append(right)
        self.size += 1

    def grow(self, leaves: Iterable[bytes]) -> list[tuple[Place, bytes]]:
        """Append leaf hashes in order; return the inner nodes that became complete."""
        return [node for leaf in leaves for node in self.append(leaf)]

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return fold(self.peaks)


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root above adjacent complete subtrees, largest first; of nothing, the root of the empty tree."""
    if not peaks:
        return EMPTY_ROOT
    *rest, root = peaks
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


# --- which nodes answer a question ------------------------------------------------------------------------------


def cover(start: int, end: int) -> list[Place]:
    """Return the complete nodes that make up leaves [start, end), left to right.

    `start` must be aligned the way RFC 6962 splits: on a multiple of the largest power of two below the width.
    """
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append(Place(level, start >> level))
        start += 1 << level
    return places


def _split(width: int) -> int:
    """Return the largest power of two below `width`, `width` ≥ 2."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaf ranges whose roots prove leaf `index` in a tree of `size`, lowest first.

    Raises:
        ValueError: there is no such leaf in such a tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Return the leaf ranges whose roots prove that a tree of `new` leaves begins with the tree of `old`.

    Raises:
        ValueError: `old` is 0 (proves nothing) or larger than `new`.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    start, end, ranges = 0, new, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def hashes(ranges: Iterable[tuple[int, int]], lookup: Lookup) -> list[bytes]:
    """Return the root of every range, from complete nodes."""
    return [fold([lookup(place) for place in cover(*each)]) for each in ranges]


def places(ranges: Iterable[tuple[int, int]]) -> list[Place]:
    """Return every complete node that `hashes` will look up: one query instead of twenty."""
    return [place for each in ranges for place in cover(*each)]


# --- checking (RFC 9162, 2.1.3.2 and 2.1.4.2) ---------------------------------------------------------------------


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """True when `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with this `root`."""
    if not 0 <= index < size or not _all_digests(leaf, root, *proof):
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """True when `proof` shows that the tree (`new`, `new_root`) only added leaves to the tree (`old`, `old_root`).

    An old tree of 0 leaves is refused: anything is consistent with nothing, so it proves nothing.
    """
    if not 0 < old <= new or not _all_digests(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if not old & (old - 1):
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _all_digests(*values: bytes) -> bool:
    return all(len(value) == DIGEST_SIZE for value in values)
