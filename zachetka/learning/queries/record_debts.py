"""An academic debt as a line of a record book tells it, with its term and what is left of the resits (273-ФЗ ст. 58)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zachetka.core.russian import date_digits, date_words, plural
from zachetka.learning.rules import RESITS
from zachetka.programs.models import Module


@dataclass(frozen=True, slots=True)
class Debt:
    """An academic debt with its term (273-ФЗ ст. 58 ч. 2, 5).

    Attributes:
        cause: the grade in words: «неудовлетворительно», «неявка».
        since: day of the control at which it arose.
        until: last day of the year given to close it.
        retake_on: day of the retake already appointed, if any.
        day: the legal day shown.
        is_ended: the learner left with it.
        carried_to: number of the record book into which a transfer has taken it along; "" when none has.
        is_preliminary: the mark that makes it stands in a sheet that is still open.
    """

    module: Module
    cause: str
    since: date
    until: date
    retakes_used: int
    retake_on: date | None
    day: date
    is_ended: bool = False
    is_preliminary: bool = False
    carried_to: str = ""

    @property
    def term_words(self) -> str:
        """«долг до 20.11.2027», «долг, срок истёк 20.11.2027», «долг не закрыт» for whoever left."""
        if self.carried_to:
            return f"долг перешёл в книжку № {self.carried_to}"
        if self.is_ended:
            return "долг не закрыт"
        words = "долг, срок истёк" if self.until < self.day else "долг до"
        return f"{words} {date_digits(self.until)}"

    @property
    def advice(self) -> str:
        """The term and what is left of it, one sentence or two for the learner."""
        if self.carried_to:
            return f"Перешёл при переводе в зачётную книжку № {self.carried_to}."
        if self.is_ended:
            return "Остался незакрытым."
        if self.until < self.day:
            return f"Срок пересдачи истёк {date_words(self.until)}."
        return f"Пересдать до {date_words(self.until)}: {retake_words(self)}."

    @property
    def retakes_left(self) -> int:
        """Retakes still given by the law."""
        return max(0, RESITS - self.retakes_used)


def retake_words(debt: Debt) -> str:
    """Return how many retakes are left, and the one appointed (273-ФЗ ст. 58 ч. 5, 6)."""
    left = debt.retakes_left
    if not left:
        return "пересдач по закону не осталось"
    verb = plural(left, "осталась", "осталось", "осталось")
    words = f"{verb} {left} {plural(left, 'пересдача', 'пересдачи', 'пересдач')} из {RESITS}"
    if left == 1:
        words += ", с комиссией"
    return f"{words}, ближайшая {date_digits(debt.retake_on)}" if debt.retake_on else words
