"""Proofs a person can ask for (п. 3.3): few queries, and refused in words while the sealer has not come by."""

import pytest
from django.db import connection

from zachetka.ledger import tree
from zachetka.ledger.models import Checkpoint, Event
from zachetka.ledger.proofs import (
    NotSealedYet,
    ProofStatus,
    consistency_proof,
    inclusion_proof,
    inclusion_proofs,
    proof_status,
    record_status,
)
from zachetka.ledger.sealer import Sealer, seal
from zachetka.ledger.tests.make import NOON, happen, make_mark

pytestmark = pytest.mark.clause("3.3")


def test_every_event_is_proved_against_every_later_checkpoint(ledger, django_assert_num_queries):
    happen(20)
    Sealer(batch=6).seal(NOON)
    for checkpoint in Checkpoint.objects.all():
        for event in Event.objects.filter(leaf__index__lt=checkpoint.tree_size):
            _point, proof = inclusion_proof(event.pk, checkpoint=checkpoint)
            assert tree.includes(proof.leaf, proof.index, checkpoint.tree_size, proof.path, bytes(checkpoint.root))
    with django_assert_num_queries(3):
        newest, proofs = inclusion_proofs(range(1, 21))
    assert newest.tree_size == len(proofs) == 20


def test_every_checkpoint_begins_with_the_ones_before_it(ledger):
    happen(20)
    Sealer(batch=6).seal(NOON)
    points = list(Checkpoint.objects.all())
    with connection.cursor() as cursor:
        for old in points:
            for new in points:
                if old.tree_size <= new.tree_size:
                    proof = consistency_proof(cursor, old.tree_size, new.tree_size)
                    assert tree.consistent(old.tree_size, new.tree_size, proof, bytes(old.root), bytes(new.root))
        with pytest.raises(LookupError):
            consistency_proof(cursor, 6, 64)


def test_an_event_that_is_not_sealed_yet_is_refused_in_words_and_its_shield_says_so(ledger, django_assert_num_queries):
    with pytest.raises(NotSealedYet) as refusal:
        inclusion_proof(1)
    assert "через несколько секунд" in refusal.value.sentence
    mark, event = make_mark()
    seal(NOON)
    later, newer = make_mark()
    with pytest.raises(NotSealedYet):
        inclusion_proofs([event.pk, newer.pk])
    with django_assert_num_queries(1):
        assert proof_status([event.pk, newer.pk, 999]) == {event.pk: 0, newer.pk: None, 999: None}
    with django_assert_num_queries(1):
        shields = record_status("trial.mark", [mark.pk, later.pk, 999])
    assert shields == {
        str(mark.pk): ProofStatus(event.pk, 0),
        str(later.pk): ProofStatus(newer.pk, None),
    }
