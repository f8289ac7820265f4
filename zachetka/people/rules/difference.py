"""What changed between two editions of the «Матрица доступа»: plain data in, lines out (п. 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Content = Mapping[str, Any]
"""As `people.matrix.content` makes it: `grants`, `pairs`, `holders` are lists of plain rows."""


class Change(StrEnum):
    """What happened to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Line:
    """One difference.

    Attributes:
        part: `grants`, `emergency`, `pairs` or `holders`.
        before: the row as it was, None when it is new.
        after: the row as it is, None when it is gone.
    """

    part: str
    change: Change
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def row(self) -> Mapping[str, Any]:
        """The row that names the line: the new one, or the one that is gone."""
        row = self.after if self.after is not None else self.before
        if row is None:
            raise ValueError("a difference without rows")
        return row


KEYS: Final[dict[str, Callable[[Mapping[str, Any]], object]]] = {
    "grants": lambda row: (row["role"], row["permission"]),
    "emergency": lambda row: row["permission"],
    "pairs": lambda row: (row["one"], row["other"]),
    "holders": lambda row: row["assignment"],
}
"""Part → what makes a row the same row in two editions."""
WORDS_ALONE: Final = frozenset({"role_label", "sentence", "one_label", "other_label"})
"""How a thing is called is not what it gives: a reworded sentence changes no right."""


def difference(old: Content | None, new: Content) -> list[Line]:
    """Return what changed from `old` to `new`, part by part in the order of the rows; everything is new without an old one."""
    found: list[Line] = []
    for part, key in KEYS.items():
        before = {key(row): row for row in (old or {}).get(part, ())}
        after = {key(row): row for row in new.get(part, ())}
        for name, row in after.items():
            if name not in before:
                found.append(Line(part, Change.ADDED, None, row))
            elif _said(before[name]) != _said(row):
                found.append(Line(part, Change.CHANGED, before[name], row))
        found += [Line(part, Change.REMOVED, row, None) for name, row in before.items() if name not in after]
    return found


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says: a field that is empty says nothing, so that one added later is no difference."""
    return {name: value for name, value in row.items() if name not in WORDS_ALONE and value not in ("", [], None)}
