"""Whether a kept table holds an address or a number: read as text, cell by cell, without opening it as a book (152-ФЗ ст. 21).

The files were accepted long ago (`intake.gate`): only their strings are looked at, and no more of each part than was let in.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

LARGEST_PART: Final = 64 << 20
"""Bytes of one part of a workbook that are read; the gate lets in no larger one."""
TAIL: Final = 10
"""Digits by which a number is known however its code is written."""
_TEXT: Final = re.compile(r">([^<>]+)<")
_CELL: Final = re.compile(r"[^;,\t\r\n]+")
_ENCODINGS: Final = ("utf-8", "cp1251", "utf-16")


def holds(content: bytes, values: Iterable[str]) -> bool:
    """True when a cell of the table `content`, a workbook or a text with separators, is one of `values` in any writing."""
    addresses = {value.casefold() for value in values if "@" in value}
    numbers = {digits[-TAIL:] for value in values if "@" not in value and len(digits := _digits(value)) >= TAIL}
    return any(_is_one(cell, addresses, numbers) for cell in _cells(content))


def _is_one(cell: str, addresses: set[str], numbers: set[str]) -> bool:
    folded = cell.casefold()
    if any(address in folded for address in addresses):
        return True
    return bool(numbers) and _digits(cell)[-TAIL:] in numbers


def _cells(content: bytes) -> Iterator[str]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.infolist():
                if part.filename.endswith(".xml"):
                    with book.open(part) as opened:
                        text = opened.read(LARGEST_PART).decode("utf-8", "replace")
                    yield from (html.unescape(found) for found in _TEXT.findall(text))
        return
    for encoding in _ENCODINGS:
        yield from _CELL.findall(content.decode(encoding, "replace"))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
