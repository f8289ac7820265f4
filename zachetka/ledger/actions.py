"""The only way an event comes into being: in the transaction of the fact it records (п. 2.1)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from zachetka.core.canonical import plain
from zachetka.core.hashing import commitment_to_plain, new_salt, row_commitment
from zachetka.core.provable import Provable, object_type_of
from zachetka.ledger.events import STATED, WITNESSED, EventType
from zachetka.ledger.models import Event

if TYPE_CHECKING:
    from zachetka.access.models import Account

BATCH: Final = 2000
"""Events in one INSERT: large enough to reach full speed, small enough to hold in memory."""


class Fact(NamedTuple):
    """An INSERT of a room, with its values: see `record_fact`."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What `record_events` takes: the arguments of one `record_event`."""

    type: EventType
    subject: models.Model | None
    actor: "Account | None"
    at: datetime
    clause: str
    about: UUID | None = None
    body: dict[str, Any] = field(default_factory=dict)
    document: Mapping[str, object] | None = None
    """Committed instead of the subject's fields; see `record_statement`."""


def record_event(
    type: EventType,  # noqa: A002 - reads as the domain says it
    subject: models.Model | None,
    *,
    actor: "Account | None",
    at: datetime,
    clause: str,
    about: UUID | None = None,
    **body: object,
) -> Event:
    """Record that something happened to `subject`, in the caller's transaction; one statement.

    Call it after the subject is saved: the fields in memory are what is committed.

    Args:
        type: what happened.
        subject: the record it happened to; None for the system as a whole.
        actor: the account that did it; None for the system itself.
        at: the moment, aware.
        clause: the clause that the action follows.
        about: the natural person whom it concerns; by default whom the subject concerns.
        body: identifiers and codes. Never personal data: this can never be erased (152-ФЗ ст. 21).

    Raises:
        TransactionManagementError: there is no open transaction, so fact and event could part.
        TypeError, ValueError: `body` or a proven field has no canonical form.
    """
    return _record(Happening(type=type, subject=subject, actor=actor, at=at, clause=clause, about=about, body=body))


def record_statement(
    type: EventType,  # noqa: A002 - as `record_event`
    subject: models.Model,
    document: Mapping[str, object],
    *,
    actor: "Account | None",
    at: datetime,
    clause: str,
    about: UUID | None = None,
    **body: object,
) -> Event:
    """Record that `document` about `subject` is handed out and commit to every byte of it.

    The event is the academy's word that the document is whole and says what the records say: with it, nobody can
    leave a row out of a bundle or move a label to another row. `bundle.build` makes the file once it is sealed.

    Raises:
        ValueError: the type is not one of `events.STATED`.
        TransactionManagementError, TypeError: as `record_event`.
    """
    if type not in STATED:
        raise ValueError(f"{type} does not hand out a document")
    return _record(
        Happening(
            type=type,
            subject=subject,
            actor=actor,
            at=at,
            clause=clause,
            about=about,
            body=body,
            document=document,
        )
    )


def record_look(
    type: EventType,  # noqa: A002 - as `record_event`
    subject: models.Model,
    *,
    actor: "Account",
    at: datetime,
    clause: str,
    about: UUID | None = None,
    **body: object,
) -> None:
    """Record that somebody looked, in one statement, which is a transaction of its own where none is open.

    Nothing is written beside it that it could part from. Once this returns the trace is committed, and the page may leave.
    Where `subject` was not read and is its key alone, `about` says which natural person it concerns.

    Raises:
        ValueError: the type is not one of `events.WITNESSED`: what changes a row is recorded with the change.
        TypeError: as `record_event`.
    """
    record_looks([Happening(type=type, subject=subject, actor=actor, at=at, clause=clause, about=about, body=body)])


def record_looks(looks: Sequence[Happening]) -> None:
    """Record what one page shows of several at once, as `record_look`; one statement, none where nothing was shown.

    Raises:
        ValueError: a type is not one of `events.WITNESSED`.
        TypeError: as `record_event`.
    """
    for look in looks:
        if look.type not in WITNESSED:
            raise ValueError(f"{look.type} is more than a look")
    if looks:
        _insert([_given(look) for look in looks], is_whole=True)


def _record(happening: Happening) -> Event:
    given = _given(happening)
    ((pk, xid),) = _insert([given])
    event = Event(
        pk=pk,
        xid=int(xid),
        at=happening.at,
        type=happening.type.value,
        actor=happening.actor,
        object_type=given["object_type"],
        object_id=given["object_id"],
        subject_uid=given["subject_uid"] and UUID(given["subject_uid"]),
        clause=happening.clause,
        body=given["body"],
        commitment=given["commitment"] and bytes.fromhex(given["commitment"]),
    )
    event._state.adding, event._state.db = False, connection.alias
    return event


def record_events(happenings: Iterable[Happening]) -> list[int]:
    """Record many events in order, in the caller's transaction; one statement for each `BATCH`.

    While the database writes one batch, the next is made: commitments cost us more than rows cost it.

    Returns:
        The numbers of the events, in the order given.

    Raises: as `record_event`. Nothing is recorded if one of them cannot be: the transaction is to be rolled back.
    """
    pending = iter(happenings)
    batch = [_given(happening) for happening in islice(pending, BATCH)]
    if len(batch) < BATCH:
        return [pk for pk, _xid in _insert(batch)] if batch else []
    _require_transaction()
    sent: list[CursorWrapper] = []
    with connection.wrap_database_errors, connection.connection.pipeline():
        while batch:
            sent.append(connection.cursor())
            _send(sent[-1], batch)
            batch = [_given(happening) for happening in islice(pending, BATCH)]
    numbers: list[int] = []
    for cursor in sent:
        with cursor:
            numbers += [pk for pk, _xid in cursor.fetchall()]
    return numbers


def record_fact(fact: Fact, happenings: Sequence[Happening]) -> list[int]:
    """Write a fact and record its events in one statement, which is a transaction of its own where none is open.

    For what somebody waits for at each keystroke. The fact's rows have their primary keys already: events name them.

    Returns:
        The numbers of the events, in the order given.

    Raises:
        ValueError: more than `BATCH` events, or as `record_event`.
        IntegrityError: a constraint or a guard refuses the fact; then neither it nor an event is written.
    """
    if len(happenings) > BATCH:
        raise ValueError(f"{len(happenings)} events are more than one statement takes")
    return [pk for pk, _xid in _insert([_given(happening) for happening in happenings], fact)]


def _given(happening: Happening) -> dict[str, Any]:
    """Return the row that the INSERT reads as JSON."""
    subject, about, at = happening.subject, happening.about, happening.at
    pk = None if subject is None else subject.pk
    if at.tzinfo is None:
        raise ValueError("a moment without a zone is not a moment")
    if subject is not None and pk is None:
        raise ValueError(f"{type(subject).__name__} is not saved: an event cannot name it")
    if about is None and isinstance(subject, Provable):
        about = subject.subject_uid
    committed, salt = _commitment(happening)
    return {
        "at": at.isoformat(),
        "type": happening.type.value,
        "actor_id": None if happening.actor is None else happening.actor.pk,
        "object_type": "" if subject is None else object_type_of(type(subject)),
        "object_id": "" if subject is None else str(pk),
        "subject_uid": None if about is None else str(about),
        "clause": happening.clause,
        "body": plain(_body(happening, about)),
        "commitment": None if committed is None else committed.hex(),
        "salt": None if salt is None else salt.hex(),
    }


def _body(happening: Happening, about: UUID | None) -> dict[str, Any]:
    """Return what the event says; a look by somebody whose emergency access is open to this person names the access."""
    actor, body = happening.actor, happening.body
    if happening.type not in WITNESSED or actor is None or about is None or about == actor.person_uid:
        return body
    emergency = actor.emergency
    return body if emergency is None or emergency.person_uid != about else body | {"emergency": emergency.pk}


def _commitment(happening: Happening) -> tuple[bytes | None, bytes | None]:
    """Return what the event commits to and with which salt: a document as a whole, a row field by field."""
    if happening.type in STATED:
        if happening.document is not None:
            salt = new_salt()
            return commitment_to_plain(plain(happening.document), salt), salt
    elif isinstance(happening.subject, Provable) and happening.type not in WITNESSED:
        salt = new_salt()
        return row_commitment(happening.subject.proven(), salt), salt
    return None, None


# One statement: the events in the order given, the salt of each beside it. Rows come back by id, which the
# trigger hands out in the order of insertion, so they pair with the batch.
_WITH_SALTS: Final = """
given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::json) AS row(
        n integer, at timestamptz, type text, actor_id bigint, object_type text, object_id text,
        subject_uid uuid, clause text, body jsonb, commitment text, salt text)
), made AS (
    INSERT INTO ledger_event (at, type, actor_id, object_type, object_id, subject_uid, clause, body, commitment)
    SELECT at, type, actor_id, object_type, object_id, subject_uid, clause, body, decode(commitment, 'hex')
    FROM given ORDER BY n
    RETURNING id, xid, commitment
), opened AS (
    INSERT INTO ledger_opening (event_id, salt)
    SELECT made.id, decode(given.salt, 'hex') FROM made JOIN given ON decode(given.commitment, 'hex') = made.commitment
)
SELECT id, xid FROM made ORDER BY id
"""
# The same where nothing is committed to, as for a look: nothing to open, nothing to pair.
_WITHOUT_SALTS: Final = """
INSERT INTO ledger_event (at, type, actor_id, object_type, object_id, subject_uid, clause, body)
SELECT at, type, actor_id, object_type, object_id, subject_uid, clause, body
FROM json_to_recordset(%s::json) AS row(
    n integer, at timestamptz, type text, actor_id bigint, object_type text, object_id text,
    subject_uid uuid, clause text, body jsonb)
ORDER BY n
RETURNING id, xid
"""


def _insert(
    batch: Sequence[dict[str, Any]], fact: Fact | None = None, *, is_whole: bool = False
) -> list[tuple[int, str]]:
    """Write events; `is_whole` when there is nothing else that they are to be committed with."""
    with connection.cursor() as cursor:
        _send(cursor, batch, fact, is_whole=is_whole)
        made: list[tuple[int, str]] = cursor.fetchall()
    return made


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is recorded in the transaction of its fact")


def _send(
    cursor: CursorWrapper, batch: Sequence[dict[str, Any]], fact: Fact | None = None, *, is_whole: bool = False
) -> None:
    if fact is None and not is_whole:
        _require_transaction()
    for place, given in enumerate(batch):
        given["n"] = place
    with_salts = fact is not None or any(given["salt"] for given in batch)
    statement = (
        f"WITH {'' if fact is None else f'fact AS ({fact.sql}), '}{_WITH_SALTS}" if with_salts else _WITHOUT_SALTS
    )
    values = [*(fact.values if fact else ()), json.dumps(batch, ensure_ascii=False)]
    cursor.execute(statement, values)


_DESTROY: Final = """
INSERT INTO ledger_destroyedsalt (event_id, by_id)
SELECT e.id, by.id FROM ledger_event by JOIN ledger_event e USING (object_type, object_id)
JOIN ledger_opening o ON o.event_id = e.id
WHERE by.id = %s AND e.id < by.id AND e.commitment IS NOT NULL
"""


def destroy_salts(by: Event) -> int:
    """Destroy the salts of every commitment to the record of `by` that is older than it; return how many (152-ФЗ ст. 21).

    What stays of them is the hash under the root: the tree stands, and nobody can try values against it. The row is committed
    to anew by `by` itself, an event of `EventType.RECORD_DESTROYED`; the database asks for the approved act that it names.

    Raises:
        IntegrityError: there is no such act, or it does not name the record.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DESTROY, [by.pk])
        return int(cursor.rowcount)
