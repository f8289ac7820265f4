"""The check of the tree: every event against its leaf, every node, every checkpoint, the keys (п. 3.3).

Streams in chunks; memory does not grow with the ledger.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from django.db.backends.utils import CursorWrapper

from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.russian import Gender, Noun, counted, moment_digits, plural
from zachetka.ledger import witness
from zachetka.ledger.entries import COLUMNS, EventRow, leaf_of, row_of
from zachetka.ledger.findings import Report
from zachetka.ledger.signing import checkpoint_text, endorsement_text, is_signed, key_id, origin_of
from zachetka.ledger.tree import Frontier, Place

CHUNK: Final = 4096
LATE: Final = timedelta(hours=1)
"""No transaction lasts so long: an event numbered before those sealed an hour ago was slipped in."""

_READABLE: Final = "CASE WHEN {0} BETWEEN '0001-01-02' AND '9999-12-30' THEN {0} END"
"""A moment beyond what Python can hold was written by nobody of ours; it reads as null and agrees with nothing."""

_COLUMNS: Final = COLUMNS.replace("e.at", _READABLE.format("e.at"))
_LEAVES: Final = f"""
SELECT {_COLUMNS}, l.index, l.hash, l.event_id FROM ledger_leaf l LEFT JOIN ledger_event e ON e.id = l.event_id
WHERE l.index >= %s ORDER BY l.index LIMIT %s
"""  # noqa: S608 - names of columns, here and below
_CHECKPOINTS: Final = f"""
SELECT tree_size, root, {_READABLE.format("at")}, origin, key_id, signature FROM ledger_checkpoint
WHERE tree_size > %s ORDER BY tree_size LIMIT %s
"""  # noqa: S608
_KEYS: Final = f"""
SELECT id, public_key, {_READABLE.format("valid_from")}, previous_id, endorsement FROM ledger_signingkey
"""  # noqa: S608

EVENT: Final = Noun("событие", "события", "событий", Gender.NEUTER)
SOON: Final = timedelta(minutes=10)
"""The sealer works once a second: events that waited this long are waiting for nobody."""

_UNSEALED: Final = """
SELECT count(*), min(e.at), min(e.id) FROM ledger_event e
WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot()) AND e.at > %(sealed)s AND e.at < %(soon)s
  AND e.at < '9999-12-30' AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.event_id = e.id)
"""

Progress = Callable[[int, int], None]
"""How much is done, how much there is."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as the database keeps it."""

    tree_size: int
    root: bytes
    at: datetime | None
    origin: str
    key: str
    signature: bytes


@dataclass(slots=True)
class TreeCheck:
    """One pass over the tree."""

    cursor: CursorWrapper
    report: Report
    progress: Progress
    notes: Path | None = None
    trusted: str = ""
    at: datetime | None = None
    """The moment of the check; None when nobody asks whether the sealer works."""
    keys: dict[str, bytes] = field(default_factory=dict)
    """Fingerprint → public key, for every key that the chain of endorsements reaches."""
    origin: str = ""
    roots_agree: bool = True

    def run(self) -> None:
        """Check keys, then leaves, nodes, checkpoints and kept notes in one walk."""
        self._count()
        self._check_keys()
        waiting = self._notes()
        frontier = Frontier()
        signed = self._checkpoints()
        checkpoint = next(signed, None)
        times = _Times()
        for start in range(0, self.report.tree_size, CHUNK):
            hashes: list[tuple[Place, bytes]] = []
            for index, stored, row in self._leaves(start):
                if index != frontier.size:
                    self.report.add(f"В дереве нет листа {frontier.size}: он удалён.", index=frontier.size)
                    return
                self._check_event(index, stored, row)
                times.saw(row)
                hashes += frontier.append(stored)
                if checkpoint is not None and checkpoint.tree_size == frontier.size:
                    self._check_checkpoint(checkpoint, frontier.root())
                    self._check_order(times, checkpoint)
                    checkpoint = next(signed, None)
                while waiting and waiting[0].tree_size == frontier.size:
                    self._check_note(waiting.pop(0), frontier.root())
            self._check_nodes(start, min(start + CHUNK, self.report.tree_size), hashes)
            self.progress(frontier.size, self.report.tree_size)
        self._check_end(frontier.size, checkpoint, waiting)
        self._check_unsealed()

    # --- what is there ---------------------------------------------------------------------------------------

    def _one(self, statement: str, *arguments: str | int) -> tuple[int, ...]:
        self.cursor.execute(statement, arguments)
        found = self.cursor.fetchone()
        return tuple(found)

    def _count(self) -> None:
        self.report.events, highest, lowest = self._one(
            "SELECT count(*), coalesce(max(id), 0), coalesce(min(id), 1) FROM ledger_event"
        )
        (self.report.tree_size,) = self._one("SELECT count(*) FROM ledger_leaf")
        (given,) = self._one("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_event_id_seq")
        for number in {each for each in (highest, lowest) if not 0 < each <= given and self.report.events}:
            self.report.add(f"Событие № {number} внесено в обход системы: такого номера она не выдавала.", event=number)

    def _leaves(self, start: int) -> Iterator[tuple[int, bytes, EventRow | None]]:
        self.cursor.execute(_LEAVES, [start, CHUNK])
        for record in self.cursor.fetchall():
            index, stored, event_id = record[-3:]
            if record[0] is None:
                self.report.add(f"Событие № {event_id} удалено из журнала.", event=event_id, index=index)
                yield index, bytes(stored), None
            else:
                yield index, bytes(stored), row_of(record)

    def _checkpoints(self) -> Iterator[Signed]:
        last = -1
        while True:
            self.cursor.execute(_CHECKPOINTS, [last, CHUNK])
            found = self.cursor.fetchall()
            for size, root, at, origin, key, signature in found:
                yield Signed(size, bytes(root), at, origin, key, bytes(signature))
            if len(found) < CHUNK:
                return
            last = found[-1][0]

    def _notes(self) -> list[witness.Note]:
        if self.notes is None:
            return []
        try:
            found = sorted(witness.kept(self.notes), key=lambda note: note.tree_size)
        except witness.UnreadableNote as damaged:
            self.report.add(f"Контрольная точка вне базы повреждена: файл {damaged}.")
            return []
        self.report.witnesses = len(found)
        return found

    # --- what must agree --------------------------------------------------------------------------------------

    def _check_keys(self) -> None:
        self.cursor.execute(_KEYS)
        following = {record[3]: record for record in self.cursor.fetchall()}
        previous: str | None = None
        while (record := following.pop(previous, None)) is not None:
            name, public, valid_from, _previous, endorsement = record
            public = bytes(public)
            if key_id(public) != name:
                self.report.add(f"Открытый ключ {name[:16]}… подменён.")
                return
            if previous is None:
                self.origin = origin_of(name)
            else:
                text = valid_from and endorsement_text(self.origin, public, valid_from)
                if not text or not is_signed(self.keys[previous], bytes(endorsement), text):
                    self.report.add(f"Ключ {name[:16]}… не подписан предыдущим ключом.")
                    return
            self.keys[name] = public
            previous = name
        if following:
            self.report.add("В истории ключей есть ключ, не связанный с остальными.")
        if self.trusted and not any(name.startswith(self.trusted) for name in self.keys):
            self.report.add(f"В истории ключей нет ключа {self.trusted[:16]}…, которому вы доверяете.")

    def _check_event(self, index: int, stored: bytes, row: EventRow | None) -> None:
        if row is None:
            return
        try:
            agrees = leaf_of(row) == stored
        except (TypeError, ValueError):
            agrees = False
        if not agrees:
            self.report.add(
                f"Событие № {row.id} не совпадает со своим листом {index}: изменено событие или лист.",
                object_type=row.object_type,
                object_id=row.object_id,
                event=row.id,
                index=index,
            )

    def _check_nodes(self, start: int, end: int, computed: list[tuple[Place, bytes]]) -> None:
        levels = range(1, max(end.bit_length(), 2))
        self.cursor.execute(
            "SELECT n.level, n.index, n.hash FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS r(level, low, high) "
            "JOIN ledger_node n ON n.level = r.level AND n.index >= r.low AND n.index < r.high",
            [[*levels], [start >> level for level in levels], [end >> level for level in levels]],
        )
        stored = {Place(level, index): bytes(hash_) for level, index, hash_ in self.cursor.fetchall()}
        for place, hash_ in computed:
            if stored.pop(place, None) != hash_:
                low, high = place.number << place.level, ((place.number + 1) << place.level) - 1
                self.report.add(f"Узел дерева над листами {low}–{high} не совпадает с ними.", index=low)
                return
        for place in islice(stored, 1):
            self.report.add(f"В дереве лишний узел {place.level}:{place.number}.")

    def _check_checkpoint(self, checkpoint: Signed, root: bytes) -> None:
        size = checkpoint.tree_size
        if self.roots_agree and checkpoint.root != root:
            self.roots_agree = False
            self.report.add(
                f"Контрольная точка на {size} событий не совпадает с деревом: изменено что-то до листа {size - 1}.",
                index=size - 1,
            )
        key = self.keys.get(checkpoint.key)
        text = checkpoint.at and checkpoint_text(checkpoint.origin, size, checkpoint.root, checkpoint.at)
        if (
            not text
            or key is None
            or checkpoint.origin != self.origin
            or not is_signed(key, checkpoint.signature, text)
        ):
            self.report.add(f"Подпись контрольной точки на {size} событий неверна.", index=size - 1)

    def _check_note(self, note: witness.Note, root: bytes) -> None:
        """The file keeps the day's newest checkpoint; its signature is by any key of the history."""
        if not any(is_signed(key, note.signature, note.text) for key in self.keys.values()):
            self.report.add(f"Контрольная точка вне базы, файл {note.file}, подписана ключом, которого нет в истории.")
        elif note.origin != self.origin or note.root != root:
            self.report.add(
                f"Журнал переписан: его начало на {note.tree_size} событий не то, что сохранено в файле {note.file}.",
                index=note.tree_size - 1,
            )

    def _check_order(self, times: "_Times", checkpoint: Signed) -> None:
        if checkpoint.at and (number := times.slipped_in(checkpoint.at)) is not None:
            self.report.add(f"Событие № {number} внесено задним числом.", event=number)

    def _check_end(self, size: int, checkpoint: Signed | None, waiting: list[witness.Note]) -> None:
        if checkpoint is not None:
            self.report.add(
                f"Есть контрольная точка на {checkpoint.tree_size} событий, а в дереве их {size}: хвост отрезан.",
                index=size,
            )
        else:
            (newest,) = self._one("SELECT coalesce(max(tree_size), 0) FROM ledger_checkpoint")
            if newest != size:
                self.report.add(
                    f"Листы с {newest} по {size - 1} не подписаны ни одной контрольной точкой.", index=newest
                )
        for note in waiting:
            self.report.add(
                f"В файле {note.file} сохранена контрольная точка на {note.tree_size} событий, в дереве их {size}: "
                "хвост отрезан или восстановлена старая копия.",
                index=size,
            )
        (nodes,) = self._one("SELECT count(*) FROM ledger_node")
        if nodes != size - size.bit_count():
            self.report.add(f"В дереве {nodes} узлов вместо {size - size.bit_count()}.")

    def _check_unsealed(self) -> None:
        """Find a sealer that stopped: things went on happening after its newest checkpoint, and none was sealed.

        An event does not know when it was inserted, and a list or a demonstration brings events of past days. So
        only those count that happened after the newest checkpoint; before the first one nothing is said.
        """
        self.cursor.execute(f"SELECT max({_READABLE.format('at')}) FROM ledger_checkpoint")  # noqa: S608
        (sealed,) = self.cursor.fetchone()
        if self.at is None or sealed is None or sealed > self.at - SOON:
            return
        self.cursor.execute(_UNSEALED, {"sealed": sealed, "soon": self.at - SOON})
        count, since, first = self.cursor.fetchone()
        if count:
            told = plural(count, "не закреплено", "не закреплены", "не закреплены")
            moment = moment_digits(since.astimezone(LEGAL_ZONE))
            self.report.add(f"{counted(count, EVENT)} {told} с {moment}: закрепление не работает.", event=first)


@dataclass(slots=True)
class _Times:
    """Numbers of events against the moments of their checkpoints: finds one slipped in long after its neighbours."""

    lowest: int | None = None
    highest: int = 0
    recent: deque[tuple[datetime, int]] = field(default_factory=deque)
    settled: int = 0

    def saw(self, row: EventRow | None) -> None:
        if row is not None:
            self.lowest = row.id if self.lowest is None else min(self.lowest, row.id)
            self.highest = max(self.highest, row.id)

    def slipped_in(self, at: datetime) -> int | None:
        """Close a checkpoint made at `at`; return its lowest number when that was settled long before."""
        while self.recent and self.recent[0][0] <= at - LATE:
            self.settled = max(self.settled, self.recent.popleft()[1])
        found = self.lowest if self.lowest is not None and self.lowest <= self.settled else None
        self.recent.append((at, self.highest))
        self.lowest = None
        return found
