"""The sealer: puts committed events into the tree and signs what came out (п. 3.3).

Writers only append; nobody waits for a hash chain. An event is taken once no transaction that could still commit
before it is running: `xid < pg_snapshot_xmin`. A reader that goes by `id > last` loses what commits out of order.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event as Stop
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.backends.utils import CursorWrapper

from zachetka.core.clock import now
from zachetka.ledger import witness
from zachetka.ledger.entries import COLUMNS, EventRow, leaf_of, rows
from zachetka.ledger.models import SigningKey
from zachetka.ledger.nodes import table_of_nodes
from zachetka.ledger.signing import (
    KEY_FILE,
    NEXT_KEY_FILE,
    KeyTrouble,
    Signer,
    checkpoint_text,
    endorsement_text,
    origin_of,
)
from zachetka.ledger.tree import Frontier, cover

ALIAS: Final = "sealer"
BATCH: Final = 5000
"""Events under one checkpoint, at most: a transaction of a few hundred milliseconds."""

POLL_SECONDS: Final = 1.0
_LOCK: Final = 0x5EA1_3333
"""The advisory lock that makes two sealers take turns."""

log = logging.getLogger("zachetka.ledger")

# Rows restored from another cluster may carry numbers of transactions that this one has not reached. A row that is
# visible with a number beyond the snapshot cannot be running here: it is taken at once.
_WAITING: Final = f"""
WITH waiting AS MATERIALIZED (
    SELECT {COLUMNS} FROM ledger_event e
    WHERE e.xid >= %(since)s::xid8 AND e.id > %(after)s
      AND (e.xid < %(before)s::xid8 OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
      AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.event_id = e.id)
    ORDER BY e.id LIMIT %(limit)s
)
SELECT * FROM waiting ORDER BY id
"""  # noqa: S608 - names of columns


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one call sealed: how many events, and the tree after it."""

    events: int
    tree_size: int
    root: bytes


def folder_of_keys() -> Path:
    """Return the folder of the signing key.

    Raises:
        KeyTrouble: this process has no business with the key.
    """
    if settings.KEYS_DIR is None:
        raise KeyTrouble("Этому процессу ключ подписи не дан: закрепляет журнал только zachetka sealer.")
    return Path(settings.KEYS_DIR)


@dataclass(slots=True)
class Sealer:
    """Remembers how far it has read, so that a quiet second costs one index look-up.

    `keys` holds the private key, `notes` the checkpoints kept outside the database.
    """

    keys: Path = field(default_factory=folder_of_keys)
    notes: Path = field(default_factory=lambda: Path(settings.DATA_DIR) / "checkpoints")
    batch: int = BATCH
    _since: str = "0"
    _note: dict[str, Any] | None = None
    """The newest checkpoint while it is signed and not yet kept outside: a full disk does not lose it."""

    def seal(self, at: datetime, *, told: Callable[[int], None] = lambda _events: None) -> Sealed:
        """Seal everything that is waiting, in checkpoints of at most `batch` events, one transaction each.

        Args:
            at: the moment of the checkpoints.
            told: told after each how many events have been sealed by this call.

        Raises:
            KeyTrouble: the key in the folder is not the newest of the ledger's history.
            OSError: the checkpoint cannot be kept outside the database; it is signed, and the next call keeps it.
        """
        signer = Signer.kept(self.keys)
        events, after, before = 0, 0, None
        while True:
            with transaction.atomic(using=ALIAS, durable=True), connections[ALIAS].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                signer, origin = self._key(signer, at)
                if before is None:
                    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
                    (before,) = cursor.fetchone()
                found = self._waiting(cursor, after, before)
                frontier = _frontier(cursor)
                if found:
                    signature = _append(cursor, frontier, found, signer=signer, origin=origin, at=at)
            if found:
                events, after = events + len(found), found[-1].id
                self._note = {
                    "origin": origin,
                    "tree_size": frontier.size,
                    "root": frontier.root(),
                    "at": at,
                    "signature": signature,
                }
            self._keep()
            told(events)
            if len(found) < self.batch:
                self._since = before
                return Sealed(events, frontier.size, frontier.root())

    def _keep(self) -> None:
        if self._note is not None:
            witness.keep(self.notes, **self._note)
            self._note = None

    def _waiting(self, cursor: CursorWrapper, after: int, before: str) -> list[EventRow]:
        cursor.execute(_WAITING, {"since": self._since, "after": after, "before": before, "limit": self.batch})
        return list(rows(cursor))

    def _key(self, signer: Signer, at: datetime) -> tuple[Signer, str]:
        """Return the key to sign with and the ledger's name; the first seal of all enters the first key."""
        known = key_history()
        if not known:
            first = SigningKey(id=signer.key_id, public_key=signer.public, valid_from=at)
            first.save(using=ALIAS, force_insert=True)
            known = [first]
        newest = known[-1].id
        if signer.key_id != newest:
            signer = self._handed_over(newest)
        return signer, origin_of(known[0].id)

    def _handed_over(self, newest: str) -> Signer:
        """Finish a change of key that was interrupted after its commit."""
        following = self.keys / NEXT_KEY_FILE
        if following.exists() and (signer := Signer.kept(self.keys, file=NEXT_KEY_FILE)).key_id == newest:
            following.replace(self.keys / KEY_FILE)
            return signer
        raise KeyTrouble(
            f"Ключ в {self.keys / KEY_FILE} — не последний ключ журнала ({newest[:16]}…). "
            "Верните файл ключа из резервной копии."
        )

    def change_key(self, at: datetime) -> str:
        """Hand over to a new key, signed by the present one; return its fingerprint.

        Old checkpoints stay valid under the old key. Print the new fingerprint and file the sheet (п. 3.5).
        """
        self.seal(at)
        following = Signer.kept(self.keys, file=NEXT_KEY_FILE)
        with transaction.atomic(using=ALIAS, durable=True), connections[ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            present, origin = self._key(Signer.kept(self.keys), at)
            SigningKey(
                id=following.key_id,
                public_key=following.public,
                valid_from=at,
                previous_id=present.key_id,
                endorsement=present.sign(endorsement_text(origin, following.public, at)),
            ).save(using=ALIAS, force_insert=True)
        (self.keys / NEXT_KEY_FILE).replace(self.keys / KEY_FILE)
        return following.key_id


def key_history() -> list[SigningKey]:
    """Return the keys of the ledger, first to newest, along the chain of endorsements."""
    following = {key.previous_id: key for key in SigningKey.objects.using(ALIAS)}
    chain: list[SigningKey] = []
    while (key := following.get(chain[-1].id if chain else None)) is not None:
        chain.append(key)
    return chain


def _frontier(cursor: CursorWrapper) -> Frontier:
    cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf")
    (size,) = cursor.fetchone()
    return Frontier.load(size, table_of_nodes(cursor, cover(0, size)).__getitem__)


def _append(
    cursor: CursorWrapper, frontier: Frontier, found: Sequence[EventRow], *, signer: Signer, origin: str, at: datetime
) -> bytes:
    """Write leaves, nodes and the checkpoint; return the signature."""
    first = frontier.size
    leaves = [leaf_of(row) for row in found]
    nodes = frontier.grow(leaves)
    _copy(
        cursor,
        "COPY ledger_leaf (index, event_id, hash) FROM STDIN",
        [(first + offset, row.id, leaf) for offset, (row, leaf) in enumerate(zip(found, leaves, strict=True))],
    )
    _copy(cursor, "COPY ledger_node (level, index, hash) FROM STDIN", [(*place, hash_) for place, hash_ in nodes])
    root = frontier.root()
    signature = signer.sign(checkpoint_text(origin, frontier.size, root, at))
    cursor.execute(
        "INSERT INTO ledger_checkpoint (tree_size, root, at, origin, key_id, signature) VALUES (%s, %s, %s, %s, %s, %s)",
        [frontier.size, root, at, origin, signer.key_id, signature],
    )
    return signature


def _copy(cursor: CursorWrapper, statement: str, records: Sequence[tuple[object, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for record in records:
            copy.write_row(record)


def seal(at: datetime) -> Sealed:
    """Seal everything that is waiting, once: for a command or a test without a running worker."""
    return Sealer().seal(at)


def unsealed() -> int:
    """Return how many events have no place in the tree yet."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM ledger_event) - (SELECT count(*) FROM ledger_leaf)")
        (waiting,) = cursor.fetchone()
    return int(waiting)


def seal_forever(stop: Stop, *, clock: Callable[[], datetime] = now, poll: float = POLL_SECONDS) -> None:
    """Seal every `poll` seconds until `stop` is set; outlive a restart of the database and a full disk.

    Raises:
        KeyTrouble: only a person can mend that.
    """
    sealer = Sealer()
    while not stop.is_set():
        try:
            sealed = sealer.seal(clock())
        except (InterfaceError, OperationalError, OSError) as trouble:
            log.error("sealing is postponed: %s", trouble)
            connections[ALIAS].close()
        else:
            if sealed.events:
                log.info("sealed %s events, the tree has %s", sealed.events, sealed.tree_size)
        stop.wait(poll)
    connections[ALIAS].close()
