"""Secrets that must be read back, encrypted at rest: what the codes of an application are computed from (ASVS 13.3, 6.5).

AES-256-GCM under a key of its own (`settings.FACTORS_KEY`), which the web server alone has: a copy of the database, a backup
or a rotated secret of sessions opens none of them. Each is bound to whose it is: moved to another row, it does not open.
"""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE: Final = 12


class Unreadable(Exception):
    """What is kept was encrypted by another key or for another holder, or was changed."""


def encrypt(text: str, *, holder: str) -> str:
    """Return `text` encrypted for `holder`, as letters that a column keeps."""
    nonce = secrets.token_bytes(_NONCE)
    kept = nonce + _cipher(settings.FACTORS_KEY).encrypt(nonce, text.encode(), holder.encode())
    return base64.urlsafe_b64encode(kept).decode("ascii")


def decrypt(kept: str, *, holder: str) -> str:
    """Return what `encrypt` was given.

    Raises:
        Unreadable: another key, another holder, or not what `encrypt` returned.
    """
    try:
        whole = base64.urlsafe_b64decode(kept)
        return _cipher(settings.FACTORS_KEY).decrypt(whole[:_NONCE], whole[_NONCE:], holder.encode()).decode()
    except (InvalidTag, ValueError) as wrong:
        raise Unreadable from wrong


@lru_cache(2)
def _cipher(secret: str) -> AESGCM:
    if not secret:
        raise RuntimeError("this process has no duty to read second factors (postgres/duties.py)")
    derived = HKDF(SHA256(), 32, salt=None, info=b"zachetka second factors 1").derive(secret.encode())
    return AESGCM(derived)
