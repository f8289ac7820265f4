"""What the acts set: the academy's scales, entered once and then only followed (п. 2.3), and the minima."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

from zachetka.core.provable import Provable
from zachetka.ledger.events import EventType
from zachetka.programs.models import CommissionMinimum, HourMinimum, HourShare, ReopeningTerm


class Value(NamedTuple):
    """A line of a scale: sign, words, passes, points in the average, hundred-point range, absence."""

    symbol: str
    label: str
    passes: bool
    points: int | None = None
    scores: tuple[int, int] | None = None
    absence: bool = False


ABSENT = Value("н", "неявка", passes=False, absence=True)
FIVE_POINT = (
    Value("5", "отлично", passes=True, points=5),
    Value("4", "хорошо", passes=True, points=4),
    Value("3", "удовлетворительно", passes=True, points=3),
    Value("2", "неудовлетворительно", passes=False, points=2),
    ABSENT,
)
PASS_FAIL = (Value("зач", "зачтено", passes=True), Value("нз", "не зачтено", passes=False), ABSENT)
HUNDRED_POINT = (
    Value("5", "отлично", passes=True, points=5, scores=(85, 100)),
    Value("4", "хорошо", passes=True, points=4, scores=(70, 84)),
    Value("3", "удовлетворительно", passes=True, points=3, scores=(50, 69)),
    Value("2", "неудовлетворительно", passes=False, points=2, scores=(0, 49)),
    ABSENT,
)
ACT: Final = "Положение о формах и системах оценивания, приказ от 09.01.2023 № 3-од"
STARTS: Final = date(2023, 1, 9)
SCALES: Final = (
    ("five_point", "пятибалльная", FIVE_POINT),
    ("pass_fail", "зачтено — не зачтено", PASS_FAIL),
    ("hundred_point", "стобалльная с переводом в пятибалльную", HUNDRED_POINT),
)


class Minimum(NamedTuple):
    """The least number of academic hours of a kind of programme, its first and last day, and the act."""

    kind: str
    hours: int
    valid_from: date
    valid_to: date | None
    basis: str

    @classmethod
    def of(cls, row: HourMinimum) -> Minimum:
        """Return what `row` says."""
        return cls(row.kind, row.hours, row.valid_from, row.valid_to, row.basis)


ORDER_499: Final = "п. 12 приказа Минобрнауки № 499"
ORDER_266: Final = "п. 18 приказа Минобрнауки № 266"
MINIMA: Final = frozenset(
    Minimum(kind, hours, start, end, basis)
    for kind, hours in (("professional_development", 16), ("professional_retraining", 250))
    for start, end, basis in (
        (date(2013, 7, 1), date(2025, 8, 31), ORDER_499),
        (date(2025, 9, 1), None, ORDER_266),
    )
)
"""As a migration of this room enters them."""


class Panel(NamedTuple):
    """The least people of a commission, its first and last day, and the act."""

    people: int
    valid_from: date
    valid_to: date | None
    basis: str

    @classmethod
    def of(cls, row: CommissionMinimum) -> Panel:
        """Return what `row` says."""
        return cls(row.people, row.valid_from, row.valid_to, row.basis)


OF_COMMISSION: Final = "273-ФЗ ст. 58 ч. 6"
PANELS: Final = frozenset({Panel(3, date(2013, 9, 1), None, f"{OF_COMMISSION}; число устанавливает организация")})
"""As a migration of this room enters them, too."""


class Share(NamedTuple):
    """The least share of hours for credit, percent, its first and last day, and the act."""

    percent: int
    valid_from: date
    valid_to: date | None
    basis: str

    @classmethod
    def of(cls, row: HourShare) -> Share:
        """Return what `row` says."""
        return cls(row.percent, row.valid_from, row.valid_to, row.basis)


OF_CREDIT: Final = "273-ФЗ ст. 34 ч. 1 п. 7"
SHARES: Final = frozenset({Share(80, date(2013, 9, 1), None, f"{OF_CREDIT}; долю часов устанавливает организация")})
"""As a migration of this room enters them, too."""


class Term(NamedTuple):
    """The most days for which a closed sheet is opened again, their first and last day, and the act."""

    days: int
    valid_from: date
    valid_to: date | None
    basis: str

    @classmethod
    def of(cls, row: ReopeningTerm) -> Term:
        """Return what `row` says."""
        return cls(row.days, row.valid_from, row.valid_to, row.basis)


OF_REOPENING: Final = "2.2"
TERMS: Final = frozenset({Term(14, date(2013, 9, 1), None, "Положение, п. 2.2; срок устанавливает организация")})
"""As a migration of this room enters them, too."""


class Seed(NamedTuple):
    """Norms that migrations enter: their table, what a row says, which rows are meant, and how the ledger is told."""

    model: type[Provable]
    read: Callable[[Any], object]
    meant: frozenset[Any]
    event: EventType
    clause: str


SEEDS: Final = (
    Seed(HourMinimum, Minimum.of, MINIMA, EventType.HOUR_MINIMUM_SET, "2.3"),
    Seed(CommissionMinimum, Panel.of, PANELS, EventType.COMMISSION_MINIMUM_SET, OF_COMMISSION),
    Seed(HourShare, Share.of, SHARES, EventType.HOUR_SHARE_SET, OF_CREDIT),
    Seed(ReopeningTerm, Term.of, TERMS, EventType.REOPENING_TERM_SET, OF_REOPENING),
)
ENTERED_BY_MIGRATIONS: Final = tuple(seed.event for seed in SEEDS)
