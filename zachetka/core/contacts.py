"""An address or a telephone number inside other words: they stand on a card alone, from which they can be destroyed (152-ФЗ ст. 21)."""

from __future__ import annotations

import re
from typing import Final

_IN_A_WORD: Final = r"[^\s@<>()\[\],;:\"«»]"
ADDRESS: Final = re.compile(rf"(?<!{_IN_A_WORD}){_IN_A_WORD}++@{_IN_A_WORD}*[^\s@<>()\[\],;:\"«».]\.[^\W\d_]{{2,}}")
"""An address of mail, in whatever it is wrapped. Sought from the beginning of a word alone: one reading, however long it is."""
_APART: Final = r"[\s()‐‑–—.-]{0,3}"
NUMBER: Final = re.compile(
    rf"""
    \+[0-9](?:{_APART}[0-9]){{7,14}}
    | (?<![\w-])[78]{_APART}[0-9]{{3}}{_APART}[0-9]{{3}}{_APART}[0-9]{{2}}{_APART}[0-9]{{2}}(?![\w-])
    | (?<![\w-])9[0-9]{{2}}{_APART}[0-9]{{3}}{_APART}[0-9]{{2}}{_APART}[0-9]{{2}}(?![\w-])
    """,
    re.VERBOSE,
)
"""A telephone number as people write it: eleven digits that begin with 7 or 8, ten that begin with 9, any with a plus."""
GONE: Final = "…"


def tells_contact(text: str) -> bool:
    """True when `text` has an address of mail or a telephone number in it."""
    return bool(ADDRESS.search(text) or NUMBER.search(text))


def without_contacts(text: str) -> str:
    """Return `text` with «…» in place of every address of mail and telephone number."""
    return NUMBER.sub(GONE, ADDRESS.sub(GONE, text))
