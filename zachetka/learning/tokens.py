"""Tokens of the public check: 130 random bits that say nothing and are easy to copy from paper (п. 3.8)."""

from __future__ import annotations

import re
import secrets
from typing import Final

from zachetka.core.text import DIRECTION, HYPHENS, INVISIBLE

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: no I, L, O, U."""
LENGTH: Final = 26
"""Signs of five bits each: guessing one among a million takes 10³³ tries."""
PATTERN: Final = rf"^[{ALPHABET}]{{{LENGTH}}}$"

_READ: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_DROPPED: Final = re.compile(rf"[\s{''.join(sorted(INVISIBLE | DIRECTION))}{re.escape(HYPHENS)}]+")
"""What a copy from paper or from a PDF brings along: hyphens, spaces and line breaks, signs that nobody sees."""


def new_token() -> str:
    """Return a fresh token."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


EVENT_SIGNS: Final = 12
"""Signs of a token that name an event, where it is one that an event keeps; the rest of them is its check."""


def new_check() -> str:
    """Return the random part of a token that names an event: seventy bits."""
    return new_token()[EVENT_SIGNS:]


def event_token(event: int, check: str) -> str:
    """Return the token of what `event` stated with `check` in its body; the table of events is its only keeper."""
    signs = [ALPHABET[event >> 5 * place & 31] for place in reversed(range(EVENT_SIGNS))]
    return "".join(signs) + check


def event_named(token: str) -> tuple[int, str]:
    """Return the event that a normal token names and its check."""
    number = 0
    for sign in token[:EVENT_SIGNS]:
        number = number << 5 | ALPHABET.index(sign)
    return number, token[EVENT_SIGNS:]


def normal_token(typed: str) -> str:
    """Return what was meant: any case, «O» for zero, «I» and «L» for one; "" when it is no token."""
    read = _DROPPED.sub("", typed).upper().translate(_READ)
    return read if len(read) == LENGTH and all(sign in ALPHABET for sign in read) else ""
