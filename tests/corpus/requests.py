"""Requests that nobody would send, by the thousand: every address, every method, every kind of body, from one seed."""

from __future__ import annotations

import io
import json
import random
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from django.test import Client

from tests.architecture.routes import Route, routes
from tests.corpus.crawl import addresses
from tests.corpus.texts import TEXTS

METHODS: Final = (*["GET"] * 8, *["POST"] * 9, "HEAD", "OPTIONS")
RARE: Final = ("PUT", "PATCH", "DELETE", "TRACE", "BREW")
QUESTIONS: Final = (
    "q", "sort", "page", "on", "state", "stated", "file", "kind", "show", "sheet", "column", "next", "from", "to", "who",
    "suggest", "upload", "cohort", "learner", "attempt", "section", "format", "fields", "as_of",
)  # fmt: skip
HEADERS: Final = (
    ("HX-Request", "true"), ("X-Requested-With", "XMLHttpRequest"), ("X-Forwarded-For", "10.0.0.1, \x00"),
    ("X-HTTP-Method-Override", "DELETE"), ("Accept", "*/*;q=x"), ("Accept-Language", "ru" * 400), ("Range", "bytes=0-,5-1,-9"),
    ("If-None-Match", '"' * 99), ("If-Modified-Since", "Thu, 99 Foo 9999 99:99:99 GMT"),
    ("Referer", "javascript:alert(1)"), ("Origin", "null"),
)  # fmt: skip
KINDS: Final = (
    "application/json", "application/x-www-form-urlencoded", "text/plain; charset=cobol", "multipart/form-data",
    "multipart/form-data; boundary=", "application/xml", "", "application/json; charset=utf-16", "image/svg+xml",
)  # fmt: skip
FILES: Final = (
    b"",
    b"PK\x03\x04",
    b"a;b\n1;2\n",
    b"\xff\xfe\x00",
    b"%PDF-1.7",
    b"\x00" * 999,
    "ФИО;Оценка\nа;5\n".encode(),
)
BITS: Final = ("%00", "%2e%2e/", "%c0%ae", ";a=b", "//", "%0d%0a", "..", "\\", "%ff", "�", "٣", " ", "?", "#")


@dataclass(frozen=True, slots=True)
class Odd:
    """One request: what it is and to which address, for saying which one failed."""

    route: str
    method: str
    address: str
    kind: str = ""
    body: bytes = b""
    fields: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = self.fields or self.body[:80]
        return f"{self.method} {self.address[:120]!r} {self.kind} {str(told)[:160]} {dict(self.headers)}"[:400]

    def sent(self, client: Client) -> Any:
        """Return the answer that `client` gets."""
        headers: dict[str, Any] = dict(self.headers)
        if self.fields:
            return client.post(self.address, dict(self.fields), headers=headers)
        return client.generic(self.method, self.address, self.body, self.kind or "text/plain", headers=headers)


class OddFile(io.BytesIO):
    """A file under whatever name: the test client sends it as it is."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name.replace("\x00", "").rstrip("/") or "x"


def odd_requests(seed: str, number: int, names: Mapping[str, Sequence[str]]) -> Iterator[Odd]:
    """Yield `number` requests, the same for the same seed; every address gets its share.

    Args:
        seed: said when one fails.
        number: how many.
        names: route → fields of its forms, as they were met on the pages.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable campaign, not a secret
    known = [(route, address) for route in routes() for address in addresses(route)]
    chance.shuffle(known)
    for place in range(number):
        route, address = known[place % len(known)]
        yield _odd(chance, route, address, names.get(route.name, ()))


def _odd(chance: random.Random, route: Route, address: str, names: Sequence[str]) -> Odd:
    if chance.random() < 0.1:
        address = _bent(chance, address)
    if chance.random() < 0.5:
        asked = chance.sample(QUESTIONS, chance.randint(1, 4))
        address += "?" + "&".join(f"{name}={quote(_text(chance)[:300], safe='')}" for name in asked)
    method = chance.choice(METHODS) if chance.random() < 0.95 else chance.choice(RARE)
    headers = dict(chance.sample(HEADERS, chance.choice((0, 0, 1, 2))))
    headers = {name: value.encode("ascii", "replace").decode() for name, value in headers.items()}
    if method == "POST" and names and chance.random() < 0.85:
        return Odd(route.name, method, address, fields=_fields(chance, names), headers=headers)
    kind = chance.choice(KINDS)
    return Odd(route.name, method, address, kind, _body(chance, kind, names), headers=headers)


def _bent(chance: random.Random, address: str) -> str:
    cut = chance.randrange(1, len(address) + 1)
    return address[:cut] + chance.choice(BITS) + address[cut:]


def _text(chance: random.Random) -> str:
    roll = chance.random()
    if roll < 0.6:
        return chance.choice(list(TEXTS.values()))[:4000].encode("utf-8", "replace").decode()
    if roll < 0.8:
        return str(chance.choice((-1, 0, 1, 2, 3, 2**31, 2**63, 10**30, 1e308, "true", "null", "[]", "on")))
    letters = string.printable + "абвёЖ№«»\u2028\u0301😀"
    return "".join(chance.choice(letters) for _ in range(chance.randint(0, 60)))


def _fields(chance: random.Random, names: Sequence[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {name: _text(chance) for name in names if chance.random() < 0.9}
    if "file" in names:
        chosen["file"] = OddFile(chance.choice(FILES), _text(chance)[:60])
    return chosen or {"x": "1"}


def _body(chance: random.Random, kind: str, names: Sequence[str]) -> bytes:
    if "json" in kind and chance.random() < 0.7:
        keys = [*names[:3], "cells", "check", "enrolment"]
        told: Any = {key: chance.choice((None, [], {}, -1, 1e308, _text(chance), [{"enrolment": 1}])) for key in keys}
        return json.dumps(chance.choice((told, [told], None, 7, "x"))).encode("utf-8", "surrogatepass")
    if chance.random() < 0.2:
        return b"[" * chance.randint(1, 20_000)
    return _text(chance).encode("utf-8", "replace")
