"""What an order of an individual plan says: term, what is left out and why, what is taken apart (273-ФЗ ст. 34 ч. 1 п. 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from zachetka.core.russian import date_words, hours_in_words, hours_short
from zachetka.learning.models import PlanLine
from zachetka.learning.order_points import Point
from zachetka.programs.models.program import Kind

if TYPE_CHECKING:
    from datetime import date

    from zachetka.learning.models import Order, StudyPlan
    from zachetka.programs.models import ProgramVersion

BY_PROGRAM: Final = {
    Kind.PROFESSIONAL_DEVELOPMENT: "по программе повышения квалификации",
    Kind.PROFESSIONAL_RETRAINING: "по программе профессиональной переподготовки",
    Kind.VOCATIONAL_TRAINING: "по программе профессионального обучения",
    Kind.GENERAL_DEVELOPMENT: "по дополнительной общеразвивающей программе",
}
INTRODUCTIONS: Final = {
    PlanLine.Way.CREDITED: "Считать освоенным ранее и не изучать повторно (пункт 7 части 1 статьи 34)",
    PlanLine.Way.NEEDS: "Не изучать, исходя из образовательных потребностей обучающегося (пункт 23 статьи 2)",
}


def program_words(order: Order) -> str:
    """Return «по программе … «…» объёмом 252 часа»."""
    return version_words(order.cohort.program_version)


def version_words(version: ProgramVersion) -> str:
    """Return the same of a version of a programme."""
    by = BY_PROGRAM[Kind(version.program.kind)]
    return f"{by} «{version.title}» объёмом {hours_in_words(version.hours)}"


def pace(ends_on: date, group_ends_on: date) -> str:
    """Return how the term stands to that of the group: «ускоренное обучение», «с увеличением срока», «в срок группы»."""
    if ends_on == group_ends_on:
        return "в срок группы"
    return "ускоренное обучение" if ends_on < group_ends_on else "с увеличением срока обучения"


def first_point(order: Order, plan: StudyPlan | None) -> str:
    """Return the point that introduces the learner."""
    until = ""
    if plan is not None:
        until = f", срок обучения — по {date_words(plan.ends_on)} г. ({pace(plan.ends_on, order.cohort.ends_on)})"
    return (
        f"Перевести с {date_words(order.effective_on)} г. на обучение по индивидуальному учебному плану "
        f"{program_words(order)}, группа {order.cohort.code}{until}:"
    )


def points(plan: StudyPlan | None) -> Iterator[Point]:
    """Return the other points: what is left out, on which paper; what is sat apart, until when; the plan before this one."""
    if plan is None:
        return
    owner = plan.enrolment.learner_id
    lines = sorted(plan.lines.all(), key=lambda line: line.module.ordinal)
    for way, introduction in INTRODUCTIONS.items():
        for line in lines:
            if line.way == way:
                left = (
                    f"{introduction}: «{line.module.title}», {hours_short(line.module.hours)}. Документ: {line.basis}."
                )
                yield Point(left, owner)
    for line in lines:
        if line.held_by is not None:
            yield Point(f"Сдать отдельно от группы: «{line.module.title}» — до {date_words(line.held_by)} г.", owner)
    yield Point("Остальное изучать и сдавать с группой, в её сроки.")
    yield from _superseded(plan)


def _superseded(plan: StudyPlan) -> Iterator[Point]:
    before = plan.enrolment.study_plan
    if before is not None and before.pk != plan.pk:
        yield Point(
            f"Индивидуальный учебный план, установленный приказом № {before.order.number}, больше не применять."
        )
