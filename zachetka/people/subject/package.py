"""The file that a data subject takes away: a ZIP that is the same, byte for byte, whenever its contents are."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Final

from zachetka.core.hashing import sha256

FORMAT: Final = "zachetka-subject-package/1"
WORK: Final = "subject-data"
"""Kind of the background work that makes it."""
MANIFEST: Final = "manifest.json"
BORN: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can write: a date of the file would make two equal packages differ."""
PLAIN_FILE: Final = 0o644 << 16
UNIX: Final = 3


def packed(files: Mapping[str, bytes], about: Mapping[str, object]) -> bytes:
    """Return the package of `files` by name, with a manifest that names each with its size and SHA-256.

    Raises:
        ValueError: a file is called as the manifest.
    """
    if MANIFEST in files:
        raise ValueError(f"{MANIFEST} is written by the package itself")
    listed = [
        {"name": name, "bytes": len(content), "sha256": sha256(content).hex()}
        for name, content in sorted(files.items())
    ]
    manifest = {"format": FORMAT, **about, "files": listed}
    whole = {**files, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name, BORN)
            entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
            archive.writestr(entry, whole[name])
    return made.getvalue()
