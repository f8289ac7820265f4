"""Decisions about marks and debts: values in, values out; no database, no clock (п. 2.1–2.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple, Protocol, TypeVar

from zachetka.core.errors import RuleViolation

TAKE_BACK = frozenset({"", "-", "—", "–"})
"""What a teacher types to take back a mark in an open sheet."""

RESITS: Final = 2
"""Resits that the law gives within the year of a debt (273-ФЗ ст. 58 ч. 5)."""
LAST_ATTEMPT: Final = RESITS + 1
"""The second resit, which a commission takes (273-ФЗ ст. 58 ч. 6)."""


LATIN_TWINS = str.maketrans("ABEKMHOPCTXabekmhopctxPpHhNnZz", "АВЕКМНОРСТХавекмнорстхЗзНнНнЗз")
"""Latin letters on the same keys or of the same look as the marks «з», «н», «нз»."""


Row = TypeVar("Row")


class GradeLike(Protocol):
    """What these rules need of a grade."""

    symbol: str
    label: str
    is_passing: bool
    is_absence: bool
    points: int | None
    score_from: int | None
    score_to: int | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a cell of the sheet came to.

    Attributes:
        grade: the grade, or None to take the mark back.
        score: points of a hundred-point scale, one decimal place, or None.
    """

    grade: GradeLike | None
    score: Decimal | None


def read_cell(text: str, grades: Sequence[GradeLike]) -> Typed | str:
    """Return what `text` means in the scale of `grades`, or the Russian sentence that says why it means nothing.

    A symbol («5», «зач», «н»), a word («отлично», «хор»), or points where the scale converts them («72,5» and «72.5»
    are the same; half a point rounds up: 59,5 is 60; «007» is 7). Where points are converted, «5» alone could be
    either five points or «отлично», so it is refused: five points are typed «5,0».
    """
    typed = text.strip()
    if typed in TAKE_BACK:
        return Typed(None, None)
    scored = any(grade.score_from is not None for grade in grades)
    by_symbol = {grade.label.casefold(): grade for grade in grades} | {
        grade.symbol.casefold(): grade for grade in grades
    }
    folded = typed.casefold()
    twin = folded.translate(LATIN_TWINS)
    for spelling in (folded, twin, SPOKEN.get(folded, folded), SPOKEN.get(twin, twin)):
        found = by_symbol.get(spelling)
        if found is not None and scored and typed.isdecimal():
            return f"«{typed}» — это {typed} из 100 или «{found.label}»? Впишите «{typed},0» или «{found.label}»."
        if found is not None:
            return Typed(found, None)
    if scored:
        return _by_score(typed, grades)
    return f"Оценки «{typed[:12]}» нет в шкале. Годятся {_listed(grades)}."


SPOKEN = {
    "з": "зач", "зачет": "зач", "зачёт": "зач", "зачтено": "зач",
    "незач": "нз", "незачет": "нз", "незачёт": "нз", "н/з": "нз", "не зач": "нз",
    "н/я": "н", "не явился": "н", "не явилась": "н",
    "отл": "отлично", "хор": "хорошо", "уд": "удовлетворительно", "удовл": "удовлетворительно",
    "неуд": "неудовлетворительно", "неудовл": "неудовлетворительно",
}  # fmt: skip
"""Spellings of a column from a spreadsheet; each means one thing in every scale that knows it."""

SCORE = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,9})?")
"""Points as people write them; no exponents, no foreign digits, no underscores."""


def _by_score(typed: str, grades: Sequence[GradeLike]) -> Typed | str:
    if not SCORE.fullmatch(typed):
        words = ", ".join(grade.label for grade in grades)
        return f"«{typed[:12]}» — не балл и не оценка. Годятся числа от 0 до 100 или слова: {words}."
    score = Decimal(typed.replace(",", "."))
    if not 0 <= score <= 100:
        return f"Балл {typed[:12]} вне шкалы: нужно от 0 до 100."
    if score != score.quantize(Decimal("0.1")):
        return "Балл — не больше одного знака после запятой."
    whole = int(score.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    for grade in grades:
        if grade.score_from is not None and grade.score_to is not None and grade.score_from <= whole <= grade.score_to:
            return Typed(grade, abs(score).quantize(Decimal("0.1")))
    return f"Балл {typed[:12]} шкала не переводит в оценку: дополните её редакцию."


def _listed(grades: Sequence[GradeLike]) -> str:
    symbols = [grade.symbol for grade in grades]
    return f"{', '.join(symbols[:-1])} и {symbols[-1]}" if len(symbols) > 1 else "".join(symbols)


PAPER_SIGNS: Final = 200
"""Signs that the line of a document holds."""


def paper_words(kind: str, number: str, issued_on: date, *, today: date) -> str:
    """Return «служебная записка № 41 от 18.11.2026»: the document that a decision rests on, as it is kept (п. 2.2).

    Raises:
        RuleViolation: the document is of a day to come, or the line is longer than 200 signs.
    """
    if issued_on > today:
        raise RuleViolation("2.2", "Документ ещё не составлен: его дата впереди.", field="issued_on")
    line = f"{kind} № {number} от {issued_on:%d.%m.%Y}"
    if len(line) > PAPER_SIGNS:
        raise RuleViolation("2.2", "Слишком длинно: назовите вид документа короче.", field="kind")
    return line


def average(points: Iterable[int | None]) -> Decimal | None:
    """Return the mean of graded marks, two places, half up; None when nothing is graded. «Зачтено» has no points."""
    counted = [value for value in points if value is not None]
    if not counted:
        return None
    return (Decimal(sum(counted)) / len(counted)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


GOOD_POINTS: Final = 4
"""From «хорошо» on a mark counts into the quality of learning."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How well a company did: «успеваемость» and «качество», as summary sheets count them (п. 2.2).

    Attributes:
        whole: how many are counted: absence counts as not passed.
        passed: of them, with a positive result.
        good: of them, with «хорошо» and «отлично» only.
        has_quality: False where nobody can have more than «зачтено».
    """

    whole: int
    passed: int
    good: int
    has_quality: bool = True

    @property
    def success(self) -> Decimal | None:
        """«Успеваемость», percent with one place; None of nobody."""
        return _percent(self.passed, self.whole)

    @property
    def quality(self) -> Decimal | None:
        """«Качество», percent with one place; None of nobody, and where there are no points."""
        return _percent(self.good, self.whole) if self.has_quality else None


def rates(grades: Sequence[GradeLike]) -> Rates:
    """Return how well those with `grades` of one module did; without points among them there is no quality."""
    return Rates(
        whole=len(grades),
        passed=sum(grade.is_passing for grade in grades),
        good=sum((grade.points or 0) >= GOOD_POINTS for grade in grades),
        has_quality=any(grade.points is not None for grade in grades),
    )


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if whole else None


@dataclass(frozen=True, slots=True)
class Excused:
    """Days with a good reason, both ends included.

    Attributes:
        shifts: they are left out of the year of a debt: illness, academic or parental leave (273-ФЗ ст. 58 ч. 5).
    """

    first: date
    last: date
    shifts: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """A mark of one attempt at a module.

    Attributes:
        held_on: day of the control.
        lapsed_on: day of the correction by which a mark that passed became one that does not; None otherwise.
    """

    held_on: date
    passes: bool
    is_absence: bool = False
    lapsed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """An academic debt (273-ФЗ ст. 58 ч. 2, 5).

    Attributes:
        since: day on which it arose.
        until: last day of the time given to close it.
        resits: how many of the two resits are used.
    """

    since: date
    until: date
    resits: int


class Sat(NamedTuple):
    """What decides of a mark whether it is the one that counts.

    Attributes:
        is_excused: it is an absence on a day with a good reason.
    """

    passes: bool
    is_excused: bool = False


def outweighs(later: Sat, earlier: Sat) -> bool:
    """True when the mark of a later attempt counts instead of that of an earlier one (273-ФЗ ст. 58 ч. 2, 5).

    Whoever has passed sits nothing any more, so the first mark that passes counts; an absence for a good reason is no
    attempt, so it counts only where nothing else does.
    """
    if earlier.passes:
        return False
    return earlier.is_excused or not later.is_excused


def which_counts(marks: Sequence[Row], *, of: Callable[[Row], Sat]) -> Row:
    """Return the one of `marks`, oldest first and one at least, that counts; `of` says how each was sat."""
    found, *later = marks
    for one in later:
        if outweighs(of(one), of(found)):
            found = one
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """What the attempts at a module come to (273-ФЗ ст. 58 ч. 2, 5).

    Attributes:
        result: place of the attempt whose mark counts; None without any.
        passed: it passes.
        is_put_off: every attempt was an absence for a good reason: the first is sat anew.
        owed: the debt; None when there is none.
        last_on: day of the last attempt that counts; None without any.
    """

    result: int | None = None
    passed: bool = False
    is_put_off: bool = False
    owed: Owed | None = None
    last_on: date | None = None

    @property
    def attempt(self) -> int:
        """Which attempt comes next; 0 of whoever has passed, more than three when no resit is left."""
        if self.passed:
            return 0
        return self.owed.resits + 2 if self.owed else 1


def counted(tried: Sequence[Tried], excused: Iterable[Excused]) -> Counted:
    """Return what attempts at a module, oldest first, come to: whatever asks about a debt asks here.

    The debt arose at the first control that was not passed; of a mark that passed until it was corrected, on the day of the
    correction.
    """
    periods = tuple(excused)
    sat = [Sat(one.passes, is_excused(one, periods)) for one in tried]
    if not sat:
        return Counted()
    result = which_counts(range(len(sat)), of=sat.__getitem__)
    if sat[result].is_excused:
        return Counted(result, is_put_off=True)
    held = [one for one, how in zip(tried, sat, strict=True) if not how.is_excused]
    last_on = max(one.held_on for one in held)
    if sat[result].passes:
        return Counted(result, passed=True, last_on=last_on)
    since = max((one.lapsed_on for one in held if one.lapsed_on), default=min(one.held_on for one in held))
    return Counted(result, owed=Owed(since, debt_until(since, periods), len(held) - 1), last_on=last_on)


def is_excused(one: Tried, excused: Iterable[Excused]) -> bool:
    """True for an absence on a day with a good reason: it is no attempt and makes no debt (273-ФЗ ст. 58 ч. 2)."""
    return one.is_absence and any(period.first <= one.held_on <= period.last for period in excused)


class Set(NamedTuple):
    """A mark of a cell in its chain.

    Attributes:
        is_correction: written into a closed sheet, by two people or when it was open again.
    """

    passes: bool
    is_correction: bool
    recorded_on: date


def lapsed_on(chain: Iterable[Set]) -> date | None:
    """Return on which day a correction made a mark that passed into one that does not; None of any other cell (п. 2.1).

    Args:
        chain: marks of one cell, the one that counts first, then what it took the place of.
    """
    later: Set | None = None
    for one in chain:
        if later is None:
            if one.passes:
                return None
        elif not later.is_correction:
            return None
        elif one.passes:
            return later.recorded_on
        later = one
    return None


def owed(tried: Sequence[Tried], excused: Sequence[Excused]) -> Owed | None:
    """Return the debt that attempts at a module, oldest first, have left; None when there is none."""
    return counted(tried, excused).owed


def debt_until(arose_on: date, excused: Iterable[Excused] = ()) -> date:
    """Return the last day of the year in which an academic debt may be closed (273-ФЗ ст. 58 ч. 5).

    Counted from the day it arose; 29 February goes to 28 February. Each day of illness or leave within that time moves the
    end by a day, and a day that only so came to be within it counts as well.
    """
    shifting = [period for period in excused if period.shifts]
    year = _year_after(arose_on)
    until = year
    while True:
        days = {
            day
            for period in shifting
            for day in range(max(period.first, arose_on).toordinal(), min(period.last, until).toordinal() + 1)
        }
        moved = year + timedelta(days=len(days))
        if moved == until:
            return until
        until = moved


def _year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
