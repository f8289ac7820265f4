"""The norms that the law leaves to the academy: what each sets, between which numbers, in which words (п. 2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models

from zachetka.core.russian import DAY, HOUR, Gender, Noun, counted
from zachetka.ledger.events import EventType
from zachetka.programs.models import CommissionMinimum, HourMinimum, HourShare, ReopeningTerm
from zachetka.programs.models.program import Kind
from zachetka.programs.reference import MINIMA

Dated = HourMinimum | CommissionMinimum | HourShare | ReopeningTerm

FLOORS: Final = {minimum.kind: minimum.hours for minimum in MINIMA if minimum.valid_to is None}
"""Below these no act of an academy goes: they are set by the ministry (приказ № 266, п. 18)."""
PERSON: Final = Noun("человек", "человека", "человек", Gender.MASCULINE)


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm with dates.

    Attributes:
        name: how addresses call it.
        title: what it sets, as the page says it.
        model: its table; `column` holds the number, `of` tells its rows from others of that table.
        least, most: between which the number lies.
        unit: what it counts; None for percent.
        event, clause: how the ledger is told.
    """

    name: str
    title: str
    model: type[Dated]
    column: str
    least: int
    most: int
    unit: Noun | None
    event: EventType
    clause: str
    of: dict[str, Any] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """The head of the column of its numbers."""
        return "Не больше" if self.model is ReopeningTerm else "Не меньше"

    @property
    def unset(self) -> str:
        """What it means that no edition is there."""
        return (
            "Не установлено: ограничения нет."
            if self.model is HourMinimum
            else "Не установлено: без нормы не действуют."
        )

    def rows(self) -> models.QuerySet[Any]:
        """Return every edition, the newest first."""
        return self.model._base_manager.filter(**self.of).order_by("-valid_from")

    def words(self, row: Dated) -> str:
        """Return «16 часов», «80 %»."""
        number = int(getattr(row, self.column))
        return f"{number}\N{NO-BREAK SPACE}%" if self.unit is None else counted(number, self.unit)


NORMS: Final = (
    *(
        Norm(f"hours-{kind.value.replace('_', '-')}", f"Объём программы: {kind.label}", HourMinimum, "hours", FLOORS.get(kind.value, 1), 9999, HOUR,
             EventType.HOUR_MINIMUM_SET, "2.3", {"kind": kind.value})
        for kind in Kind
    ),
    Norm("commission", "Вторая пересдача: людей в комиссии, с председателем", CommissionMinimum, "people", 2, 20, PERSON,
         EventType.COMMISSION_MINIMUM_SET, "273-ФЗ ст. 58 ч. 6"),
    Norm("share", "Зачёт при переводе: часы прежней дисциплины от часов новой", HourShare, "percent", 1, 100, None,
         EventType.HOUR_SHARE_SET, "273-ФЗ ст. 34 ч. 1 п. 7"),
    Norm("reopening", "Закрытая ведомость: на сколько дней открывают заново", ReopeningTerm, "days", 1, 60, DAY,
         EventType.REOPENING_TERM_SET, "2.2"),
)  # fmt: skip
BY_NAME: Final = {norm.name: norm for norm in NORMS}
