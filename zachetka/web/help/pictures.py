"""Pictures of the guide: where they lie and how large they are. Imports nothing of Django, so the finder may read it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

PICTURES: Final = Path(__file__).resolve().parents[3] / "docs" / "guide" / "pictures"
"""Made by `make docs`, kept in the repository, served under `guide/`: people in them are of the demo academy."""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def size_of(file: Path) -> tuple[int, int]:
    """Return width and height of a PNG, from its first bytes.

    Raises:
        ValueError: the file is no PNG.
    """
    with file.open("rb") as opened:
        head = opened.read(24)
    if not head.startswith(_SIGNATURE):
        raise ValueError(f"{file.name} is no PNG.")
    width, height = struct.unpack(">II", head[16:24])
    return width, height
