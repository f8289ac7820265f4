"""A bundle: a document and the proof of every value in it, one file for a stranger (п. 2.5, 3.3; docs/ledger.md).

Of a record it opens the fields that a line of the document walks through, and no other (docs/decisions/0014).

In two transactions, because the tree has to be signed in between:

    exhibit = Exhibit(kind="record_book", title=…, academy=…)
    line = exhibit.shows(mark, "grade.name", label="Оценка")
    document = exhibit.document(holder=[…], lines=[line, …])
    event = record_statement(EventType.RECORD_BOOK_EXPORTED, enrolment, document, actor=…, at=…, clause="2.5")
    # the sealer works, about a second
    file = build(event.pk, document, exhibit)
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from django.db import connection

from zachetka.core.canonical import Plain, canonical, plain
from zachetka.core.errors import IllegalStep
from zachetka.core.hashing import commitment, field_digests, row_commitment
from zachetka.core.provable import Provable, proven_columns
from zachetka.ledger.agreement import differing, name_of, openings
from zachetka.ledger.entries import COLUMNS, EventRow, entry, row_of
from zachetka.ledger.models import Checkpoint, SigningKey
from zachetka.ledger.proofs import InclusionProof, NotSealedYet, inclusion_proofs

FORMAT: Final = "zachetka-bundle/4"


class DoesNotAgree(Exception):
    """A record differs from its commitment: it was changed past the system. `zachetka verify` says more."""


class Overtaken(IllegalStep):
    """Somebody lawfully changed a record between the reading and the statement: the document is of neither moment."""

    def __init__(self) -> None:
        super().__init__("3.3", "Записи тем временем изменили по правилам системы. Запросите доказательство ещё раз.")


class Exhibit:
    """Collects the records that a document shows, and turns each shown value into a line that can be checked."""

    def __init__(self, *, kind: str, title: str, academy: str) -> None:
        self.head = {"kind": kind, "title": title, "academy": academy}
        self.records: dict[str, Provable] = {}
        self.opened: dict[str, set[str]] = {}
        """By name of a record, its fields that the document shows or walks through."""

    def shows(self, record: Provable, field: str, *, label: str, word: str = "") -> dict[str, Plain]:
        """Return the line for the value at `field`, a committed field or a path of them: «module.title».

        `word` is what the academy calls a code; the statement commits to it as to every label, no record does.
        Every record on the path joins the bundle. `select_related` spares queries.

        Raises:
            TypeError: a field on the path is not committed, or a record on it is not provable.
        """
        *steps, last = field.split(".")
        line: dict[str, Plain] = {"label": label, "record": name_of(record), "field": field, "value": None}
        if word:
            line["word"] = word
        for step in steps:
            if self._committed(record, step) is None:
                return line
            record = getattr(record, type(record)._meta.get_field(step).name)
        return {**line, "value": self._committed(record, last)}

    def reads(self, record: Provable, field: str, *, label: str, of: Provable, by: Provable) -> dict[str, Plain]:
        """Return the line for a value that follows from others: of the mark `of`, by the transfer `by`; the verifier works it out anew.

        Both stand in the document already, with every field from which the value follows.
        """
        return {**self.shows(record, field, label=label), "of": name_of(of), "by": name_of(by)}

    def _committed(self, record: Provable, field: str) -> Plain:
        if not isinstance(record, Provable):
            raise TypeError(f"{type(record).__name__} is not provable")
        self.records.setdefault(name_of(record), record)
        self.opened.setdefault(name_of(record), set()).add(field)
        for name, attribute, read in proven_columns(type(record)):
            if name == field:
                return read(getattr(record, attribute))
        raise TypeError(f"{type(record).__name__}.{field} is not a committed field")

    def document(self, **parts: object) -> dict[str, Plain]:
        """Return the document: head and parts. `holder` and `lines` are lists of what `shows` returned."""
        return plain({**self.head, **parts})  # type: ignore[return-value]


def build(statement: int, document: Mapping[str, object], exhibit: Exhibit) -> bytes:
    """Return the bytes of the bundle for the document of `exhibit` that event `statement` committed to.

    Seven queries, however many records. Fields that the document does not show are there as their digests only.

    Raises:
        NotSealedYet: try again in a second.
        DoesNotAgree: a record, or the document, is not what was committed to.
        Overtaken: a record was lawfully changed while the document was being read: state it anew.
    """
    events = _openings(exhibit.records, statement)
    stated, salt = _statement(statement)
    checkpoint, proofs = inclusion_proofs([statement, *(row.id for row, _salt in events.values())])
    exhibits = {
        name: _record(record.proven(), exhibit.opened[name], *events[name], proofs[events[name][0].id])
        for name, record in exhibit.records.items()
    }
    return canonical(
        {
            "format": FORMAT,
            "checkpoint": _checkpoint(checkpoint),
            "keys": _keys(checkpoint),
            "document": document,
            "statement": _document(document, stated, salt, proofs[statement]),
            "records": exhibits,
        }
    )


def stands(statement: int, exhibit: Exhibit) -> bool:
    """True when every record of `exhibit` is still what the ledger had committed to when `statement` was recorded."""
    found = openings(exhibit.records, up_to=statement)
    return all(name in found and found[name].agrees(record) for name, record in exhibit.records.items())


def _openings(records: Mapping[str, Provable], statement: int) -> dict[str, tuple[EventRow, bytes]]:
    """Return the events that stood when the document was stated: whatever was recorded later changes nothing in it."""
    found = openings(records, up_to=statement)
    opened = {name: (each.row, each.salt) for name, each in found.items() if each.salt is not None}
    wrong = [name for name, record in records.items() if name not in opened or not found[name].agrees(record)]
    if wrong and (damaged := sorted(differing({name: records[name] for name in wrong}))):
        raise DoesNotAgree(f"{damaged[0]} differs from its newest event, or has none")
    if wrong:
        raise Overtaken
    return opened


def _statement(event_id: int) -> tuple[EventRow, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, o.salt FROM ledger_event e JOIN ledger_opening o ON o.event_id = e.id "  # noqa: S608
            "WHERE e.id = %s",
            [event_id],
        )
        record = cursor.fetchone()
    if record is None:
        raise NotSealedYet
    return row_of(record), bytes(record[-1])


def _record(
    fields: Mapping[str, Plain], opened: AbstractSet[str], row: EventRow, salt: bytes, proof: InclusionProof
) -> dict[str, object]:
    """Return the exhibit of a row: the fields that are shown, each with its own salt; of the rest the digests."""
    if row.commitment != row_commitment(fields, salt):
        raise DoesNotAgree(f"{row.object_type}:{row.object_id} differs from event {row.id}")
    digests = field_digests(fields, salt)
    shown = {name: {"salt": own, "value": fields[name]} for name, (own, _digest) in digests.items() if name in opened}
    closed = {name: digest for name, (_own, digest) in digests.items() if name not in opened}
    return {**_place(row, proof), "opened": shown, "closed": closed}


def _document(document: Mapping[str, object], row: EventRow, salt: bytes, proof: InclusionProof) -> dict[str, object]:
    """Return the exhibit of the statement; the document stands in the bundle itself."""
    if row.commitment != commitment(document, salt):
        raise DoesNotAgree(f"event {row.id} hands out another document")
    return {**_place(row, proof), "salt": salt}


def _place(row: EventRow, proof: InclusionProof) -> dict[str, Any]:
    return {"entry": entry(row), "index": proof.index, "path": proof.path}


def _checkpoint(checkpoint: Checkpoint) -> dict[str, object]:
    return {
        "origin": checkpoint.origin,
        "tree_size": checkpoint.tree_size,
        "root": checkpoint.root,
        "at": checkpoint.at,
        "signature": checkpoint.signature,
    }


def _keys(checkpoint: Checkpoint) -> list[dict[str, object]]:
    """Return the chain from the first key to the one that signed.

    The first key has no date: nobody signed one, and a bundle holds nothing that a stranger cannot check.
    """
    known: Iterable[SigningKey] = SigningKey.objects.all()
    following = {key.previous_id: key for key in known}
    chain: list[SigningKey] = []
    while not chain or chain[-1].id != checkpoint.key_id:
        chain.append(following[chain[-1].id if chain else None])
    return [
        {
            "public_key": key.public_key,
            "valid_from": None if key.endorsement is None else key.valid_from,
            "endorsement": key.endorsement,
        }
        for key in chain
    ]
