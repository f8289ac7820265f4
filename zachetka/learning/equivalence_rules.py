"""Which earlier result may count as which module of another plan: values in, pairs out; no database, no clock (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from zachetka.learning.rules import GradeLike

LAW: Final = "273-ФЗ ст. 34 ч. 1 п. 7"
G = TypeVar("G", bound=GradeLike)
Key = tuple[int, int]
"""A record book and a module of its plan."""

COVERS: Final[Mapping[str, frozenset[str]]] = {
    "credit": frozenset({"credit"}),
    "test": frozenset({"test", "credit"}),
    "graded_credit": frozenset({"graded_credit", "credit", "test"}),
    "exam": frozenset({"exam", "graded_credit", "credit", "test"}),
    "defence": frozenset({"defence", "graded_credit", "credit"}),
    "qualification_exam": frozenset({"qualification_exam", "exam", "graded_credit", "credit", "test"}),
}
"""Form of control → the forms that it stands for: the stricter for the milder, never the other way; `learning_control_covers` likewise."""


class Likeness(StrEnum):
    """Why a pair is proposed, the strongest first."""

    EXACT = "та же дисциплина"
    NAME = "то же название"
    RESULTS = "те же планируемые результаты"
    CHOSEN = "по решению методиста"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a curriculum.

    Attributes:
        results: texts of the planned results that it proves, in their normal form (`normal`).
    """

    key: int
    program: int
    title: str
    hours: int
    control: str
    control_words: str
    scale: int
    scale_words: str
    results: frozenset[str] = frozenset()
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a learner has to show in one module of an earlier record book.

    Attributes:
        source, book: the record book and its number.
        line: the module in the plan of that book.
        lines: every module whose attempts count there, `line` among them: a transfer may have carried some into it already.
        counted: of them, the module of the result that counts (`rules.counted`).
        grade, score: that result.
        parts: the books and modules where its attempts were sat; () of this line alone.
        counted_in: the book where the result that counts was sat; None of `source`.
        others: what the other attempts brought: scale, grade, points.
        is_excused: it holds nothing but absences for good reasons: no debt, the first attempt lies ahead (273-ФЗ ст. 58 ч. 2).
    """

    source: int
    book: str
    line: Line
    lines: tuple[Line, ...]
    counted: Line
    grade: GradeLike
    score: Decimal | None = None
    parts: tuple[Key, ...] = ()
    counted_in: int | None = None
    others: tuple[tuple[int, GradeLike, Decimal | None], ...] = ()
    is_excused: bool = False

    @property
    def results(self) -> tuple[Key, ...]:
        """Where its attempts were sat: two lines of a book may show one result (273-ФЗ ст. 34 ч. 1 п. 7)."""
        return self.parts or (self.key,)

    @property
    def key(self) -> Key:
        """What a choice names."""
        return self.source, self.line.key

    @property
    def counts(self) -> Key:
        """Where the result that counts was sat: by it hours and form of control are judged."""
        return self.counted_in or self.source, self.counted.key

    @property
    def words(self) -> str:
        """The result in words: «отлично», «неявка по уважительной причине»."""
        return f"{self.grade.label} по уважительной причине" if self.is_excused else self.grade.label


class Chosen(NamedTuple):
    """What somebody chose for a module; `is_shared` says that it counts in another one too."""

    key: Key
    is_shared: bool = False


Choices = Mapping[int, Chosen | None]
"""By module of the new plan; None: nothing counts there."""


@dataclass(frozen=True, slots=True)
class Norms:
    """By what pairs are judged, on the day on which the order is issued: until then, today.

    Attributes:
        share: which part of the hours suffices, percent.
        values: by scale, the grades of the edition in force.
    """

    share: int
    values: Mapping[int, Sequence[GradeLike]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A module of the new plan with what counts in it.

    Attributes:
        earlier: None where it is to be taken.
        counts_as: the grade of the new scale; None in the same scale, and without `earlier`.
        flaw: why it cannot be so; "" when all is well.
    """

    target: Line
    earlier: Earlier | None = None
    likeness: Likeness | None = None
    counts_as: GradeLike | None = None
    is_shared: bool = False
    flaw: str = ""


_SPACES: Final = re.compile("[ \t\n\v\f\r\u00a0\u2007\u2009\u202f]+")
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯё"
_SMALL: Final = str.maketrans(_CAPITALS, "abcdefghijklmnopqrstuvwxyzабвгдеежзийклмнопрстуфхцчшщъыьэюяе")


def normal(text: str) -> str:
    """Return `text` as two texts are compared: case, spaces and «ё» make no difference; `learning_normal` likewise."""
    return _SPACES.sub(" ", text).strip(" ").translate(_SMALL)


def counts_as(grade: GradeLike, score: Decimal | None, values: Sequence[G]) -> G | None:
    """Return what `grade` of one scale counts as among `values`, an edition of another; None when nothing there says the same (п. 2.3).

    What passes never becomes what does not. Points of a hundred go first, then points of the average; «зачтено», the only one
    that passes, takes everything that passes. `learning_counts_as` is the same in the database.
    """
    same = [one for one in values if (one.is_passing, one.is_absence) == (grade.is_passing, grade.is_absence)]
    if grade.is_absence:
        return same[0] if same else None
    if score is not None:
        whole = int(score.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        for one in same:
            if one.score_from is not None and one.score_to is not None and one.score_from <= whole <= one.score_to:
                return one
    pointed = [one for one in same if one.points is not None and one.points == grade.points]
    if len(pointed) == 1:
        return pointed[0]
    if len(same) == 1 and (same[0].points is None or not grade.is_passing):
        return same[0]
    return None


def likeness(target: Line, one: Earlier) -> Likeness | None:
    """Return why the pair would be proposed; None when nothing speaks for it."""
    if any(_is_same(target, line) for line in one.lines):
        return Likeness.EXACT
    if normal(target.title) == normal(one.counted.title):
        return Likeness.NAME
    shown = frozenset().union(*(line.results for line in one.lines))
    if one.grade.is_passing and target.results and target.results <= shown:
        return Likeness.RESULTS
    return None


def _is_same(target: Line, line: Line) -> bool:
    """The same line, or the line of another version of the programme with the same name."""
    return target.key == line.key or (target.program, normal(target.title)) == (line.program, normal(line.title))


def is_owed(target: Line, one: Earlier) -> bool:
    """True of a debt in the same module: it is not left behind (273-ФЗ ст. 58 ч. 2). An absence for a good reason is none."""
    return not one.grade.is_passing and not one.is_excused and likeness(target, one) is Likeness.EXACT


def unfit(target: Line, counted: Line, share: int, *, beside: int = 0) -> str:
    """Return why a passed result in `counted` is too little for `target`, by hours or by form of control; "" when it suffices."""
    wanted = target.hours + beside
    if wanted * share > counted.hours * 100:
        return f"{counted.hours} ч вместо {wanted}, а нужно не меньше {share} %."
    if target.control not in COVERS.get(counted.control, frozenset()):
        return f"{counted.control_words} не заменяет форму «{target.control_words}»."
    return ""


def fault(target: Line, one: Earlier, norms: Norms, *, beside: int = 0) -> str:
    """Return why `one` cannot count as `target`, "" when it can (273-ФЗ ст. 34 ч. 1 п. 7).

    What does not pass goes along as a debt, so hours and control are not asked of it. Each attempt has to be readable in the scale of
    the new module: one that nothing there says would be an attempt less.

    Args:
        target: of the new plan.
        one: of an earlier book.
        norms: of the day of issue.
        beside: hours of the other modules in which the same result counts.
    """
    if target.is_final or one.counted.is_final:
        return "результат итоговой аттестации не засчитывают."
    if one.grade.is_passing and (flaw := unfit(target, one.counted, norms.share, beside=beside)):
        return flaw
    values = norms.values.get(target.scale, ())
    for scale, grade, score in ((one.counted.scale, one.grade, one.score), *one.others):
        if target.scale != scale and counts_as(grade, score, values) is None:
            return f"«{grade.label}» не переводится в шкалу «{target.scale_words}»."
    return ""


def proposed(targets: Sequence[Line], earlier: Sequence[Earlier], norms: Norms) -> dict[int, Chosen | None]:
    """Return for each module of the new plan what counts there: the strongest likeness first, a debt that must go along before the rest of
    it, each result once, only what may.
    """
    found: dict[int, Chosen | None] = {target.key: None for target in targets if not target.is_final}
    taken: set[Key] = set()
    for kind in (Likeness.EXACT, Likeness.NAME, Likeness.RESULTS):
        for target in targets:
            if target.is_final or found[target.key] is not None:
                continue
            for one in sorted(earlier, key=lambda each: not is_owed(target, each)):
                if taken.isdisjoint(one.results) and likeness(target, one) is kind and not fault(target, one, norms):
                    found[target.key] = Chosen(one.key)
                    taken.update(one.results)
                    break
    return found


def pairs_of(targets: Sequence[Line], earlier: Sequence[Earlier], choices: Choices, norms: Norms) -> list[Pair]:
    """Return every module of the new plan but final attestation, with what was chosen for it and what speaks against that."""
    known = {one.key: one for one in earlier}
    lines = [target for target in targets if not target.is_final]
    hours: Counter[Key] = Counter()  # by where a result was sat
    unsaid: Counter[Key] = Counter()
    times: Counter[Key] = Counter()
    for target in lines:
        if (chosen := choices.get(target.key)) and chosen.key in known:
            for part in known[chosen.key].results:
                hours[part] += target.hours
                times[part] += 1
                unsaid[part] += not chosen.is_shared
    found = []
    for target in lines:
        chosen = choices.get(target.key)
        left = _left_owing(target, earlier, times)
        if chosen is None:
            found.append(Pair(target, flaw=left))
            continue
        one = known.get(chosen.key)
        if one is None:
            found.append(Pair(target, flaw="такого результата в прежних книжках нет."))
            continue
        flaw = fault(target, one, norms, beside=hours[one.counts] - target.hours)
        if not flaw and chosen.is_shared and not one.grade.is_passing:
            what = "неявку" if one.is_excused else "задолженность"
            flaw = f"{what} переносят в одну дисциплину: снимите «и в другую»."
        if not flaw and any(times[part] > 1 and unsaid[part] for part in one.results):
            flaw = f"«{one.line.title}» уже засчитана в другую дисциплину: отметьте у обеих «и в другую»."
        is_other = target.scale != one.counted.scale
        found.append(
            Pair(
                target,
                one,
                likeness(target, one) or Likeness.CHOSEN,
                counts_as(one.grade, one.score, norms.values.get(target.scale, ())) if is_other else None,
                chosen.is_shared,
                flaw or left,
            )
        )
    return found


def _left_owing(target: Line, earlier: Iterable[Earlier], taken: Mapping[Key, int]) -> str:
    if any(is_owed(target, one) and not any(taken[part] for part in one.results) for one in earlier):
        return "академическая задолженность по ней переходит вместе с дисциплиной: её не оставляют в прежней книжке."
    return ""


def left_behind(earlier: Iterable[Earlier], choices: Choices) -> list[Earlier]:
    """Return what counts nowhere in the new plan: it stays in its record book."""
    taken = {chosen.key for chosen in choices.values() if chosen}
    return [one for one in earlier if one.key not in taken]
