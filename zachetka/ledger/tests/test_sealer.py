"""Sealing (п. 3.3): every committed event once, in one tree, whoever dies or hurries."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import InterfaceError, connection, transaction

from zachetka.ledger import sealer as module
from zachetka.ledger import witness
from zachetka.ledger.entries import COLUMNS, leaf_of, rows
from zachetka.ledger.models import Checkpoint, Event, Leaf, Node, SigningKey
from zachetka.ledger.proofs import consistency_proof
from zachetka.ledger.sealer import Sealer, key_history, seal, seal_forever
from zachetka.ledger.signing import KEY_FILE, NEXT_KEY_FILE, KeyTrouble, Signer
from zachetka.ledger.tests.make import NOON, forge, happen
from zachetka.ledger.tree import Frontier, consistent
from zachetka.ledger.verification import verify

pytestmark = pytest.mark.clause("3.3")


def expected_root() -> bytes:
    """The root over the events in the order of their leaves, computed afresh."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM ledger_event e JOIN ledger_leaf l ON l.event_id = e.id ORDER BY l.index"  # noqa: S608
        )
        frontier = Frontier()
        frontier.grow([leaf_of(row) for row in rows(cursor)])
    return frontier.root()


@contextmanager
def running(target, *arguments) -> Iterator[threading.Thread]:
    """Run `target` in a thread with connections of its own."""
    from django.db import connections

    def run() -> None:
        try:
            target(*arguments)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(60)
        assert not thread.is_alive()


def test_every_event_gets_the_next_place_from_zero_and_only_once(ledger):
    happen(5)
    first = seal(NOON)
    happen(3)
    second = seal(NOON)
    third = seal(NOON)
    assert (first.events, second.events, third.events) == (5, 3, 0)
    assert list(Leaf.objects.order_by("index").values_list("index", "event_id")) == [(n, n + 1) for n in range(8)]
    assert second.root == third.root == expected_root() == bytes(Checkpoint.objects.get(tree_size=8).root)
    assert Node.objects.count() == 7
    with connection.cursor() as cursor:
        proof = consistency_proof(cursor, 5, 8)
    assert consistent(5, 8, proof, first.root, second.root)
    assert (Sealer().keys / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_the_size_of_a_batch_does_not_change_the_tree(ledger, tmp_path):
    happen(23)
    sealed = Sealer(batch=4).seal(NOON)
    assert (sealed.events, sealed.root) == (23, expected_root())
    assert list(Checkpoint.objects.values_list("tree_size", flat=True)) == [4, 8, 12, 16, 20, 23]


def test_an_event_committed_out_of_order_is_not_lost(ledger):
    """Negative control inside: a reader that goes by the last number loses it."""
    recorded, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            happen()
            recorded.set()
            finish.wait(30)

    seen_by_number = 0
    sealer = Sealer()
    with running(slow):
        assert recorded.wait(30)
        happen(2)
        careless = list(Event.objects.filter(pk__gt=seen_by_number).values_list("pk", flat=True))
        seen_by_number = careless[-1]
        assert sealer.seal(NOON).events == 0  # they wait for the transaction that began before them
        finish.set()
    careless += Event.objects.filter(pk__gt=seen_by_number).values_list("pk", flat=True)
    assert sealer.seal(NOON).events == 3
    assert set(Leaf.objects.values_list("event_id", flat=True)) == {1, 2, 3}
    assert set(careless) == {2, 3}


def test_sealers_and_writers_at_once_make_one_tree_without_a_gap(ledger):
    stop = threading.Event()

    def write() -> None:
        for _ in range(25):
            happen(2)

    def keep_sealing() -> None:
        sealer = Sealer(batch=7)
        while not stop.is_set():
            sealer.seal(NOON)

    with running(keep_sealing), running(keep_sealing):
        with running(write), running(write), running(write):
            pass
        stop.set()
    seal(NOON)
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(150))
    assert Leaf.objects.values("event_id").distinct().count() == 150
    assert verify(models=[]).ok


SEALING = """
import os, sys
import django
from django.conf import settings
django.setup()
from django.db import connections
from pathlib import Path
from zachetka.ledger.sealer import Sealer
from zachetka.ledger.tests.make import NOON
for alias in connections.settings:
    connections.settings[alias]["NAME"] = sys.argv[1]
folder = Path(sys.argv[2])
sealer = Sealer(folder / "keys", folder / "checkpoints", batch=3)
print("ready", flush=True)
while True:
    sealer.seal(NOON)
"""


def test_a_sealer_killed_at_any_moment_leaves_a_tree_that_the_next_one_continues(ledger, tmp_path):
    sizes = []
    for attempt in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", SEALING, ledger.database, str(tmp_path)],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "zachetka.settings"},
            stdout=subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            process.stdout.readline()
            happen(60)
            time.sleep(0.01 * attempt)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        sizes.append(Leaf.objects.count())
    assert seal(NOON).tree_size == 360
    assert verify(models=[]).ok
    assert any(size % 60 for size in sizes) or sizes == sorted(sizes)


def test_a_row_restored_from_another_cluster_does_not_wait_for_ever(ledger):
    happen(2)
    forge(ledger, "UPDATE ledger_event SET xid = '9000000000' WHERE id = 1")
    assert Sealer().seal(NOON).events == 2


def test_a_new_key_is_signed_by_the_old_one_and_old_checkpoints_stay_valid(ledger):
    happen()
    sealer = Sealer()
    sealer.seal(NOON)
    first = Signer.kept(sealer.keys).key_id
    second = sealer.change_key(NOON + timedelta(days=1))
    happen()
    sealer.seal(NOON + timedelta(days=2))
    assert [key.id for key in key_history()] == [first, second]
    assert list(Checkpoint.objects.values_list("key_id", flat=True)) == [first, second]
    assert Checkpoint.objects.values("origin").distinct().count() == 1
    assert verify(models=[], trusted=first).ok
    assert verify(models=[], trusted=second).ok
    assert not (sealer.keys / NEXT_KEY_FILE).exists()


def test_a_change_of_key_interrupted_after_its_commit_is_finished(ledger, monkeypatch):
    happen()
    sealer = Sealer()
    sealer.seal(NOON)
    old = (sealer.keys / KEY_FILE).read_bytes()
    second = sealer.change_key(NOON)
    (sealer.keys / KEY_FILE).replace(sealer.keys / NEXT_KEY_FILE)
    (sealer.keys / KEY_FILE).write_bytes(old)
    (sealer.keys / KEY_FILE).chmod(0o600)
    happen()
    assert Sealer().seal(NOON).tree_size == 2
    assert Signer.kept(sealer.keys).key_id == second
    assert verify(models=[]).ok


def test_a_foreign_or_careless_key_is_refused(ledger, tmp_path):
    happen()
    seal(NOON)
    with pytest.raises(KeyTrouble, match="не последний ключ"):
        Sealer(tmp_path / "others").seal(NOON)
    path = Sealer().keys / KEY_FILE
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        seal(NOON)
    path.chmod(0o600)
    path.write_text("-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(KeyTrouble, match="не содержит"):
        seal(NOON)
    assert SigningKey.objects.count() == 1


def test_two_first_starts_at_once_agree_on_one_key(tmp_path):
    found = []
    threads = [threading.Thread(target=lambda: found.append(Signer.kept(tmp_path / "keys").key_id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [KEY_FILE]


def test_the_worker_seals_within_a_poll_outlives_the_database_and_stops(ledger, caplog):
    stop = threading.Event()
    with running(lambda: seal_forever(stop, clock=lambda: NOON, poll=0.05)):
        happen()
        assert soon(lambda: Leaf.objects.count() == 1)
        with psycopg.connect(ledger.administrator(), autocommit=True) as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'zachetka_sealer' "
                "AND datname = current_database()"
            )
        happen()
        assert soon(lambda: Leaf.objects.count() == 2)
        stop.set()
    assert module.POLL_SECONDS <= 1


def test_a_full_disk_for_notes_postpones_and_ends_nothing(ledger, tmp_path, monkeypatch, caplog):
    stop, full, keep = threading.Event(), threading.Event(), witness.keep

    def crowded(*arguments, **given):
        if full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        return keep(*arguments, **given)

    monkeypatch.setattr(witness, "keep", crowded)
    full.set()
    with running(lambda: seal_forever(stop, clock=lambda: NOON, poll=0.05)):
        happen()
        assert soon(lambda: "No space left" in caplog.text)
        happen()
        assert soon(lambda: Leaf.objects.count() == 2)
        assert not list((tmp_path / "checkpoints").glob("*.txt"))
        full.clear()
        assert soon(lambda: list((tmp_path / "checkpoints").glob("*.txt")))  # the newest one, without a new event
        stop.set()
    assert verify(models=[]).ok
    assert verify(models=[]).witnesses == 1


def test_a_lost_connection_postpones_and_ends_nothing(ledger, monkeypatch, caplog):
    stop, lost = threading.Event(), [InterfaceError("the connection is closed")]
    seal_once = Sealer.seal

    def broken(self, at):
        if lost:
            raise lost.pop()
        return seal_once(self, at)

    monkeypatch.setattr(Sealer, "seal", broken)
    with running(lambda: seal_forever(stop, clock=lambda: NOON, poll=0.05)):
        happen()
        assert soon(lambda: Leaf.objects.count() == 1)
        stop.set()
    assert "the connection is closed" in caplog.text


def soon(condition, seconds=20.0):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True
