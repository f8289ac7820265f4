"""QR codes of the public check: an opaque address and nothing about a person (п. 3.8)."""

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
    code = segno.make_qr(address, error=LEVEL, boost_error=False)
    picture = io.BytesIO()
    code.save(picture, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True, nl=False, light="#fff")
    return picture.getvalue().decode("ascii")
