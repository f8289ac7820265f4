"""What somebody signs in from, in words for their own page: «Firefox, Linux». Of the header nothing else is kept (п. 3.8)."""

from __future__ import annotations

from typing import Final

BROWSERS: Final = (
    ("YaBrowser/", "Яндекс Браузер"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
"""The first that is named wins: most browsers also name those that they descend from."""
SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def device_of(header: str) -> str:
    """Return the browser and the system that a User-Agent names, as far as they are known."""
    named = (
        next((word for sign, word in BROWSERS if sign in header), "браузер не назвал себя"),
        next((word for sign, word in SYSTEMS if sign in header), ""),
    )
    return ", ".join(filter(None, named))
