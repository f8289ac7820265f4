"""What a check of the ledger can find, in words a person can act on."""

from dataclasses import dataclass, field
from typing import Final

from zachetka.ledger.witness import Note

LIMIT: Final = 100
"""Findings kept in memory; after a rewritten tail everything is a finding, and the first one is what matters."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree."""

    sentence: str
    object_type: str = ""
    object_id: str = ""
    event: int | None = None
    index: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the form of the contract of `zachetka verify --json`."""
        return {
            "type": self.object_type,
            "id": self.object_id,
            "event": self.event,
            "index": self.index,
            "reason": self.sentence,
        }


@dataclass(slots=True)
class Report:
    """The outcome of a check; `findings` in the order found: the tree from its first leaf, then the records."""

    events: int = 0
    tree_size: int = 0
    rows: int = 0
    witnesses: int = 0
    continued: Note | None = None
    """The checkpoint kept outside that the ledger was checked against, when it can be read."""
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.found

    @property
    def first_bad(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    def add(
        self,
        sentence: str,
        *,
        object_type: str = "",
        object_id: str = "",
        event: int | None = None,
        index: int | None = None,
    ) -> None:
        """Note a finding."""
        self.found += 1
        if len(self.findings) < LIMIT:
            self.findings.append(Finding(sentence, object_type, object_id, event, index))

    def as_json(self) -> dict[str, object]:
        """Return the contract of `zachetka verify --json`."""
        return {
            "ok": self.ok,
            "events": self.events,
            "tree_size": self.tree_size,
            "first_bad": None if self.first_bad is None else self.first_bad.as_json(),
        }
