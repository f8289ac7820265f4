"""Normal forms of text: what is stored, what is searched, what is sorted (п. 2.1). No models, no clock.

stored    «О’Коннор  »  → NFC, spaces squeezed, invisible characters gone
searched  «Ковалёв»     → «ковалев»: case, ё, apostrophes and hyphens no longer matter
sorted    «Ёлкин»       → after «Ежов», before «Жуков»
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

INVISIBLE: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u180e")
"""Soft hyphen, zero-width spaces and joiners, byte order mark: they come with a paste and are never meant."""

DIRECTION: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
"""Direction marks and overrides: they make a text read otherwise than it is stored."""

LINE_BREAKS: Final = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")

LONGEST_CLUSTER: Final = 4
"""Combining marks that one letter may carry after NFC; Vietnamese needs 1, a Zalgo text dozens."""

_APOSTROPHES: Final = "'’‘`´ʼʹ′＇"
HYPHENS: Final = "-‐‑‒–—―−﹣－"
LOOKALIKES: Final = {"ё": "е", **dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(HYPHENS, "-")}
"""Signs that mean the same to whoever searches, each with the one that stands for all."""
_SEARCH: Final = str.maketrans(LOOKALIKES)
_GONE: Final = dict.fromkeys(map(ord, INVISIBLE))
_SPACES: Final = re.compile(r"\s+")
_UNUSUAL: Final = re.compile(r"[^ -~\xa0-\u02ff\u0400-\u0482\u048a-\u052f\u1e00-\u1eff№«»“”„–—…’‘]")
_UNTIDY: Final = re.compile(rf"[{''.join(sorted(INVISIBLE))}]|[^\S ]|  |^ | $")
_WORDS: Final = re.compile(r"[^\W_]+")


def flaw(text: str, *, lines: bool = False) -> str:
    """Return why `text` cannot be kept as it is, a Russian sentence, or "" when it can.

    Args:
        text: what was typed, sent or read from a file.
        lines: True for a field of several lines: line breaks and tabs are lawful there.
    """
    if not _UNUSUAL.search(text):
        return ""
    allowed = LINE_BREAKS | {"\t"} if lines else frozenset("\t")
    marks = 0
    for sign in text:
        if sign < "\u0300" and sign.isprintable():
            marks = 0
            continue
        category = unicodedata.category(sign)
        if category == "Mn":
            marks += 1
            if marks > LONGEST_CLUSTER:
                return "На одну букву наложено много значков: наберите слово заново."
            continue
        marks = 0
        if sign in allowed or sign in INVISIBLE:
            continue
        if sign in LINE_BREAKS:
            return "В строке есть перенос: запишите одной строкой."
        if sign in DIRECTION:
            return "В тексте есть знак, меняющий направление письма: наберите слово заново."
        if category == "Cs" or sign == "\ufffd":  # the latter is what a browser makes of the former
            return "В тексте есть половина знака, прочесть его нельзя: наберите слово заново."
        if category in ("Cc", "Cn", "Co"):
            return f"В тексте есть непечатный знак U+{ord(sign):04X}: наберите слово заново."
    return ""


def tidy(text: str) -> str:
    """Return the stored form of one line: NFC, no invisible characters, single spaces, none at the ends."""
    composed = unicodedata.normalize("NFC", text)
    if not _UNTIDY.search(composed):
        return composed
    return _SPACES.sub(" ", composed.translate(_GONE)).strip()


def search_key(text: str) -> str:
    """Return the form in which two spellings of one name are equal: lower case, ё → е, one apostrophe, one hyphen."""
    return tidy(text).casefold().translate(_SEARCH)


def sort_key(text: str) -> str:
    """Return a key that sorts Russian words by the alphabet in plain code point order: ё right after е."""
    return "".join("е\u04ff" if sign == "ё" else sign for sign in tidy(text).casefold())


def trigrams(text: str) -> frozenset[str]:
    """Return the pieces by which a part of a word is found: 3-grams, and the first one and two letters of each word.

    «ковалев» → к, ко, ков, ова, вал, але, лев. A query of three letters or more asks for its own 3-grams;
    a query of one or two letters asks for the beginning of a word.
    """
    pieces: set[str] = set()
    for word in _WORDS.findall(search_key(text)):
        pieces.update((word[:1], word[:2]))
        pieces.update(word[start : start + 3] for start in range(len(word) - 2))
    return frozenset(pieces)


def query_grams(text: str) -> frozenset[str]:
    """Return the pieces of `trigrams` that every match of the query `text` must have."""
    pieces: set[str] = set()
    for word in _WORDS.findall(search_key(text)):
        if len(word) < 3:
            pieces.add(word)
        else:
            pieces.update(word[start : start + 3] for start in range(len(word) - 2))
    return frozenset(pieces)


def quoted(text: str, longest: int = 40) -> str:
    """Return `text` in «», cut to `longest` characters, for use inside a sentence."""
    shown = tidy(text)
    return f"«{shown[: longest - 1]}…»" if len(shown) > longest else f"«{shown}»"
