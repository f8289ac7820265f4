"""What the checks need to know of people already recorded, and what they say of each row (п. 2.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, TypedDict

from zachetka.core.text import search_key
from zachetka.intake.cells import Row
from zachetka.people.intake.columns import TITLES
from zachetka.people.intake.header import Layout


@dataclass(slots=True)
class Candidate:
    """A person as a row gives them: normal forms, blank when the list says nothing."""

    last_name: str = ""
    first_name: str = ""
    patronymic: str = ""
    birth_date: date | None = None
    snils: str = ""
    sex: str = ""
    citizenship: str = ""
    education: str = ""
    diploma_series: str = ""
    diploma_number: str = ""
    diploma_last_name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def full_name(self) -> str:
        """Surname, first name, patronymic."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)


class NameKey(NamedTuple):
    """By what a person without СНИЛС is known again."""

    last_name: str
    first_name: str
    birth_date: date


class Paper(NamedTuple):
    """An education document as it is compared: level, series, number."""

    level: str
    series: str
    number: str


@dataclass(frozen=True, slots=True)
class Known:
    """A person already recorded. `key` is whatever the asker needs to find them again.

    `is_reader`: whoever hands in the list is this person; `is_learner`: recorded as a learner, not as an employee alone.
    """

    key: int
    last_name: str
    first_name: str
    patronymic: str
    birth_date: date | None
    snils: str = ""
    sex: str = ""
    citizenship: str = ""
    email: str = ""
    phone: str = ""
    papers: frozenset[Paper] = frozenset()
    is_reader: bool = False
    is_learner: bool = True


class Found(NamedTuple):
    """Who of the asked is known."""

    by_snils: Mapping[str, Known]
    by_name: Mapping[NameKey, Sequence[Known]]


class KnownPeople(Protocol):
    """Whoever knows the people recorded so far; asked once for a whole file, in a constant number of queries."""

    def find(self, snils: Collection[str], names: Collection[NameKey]) -> Found:
        """Return the people with these СНИЛС, and those with these names and dates of birth."""
        ...


class Nobody:
    """An academy without people yet."""

    def find(self, snils: Collection[str], names: Collection[NameKey]) -> Found:  # noqa: ARG002 — nobody is found
        """Return nobody."""
        return Found({}, {})


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    KNOWN = "known"
    CHANGED = "changed"
    WRONG = "wrong"


class Problem(NamedTuple):
    """Why a row is refused: the field, the sentence that says how to mend it, the clause."""

    field: str
    sentence: str
    clause: str


class Notice(NamedTuple):
    """What the person should look at in a row that is accepted; `tone` «warn» when it is better looked at first."""

    field: str
    sentence: str
    tone: str = ""


NOTHING: Final = "—"
"""What a change says of a field that was blank."""


class Change(NamedTuple):
    """What a known person has now and will have."""

    field: str
    was: str
    becomes: str


@dataclass(slots=True)
class Checked:
    """One row of a list with everything said about it."""

    sheet: str
    row: Row
    person: Candidate
    known: Known | None = None
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """New, known, changed or wrong."""
        if self.problems:
            return Verdict.WRONG
        if self.known is None:
            return Verdict.NEW
        return Verdict.CHANGED if self.changes else Verdict.KNOWN

    @property
    def name_key(self) -> NameKey | None:
        """By what the row is known again without СНИЛС; None while name or birth date is wrong."""
        person = self.person
        if not (person.last_name and person.first_name and person.birth_date):
            return None
        return NameKey(search_key(person.last_name), search_key(person.first_name), person.birth_date)


class Refused(TypedDict):
    """A row that did not enter, for scripts."""

    sheet: str
    row: int
    field: str
    reason: str


class Contract(TypedDict):
    """What `zachetka import` answers."""

    people: int
    new: int
    known: int
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Result:
    """A whole file checked."""

    layouts: tuple[Layout, ...]
    rows: tuple[Checked, ...]
    notes: tuple[str, ...]

    def having(self, *verdicts: Verdict) -> list[Checked]:
        """Rows with one of these verdicts, in the order of the file."""
        return [row for row in self.rows if row.verdict in verdicts]

    def contract(self) -> Contract:
        """Return what scripts are promised: people = new + known + refused; a changed person is known."""
        return {
            "people": len(self.rows),
            "new": len(self.having(Verdict.NEW)),
            "known": len(self.having(Verdict.KNOWN, Verdict.CHANGED)),
            "refused": [
                {
                    "sheet": row.sheet,
                    "row": row.row.number,
                    "field": row.problems[0].field,
                    "reason": " ".join(reason(problem) for problem in row.problems),
                }
                for row in self.having(Verdict.WRONG)
            ],
        }


_TITLED: Final = {str(kind): title for kind, title in TITLES.items()}


def reason(problem: Problem) -> str:
    """Return a problem as one sentence that names its field: for lists where the cell is not in sight."""
    title = _TITLED.get(problem.field)
    return f"{title}: {problem.sentence}" if title else problem.sentence
