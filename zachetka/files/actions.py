"""Taking a file in: first the bytes, then the row, so that a row never points at nothing (п. 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from zachetka.core.clock import legal_date
from zachetka.core.contacts import tells_contact, without_contacts
from zachetka.core.errors import Refusal
from zachetka.core.text import tidy
from zachetka.files import store
from zachetka.files.models import DestroyedFile, StoredFile, Unswept
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from zachetka.access.models import Account

KEEPING: Final = 3_006_001
"""Advisory lock: shared by whoever is bringing bytes, alone for whoever takes away bytes that nobody refers to."""
BRINGING: Final = "SELECT pg_advisory_xact_lock_shared(%s)"
ALONE: Final = "SELECT pg_advisory_xact_lock(%s)"
SWEPT_AT_ONCE: Final = 100
"""Marks read at one time when the bytes of destroyed files are taken away."""
_ARRIVED: ContextVar[list[str] | None] = ContextVar("arrived", default=None)


@contextmanager
def kept_together() -> Iterator[None]:
    """Run a transaction that stores files: when it fails, the bytes it brought leave with their rows (п. 3.6)."""
    arrived: list[str] = []
    outer = _ARRIVED.get()
    token = _ARRIVED.set(arrived)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        _take_away(arrived)
        raise
    finally:
        _ARRIVED.reset(token)
    if outer is not None:
        outer.extend(arrived)


def put_aside(content: bytes) -> tuple[str, int]:
    """Keep bytes that are no file yet: a part of work that goes on; return their digest and size.

    In the caller's transaction, which also writes down that they are kept; `discard` takes them away.
    """
    _lock(BRINGING)
    return store.put([content])


def discard(digests: Iterable[str], *, kept: Callable[[Iterable[str]], Iterable[str]]) -> None:
    """Take away bytes that were put aside, in the caller's transaction; those of a stored file stay, and those of `kept`."""
    wanted = set(digests)
    if not wanted:
        return
    _lock(ALONE)
    stored = StoredFile.objects.filter(sha256__in=wanted).values_list("sha256", flat=True)
    for sha256 in wanted - set(stored) - set(kept(wanted)):
        store.remove(sha256)


def remove_bytes(file: StoredFile, *, gone: Iterable[int]) -> None:
    """Take away the bytes of `file`; its row stays and says what there was (п. 3.6).

    They stay while any file that is not among `gone` has the same; `file` is one of `gone`, and that is committed before:
    no transaction that fails brings bytes back.
    """
    with transaction.atomic():
        _lock(ALONE)
        if not StoredFile.objects.filter(sha256=file.sha256).exclude(pk__in=gone).exists():
            store.remove(file.sha256)


class Destroyed(Refusal):
    """The bytes were destroyed by an act: nothing is handed out, and it is no damage."""

    status = 410


def contents(file: StoredFile) -> bytes:
    """Return the bytes of `file`, checked.

    Raises:
        Destroyed: they were destroyed by an act of destruction; it says which.
        Damaged: they are not those that were stored, or are gone.
    """
    require_kept(file)
    return store.read(file.sha256)


def require_kept(file: StoredFile) -> None:
    """Refuse what was destroyed by an act; one query, none where the mark was read with the file.

    Raises:
        Destroyed: by which act.
    """
    gone: DestroyedFile | None = getattr(file, "destroyed", None)
    if gone is not None:
        day = legal_date(gone.destroyed_at)
        raise Destroyed("152-ФЗ ст. 21", f"Содержимое файла уничтожено по акту № {gone.act} от {day:%d.%m.%Y}.")


def destroy_file(file: StoredFile, *, act: str, key: int, actor: Account, at: datetime) -> DestroyedFile:
    """Mark `file` destroyed by the act numbered `act`; its bytes go when the transaction is committed (152-ФЗ ст. 21).

    Whoever dies in between leaves them to `sweep_destroyed`. `key` is the key of the act, for the event.
    """
    gone = DestroyedFile.objects.create(file=file, act=act, destroyed_at=at)
    record_event(EventType.FILE_DESTROYED, gone, actor=actor, at=at, clause="152-ФЗ ст. 21", act=key)
    transaction.on_commit(sweep_destroyed, robust=True)
    return gone


def sweep_destroyed() -> int:
    """Take away the bytes of files that are marked destroyed and still lie there; return of how many. Safe to repeat.

    Reads the marks that are left, a batch at a time in the order of their keys, and nothing of what was taken away before.

    Raises:
        ExceptionGroup: what failed, left to the next hour; everything else is taken away.
    """
    swept, after, failed = 0, 0, []
    while batch := list(Unswept.objects.filter(pk__gt=after).select_related("file").order_by("pk")[:SWEPT_AT_ONCE]):
        for left in batch:
            try:
                swept += _sweep(left.file)
            except Exception as fault:  # noqa: BLE001 - raised together below
                failed.append(fault)
        after = batch[-1].pk
    if failed:
        raise ExceptionGroup("bytes of destroyed files were not taken away", failed)
    return swept


def _sweep(file: StoredFile) -> bool:
    """Take away the bytes of one destroyed file, then the mark that they wait; those of a kept file with the same bytes stay."""
    with transaction.atomic():
        _lock(ALONE)
        was_there = is_there(file)
        if not StoredFile.objects.filter(sha256=file.sha256, destroyed=None).exists():
            store.remove(file.sha256)
        Unswept.objects.filter(pk=file.pk).delete()
    return was_there and not is_there(file)


def is_there(file: StoredFile) -> bool:
    """True while the bytes of `file` have not been taken away."""
    return store.place(file.sha256).exists()


def _name_of(given: str) -> str:
    """Return the name of a file for people: no folders, no address and no number, the same ending."""
    whole = PurePath(tidy(PurePath(given).name))
    name = without_contacts(whole.stem) + whole.suffix if tells_contact(whole.stem) else without_contacts(whole.name)
    return name[:255] or "без имени"


def _take_away(arrived: list[str]) -> None:
    """Remove bytes without a row. Whoever is bringing the same bytes now is waited for, and then they stay."""
    if not arrived:
        return
    with transaction.atomic():
        _lock(ALONE)
        kept = set(StoredFile.objects.filter(sha256__in=arrived).values_list("sha256", flat=True))
        for sha256 in set(arrived) - kept:
            store.remove(sha256)


def _lock(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [KEEPING])


def store_file(
    chunks: Iterable[bytes], *, name: str, media_type: str, actor: Account | None, at: datetime
) -> StoredFile:
    """Store a file and record that it came (п. 3.6). The name is kept for people and is never part of a path.

    An address or a number in the name is left out: the name outlives the bytes that an act destroys.

    The bytes outlive a transaction that fails unless it runs in `kept_together`.
    """
    with transaction.atomic():
        _lock(BRINGING)
        sha256, size = store.put(chunks)
        arrived = _ARRIVED.get()
        if arrived is not None:
            arrived.append(sha256)
        kept = StoredFile.objects.create(
            sha256=sha256,
            size=size,
            name=_name_of(name),
            media_type=media_type,
            stored_by=actor,
            stored_at=at,
        )
        record_event(EventType.FILE_STORED, kept, actor=actor, at=at, clause="3.6")
    return kept
