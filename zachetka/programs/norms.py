"""The norms that the law leaves to the academy: what each sets, between which numbers, in which words (п. 2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from django.db import models

from zachetka.core.russian import DAY, HOUR, Gender, Noun, counted
from zachetka.ledger.events import EventType
from zachetka.programs.models import CommissionMinimum, DatedNorm, HourMinimum, HourShare, ReopeningTerm
from zachetka.programs.models.norm import DAYS, PEOPLE, PERCENT
from zachetka.programs.models.program import Kind

PERSON: Final = Noun("человек", "человека", "человек", Gender.MASCULINE)


class Edition(NamedTuple):
    """What a row of a norm says: its number, its first and last day, and the act."""

    number: int
    valid_from: date
    valid_to: date | None
    basis: str

    @classmethod
    def of(cls, row: DatedNorm) -> Edition:
        """Return what `row` says."""
        return cls(row.number, row.valid_from, row.valid_to, row.basis)


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm with dates.

    Attributes:
        name: how addresses call it.
        title: what it sets, as the page says it.
        model: its table; `of` tells its rows from others of that table.
        between: the least and the most that the number may be.
        unit: what it counts; None for percent.
        event, clause: how the ledger is told.
        born: the editions that a migration of this room enters.
        asked: what is not set on a day without an edition, as a refusal says it; "" where nothing is refused then.
        measure: the head of the column of its numbers.
    """

    name: str
    title: str
    model: type[DatedNorm]
    between: tuple[int, int]
    unit: Noun | None
    event: EventType
    clause: str
    born: tuple[Edition, ...] = ()
    asked: str = ""
    measure: str = "Не меньше"
    of: dict[str, Any] = field(default_factory=dict)

    @property
    def unset(self) -> str:
        """What it means that no edition is there."""
        return f"Не установлено: {'без нормы не действуют' if self.asked else 'ограничения нет'}."

    def rows(self) -> models.QuerySet[Any]:
        """Return every edition, the newest first."""
        return self.model._base_manager.filter(**self.of).order_by("-valid_from")

    def words(self, number: int) -> str:
        """Return «16 часов», «80 %»."""
        return f"{number}\N{NO-BREAK SPACE}%" if self.unit is None else counted(number, self.unit)


MINISTRY: Final = {Kind.PROFESSIONAL_DEVELOPMENT: 16, Kind.PROFESSIONAL_RETRAINING: 250}
"""Below these hours no act of an academy goes: they are set by the ministry (приказ № 266, п. 18); `laws/editions.sql` holds them, too."""
ORDER_499: Final = "п. 12 приказа Минобрнауки № 499"
ORDER_266: Final = "п. 18 приказа Минобрнауки № 266"
SINCE: Final = date(2013, 9, 1)
"""The law on education is in force."""


def _hours(kind: Kind) -> Norm:
    least = MINISTRY.get(kind)
    born = least and (
        Edition(least, date(2013, 7, 1), date(2025, 8, 31), ORDER_499),
        Edition(least, date(2025, 9, 1), None, ORDER_266),
    )
    return Norm(
        f"hours-{kind.value.replace('_', '-')}", f"Объём программы: {kind.label}", HourMinimum, (least or 1, 9999), HOUR,
        EventType.HOUR_MINIMUM_SET, "2.3", born or (), of={"kind": kind.value},
    )  # fmt: skip


COMMISSION: Final = Norm(
    "commission", "Вторая пересдача: людей в комиссии, с председателем", CommissionMinimum, PEOPLE, PERSON,
    EventType.COMMISSION_MINIMUM_SET, "273-ФЗ ст. 58 ч. 6",
    (Edition(3, SINCE, None, "273-ФЗ ст. 58 ч. 6; число устанавливает организация"),),
    "сколько человек в комиссии",
)  # fmt: skip
SHARE: Final = Norm(
    "share", "Зачёт при переводе: часы прежней дисциплины от часов новой", HourShare, PERCENT, None,
    EventType.HOUR_SHARE_SET, "273-ФЗ ст. 34 ч. 1 п. 7",
    (Edition(80, SINCE, None, "273-ФЗ ст. 34 ч. 1 п. 7; долю часов устанавливает организация"),),
    "какой доли часов довольно для зачёта",
)  # fmt: skip
REOPENING: Final = Norm(
    "reopening", "Закрытая ведомость: на сколько дней открывают заново", ReopeningTerm, DAYS, DAY,
    EventType.REOPENING_TERM_SET, "2.2",
    (Edition(14, SINCE, None, "Положение, п. 2.2; срок устанавливает организация"),),
    "на сколько дней открывают ведомость заново", "Не больше",
)  # fmt: skip
NORMS: Final = (*map(_hours, Kind), COMMISSION, SHARE, REOPENING)
BY_NAME: Final = {norm.name: norm for norm in NORMS}
ENTERED_BY_MIGRATIONS: Final = tuple({norm.event: None for norm in NORMS if norm.born})
