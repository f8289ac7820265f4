"""The Merkle tree against a naive reading of RFC 6962 (п. 3.3)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.ledger import tree
from zachetka.ledger.tree import Frontier, Place

pytestmark = pytest.mark.clause("3.3")

LARGEST = 70
LEAVES = [tree.leaf_hash(str(number).encode()) for number in range(LARGEST)]


def reference_root(leaves):
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = reference_split(len(leaves))
    return hashlib.sha256(b"\x01" + reference_root(leaves[:split]) + reference_root(leaves[split:])).digest()


def reference_split(width):
    split = 1
    while split * 2 < width:
        split *= 2
    return split


def reference_path(index, leaves):
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    split = reference_split(len(leaves))
    if index < split:
        return [*reference_path(index, leaves[:split]), reference_root(leaves[split:])]
    return [*reference_path(index - split, leaves[split:]), reference_root(leaves[:split])]


def reference_consistency(old, leaves, *, whole=True):
    """SUBPROOF of section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [reference_root(leaves)]
    split = reference_split(len(leaves))
    if old <= split:
        return [*reference_consistency(old, leaves[:split], whole=whole), reference_root(leaves[split:])]
    return [*reference_consistency(old - split, leaves[split:], whole=False), reference_root(leaves[:split])]


def grown(size):
    """The tree as the sealer grows it: frontier and table of complete nodes."""
    frontier = Frontier()
    table = {Place(0, index): leaf for index, leaf in enumerate(LEAVES[:size])}
    table.update(frontier.grow(LEAVES[:size]))
    return frontier, table


SIZES = st.integers(1, LARGEST)
TABLE = grown(LARGEST)[1]


def test_the_published_examples_of_the_rfc():
    assert tree.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_growing_leaf_by_leaf_gives_the_root_of_the_definition(size):
    frontier, _table = grown(size)
    assert frontier.root() == reference_root(LEAVES[:size])


@given(st.lists(st.integers(0, 20), max_size=8))
def test_the_size_of_batches_does_not_matter(batches):
    leaves = LEAVES[: min(sum(batches), LARGEST)]
    table, frontier, start = {}, Frontier(), 0
    for width in batches:
        batch = leaves[start : start + width]
        table.update({Place(0, start + offset): leaf for offset, leaf in enumerate(batch)})
        table.update(Frontier.load(start, table.__getitem__).grow(batch))
        frontier.grow(batch)
        start += len(batch)
    assert Frontier.load(start, table.__getitem__).root() == frontier.root() == reference_root(leaves)


@given(SIZES, st.data())
def test_an_inclusion_proof_is_the_path_of_the_definition_and_verifies(size, data):
    index = data.draw(st.integers(0, size - 1))
    ranges = tree.inclusion_ranges(index, size)
    proof = tree.hashes(ranges, TABLE.__getitem__)
    assert proof == reference_path(index, LEAVES[:size])
    assert set(tree.places(ranges)) <= set(TABLE)
    assert tree.includes(LEAVES[index], index, size, proof, reference_root(LEAVES[:size]))


@given(SIZES, st.data())
def test_a_consistency_proof_is_that_of_the_definition_and_verifies(new, data):
    old = data.draw(st.integers(1, new))
    proof = tree.hashes(tree.consistency_ranges(old, new), TABLE.__getitem__)
    assert proof == reference_consistency(old, LEAVES[:new])
    assert tree.consistent(old, new, proof, reference_root(LEAVES[:old]), reference_root(LEAVES[:new]))


def damaged(value):
    return bytes([value[0] ^ 1]) + value[1:]


@given(SIZES, st.data())
def test_an_inclusion_proof_damaged_anywhere_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaf, root = LEAVES[index], reference_root(LEAVES[:size])
    proof = reference_path(index, LEAVES[:size])
    assert tree.includes(leaf, index, size, proof, root)  # negative control: undamaged is accepted
    wrong = [
        (damaged(leaf), index, size, proof, root),
        (leaf, index, size, proof, damaged(root)),
        (leaf, index, size, [*proof, root], root),
        (leaf, -1, size, proof, root),
        (leaf, size, size, proof, root),
        (leaf[:31], index, size, proof, root),
        (leaf, index, size, proof, root + b"\0"),
    ]
    wrong += [(leaf, other, size, proof, root) for other in range(size) if other != index]
    wrong += [
        (leaf, index, size, [*proof[:at], damaged(proof[at]), *proof[at + 1 :]], root) for at in range(len(proof))
    ]
    wrong += [(leaf, index, size, [*proof[:at], *proof[at + 1 :]], root) for at in range(len(proof))]
    wrong += [(leaf, index, size, [*proof[:at], proof[at][:31], *proof[at + 1 :]], root) for at in range(len(proof))]
    assert not any(tree.includes(*each) for each in wrong)


@given(SIZES, st.data())
def test_a_consistency_proof_damaged_anywhere_is_refused(new, data):
    old = data.draw(st.integers(1, new))
    old_root, new_root = reference_root(LEAVES[:old]), reference_root(LEAVES[:new])
    proof = reference_consistency(old, LEAVES[:new])
    assert tree.consistent(old, new, proof, old_root, new_root)  # negative control
    wrong = [
        (old, new, proof, damaged(old_root), new_root),
        (old, new, proof, old_root, damaged(new_root)),
        (old, new, [*proof, new_root], old_root, new_root),
        (old, new, proof, old_root[:31], new_root),
        (new + 1, new, proof, old_root, new_root),
    ]
    wrong += [
        (old, new, [*proof[:at], damaged(proof[at]), *proof[at + 1 :]], old_root, new_root) for at in range(len(proof))
    ]
    wrong += [(old, new, [*proof[:at], *proof[at + 1 :]], old_root, new_root) for at in range(len(proof))]
    assert not any(tree.consistent(*each) for each in wrong)


def test_nothing_is_consistent_with_an_empty_tree():
    assert not tree.consistent(0, 5, [], tree.EMPTY_ROOT, reference_root(LEAVES[:5]))
    with pytest.raises(ValueError, match="from 0"):
        tree.consistency_ranges(0, 5)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion_ranges(index, size)


def test_a_leaf_cannot_pass_for_a_node():
    left, right = LEAVES[:2]
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


def test_a_proof_at_a_million_is_twenty_hashes():
    assert len(tree.inclusion_ranges(777_777, 1_000_000)) <= 20
    assert len(tree.places(tree.inclusion_ranges(777_777, 1_000_000))) <= 40
