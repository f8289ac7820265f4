"""The content-addressed store in the data folder: `ab/cd/<sha256>` (п. 3.6).

A file appears whole or not at all: temporary name, fsync, rename, fsync of every folder on the way. Each read is
checked against the name, so a flipped bit is a refusal and never a wrong byte handed on. The folders are nobody else's.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from zachetka.core.errors import Refusal

logger = logging.getLogger(__name__)


class Damaged(Refusal):
    """The bytes on disk are not those that were stored, or are gone: nothing is handed out instead of them.

    Attributes:
        sha256: of what was stored.
        found: of what is there now, "" when nothing is.
    """

    status = 410

    def __init__(self, sha256: str, found: str) -> None:
        what = "повреждён на диске: его содержимое не то, что было принято" if found else "утрачен: на диске его нет"
        super().__init__(
            "3.6", f"Файл {what}. Администратор восстановит его из резервной копии; назовите ему {sha256}."
        )
        self.sha256, self.found = sha256, found


def place(sha256: str) -> Path:
    """Return where the file of this digest lies."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256[2:4] / sha256


def put(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Store what `chunks` bring; return the SHA-256 (64 hexadecimal digits) and the size in bytes.

    Raises:
        OSError: the disk refused; nothing is left behind.
    """
    root = _own_folder()
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
        for folder in (home.parent.parent, home.parent):
            folder.mkdir(exist_ok=True, mode=0o700)
        arriving.replace(home)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise
    for folder in (home.parent, home.parent.parent, root):  # whoever made a folder may not have synced it yet
        _sync_folder(folder)
    return digest.hexdigest(), size


def read(sha256: str) -> bytes:
    """Return the bytes of a stored file, checked.

    Raises:
        Damaged: what is stored under this digest is no longer what was stored, or nothing is.
    """
    try:
        content = place(sha256).read_bytes()
    except FileNotFoundError as lost:
        logger.error("stored file %s is lost", sha256)
        raise Damaged(sha256, "") from lost
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        logger.error("stored file %s reads as %s", sha256, found)
        raise Damaged(sha256, found)
    return content


def remove(sha256: str) -> None:
    """Take away bytes that no row refers to; the caller holds off whoever could be bringing them."""
    place(sha256).unlink(missing_ok=True)


def _own_folder() -> Path:
    """Return the folder of the store, made if need be, open to its owner alone whoever made it."""
    root = Path(settings.FILES_DIR)
    if not root.is_dir():
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync_folder(root.parent)
    if root.stat().st_mode & 0o077:
        root.chmod(0o700)
    return root


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
