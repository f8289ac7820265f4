"""Codes that an application shows for half a minute (RFC 6238), and codes on paper that open once (ASVS 6.5)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from zachetka.core.text import search_key

STEP: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""Steps before and after the present one that are taken too: clocks differ by seconds, not by minutes (corpus D13)."""
SECRET_BYTES: Final = 20

ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody confuses on paper: no l, o, 0, 1."""
GROUPS: Final = (5, 5)
"""Five groups of five signs: 123 bits, so that a plain digest gives nothing away (ASVS 6.5.2)."""
QUANTITY: Final = 10


def new_secret() -> str:
    """Return a secret for an application: 160 bits, as RFC 4226 asks, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def step_of(at: datetime) -> int:
    """Return the number of the half-minute in which `at` lies."""
    return int(at.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    """Return the code of half-minute `step` (RFC 4226, 5.3)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, typed: str, *, at: datetime, after: int) -> int | None:
    """Return the half-minute whose code was typed, within `DRIFT` of `at`; None when it is none, or not later than `after`.

    What came in once is `after` the next time: a code seen over the shoulder opens nothing (corpus D12).
    """
    present = step_of(at)
    steps = range(present - DRIFT, present + DRIFT + 1)
    fitting = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed.encode())]
    return next((step for step in fitting if step > after), None)


def address(secret: str, *, login: str, issuer: str) -> str:
    """Return what the QR code tells an application; it holds the secret: it is drawn once, for its holder."""
    given = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{login}')}?{given}"


def new_recovery_codes() -> list[str]:
    """Return `QUANTITY` different codes for paper: «k7mpx-2ra9d-…»."""
    groups, length = GROUPS
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(length)) for _ in range(groups))
        for _ in range(QUANTITY)
    ]


def digest_of(code: str) -> str:
    """Return what is kept of a recovery code; spaces, dashes and case are not part of it."""
    signs = "".join(sign for sign in search_key(code) if sign in ALPHABET)
    return hashlib.sha256(signs.encode("ascii")).hexdigest()
