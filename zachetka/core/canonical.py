"""Canonical JSON: one value has exactly one sequence of bytes, so that its hash means something (п. 3.3).

After RFC 8785: keys sorted by UTF-16 code units, no spaces, UTF-8. Narrower where a reader in another language
could understand two things: no floating-point numbers, no integers beyond 2⁵³ − 1, strings in NFC.
What JSON lacks is written as a string:

| value | form |
|---|---|
| `Decimal` | `"4.50"`, exponent never |
| aware `datetime` | `"2026-03-01T09:30:00.000000Z"`, always UTC and microseconds |
| `date` | `"2026-03-01"` |
| `UUID` | `"6f1c…"`, 36 characters, lower case |
| `bytes` | lower-case hexadecimal |
| enumeration member | its value |
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]

GREATEST_INTEGER = 2**53 - 1
"""Beyond it JSON readers that keep numbers as doubles see another number."""


def canonical(value: object) -> bytes:
    """Return the only canonical JSON form of `value`, UTF-8.

    Raises:
        TypeError: a type that has no canonical form (float, set, F expression, …).
        ValueError: an ambiguous value: naive moment, NaN, huge integer, lone surrogate, NUL, keys equal in NFC.
    """
    return written(plain(value))


def written(value: Plain) -> bytes:
    """Return the bytes of a value that `plain` returned: for a caller who has it already."""
    if type(value) is str:  # the encoder makes itself anew for each value, and most columns of a row are these
        return quoted(value).encode()
    if value is None:
        return b"null"
    if type(value) is int:
        return b"%d" % value
    return _ENCODE(value).encode()


def writer_of(kind: type) -> Callable[[Any], Plain]:
    """Return what `plain` does with a value of exactly this type: for a caller who knows it beforehand.

    Raises:
        KeyError: it is none of the usual types.
    """
    return _BY_TYPE[kind]


def plain(value: object) -> Plain:
    """Return `value` as JSON primitives in canonical order; what `canonical` writes and a jsonb column keeps.

    Raises:
        TypeError: as `canonical`.
        ValueError: as `canonical`.
    """
    kind = type(value)
    write = _BY_TYPE.get(kind)
    if write is not None:
        return write(value)
    for known, write_any in _BY_KIND:
        if isinstance(value, known):
            return write_any(value)
    raise TypeError(f"no canonical form for {kind.__name__}: {value!r}")


def _text(value: str) -> str:
    if value.isascii():
        if "\0" in value:
            raise ValueError("NUL in a string")
        return value
    value.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    if "\0" in value:
        raise ValueError("NUL in a string")
    return value if unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)


def _integer(value: int) -> int:
    if abs(value) > GREATEST_INTEGER:
        raise ValueError(f"integer beyond 2^53 - 1: {value}")
    return int(value)


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    return format(value or value.copy_abs(), "f")


def _moment(value: datetime) -> str:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"naive moment: {value.isoformat()}")
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _mapping(value: Mapping[str, object]) -> Plain:
    names = "".join(value)  # refuses keys that are not strings
    if names.isascii() and "\0" not in names:
        return {str(name): plain(value[name]) for name in sorted(value)}
    normal = {_text(str(name)): item for name, item in value.items()}
    if len(normal) < len(value):
        raise ValueError(f"two keys are equal in NFC: {list(value)!r}")
    return {name: plain(normal[name]) for name in sorted(normal, key=_utf16)}


def _list(value: Iterable[object]) -> Plain:
    return [plain(item) for item in value]


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


_BY_TYPE: dict[type, Callable[[Any], Plain]] = {
    str: _text,
    int: _integer,
    type(None): lambda value: value,
    bool: lambda value: value,
    dict: _mapping,
    list: _list,
    datetime: _moment,
    date: date.isoformat,
    UUID: str,
    bytes: bytes.hex,
}
"""The usual types, found by one look-up; anything else goes through `_BY_KIND`, where order matters."""

_BY_KIND: tuple[tuple[type | tuple[type, ...], Callable[[Any], Plain]], ...] = (
    (Enum, lambda value: plain(value.value)),
    (str, lambda value: _text(str(value))),
    (int, _integer),
    (datetime, _moment),
    (date, date.isoformat),
    (Decimal, _decimal),
    (UUID, str),
    ((bytearray, memoryview), lambda value: bytes(value).hex()),
    (Mapping, _mapping),
    (tuple, _list),
)

quoted: Callable[[str], str] = encode_basestring
"""A string as canonical JSON writes it, the encoder's own."""
_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
