"""What an individual study plan must be: values in, flaws out; no database, no clock (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

LAW: Final = "273-ФЗ ст. 34 ч. 1 п. 3"
LONGEST: Final = timedelta(days=5 * 366)
"""How long an individual plan may last; a later day is a slip of the pen."""


class Way(StrEnum):
    """How a learner takes a module; credited and not needed leave it out, carried counts what was sat before a transfer."""

    GROUP = "group"
    APART = "apart"
    CREDITED = "credited"
    NEEDS = "needs"
    CARRIED = "carried"

    @property
    def is_out(self) -> bool:
        """The learner does not take the module."""
        return self in {Way.CREDITED, Way.NEEDS}


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of the programme as an individual plan takes it.

    Attributes:
        key: of the module; the flaw of a line names it.
        hours: academic hours.
        group_on: day of the control of the group; None when none is appointed.
        is_group_closed: the sheet of the group takes no new marks.
        has_mark: the learner has a mark in it, whatever it is.
        appointed_on: day of a sheet of named people that waits for the learner.
        before, before_by, before_basis: how the learner took it until this plan, in the same words.
        way: how the plan takes it.
        held_by: last day of the control, for what is taken apart.
        basis: the paper on which the module is left out.
    """

    key: int
    title: str
    hours: int
    group_on: date | None
    is_group_closed: bool = False
    is_final: bool = False
    has_mark: bool = False
    appointed_on: date | None = None
    before: Way = Way.GROUP
    before_by: date | None = None
    before_basis: str = ""
    way: Way = Way.GROUP
    held_by: date | None = None
    basis: str = ""

    @property
    def is_changed(self) -> bool:
        """The plan takes it otherwise than until now."""
        return (self.way, self.held_by, self.basis) != (self.before, self.before_by, self.before_basis)


@dataclass(frozen=True, slots=True)
class Terms:
    """Days and the least volume.

    Attributes:
        first: day from which the plan applies.
        ends_on: last day of study by the plan.
        ends_before: last day of study until now: of the group, or by the plan in force.
        least: the minimum of hours of this kind of programme; 0 when none is set.
        least_basis: the act that sets it.
    """

    first: date
    ends_on: date
    ends_before: date
    least: int = 0
    least_basis: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why the plan cannot be so.

    Attributes:
        said: what is wrong and what to do, as it stands at the field.
        field: of the form, "" for the whole plan.
        key, title: the module that it is about; None and "" for the whole plan.
    """

    clause: str
    said: str
    field: str = ""
    key: int | None = None
    title: str = ""

    @property
    def sentence(self) -> str:
        """The same away from its field: the module first."""
        return f"«{self.title}»: {self.said[0].lower()}{self.said[1:]}" if self.title else self.said


def hours_taken(lines: Iterable[Planned]) -> int:
    """Return the hours that the learner takes."""
    return sum(line.hours for line in lines if not line.way.is_out)


def hours_kept(lines: Iterable[Planned]) -> int:
    """Return the hours that count against the minimum: those taken and those credited before."""
    return sum(line.hours for line in lines if line.way is not Way.NEEDS)


def flaws(lines: Sequence[Planned], terms: Terms) -> list[Flaw]:
    """Return everything that speaks against the plan, in the order of its page (273-ФЗ ст. 34 ч. 1 п. 3, ст. 58)."""
    found = [*_terms(terms)]
    for line in lines:
        found += _line(line, terms)
    return [*found, *_whole(lines, terms)]


def _terms(terms: Terms) -> Iterator[Flaw]:
    if terms.ends_on < terms.first:
        yield Flaw(LAW, "План кончается раньше, чем начинается: проверьте даты.", "ends_on")
    elif terms.ends_on > terms.first + LONGEST:
        yield Flaw(LAW, "До окончания плана больше пяти лет: проверьте дату.", "ends_on")


def _line(line: Planned, terms: Terms) -> Iterator[Flaw]:
    if line.has_mark and line.way is not line.before:
        said = "Оценка уже есть, и план её не снимает; долг закрывают пересдачей."
        yield Flaw("273-ФЗ ст. 58", said, "way", line.key, line.title)
    elif line.appointed_on is not None and line.way is not line.before:
        said = f"Сдача уже назначена на {line.appointed_on:%d.%m.%Y}, сначала она должна пройти."
        yield Flaw("273-ФЗ ст. 58", said, "way", line.key, line.title)
    elif line.way.is_out:
        yield from _left_out(line)
    elif line.has_mark:
        return
    elif line.way is Way.APART:
        yield from _apart(line, terms)
    else:
        yield from _with_group(line, terms)


def _left_out(line: Planned) -> Iterator[Flaw]:
    if line.is_final:
        said = "Итоговую аттестацию проходят все: её не исключают и не зачитывают."
        yield Flaw("273-ФЗ ст. 59", said, "way", line.key, line.title)
    elif not line.basis:
        yield Flaw(LAW, "Назовите документ: вид, номер, дату.", "basis", line.key, line.title)


def _apart(line: Planned, terms: Terms) -> Iterator[Flaw]:
    if line.held_by is None:
        yield Flaw(LAW, "Назовите день, до которого сдать.", "held_by", line.key, line.title)
    elif line.before is Way.APART and line.held_by <= terms.ends_on:
        return  # a term that has passed stays said, until the learner has sat it
    elif not terms.first <= line.held_by <= terms.ends_on:
        said = f"Срок — с {terms.first:%d.%m.%Y} по {terms.ends_on:%d.%m.%Y}, в пределах плана."
        yield Flaw(LAW, said, "held_by", line.key, line.title)


def _with_group(line: Planned, terms: Terms) -> Iterator[Flaw]:
    if line.is_group_closed:
        yield Flaw("2.2", "Ведомость группы закрыта, назначьте свой срок.", "way", line.key, line.title)
    elif line.group_on is not None and line.group_on > terms.ends_on:
        said = f"Группа сдаёт {line.group_on:%d.%m.%Y}, позже окончания плана. Назначьте свой срок."
        yield Flaw(LAW, said, "way", line.key, line.title)


def _whole(lines: Sequence[Planned], terms: Terms) -> Iterator[Flaw]:
    if not any(not line.way.is_out and not line.is_final for line in lines):
        yield Flaw(LAW, "По такому плану изучать нечего: оставьте хотя бы одну дисциплину.")
    kept = hours_kept(lines)
    if kept < terms.least:
        yield Flaw(
            "2.3",
            f"В плане {kept} ч вместе с зачтённым, а минимум этого вида — {terms.least} ч, {terms.least_basis}.",
        )
    if terms.ends_on == terms.ends_before and not any(line.is_changed for line in lines):
        yield Flaw(LAW, "Такой план ничем не отличается от нынешнего: измените срок или дисциплины.")
