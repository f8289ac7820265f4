"""What an approved programme must be: numbers in, flaws out; no database, no clock (п. 1.3, 2.3; 273-ФЗ ст. 73–76)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

RETRAINING = "professional_retraining"
DEVELOPMENT = "professional_development"
VOCATIONAL = "vocational_training"
ENDS_BY_ATTESTATION = {
    DEVELOPMENT: "273-ФЗ ст. 76 ч. 14",
    RETRAINING: "273-ФЗ ст. 76 ч. 14",
    VOCATIONAL: "273-ФЗ ст. 74",
}
"""Kinds that end by final attestation, with the norm that says so."""
GIVES_QUALIFICATION = {RETRAINING: "273-ФЗ ст. 76 ч. 5", VOCATIONAL: "273-ФЗ ст. 73"}
"""Kinds that give a qualification, with the norm that says so."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the curriculum as these rules see it."""

    title: str
    hours: int
    is_final: bool = False
    is_qualification_exam: bool = False
    is_graded: bool = True
    """Its control tells how well, not only that it is passed: an exam, a graded credit, a test, a defence."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A planned result and the places (from 1) of the lines that prove it."""

    code: str
    proved_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a programme as these rules see it.

    Attributes:
        hours: the whole volume, academic hours.
        least: the minimum of this kind on the day that counts, academic hours; 0 when none is set.
        least_basis: the act that sets the minimum.
    """

    kind: str
    hours: int
    qualification: str
    lines: Sequence[Line]
    outcomes: Sequence[Outcome]
    least: int = 0
    least_basis: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is not as it must be.

    Attributes:
        clause: clause of the regulation or article of the law.
        sentence: what is wrong and what to do, in Russian.
        stops: True when the version cannot be submitted with it; False for what is only worth knowing.
        field: the field of the form that it is about, or "".
    """

    clause: str
    sentence: str
    stops: bool = field(default=True)
    field: str = ""


def flaws(plan: Plan) -> list[Flaw]:
    """Return everything that speaks against approving `plan`, what stops it first (п. 1.3, 2.3)."""
    found = [*_volume(plan), *_lines(plan), *_outcomes(plan)]
    return sorted(found, key=lambda flaw: not flaw.stops)


def hours_of(lines: Sequence[Line]) -> int:
    """Return the sum of the lines, academic hours."""
    return sum(line.hours for line in lines)


def is_proved_well(lines: Sequence[Line], outcome: Outcome) -> bool:
    """True when a graded control or final attestation is among what proves `outcome` (п. 1.3)."""
    return any(lines[place - 1].is_graded or lines[place - 1].is_final for place in outcome.proved_by)


def _proved_by_credits_alone(lines: Sequence[Line], outcome: Outcome) -> str:
    titles = [f"«{lines[place - 1].title}»" for place in sorted(outcome.proved_by)]
    if len(titles) == 1:
        return (
            f"Результат {outcome.code} доказывается одним зачётом, {titles[0]}: насколько хорошо он достигнут, "
            "никто не оценит."
        )
    return (
        f"Результат {outcome.code} доказывается одними зачётами ({', '.join(titles)}): ни экзамена, ни оценки, ни "
        "итоговой аттестации среди них нет."
    )


def _volume(plan: Plan) -> Iterator[Flaw]:
    if plan.hours < plan.least:
        yield Flaw(
            "2.3",
            f"Объём {plan.hours} ч ниже минимума {plan.least} ч для этого вида, {plan.least_basis}.",
            field="hours",
        )
    total = hours_of(plan.lines)
    if plan.lines and total != plan.hours:
        apart = f"не хватает {plan.hours - total} ч" if total < plan.hours else f"лишние {total - plan.hours} ч"
        yield Flaw("2.3", f"Сумма часов плана — {total} из {plan.hours}: {apart}.", field="hours")
    if plan.kind in GIVES_QUALIFICATION and not plan.qualification:
        yield Flaw(
            GIVES_QUALIFICATION[plan.kind],
            "Квалификация не названа, а программа её присваивает.",
            stops=False,
            field="qualification",
        )


def _lines(plan: Plan) -> Iterator[Flaw]:
    if not plan.lines:
        yield Flaw("2.3", "В плане нет ни одной строки: внесите дисциплины и модули.")
        return
    finals = [place for place, line in enumerate(plan.lines, 1) if line.is_final]
    norm = ENDS_BY_ATTESTATION.get(plan.kind)
    if norm and not finals:
        yield Flaw(norm, "В плане нет итоговой аттестации, а программа завершается ею.")
    if len(finals) > 1:
        yield Flaw("2.2", "Итоговая аттестация в плане одна: оставьте одну строку.")
    elif finals and finals[0] != len(plan.lines):
        yield Flaw("2.2", "Итоговая аттестация — последняя строка плана.")
    if plan.kind == VOCATIONAL and finals and not plan.lines[finals[0] - 1].is_qualification_exam:
        yield Flaw("273-ФЗ ст. 74", "Профессиональное обучение завершается квалификационным экзаменом.")


def _outcomes(plan: Plan) -> Iterator[Flaw]:
    if plan.lines and not plan.outcomes:
        yield Flaw("1.3", "Планируемых результатов нет: с чем сравнивать освоенное?", stops=False)
        return
    for outcome in plan.outcomes:
        if not outcome.proved_by:
            yield Flaw("1.3", f"Результат {outcome.code} ничем не доказывается: отметьте модули.")
        elif not is_proved_well(plan.lines, outcome):
            yield Flaw("1.3", _proved_by_credits_alone(plan.lines, outcome), stops=False)
    proving = frozenset[int]().union(*(outcome.proved_by for outcome in plan.outcomes))
    for place, line in enumerate(plan.lines, 1):
        if place not in proving and not line.is_final:
            yield Flaw("1.3", f"«{line.title}» не доказывает ни одного результата.", stops=False)


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """True when what is valid from the first of these days to the last holds on the legal `day`, both included (п. 2.3).

    Of the editions of one scale no two share a day, so one holds on it or none does; without a last day it holds on.
    """
    return valid_from <= day and (valid_to is None or day <= valid_to)
