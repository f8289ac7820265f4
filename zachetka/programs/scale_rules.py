"""What an edition of a scale must be: values in their order, and the whole of a hundred points between them (п. 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

HUNDRED: Final = 100


class Value(NamedTuple):
    """A line of a scale: sign, words, passes, points in the average, hundred-point range, absence."""

    symbol: str
    label: str
    passes: bool
    points: int | None = None
    scores: tuple[int, int] | None = None
    absence: bool = False


ABSENT: Final = Value("н", "неявка", passes=False, absence=True)
"""The last value of every scale."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What stays of a scale from edition to edition: whether its values count in the average and convert a hundred points."""

    counts: bool
    converts: bool

    @classmethod
    def of(cls, values: Sequence[Value]) -> Shape:
        """Return the shape of a scale whose values are these."""
        return cls(any(one.points is not None for one in values), any(one.scores is not None for one in values))


class GradeDraft(NamedTuple):
    """A value as it should be; `least` is the lowest of its hundred points, and the value above begins where it ends."""

    symbol: str
    label: str
    passes: bool
    points: int | None = None
    least: int | None = None


class Fault(NamedTuple):
    """What is wrong with a draft: the row from 0, its field, and the sentence in Russian."""

    row: int
    field: str
    sentence: str


def best_first(draft: GradeDraft) -> tuple[int, int, bool]:
    """Return what places `draft` among others: by its points, then by where it begins, then by whether it passes."""
    return -(draft.points or 0), -(draft.least or 0), not draft.passes


def values_of(drafts: Sequence[GradeDraft]) -> tuple[Value, ...]:
    """Return the values that `drafts` make, the best first, with their ranges, and the absence after them.

    The ranges leave no gap and do not overlap: each ends a point below the one above, the first at a hundred.
    """
    made = []
    most = HUNDRED
    for draft in drafts:
        scores = None if draft.least is None else (draft.least, most)
        made.append(Value(draft.symbol, draft.label, draft.passes, draft.points, scores))
        most = most if draft.least is None else draft.least - 1
    return (*made, ABSENT)


def drafts_of(values: Sequence[Value]) -> list[GradeDraft]:
    """Return what `values_of` makes `values` of."""
    return [
        GradeDraft(one.symbol, one.label, one.passes, one.points, one.scores and one.scores[0])
        for one in values
        if not one.absence
    ]


def fault_of(drafts: Sequence[GradeDraft], shape: Shape) -> Fault | None:
    """Return the first thing that is wrong with `drafts`, or None (п. 2.3)."""
    return next(_faults(drafts, shape), None)


def _faults(drafts: Sequence[GradeDraft], shape: Shape) -> Iterator[Fault]:
    yield from _names(drafts)
    if {draft.passes for draft in drafts} != {True, False}:
        yield Fault(0, "passes", "Нужно хотя бы два значения: с одним контроль пройден, с другим — нет.")
        return
    for row, draft in enumerate(drafts):
        above = drafts[row - 1] if row else None
        if above is not None and draft.passes and not above.passes:
            yield Fault(
                row, "passes", f"Засчитывается, а лучшее «{above.label}» — нет: отметьте и его или снимите отметку."
            )
        if shape.counts:
            yield from _points(row, draft, above)
        if shape.converts:
            yield from _least(row, draft, above)
    if shape.converts and drafts[-1].least != 0:
        yield Fault(len(drafts) - 1, "least", "Последнее значение начинается с 0: переводятся все баллы от 0 до 100.")


def _names(drafts: Sequence[GradeDraft]) -> Iterator[Fault]:
    taken = dict.fromkeys((ABSENT.symbol, ABSENT.label), ABSENT.label)
    for row, draft in enumerate(drafts):
        for field, word in (("symbol", draft.symbol), ("label", draft.label)):
            if (other := taken.get(word.casefold())) is not None:
                yield Fault(row, field, f"«{word}» уже значит «{other}»: в ведомости их не различить.")
        taken |= dict.fromkeys((draft.symbol.casefold(), draft.label.casefold()), draft.label)


def _points(row: int, draft: GradeDraft, above: GradeDraft | None) -> Iterator[Fault]:
    if draft.points is None:
        yield Fault(row, "points", "Впишите балл: у шкалы есть средний балл.")
    elif above is not None and above.points is not None and draft.points > above.points:
        yield Fault(row, "points", f"Нужно не больше {above.points}: значение выше лучше этого.")


def _least(row: int, draft: GradeDraft, above: GradeDraft | None) -> Iterator[Fault]:
    if draft.least is None:
        yield Fault(row, "least", "Впишите, со скольких баллов из ста это значение.")
    elif above is not None and above.least is not None and draft.least >= above.least:
        yield Fault(row, "least", f"Нужно меньше {above.least}: с него начинается значение выше.")


class Change(NamedTuple):
    """What a sign meant and what it is to mean; "" where the scale has no such sign."""

    symbol: str
    was: str
    becomes: str


def changes_of(before: Sequence[Value], after: Sequence[Value]) -> list[Change]:
    """Return what each sign meant `before` and means `after`, in the order of the new scale; signs that go come last."""
    was, becomes = ({one.symbol: _worded(one) for one in values} for values in (before, after))
    return [Change(symbol, was.get(symbol, ""), becomes.get(symbol, "")) for symbol in {**becomes, **was}]


def _worded(value: Value) -> str:
    said = [value.label]
    if value.scores is not None:
        said.append(f"{value.scores[0]}–{value.scores[1]} из ста")
    if value.points is not None:
        said.append(f"балл {value.points}")
    if not value.absence:
        said.append("засчитывается" if value.passes else "не засчитывается")
    return ", ".join(said)
