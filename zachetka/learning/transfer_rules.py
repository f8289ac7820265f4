"""What a transfer makes of each module of the programme: values in, ways out; no database, no clock (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from zachetka.learning.plan_rules import Way
from zachetka.learning.rules import Excused, Owed, Tried, is_excused, owed

LAW: Final = "273-ФЗ ст. 57"


@dataclass(frozen=True, slots=True)
class LineBefore:
    """How the learner stands in a module before the transfer, and where the other group is in it.

    Attributes:
        key: of the module.
        tried: results of the earlier record books that are in force, oldest first.
        excused: days with a good reason.
        before, before_basis: how the plan in force takes it, and on which paper it is left out.
        group_on: day of the control in the other group; None when none is appointed.
        is_group_open: its sheet there was never closed.
    """

    key: int
    title: str
    tried: Sequence[Tried] = ()
    excused: Sequence[Excused] = ()
    before: Way = Way.GROUP
    before_basis: str = ""
    group_on: date | None = None
    is_group_open: bool = True
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Becomes:
    """How the new record book takes the module.

    Attributes:
        held_by: last day, for what is to be taken apart from the group.
        owed: the debt that goes along, with its day, its year and the resits used (273-ФЗ ст. 58 ч. 5).
        is_put_off: carried, but every attempt was an absence for a good reason: the first one lies ahead (273-ФЗ ст. 58 ч. 2).
        flaw: why nobody can be transferred so; "" when all is well.
    """

    was: LineBefore
    way: Way
    held_by: date | None = None
    basis: str = ""
    owed: Owed | None = None
    is_put_off: bool = False
    flaw: str = ""


def becomes(one: LineBefore, *, first: date, until: date, book: str) -> Becomes:
    """Return how the new book takes a module.

    What was tried is carried, passed or not. The rest is taken with the group while its control lies ahead, else apart.

    Args:
        one: how the learner stands.
        first: day of the transfer.
        until: last day on which a difference may be taken.
        book: number of the record book that ends.
    """
    if one.tried and not one.is_final:
        return Becomes(
            one,
            Way.CARRIED,
            basis=f"зачётная книжка № {book}",
            owed=owed(one.tried, one.excused),
            is_put_off=all(is_excused(each, one.excused) for each in one.tried),
        )
    if one.before.is_out:
        return Becomes(one, one.before, basis=one.before_basis)
    if one.is_group_open and (one.group_on is None or one.group_on >= first):
        return Becomes(one, Way.GROUP)
    if one.is_final:
        return Becomes(one, Way.GROUP, flaw=f"«{one.title}» в новой группе уже прошла.")
    if until < first:
        return Becomes(one, Way.APART, flaw=f"«{one.title}»: на академическую разницу в новой группе нет дней.")
    return Becomes(one, Way.APART, held_by=until)


def last_day(ends_on: date, attestation_on: date | None) -> date:
    """Return the last day of a difference: before final attestation, for nobody is admitted without it (273-ФЗ ст. 59)."""
    return attestation_on - timedelta(days=1) if attestation_on else ends_on
