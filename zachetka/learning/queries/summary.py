"""The summary sheet of a cohort: everybody by everything, as of any past moment, in nine queries (п. 2.2, 2.5).

The same marks count as in the record book of each: a test compares the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from zachetka.core.clock import legal_date
from zachetka.core.russian import Gender, Noun, counted, full_name
from zachetka.core.text import sort_key
from zachetka.learning.models import Cohort, Enrolment, Order, PlanLine
from zachetka.learning.queries.last_marks import LastMark, carried_marks, last_marks
from zachetka.learning.queries.record_book import state_made_by
from zachetka.learning.queries.record_rows import Names, modules_of, names_of_all
from zachetka.learning.queries.study_plans import own_lines_at
from zachetka.learning.rules import GOOD_POINTS, Rates, average, rates
from zachetka.programs.models import Grade, Module

State = Enrolment.State
MARK: Final = Noun("оценка", "оценки", "оценок", Gender.FEMININE)
LEFT: Final = frozenset({State.COMPLETED, State.WITHDRAWN, State.MOVED})
MOVES: Final = {State.COMPLETED: "обучение завершено", State.WITHDRAWN: "отчисление", State.MOVED: "перевод"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark in its place of the sheet."""

    mark: LastMark
    grade: Grade

    @property
    def is_debt(self) -> bool:
        """It does not pass and is no absence for a good reason (273-ФЗ ст. 58 ч. 2)."""
        return not self.grade.is_passing and not self.mark.is_excused


@dataclass(frozen=True)
class Line:
    """A learner as a row.

    Attributes:
        number: of the record book.
        name: as it was on the day shown.
        state: what the orders issued by then had made of the enrolment.
        cells: by module, None where there is no mark.
        is_final: by module, True for final attestation, which makes neither debts nor the average.
        out: by place, the modules that an individual plan leaves out, with how it does (273-ФЗ ст. 34 ч. 1 п. 3).
    """

    enrolment_id: int
    number: str
    name: str
    state: str
    cells: tuple[Cell | None, ...]
    is_final: tuple[bool, ...]
    out: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def before_final(self) -> list[Cell | None]:
        """The plan that the learner takes, without final attestation."""
        rows = enumerate(zip(self.cells, self.is_final, strict=True))
        return [cell for place, (cell, final) in rows if not final and place not in self.out]

    @cached_property
    def points(self) -> list[int]:
        """What goes into the average."""
        return [cell.grade.points for cell in self.before_final if cell and cell.grade.points is not None]

    @cached_property
    def average(self) -> Decimal | None:
        """The mean of marks with points; None when there are none."""
        return average(self.points)

    @cached_property
    def debts(self) -> int:
        """Lines of the plan whose last mark does not pass (273-ФЗ ст. 58 ч. 2)."""
        return sum(cell is not None and cell.is_debt for cell in self.before_final)

    @cached_property
    def missing(self) -> int:
        """Lines of the plan without a mark."""
        return sum(cell is None or cell.mark.is_excused for cell in self.before_final)

    @property
    def counts(self) -> bool:
        """True of whoever did not leave before the end: the figures of the group are of them."""
        return self.state not in {State.WITHDRAWN, State.MOVED}

    @property
    def is_good(self) -> bool:
        """«Хорошо» and «отлично» only, and no debt."""
        return bool(self.points) and not self.debts and min(self.points) >= GOOD_POINTS

    @property
    def standing(self) -> str:
        """What stands under «Допуск»: no gender is guessed."""
        if self.state in LEFT:
            return MOVES[State(self.state)]
        if self.state == State.ADMITTED:
            return "есть"
        if self.debts:
            return "долг"
        return f"нет {counted(self.missing, _OF_MARKS)}" if self.missing else "план выполнен"


_OF_MARKS: Final = Noun("оценки", "оценок", "оценок", Gender.FEMININE)
"""After «нет»: нет 1 оценки, нет 3 оценок."""


@dataclass(frozen=True, slots=True)
class Total:
    """What a column comes to: those who were withdrawn are not counted.

    Attributes:
        by_grade: how many have each grade, by its word.
    """

    module: Module
    average: Decimal | None
    rates: Rates
    by_grade: Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    """The sheet as it stood at `seen_at`.

    Attributes:
        grades: words of the grades that the scales of the programme know, the best first.
    """

    cohort: Cohort
    seen_at: datetime
    is_past: bool
    modules: tuple[Module, ...]
    lines: tuple[Line, ...]
    grades: tuple[Grade, ...]

    @property
    def day(self) -> date:
        """The legal day shown."""
        return legal_date(self.seen_at)

    @cached_property
    def counted(self) -> list[Line]:
        """Whom the figures of the group are of."""
        return [line for line in self.lines if line.counts]

    @cached_property
    def totals(self) -> tuple[Total, ...]:
        """The columns, in the order of the plan."""
        return tuple(self._total(place, module) for place, module in enumerate(self.modules))

    def _total(self, place: int, module: Module) -> Total:
        cells = [cell for line in self.counted if (cell := line.cells[place])]
        held = [cell.grade for cell in cells]
        return Total(
            module=module,
            average=average(grade.points for grade in held),
            rates=rates([cell.grade for cell in cells if not cell.mark.is_excused]),
            by_grade=Counter(grade.label for grade in held),
        )

    @cached_property
    def average(self) -> Decimal | None:
        """The mean of all marks of the group that have points."""
        return average(points for line in self.counted for points in line.points)

    @cached_property
    def rates(self) -> Rates:
        """How well the group did: of those who have a mark at all, who has no debt, who has only good marks."""
        marked = [line for line in self.counted if line.missing < len(line.before_final)]
        return Rates(
            whole=len(marked),
            passed=sum(not line.debts for line in marked),
            good=sum(line.is_good for line in marked),
            has_quality=any(line.points for line in marked),
        )

    @cached_property
    def debts(self) -> int:
        """Debts of everybody who is counted."""
        return sum(line.debts for line in self.counted)

    @cached_property
    def debtors(self) -> int:
        """How many have a debt."""
        return sum(bool(line.debts) for line in self.counted)

    @cached_property
    def admitted(self) -> int:
        """How many have been admitted to final attestation, or have come through it."""
        return sum(line.state in {State.ADMITTED, State.COMPLETED} for line in self.lines)

    @cached_property
    def by_grade(self) -> Mapping[str, int]:
        """How many marks of each grade the group has."""
        return sum((Counter(total.by_grade) for total in self.totals), Counter[str]())

    @cached_property
    def has_plans(self) -> bool:
        """Somebody has left a module out by an individual plan."""
        return any(line.out for line in self.lines)

    @cached_property
    def has_carried(self) -> bool:
        """Some mark stands in an earlier book and counts here by an order of transfer (273-ФЗ ст. 57)."""
        return any(mark.is_carried for mark in self.marks)

    @cached_property
    def preliminary(self) -> int:
        """Marks in sheets that were still open: each may be typed anew."""
        return sum(not mark.is_settled for mark in self.marks)

    @cached_property
    def marks(self) -> list[LastMark]:
        """Every mark shown."""
        return [cell.mark for line in self.lines for cell in line.cells if cell]


def summary_of(cohort: Cohort, *, at: datetime, seen_at: datetime | None = None) -> Summary:
    """Return the sheet of `cohort`, read with its programme, as it stood at `seen_at`; seven queries, eight with individual plans,
    nine where transfers have carried marks over.

    Args:
        cohort: read with `program_version__program`.
        at: the present moment.
        seen_at: the moment to show, not after `at`.
    """
    moment = seen_at or at
    modules = tuple(modules_of(cohort.program_version_id))
    grades = _grades(modules)
    marks = last_marks(cohort.pk, moment)
    known = {grade.pk: grade for grade in grades}
    lines = tuple(_lines(cohort, modules, marks, known, moment))
    return Summary(
        cohort=cohort,
        seen_at=moment,
        is_past=moment != at,
        modules=modules,
        lines=lines,
        grades=_of_each_word(grades),
    )


def _lines(
    cohort: Cohort,
    modules: Sequence[Module],
    marks: dict[tuple[int, int], LastMark],
    grades: Mapping[int, Grade],
    moment: datetime,
) -> list[Line]:
    found = list(
        Enrolment.objects.filter(cohort=cohort).values_list(
            "pk", "number", "learner__person_id", "enrolment_order_id", "admission_order_id", "withdrawal_order_id"
        )
    )
    orders = _issued({order for row in found for order in row[3:]}, moment)
    present = [row for row in found if row[3] in orders]
    names = names_of_all(row[2] for row in present)
    is_final = tuple(module.sort == Module.Sort.FINAL for module in modules)
    own = own_lines_at(cohort.pk, moment)
    if any(line.way == PlanLine.Way.CARRIED for lines in own.values() for line in lines.values()):
        marks = carried_marks(cohort.pk, moment) | marks
    places = {module.pk: place for place, module in enumerate(modules)}
    day = legal_date(moment)
    lines = [
        Line(
            enrolment_id=pk,
            number=number or "",
            name=_name(names, person, moment),
            state=state_made_by((orders[order] for order in about if order in orders), begun_by=about[0], day=day),
            cells=tuple(_cell(marks.get((pk, module.pk)), grades) for module in modules),
            is_final=is_final,
            out={places[line.module_id]: line.way for line in own[pk].values() if line.is_out},
        )
        for pk, number, person, *about in present
    ]
    return sorted(lines, key=lambda line: (sort_key(line.name), line.enrolment_id))


def _issued(orders: Iterable[int | None], moment: datetime) -> dict[int, Order]:
    issued = Order.objects.filter(pk__in=filter(None, orders), approved_at__lte=moment).only(
        "kind", "ground", "approved_at", "effective_on"
    )
    return {order.pk: order for order in issued}


def _name(names: Names, person: int, moment: datetime) -> str:
    name = names.of(person, legal_date(moment), known_at=moment)
    return full_name(name.surname, name.given, name.patronymic)


def _cell(mark: LastMark | None, grades: Mapping[int, Grade]) -> Cell | None:
    return Cell(mark, grades[mark.grade_id]) if mark else None


def _grades(modules: Iterable[Module]) -> list[Grade]:
    """Return every grade of every edition of the scales: a mark may be of an older one."""
    scales = {module.scale_id for module in modules}
    return list(
        Grade.objects.filter(version__scale__in=scales).order_by("-is_passing", "version__scale", "ordinal", "pk")
    )


def _of_each_word(grades: Iterable[Grade]) -> tuple[Grade, ...]:
    """Return one grade of each word: passing ones with points first, absence last."""
    each = {grade.label: grade for grade in reversed(list(grades))}
    return tuple(
        sorted(
            each.values(), key=lambda grade: (grade.is_absence, -(grade.points or 0), not grade.is_passing, grade.label)
        )
    )
