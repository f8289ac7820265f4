"""The norms that the law leaves to the academy, and the one way to set a new one: by an act, from a day ahead (п. 2.3).

A norm is ended and set anew, never changed: what was decided by the old one stays as it was decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import models, transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import DAY, HOUR, Gender, Noun, counted, date_words
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.actions.turns import wait_for
from zachetka.programs.models import CommissionMinimum, HourMinimum, HourShare, ReopeningTerm
from zachetka.programs.models.program import Kind
from zachetka.programs.reference import MINIMA

if TYPE_CHECKING:
    from zachetka.access.models import Account

Dated = HourMinimum | CommissionMinimum | HourShare | ReopeningTerm

NORMS_TURN: Final = 2_003_001
"""Held by whoever sets a norm: the one in force is ended and the next begun by one person at a time."""
DATES: Final = "2.3"
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


def set_norm(norm: Norm, number: int, *, since: date, basis: str, actor: Account, at: datetime) -> Dated:
    """Set `norm` from the day `since` on by the act `basis`; the one in force ends the day before. The same again is the same.

    Raises:
        Forbidden: the policy does not let the actor.
        RuleViolation: the number is out of its range, the day is not ahead, or a later edition is there already.
    """
    require(actor, Permission.NORM_SET)
    with transaction.atomic():
        wait_for(NORMS_TURN)
        newest: Dated | None = norm.rows().first()
        if newest and (getattr(newest, norm.column), newest.valid_from, newest.basis) == (number, since, basis):
            return newest
        _require_lawful(norm, number, since, newest, legal_date(at))
        if newest and newest.valid_to is None:
            newest.valid_to = since - timedelta(days=1)
            newest.save(update_fields=["valid_to"])
            record_event(EventType.NORM_ENDED, newest, actor=actor, at=at, clause=norm.clause)
        fresh: Dated = norm.rows().create(**norm.of, **{norm.column: number}, valid_from=since, basis=basis)
        record_event(norm.event, fresh, actor=actor, at=at, clause=norm.clause)
    return fresh


def _require_lawful(norm: Norm, number: int, since: date, newest: Any, today: date) -> None:
    if not norm.least <= number <= norm.most:
        raise RuleViolation(DATES, f"Нужно число от {norm.least} до {norm.most}.", field="number")
    if since <= today:
        raise RuleViolation(
            DATES,
            f"Норму вводят вперёд: не раньше {date_words(today + timedelta(days=1))}. Решённое по прежней остаётся решённым.",
            field="since",
        )
    taken = max(filter(None, (newest.valid_from, newest.valid_to)), default=None) if newest else None
    if taken is not None and since <= taken:
        raise RuleViolation(DATES, f"До {date_words(taken)} норма уже введена: выберите день позже.", field="since")
