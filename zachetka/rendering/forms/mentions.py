"""What any paper mentions — people, other papers, records of the ledger, moments — and how each is written (п. 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zachetka.core import russian
from zachetka.core.clock import LEGAL_ZONE

if TYPE_CHECKING:
    from datetime import date, datetime

ABSENT: Final = "—"
"""«Does not apply»; an empty cell would invite a pen."""
SHORT_HASH: Final = 8
"""Hexadecimal digits of a record's hash in a line: enough to tell one record from another, not a proof."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it was on the day of the fact; never declined."""

    surname: str
    given: str
    patronymic: str = ""

    @property
    def full(self) -> str:
        """All of it, surname first, as a holder is written."""
        return russian.full_name(self.surname, self.given, self.patronymic)

    @property
    def short(self) -> str:
        """Surname and initials, as in a list."""
        return russian.surname_first(self.surname, self.given, self.patronymic)

    @property
    def signed(self) -> str:
        """Initials and surname, as beside a signature."""
        return russian.initials_first(self.surname, self.given, self.patronymic)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who certifies the paper: position in the nominative and name; their signature is put with a pen."""

    position: str
    name: Name

    @property
    def titled(self) -> str:
        """The position as it begins a line."""
        return f"{self.position[:1].upper()}{self.position[1:]}"


@dataclass(frozen=True, slots=True)
class Reference:
    """A numbered paper: order, protocol, mark sheet."""

    number: str
    dated: date


@dataclass(frozen=True, slots=True)
class Record:
    """The ledger record behind a line: «№ 48 113 · 5feceb66»."""

    number: int
    sha256: str


def short(name: Name | None) -> str:
    """Return surname and initials, or the dash when nobody is named."""
    return name.short if name else ABSENT


def reference(paper: Reference) -> str:
    """Return «от 12.03.2026 № 7-з», whose number is never divided by the end of a line."""
    unbroken = paper.number.replace("-", f"{russian.WORD_JOINER}-{russian.WORD_JOINER}")
    return f"от {russian.date_digits(paper.dated)} № {unbroken}"


def record(found: Record | None) -> str:
    """Return «48 113 · 5feceb66», or the dash when the line rests on no record."""
    if found is None:
        return ABSENT
    return f"{russian.grouped(found.number)}{russian.NBSP}·{russian.NBSP}{found.sha256[:SHORT_HASH]}"


def moment(at: datetime) -> str:
    """Return the moment by the legal clock, «25.06.2026 16:42 МСК».

    Raises:
        ValueError: the moment has no zone.
    """
    if at.tzinfo is None:
        message = "A moment on paper needs a zone."
        raise ValueError(message)
    return f"{russian.moment_digits(at.astimezone(LEGAL_ZONE))}{russian.NBSP}МСК"


def in_quotes(title: str) -> str:
    """Quote a title; quotes inside become „ “, an outer pair is not doubled."""
    bare = title[1:-1] if title.startswith("«") and title.endswith("»") and title.count("«") == 1 else title
    return f"«{bare.replace('«', '„').replace('»', '“')}»"
