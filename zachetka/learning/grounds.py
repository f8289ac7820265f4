"""On what ground a learner is withdrawn: the table of the law, with its clauses, words and what each asks (273-ФЗ ст. 61).

A line is never removed: what was issued keeps its words; a ground that the law drops gets its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from zachetka.learning.models import Order

GROUND = Order.Ground
IN_FORCE: Final = date(2013, 9, 1)
"""The day on which 273-ФЗ came into force."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of withdrawal.

    Attributes:
        wording: how the order says it.
        article: where the law says it, as the order prints it.
        clause: the same as refusals and `docs/clauses.toml` write it.
        asks: what has to be so, one sentence for whoever chooses; "" when the ground is on paper alone.
        valid_from: first day of an order on this ground.
        valid_to: last day, None while the law keeps it.
    """

    wording: str
    article: str
    clause: str
    asks: str = ""
    valid_from: date = IN_FORCE
    valid_to: date | None = None


GROUNDS: Final[dict[Order.Ground, Ground]] = {
    GROUND.COMPLETED: Ground(
        "в связи с завершением обучения",
        "пункт 1 части 1 статьи 61",
        "273-ФЗ ст. 61 ч. 1",
        "Пройден весь план и итоговая аттестация.",
    ),
    GROUND.OWN_WISH: Ground(
        "по инициативе обучающегося", "пункт 1 части 2 статьи 61", "273-ФЗ ст. 61 ч. 2", "Есть его заявление."
    ),
    GROUND.DEBT: Ground(
        "за невыполнение обязанностей по выполнению учебного плана",
        "пункт 2 части 2 статьи 61",
        "273-ФЗ ст. 61 ч. 2",
        "Долг уже не закрыть: обе пересдачи использованы или год истёк; или не пройдена итоговая аттестация.",
    ),
    GROUND.BREACH: Ground(
        "за нарушение порядка приёма",
        "пункт 2 части 2 статьи 61",
        "273-ФЗ ст. 61 ч. 2",
        "Обучающийся нарушил порядок приёма, и из-за этого его зачислили незаконно.",
    ),
    GROUND.DISCIPLINE: Ground(
        "в порядке дисциплинарного взыскания",
        "часть 4 статьи 43, пункт 2 части 2 статьи 61",
        "273-ФЗ ст. 43 ч. 6",
        "Не во время болезни и отпуска.",
    ),
    GROUND.OUTSIDE: Ground(
        "по обстоятельствам, не зависящим от воли обучающегося и организации",
        "пункт 3 части 2 статьи 61",
        "273-ФЗ ст. 61 ч. 2",
    ),
    GROUND.DEATH: Ground("в связи со смертью", "пункт 3 части 2 статьи 61", "273-ФЗ ст. 61 ч. 2"),
}


def grounds_on(day: date) -> list[Order.Ground]:
    """Return the grounds that an order of the legal `day` may name, in the order of the table."""
    return [
        ground
        for ground, line in GROUNDS.items()
        if line.valid_from <= day and (line.valid_to is None or day <= line.valid_to)
    ]
