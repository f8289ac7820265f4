"""What is handed to the press: the sheet's text made fit for print, and the way back from a character to its field.

Spaces that must not break are set here (`core.russian.typeset`); addresses, hashes and pictures stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from zachetka.core.errors import RuleViolation
from zachetka.core.russian import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zachetka.core.canonical import Plain
    from zachetka.rendering.forms import Form

LONGEST_WORD: Final = 30
"""Letters in a row that any column can hold; the longest Russian surnames stay below, only noise is above."""

BREAK: Final = "\u200b"
_LONG_WORD: Final = re.compile(rf"[^\s\u2060{BREAK}-]{{{LONGEST_WORD + 1},}}")
_UNSEEN: Final = frozenset("\u00ad\u200b\u2060\u200c\u200d")
"""Format characters that change no reading: soft hyphen, zero-width space, joiners."""


def prepared(value: Plain, form: Form, key: str = "") -> Plain:
    """Return `value` with every text typeset, except under the keys that the form calls codes."""
    if isinstance(value, dict):
        return {name: prepared(item, form, name) for name, item in value.items()}
    if isinstance(value, list):
        return [prepared(item, form, key) for item in value]
    if isinstance(value, str) and key not in form.codes:
        return _LONG_WORD.sub(_breakable, typeset(value))
    return value


def _breakable(match: re.Match[str]) -> str:
    """Let an endless word break anywhere: it may not run over its neighbours."""
    return BREAK.join(match.group())


def texts(value: Plain, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text of the sheet with the way to it: ("results", 3, "title"), «…»."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))


def refuse_unprintable(value: Plain, form: Form) -> None:
    """Refuse characters that no font draws and that change what a reader sees: controls, direction overrides.

    Raises:
        RuleViolation: names the character and the field.
    """
    for path, text in texts(value):
        for char in text:
            if char not in _UNSEEN and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
                raise unprintable(char, path, form)


def locate(fragment: str, value: Plain) -> tuple[tuple[str | int, ...], str] | None:
    """Find the first field with `fragment` or, when it was split by the press, with its first character."""
    for wanted in (fragment, fragment[:1]):
        for path, text in texts(value):
            if wanted and wanted in text:
                return path, text
    return None


def unprintable(char: str, path: tuple[str | int, ...], form: Form) -> RuleViolation:
    """Return the refusal for a character that cannot be printed, with its field named in Russian."""
    named = form.fields.get(".".join(step for step in path if isinstance(step, str)), "")
    row = next((f", строка {step + 1}" for step in path if isinstance(step, int)), "")
    place = ".".join(map(str, path))
    shown = f"«{char}» " if char.isprintable() else ""
    sentence = (
        f"Знака {shown}(U+{ord(char):04X}) нет в шрифте печатной формы «{form.title}»: {named or place}{row}. "
        "Исправьте запись, потом печатайте."
    )
    return RuleViolation(form.clause, sentence, field=place)
