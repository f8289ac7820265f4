"""QR codes: of the public check, an opaque address and nothing about a person; of an application with codes (п. 3.8)."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import segno

LEVEL: Final = "m"
"""Restores about 15 % of a stained or torn code."""
QUIET_ZONE: Final = 4
"""White modules around the code, as ISO/IEC 18004 asks."""
LONGEST: Final = 200
"""Characters; a longer address makes modules too small for a 22 mm code from an office printer."""


@lru_cache(256)
def svg(address: str) -> str:
    """Return the code of a public address as an SVG picture.

    Raises:
        ValueError: not a plain http(s) address of at most 200 ASCII characters; a query, a fragment or a name before
            «@» could carry personal data.
    """
    parts = urlsplit(address)
    plain = parts.scheme in {"http", "https"} and parts.netloc and not (parts.query or parts.fragment or "@" in address)
    if not plain or not address.isascii() or len(address) > LONGEST:
        message = "A QR code holds a plain http(s) address of at most 200 ASCII characters."
        raise ValueError(message)
    return _drawn(address, omitsize=False)


def secret_svg(address: str) -> str:
    """Return the code that an application with one-time codes reads from the screen; it is drawn anew each time, kept nowhere."""
    return _drawn(address, omitsize=True)


def _drawn(text: str, *, omitsize: bool) -> str:
    code = segno.make_qr(text, error=LEVEL, boost_error=False)
    picture = io.BytesIO()
    code.save(
        picture, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True, nl=False, light="#fff", omitsize=omitsize
    )
    return picture.getvalue().decode("ascii")
