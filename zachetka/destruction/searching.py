"""Whether a kept table holds what a person's act destroys: read row by row, without opening it as a book (152-ФЗ ст. 21).

A list holds it when one of the values stands anywhere in it, or when a row of the person has any address or number: a value
that somebody erased or changed by hand before the act is known to nobody any more, and stands in the row all the same. The
files were accepted long ago (`intake.gate`): no more of each part is read than was let in.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from zachetka.core.contacts import ADDRESS, NUMBER
from zachetka.core.text import LOOKALIKES, search_key

LARGEST_PART: Final = 64 << 20
"""Bytes of one part of a workbook that are read; the gate lets in no larger one."""
TAIL: Final = 10
"""Digits by which a number is known however its code is written."""
SNILS_DIGITS: Final = 11
KINDS: Final = {"email": ADDRESS, "phone": NUMBER}
"""Category → how its values look."""
LONGEST_ROW: Final = 20
"""Lines that a row of a text may take where a quotation mark is never closed."""
_TEXT: Final = re.compile(r">([^<>]+)<")
_TAG: Final = re.compile(r"<[^<>]*>")
_END_OF_ROW: Final = re.compile(r"</(?:\w+:)?row>")
_END_OF_CELL: Final = re.compile(r"</(?:\w+:)?c>")
_BEGINNING_OF_CELL: Final = re.compile(r"<(?:\w+:)?c(\s[^<>]*)?>")
_END_OF_SHARED: Final = re.compile(r"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_IS_SHARED: Final = re.compile(r"""\st=["']s["']""")
_WRITTEN: Final = re.compile(r"[^;,\t\r\n]+")
_WORDS: Final = re.compile(r"[^\W_]+")
_SNILS: Final = re.compile(r"(?<!\d)[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}(?!\d)")
_ENCODINGS: Final = ("utf-8", "cp1251", "utf-16")
_FOLDED: Final = str.maketrans(LOOKALIKES)

Cells = Sequence[str]


@dataclass(frozen=True)
class Sought:
    """What is looked for.

    Attributes:
        kinds: categories that go, of `KINDS`.
        values: what is known of their values.
        names: surname and name, of every name the person has had.
        snils: their numbers, eleven digits each.
    """

    kinds: frozenset[str]
    values: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()
    snils: frozenset[str] = frozenset()

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Known addresses, folded."""
        return frozenset(value.casefold() for value in self.values if "@" in value)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The ends of known numbers."""
        plain = (_digits(value) for value in self.values if "@" not in value)
        return frozenset(digits[-TAIL:] for digits in plain if len(digits) >= TAIL)

    @cached_property
    def named(self) -> tuple[tuple[frozenset[str], str], ...]:
        """Of each name the words of the surname and the name of the person, folded."""
        return tuple((frozenset(_words(last)), search_key(first)) for last, first in self.names)

    @cached_property
    def traces(self) -> re.Pattern[str]:
        """What a text without a row of theirs does not have: a surname, or a name where there is none, or a СНИЛС."""
        names = (max(surname, key=len, default=first) for surname, first in self.named)
        numbers = (r"\D?".join((one[:3], one[3:6], one[6:9], one[9:])) for one in self.snils)
        return re.compile("|".join([*map(re.escape, names), *numbers]) or r"(?!)")


def holds(content: bytes, sought: Sought) -> bool:
    """True when the table `content`, a workbook or a text with separators, holds what is sought."""
    parts, written = _parts(content), _TEXT if _is_book(content) else _WRITTEN
    cells = (html.unescape(cell) for text in parts.values() for cell in written.findall(text))
    if any(_is_value(cell, sought) for cell in chain(cells, _shared(parts))):
        return True
    if not any(_has_traces(text, sought) for text in parts.values()):
        return False
    rows = _rows_of_book(parts) if _is_book(content) else _rows_of_text(parts)
    return any(_is_of_the_person(row, sought) and _tells(row, sought) for row in rows)


def tells(content: bytes, sought: Sought) -> bool:
    """True when the text `content` has any address or number of the kinds sought, whosever it is."""
    text = content.decode("utf-8", "replace")
    return any(KINDS[kind].search(text) for kind in sought.kinds)


def _is_value(cell: str, sought: Sought) -> bool:
    folded = cell.casefold()
    if any(address in folded for address in sought.addresses):
        return True
    return bool(sought.numbers) and _digits(cell)[-TAIL:] in sought.numbers


def _is_of_the_person(row: Cells, sought: Sought) -> bool:
    """True when the row has a СНИЛС of theirs, or a name of theirs and no other person's СНИЛС."""
    found = {digits for cell in row if len(digits := _digits(cell)) == SNILS_DIGITS}
    if found & sought.snils:
        return True
    written = {_digits(one) for cell in row for one in _SNILS.findall(cell)}
    if written and sought.snils:
        return False
    words = frozenset(word for cell in row for word in _words(cell))
    return any(surname <= words and _is_called(first, words) for surname, first in sought.named if surname or first)


def _is_called(first: str, words: frozenset[str]) -> bool:
    """True when the name of the person is among `words`, whole or as an initial."""
    return frozenset(_words(first)) <= words or first[:1] in words


def _tells(row: Cells, sought: Sought) -> bool:
    return any(
        _digits(found[0]) not in sought.snils
        for cell in row
        for kind in sought.kinds
        for found in KINDS[kind].finditer(cell)
    )


def _has_traces(text: str, sought: Sought) -> bool:
    words = html.unescape(_TAG.sub("", text))
    return bool(sought.traces.search(words.casefold().translate(_FOLDED)))


def _is_book(content: bytes) -> bool:
    return content.startswith(b"PK")


def _parts(content: bytes) -> dict[str, str]:
    """Return every part of a workbook by name, or a text in each encoding that it may have."""
    if not _is_book(content):
        return {encoding: content.decode(encoding, "replace") for encoding in _ENCODINGS}
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for part in book.infolist():
            if part.filename.endswith(".xml"):
                with book.open(part) as opened:
                    parts[part.filename] = opened.read(LARGEST_PART).decode("utf-8", "replace")
    return parts


def _rows_of_book(parts: Mapping[str, str]) -> Iterator[Cells]:
    """Yield the rows of every sheet; each part is read once, whatever is left open in it."""
    shared = _shared(parts)
    for name, text in parts.items():
        if name.startswith("xl/worksheets/"):
            yield from ([*_in_row(row, shared)] for row in _END_OF_ROW.split(text)[:-1])


def _shared(parts: Mapping[str, str]) -> list[str]:
    """Return the strings that cells of a book name by their places, each whole whatever it is painted with."""
    return [_joined(one) for one in _END_OF_SHARED.split(parts.get("xl/sharedStrings.xml", ""))[:-1]]


def _rows_of_text(parts: Mapping[str, str]) -> Iterator[Cells]:
    for text in parts.values():
        yield from (_WRITTEN.findall(line) for line in _lines(text))


def _in_row(row: str, shared: Sequence[str]) -> Iterator[str]:
    for cell in _END_OF_CELL.split(row)[:-1]:
        *_, begun = (None, *_BEGINNING_OF_CELL.finditer(cell))
        if begun is None:
            continue
        about, text = begun[1] or "", _joined(cell[begun.end() :])
        if _IS_SHARED.search(about) and text.isdecimal() and int(text) < len(shared):
            text = shared[int(text)]
        yield text


def _joined(inside: str) -> str:
    return html.unescape("".join(_TEXT.findall(f">{inside}<"))).strip()


def _lines(text: str) -> Iterator[str]:
    """Yield rows of a text with separators: a line break within quotation marks ends none."""
    row: list[str] = []
    is_open = False
    for line in text.splitlines():
        row.append(line)
        is_open ^= bool(line.count('"') % 2)
        if not is_open or len(row) == LONGEST_ROW:
            yield " ".join(row)
            row, is_open = [], False
    if row:
        yield " ".join(row)


def _words(text: str) -> list[str]:
    return _WORDS.findall(search_key(text))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
