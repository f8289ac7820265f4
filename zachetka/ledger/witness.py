"""Checkpoints kept outside the database: what finds a cut tail and a restored old copy (п. 3.3).

One small text file for each day in `<data folder>/checkpoints`, holding the newest checkpoint of that day. Copy the
folder elsewhere, print a file, mail it: each copy is a witness that nobody with the database can talk out of it.
"""

import base64
import fcntl
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from zachetka.core.clock import legal_date
from zachetka.ledger.signing import checkpoint_text

_FORM: Final = re.compile(
    rb"(?P<text>(?P<origin>[^\n]+)\n(?P<size>[0-9]{1,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\nat [^\n]+\n)"
    rb"\n(?P<signature>[A-Za-z0-9+/]{86}==)\n"
)


@dataclass(frozen=True, slots=True)
class Note:
    """One kept checkpoint. `text` is what `signature` signs."""

    file: str
    origin: str
    tree_size: int
    root: bytes
    text: bytes
    signature: bytes


class UnreadableNote(Exception):
    """A kept checkpoint that is not in the form it was written in; the text names the file."""


def keep(folder: Path, *, origin: str, tree_size: int, root: bytes, at: datetime, signature: bytes) -> Path:
    """Write the newest checkpoint of the legal day of `at`; the file is whole or is not there.

    Called after the commit: a note of a tree that was rolled back would be a false alarm for ever.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{legal_date(at).isoformat()}.txt"
    draft = path.with_suffix(".part")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if path.exists() and read(path).tree_size >= tree_size:
                return path  # another sealer was quicker to write down a later one
        except UnreadableNote:  # stays as it is, for the check to report
            path = folder / f"{path.stem}-{tree_size}.txt"
        with draft.open("wb") as file:
            file.write(written(origin=origin, tree_size=tree_size, root=root, at=at, signature=signature))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return path


def kept(folder: Path) -> Iterator[Note]:
    """Read every kept checkpoint, oldest first.

    Raises:
        UnreadableNote: a file was damaged.
    """
    yield from (read(path) for path in sorted(folder.glob("*.txt")))


def written(*, origin: str, tree_size: int, root: bytes, at: datetime, signature: bytes) -> bytes:
    """Return the bytes of a kept checkpoint: the signed text, an empty line, the signature in Base64."""
    return checkpoint_text(origin, tree_size, root, at) + b"\n" + base64.b64encode(signature) + b"\n"


def read(path: Path) -> Note:
    """Read one kept checkpoint, wherever it was kept.

    Raises:
        UnreadableNote: it is not in the form it was written in.
    """
    found = _FORM.fullmatch(path.read_bytes())
    if found is None:
        raise UnreadableNote(path.name)
    return Note(
        file=path.name,
        origin=found["origin"].decode(),
        tree_size=int(found["size"]),
        root=base64.b64decode(found["root"]),
        text=found["text"],
        signature=base64.b64decode(found["signature"]),
    )
