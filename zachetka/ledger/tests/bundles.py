"""A bundle with what it was made from, and one that a stranger makes with a key of their own."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from zachetka.core.canonical import canonical
from zachetka.core.hashing import sha256
from zachetka.ledger.actions import record_statement
from zachetka.ledger.bundle import Exhibit, build
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.tests.make import NOON, Mark, happen, make_grade, make_mark
from zachetka.ledger.tree import leaf_hash, node_hash
from zachetka.ledger.verify_bundle import FORMAT, NotProven, check, read


@dataclass
class Made:
    """A bundle and what it was made from."""

    file: bytes
    statement: Event
    document: dict[str, Any]
    exhibit: Exhibit


def hand_out(*marks: Mark) -> tuple[Event, dict[str, Any], Exhibit]:
    exhibit = Exhibit(kind="record_book", title="Электронная зачётная книжка", academy="Академия")
    lines = [
        [exhibit.shows(mark, field, label=label) for field, label in (("module", "Модуль"), ("grade.name", "Оценка"))]
        for mark in marks
    ]
    document = exhibit.document(
        holder=[exhibit.shows(marks[0], "learner", label="Обучающийся")], lines=lines, note="Свободный текст"
    )
    with transaction.atomic():
        event = record_statement(EventType.RECORD_BOOK_EXPORTED, marks[0], document, actor=None, at=NOON, clause="2.5")
    return event, document, exhibit


def make_bundle() -> Made:
    """Three marks with two grades, among other events, handed out and sealed."""
    happen(11)
    good, fair = make_grade("отлично"), make_grade("хорошо")
    marks = [
        make_mark(grade=good)[0],
        make_mark(grade=fair, module="Дидактика")[0],
        make_mark(grade=None, module="Практика")[0],
    ]
    happen(6)
    event, document, exhibit = hand_out(*marks)
    seal(NOON)
    return Made(build(event.pk, document, exhibit), event, document, exhibit)


def refusal_of(file: bytes, tmp_path: Path) -> str:
    """Return why the bundle is refused, "" when it is accepted."""
    path = tmp_path / "bundle.json"
    path.write_bytes(file)
    try:
        check(read(path))
    except NotProven as refusal:
        return str(refusal)
    return ""


def changed(made: Made, *keys: Any, to: Any) -> bytes:
    """Return the bundle with one value replaced, written canonically as the system would."""
    bundle = json.loads(made.file)
    at = bundle
    for key in keys[:-1]:
        at = at[key]
    at[keys[-1]] = to
    return canonical(bundle)


def forged(document: object, records: Mapping[str, Mapping[str, object]]) -> bytes:
    """Return a bundle that agrees with itself in everything, signed with a key that no academy knows."""
    salt, at = "00" * 32, "2026-03-01T09:00:00.000000Z"
    digests = {
        name: sha256(canonical({"fields": {field: _digest(salt, value) for field, value in fields.items()}})).hex()
        for name, fields in records.items()
    }
    stated = sha256(canonical({"fields": document, "salt": salt})).hex()
    kind = document.get("kind") if isinstance(document, dict) else ""
    entries = [_entry("trial.book:1", f"{kind}.exported", stated, at)]
    entries += [_entry(name, "trial.made", digest, at) for name, digest in digests.items()]
    leaves = [leaf_hash(canonical(entry)) for entry in entries]
    places = [{"entry": entry, "index": index, "path": _way(leaves, index)[1]} for index, entry in enumerate(entries)]
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, (root, _) = private.public_key().public_bytes_raw(), _way(leaves, 0)
    origin = f"zachetka/{sha256(public).hex()[:32]}"
    signed = f"{origin}\n{len(leaves)}\n{b64encode(root).decode()}\nat {at}\n".encode()
    point = {"origin": origin, "tree_size": len(leaves), "root": root, "at": at, "signature": private.sign(signed)}
    opened = [{field: {"salt": salt, "value": value} for field, value in each.items()} for each in records.values()]
    exhibits = [{**place, "opened": each, "closed": {}} for place, each in zip(places[1:], opened, strict=True)]
    return canonical(
        {
            "format": FORMAT,
            "checkpoint": point,
            "keys": [{"public_key": public, "valid_from": None, "endorsement": None}],
            "document": document,
            "statement": {**places[0], "salt": salt},
            "records": dict(zip(records, exhibits, strict=True)),
        }
    )


def _digest(salt: str, value: object) -> str:
    return sha256(bytes.fromhex(salt), canonical(value)).hex()


def _entry(name: str, kind: str, commitment: str, at: str) -> dict[str, object]:
    object_type, _, object_id = name.rpartition(":")
    about: dict[str, object] = {
        "object_type": object_type,
        "object_id": object_id,
        "about": "",
        "actor": None,
        "body": {},
    }
    return {**about, "at": at, "clause": "2.5", "commitment": commitment, "id": 1, "type": kind, "version": 1}


def _way(leaves: Sequence[bytes], index: int) -> tuple[bytes, list[bytes]]:
    """Return the root above `leaves` and the path from leaf `index` to it (RFC 9162, 2.1)."""
    if len(leaves) == 1:
        return leaves[0], []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    (left, down), (right, up) = _way(leaves[:split], min(index, split - 1)), _way(leaves[split:], max(index - split, 0))
    return node_hash(left, right), [*down, right] if index < split else [*up, left]
