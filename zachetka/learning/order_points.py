"""A point of an order, with the one whose results it tells (273-ФЗ ст. 53; п. 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an order after the first.

    Attributes:
        learner_id: whose grades, debts or papers it tells; None of a point that is about everybody.
    """

    text: str
    learner_id: int | None = None

    @property
    def form(self) -> str | dict[str, Any]:
        """What `Order.text` keeps of it: the text alone, or the text beside its owner."""
        return self.text if self.learner_id is None else {"learner": self.learner_id, "text": self.text}


def point_of(form: str | dict[str, Any]) -> Point:
    """Return the point that `Point.form` has kept."""
    return Point(form) if isinstance(form, str) else Point(form["text"], form["learner"])
