"""The content-addressed store in the data folder: `ab/cd/<sha256>` (п. 3.6).

A file appears whole or not at all: temporary name, fsync, rename, fsync of the folder. Each read is checked
against the name, so a flipped bit is an error and never a wrong byte handed on.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


class Damaged(Exception):
    """The bytes on disk are not those that were stored: `sha256` names the file, `found` what is there now."""

    def __init__(self, sha256: str, found: str) -> None:
        super().__init__(f"stored file {sha256} reads as {found}")
        self.sha256, self.found = sha256, found


def place(sha256: str) -> Path:
    """Return where the file of this digest lies."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256[2:4] / sha256


def put(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Store what `chunks` bring; return the SHA-256 (64 hexadecimal digits) and the size in bytes.

    Raises:
        OSError: the disk refused; nothing is left behind.
    """
    root = Path(settings.FILES_DIR)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(prefix="arriving-", dir=root)
    arriving = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        home = place(digest.hexdigest())
        home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        arriving.replace(home)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise
    _sync_folder(home.parent)
    return digest.hexdigest(), size


def read(sha256: str) -> bytes:
    """Return the bytes of a stored file, checked.

    Raises:
        FileNotFoundError: nothing is stored under this digest.
        Damaged: what is stored there is no longer what was stored.
    """
    content = place(sha256).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise Damaged(sha256, found)
    return content


def remove(sha256: str) -> None:
    """Take away bytes that no row refers to; the caller holds off whoever could be bringing them."""
    place(sha256).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
