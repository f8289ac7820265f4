"""Refusals: what the system says when it does not do what it was asked.

    Refusal
    ├── Forbidden        the policy does not allow it (п. 3.8)            → 403, or 404 out of scope
    ├── ConfirmAnew      who does it has not proved lately that it is they → 403, and the page that asks
    ├── IllegalStep      the record is not in a state for this step       → 409
    ├── Stale            the record changed since the person looked at it → 409
    ├── Busy             somebody holds the record right now              → 409
    ├── TooMany          more attempts than the limit allows              → 429
    └── RuleViolation    a rule of the regulation or of the law           → 422

Every refusal carries the clause and a sentence in Russian that says what to do. `web/refusals.py` turns them
into pages; nobody else catches them.
"""

from __future__ import annotations

from typing import NamedTuple


class Door(NamedTuple):
    """Where the person goes from a refusal: «Открыть эту загрузку» and its address."""

    label: str
    url: str


class Refusal(Exception):
    """Something that must not happen did not happen.

    Attributes:
        clause: clause of the regulation («2.5») or of a law («273-ФЗ ст. 58 ч. 5»).
        sentence: what, why and how to mend it, in Russian, for the person who asked.
        field: name of the form field that the sentence is about, or "".
        door: the record that explains it, None when the page asked is the one.
    """

    status = 422

    def __init__(self, clause: str, sentence: str, *, field: str = "", door: Door | None = None) -> None:
        super().__init__(f"{sentence} (п. {clause})" if clause[:1].isdigit() and "ФЗ" not in clause else sentence)
        self.clause = clause
        self.sentence = sentence
        self.field = field
        self.door = door


class Forbidden(Refusal):
    """The policy does not allow it (п. 3.8)."""

    status = 403

    def __init__(self, sentence: str = "Для этого действия нужны другие полномочия.", *, hidden: bool = False) -> None:
        super().__init__("3.8", sentence)
        self.hidden = hidden
        """True when even the existence of the record is not for this person: the answer is 404."""


class ConfirmAnew(Refusal):
    """What cannot be taken back is done by whoever has just proved that it is they (ASVS 7.5.3).

    Attributes:
        reason: why it is asked, in Russian, without a full stop.
    """

    status = 403

    def __init__(self, reason: str) -> None:
        super().__init__("3.8", f"Подтвердите, что это вы: {reason}.")
        self.reason = reason


class IllegalStep(Refusal):
    """The record is not in a state from which this step can be taken."""

    status = 409


class Stale(Refusal):
    """The record was changed by someone else after this person had seen it."""

    status = 409


class Busy(Refusal):
    """Another person is changing the same record at this very moment."""

    status = 409


class TooMany(Refusal):
    """More attempts than the limit allows.

    Attributes:
        retry_after: whole seconds until the next attempt is counted.
    """

    status = 429

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__("3.8", sentence)
        self.retry_after = retry_after


class RuleViolation(Refusal):
    """A rule of the regulation or of the law forbids it."""

    status = 422
