"""The sheet of a cohort: every module across, every learner down, in a fixed number of queries (п. 2.2, 2.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Subquery, When

from zachetka.access.guard import Scopes, reach, scopes_of
from zachetka.access.policy import Permission, Scope
from zachetka.core.composed import Composed, Given, together
from zachetka.core.russian import decimal, surname_first
from zachetka.learning.models import Correction, Enrolment, Mark, MarkSheet, PlanLine, Reopening
from zachetka.learning.queries.carrying import carried_marks
from zachetka.learning.queries.completeness import LAWFUL_STATES, TO_LEAVE, members
from zachetka.learning.queries.excuses import absence_is_excused
from zachetka.learning.queries.last_marks import IN_TURN
from zachetka.learning.queries.study_plans import own_lines_by
from zachetka.learning.rules import Sat, average, which_counts
from zachetka.programs.models import Grade, Module

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import Cohort


@dataclass(slots=True)
class Column:
    """A sheet as a column.

    Attributes:
        is_ahead: its control has not been held yet.
        reopened_until: last day of the reopening by which it is open again, else None.
        is_over: that day has passed.
        may_fill, may_close, may_propose: what the reader may do in it by the policy; whoever opened it again neither fills nor
            closes it.
        grades: what may be typed.
        filled: how many of those who learn, or have finished since, have a mark.
        named: whom a resit names, by enrolment, or whom individual plans leave in the main sheet; None for everybody.
        not_admitted: who learns and has no admission to the final attestation that it is of.
        learning: how many have to have one: those who learn, and those who have finished with one.
        finished: how many of them have finished.
    """

    sheet: MarkSheet
    is_ahead: bool
    reopened_until: date | None
    is_over: bool
    may_fill: bool
    may_close: bool
    may_propose: bool
    grades: list[Grade]
    filled: int = 0
    named: frozenset[int] | None = None
    not_admitted: frozenset[int] = frozenset()
    learning: int = 0
    finished: int = 0

    @property
    def is_closed(self) -> bool:
        """Marks in it are only corrected."""
        return self.sheet.state == MarkSheet.State.CLOSED

    @property
    def is_open_to_me(self) -> bool:
        """The reader can type in it now."""
        return self.may_fill and not self.is_closed and not self.is_ahead and not self.is_over

    @property
    def is_scored(self) -> bool:
        """Points of a hundred are typed, and the scale converts them."""
        return any(grade.score_from is not None for grade in self.grades)


class Slot(NamedTuple):
    """A mark in its cell; a tuple, for there are two thousand of them on a page."""

    mark_id: int
    text: str
    is_debt: bool
    is_corrected: bool
    is_waiting: bool


@dataclass(slots=True)
class Line:
    """A learner as a row. `slots` stand in the order of the columns, None for an empty cell.

    Attributes:
        carried: by place, what a transfer carried from an earlier book: shown and never typed.
    """

    enrolment_id: int
    name: str
    state: str
    learns: bool
    is_admitted: bool
    has_finished: bool
    slots: list[Slot | None]
    plan_id: int | None
    started_on: date
    admitted_from: date | None = None
    average: str = ""
    debts: int = 0
    carried: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """What the page draws."""

    cohort: Cohort
    columns: list[Column]
    lines: list[Line]
    learning: int
    """How many of the lines still learn: the base of «внесено 13 из 28»."""
    is_partial: bool = False
    """The reader sees a part of the columns, so the averages and debts are of that part."""


@dataclass(slots=True)
class _Tally:
    """The attempts at each module in one line: module → (attempt and serial, points in the average, whether it counts)."""

    tried: defaultdict[int, list[tuple[tuple[int, int], int | None, Sat]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, module: int, attempt: tuple[int, int], points: int | None, *, passed: bool, excused: bool) -> None:
        """Take the mark in; marks come in any order."""
        self.tried[module].append((attempt, points, Sat(passed, excused)))

    def sums(self) -> tuple[str, int]:
        """Return the average as the page writes it («» when nothing is graded) and the number of debts."""
        counting = [which_counts(sorted(marks, key=itemgetter(0)), of=itemgetter(2)) for marks in self.tried.values()]
        mean = average(points for _attempt, points, _sat in counting)
        debts = sum(not (sat.passes or sat.is_excused) for _attempt, _points, sat in counting)
        return "" if mean is None else decimal(mean, 2), debts


def mark_text(symbol: str, score: Decimal | None) -> str:
    """Return what stands in the cell: the points where they were typed («72,5»), else the sign of the grade."""
    return symbol if score is None else decimal(score)


def sheet_of(cohort: Cohort, *, actor: Account, today: date) -> Grid:
    """Read of the sheet of `cohort` what `actor` may see: a teacher their own columns (п. 3.8). Nine queries, ten with plans,
    eleven where transfers have carried results over.

    Averages and debts are of the columns shown.
    """
    columns, grades = _columns(cohort, actor, today)
    place = {column.sheet.pk: at for at, column in enumerate(columns)}
    lines = {line.enrolment_id: line for line in _lines(cohort, len(columns), today)}
    own = _leave_out(columns, lines)
    waiting = set(Correction.objects.waiting().filter(mark__sheet__in=place).values_list("mark_id", flat=True))
    tallies: defaultdict[int, _Tally] = defaultdict(_Tally)
    for mark_id, sheet_id, enrolment_id, grade_id, score, reason, is_excused in (
        Mark.objects.in_force()
        .filter(sheet__in=place, grade__isnull=False)
        .annotate(is_excused=absence_is_excused())
        .values_list("pk", "sheet_id", "enrolment_id", "grade_id", "score", "reason", "is_excused")
        .order_by()
    ):
        column, line = columns[place[sheet_id]], lines[enrolment_id]
        grade = grades[grade_id]
        line.slots[place[sheet_id]] = Slot(
            mark_id,
            mark_text(grade.symbol, score),
            not (grade.is_passing or is_excused),
            bool(reason),
            mark_id in waiting,
        )
        column.filled += line.learns or line.has_finished
        column.finished += line.has_finished
        if column.sheet.module.sort == Module.Sort.FINAL:
            continue
        place_of = (column.sheet.attempt, column.sheet.serial)
        tallies[enrolment_id].add(
            column.sheet.module_id, place_of, grade.points, passed=grade.is_passing, excused=is_excused
        )
    if any(line.way == PlanLine.Way.CARRIED for of_one in own.values() for line in of_one.values()):
        _lay_carried(columns, lines, tallies, actor)
    for enrolment_id, tally in tallies.items():
        lines[enrolment_id].average, lines[enrolment_id].debts = tally.sums()
    learning = {line.enrolment_id for line in lines.values() if line.learns}
    for column in columns:
        present = learning if column.named is None else learning & column.named
        column.learning = len(present) + column.finished
    partial = all(scope is Scope.TAUGHT for scope, _unit in scopes_of(actor, Permission.SHEET_READ))
    return Grid(cohort, columns, list(lines.values()), len(learning), is_partial=partial)


def column_of(sheet: MarkSheet, *, actor: Account, today: date) -> Grid:
    """Read one column of the sheet, for the page that is a plain form."""
    grid = sheet_of(sheet.cohort, actor=actor, today=today)
    at = next(at for at, column in enumerate(grid.columns) if column.sheet.pk == sheet.pk)
    column = grid.columns[at]
    lines = [line for line in grid.lines if column.named is None or line.enrolment_id in column.named]
    for line in lines:
        line.slots = [line.slots[at]]
    return Grid(grid.cohort, [column], lines, column.learning)


def sums_of(enrolments: Iterable[int], *, actor: Account) -> dict[int, tuple[str, int]]:
    """Return enrolment → (average, debts) as the sheet of `actor` writes them; one query, to answer a keystroke."""
    tallies: dict[int, _Tally] = {pk: _Tally() for pk in enrolments}
    scopes = scopes_of(actor, Permission.SHEET_READ)
    told = {"enrolments": list(tallies), "person_uid": actor.person_uid}
    marks, carried = together(_marked(scopes).told(**told), _carried(scopes).told(**told))
    for enrolment, module, attempt, serial, _symbol, _score, points, passed, excused in carried:
        tallies[enrolment].add(module, (attempt, serial), points, passed=passed, excused=excused)
    superseded = {former for _, former, *_ in marks}
    for pk, _, enrolment, module, attempt, serial, points, passed, excused in marks:
        if pk not in superseded and passed is not None:
            tallies[enrolment].add(module, (attempt, serial), points, passed=passed, excused=excused)
    return {pk: tally.sums() for pk, tally in tallies.items()}


@cache
def _marked(scopes: Scopes) -> Composed[tuple[int, int | None, int, int, int, int, int | None, bool | None, bool]]:
    """Compose all marks of some learners that a reader of such `scopes` sees.

    The superseded ones too: to leave them out here would be to walk the index of all marks of the academy.
    """
    marks = Mark.objects.filter(reach(scopes, Mark), enrolment__id__any=Given("enrolments")).order_by()
    marks = marks.exclude(sheet__module__sort=Module.Sort.FINAL)  # neither debts nor the average are of it
    mark, grade = ("pk", "supersedes_id", "enrolment_id"), ("grade__points", "grade__is_passing")
    place = ("sheet__module_id", "sheet__attempt", "sheet__serial")
    return Composed(lambda: marks.annotate(excused=absence_is_excused()).values_list(*mark, *place, *grade, "excused"))


@cache
def _carried(scopes: Scopes) -> Composed[tuple[int, int, int, int, str, Decimal | None, int | None, bool, bool]]:
    """Compose what transfers have carried to some learners in the modules whose sheets a reader of such `scopes` sees."""
    seen = MarkSheet.objects.filter(reach(scopes, MarkSheet), cohort=OuterRef("into"), module=OuterRef("taken"))
    marks = carried_marks().filter(Exists(seen), taker__any=Given("enrolments")).order_by("enrolment_id", *IN_TURN)
    place = ("taken", "sheet__attempt", "sheet__serial")
    counted = Grade.objects.filter(pk=OuterRef("counts_as"))
    read = {
        "sign": Subquery(counted.values("symbol")),
        "worth": Subquery(counted.values("points")),
        "typed": Case(When(counts_as=F("grade_id"), then=F("score"))),
    }
    return Composed(
        lambda: marks.annotate(excused=absence_is_excused("taker"), **read).values_list(
            "taker", *place, "sign", "typed", "worth", "grade__is_passing", "excused"
        )
    )


def _lay_carried(
    columns: Iterable[Column], lines: Mapping[int, Line], tallies: Mapping[int, _Tally], actor: Account
) -> None:
    """Put what transfers have carried into the cells of the main sheets, and into the averages and debts; one query."""
    main = {column.sheet.module_id: at for at, column in enumerate(columns) if column.sheet.is_main}
    rows = _carried(scopes_of(actor, Permission.SHEET_READ))(enrolments=list(lines), person_uid=actor.person_uid)
    for enrolment, module, attempt, serial, symbol, score, points, passed, excused in rows:
        if module in main:
            lines[enrolment].carried[main[module]] = mark_text(symbol, score)
        tallies[enrolment].add(module, (attempt, serial), points, passed=passed, excused=excused)


# --- Pieces -----------------------------------------------------------------------------------------------------------

_RUNNING: Final = Reopening.objects.running().filter(sheet=OuterRef("pk"))
_ALLOWED: Final = (Permission.SHEET_FILL, Permission.SHEET_CLOSE, Permission.CORRECTION_PROPOSE)


def _columns(cohort: Cohort, actor: Account, today: date) -> tuple[list[Column], dict[int, Grade]]:
    """Return the columns, and every grade of every edition of their scales: a mark may be of an older one."""
    sheets = list(
        MarkSheet.objects.visible_to(actor)
        .held()
        .filter(cohort=cohort)
        .select_related("module", "teacher__person")
        .annotate(
            reopened_until=Subquery(_RUNNING.values("until")[:1]),
            is_opened_by_reader=Exists(_RUNNING.filter(decided_by_person=actor.person_uid)),
        )
        .order_by("module__ordinal", "attempt", "serial")
    )
    named: defaultdict[int, set[int]] = defaultdict(set)
    for sheet_id, enrolment_id in members().filter(sheet__in=sheets).values_list("sheet_id", "enrolment_id"):
        named[sheet_id].add(enrolment_id)
    fill, close, propose = (
        set(MarkSheet.objects.visible_to(actor, permission).filter(cohort=cohort).values_list("pk", flat=True))
        if actor.allowed(permission)
        else set()
        for permission in _ALLOWED
    )
    editions = _editions({sheet.module.scale_id for sheet in sheets})
    columns = [
        Column(
            sheet=sheet,
            is_ahead=sheet.held_on > today,
            reopened_until=until,
            is_over=until is not None and until < today,
            may_fill=sheet.pk in fill and not sheet.is_opened_by_reader,  # type: ignore[attr-defined] # annotated above
            may_close=sheet.pk in close and not sheet.is_opened_by_reader,  # type: ignore[attr-defined] # annotated above
            may_propose=sheet.pk in propose,
            grades=[one for one in editions[sheet.module.scale_id] if one.version.holds_on(sheet.held_on)],
            named=None if sheet.is_main else frozenset(named[sheet.pk]),
        )
        for sheet in sheets
        for until in [sheet.reopened_until]  # type: ignore[attr-defined] # annotated above
    ]
    return columns, {grade.pk: grade for edition in editions.values() for grade in edition}


def _leave_out(columns: Iterable[Column], lines: Mapping[int, Line]) -> Mapping[int, Mapping[int, PlanLine]]:
    """Take out of the main sheets whoever takes their module otherwise by an individual plan or came after the control, out
    of final attestation whoever is not admitted to it by its day; one query, none without plans.
    """
    own = own_lines_by({line.plan_id: pk for pk, line in lines.items() if line.plan_id is not None})
    otherwise: defaultdict[int, set[int]] = defaultdict(set)
    for enrolment, modules in own.items():
        for module in modules:
            otherwise[module].add(enrolment)
    late = {pk: line.started_on for pk, line in lines.items()}
    admitted = {pk: line.admitted_from for pk, line in lines.items() if line.learns}
    waiting = frozenset(pk for pk, line in lines.items() if line.learns and not line.is_admitted)
    for column in columns:
        if column.sheet.is_main:
            left = otherwise[column.sheet.module_id] | {pk for pk, day in late.items() if day > column.sheet.held_on}
            column.named = frozenset(lines.keys() - left) if left else None
        if column.sheet.module.sort == Module.Sort.FINAL:
            among = lines.keys() if column.named is None else column.named
            column.not_admitted = waiting & among
            later = {pk for pk, day in admitted.items() if day is not None and day > column.sheet.held_on}
            column.named = frozenset(among - waiting - later)
    return own


def _editions(scales: Iterable[int]) -> Mapping[int, list[Grade]]:
    found: defaultdict[int, list[Grade]] = defaultdict(list)
    rows = Grade.objects.filter(version__scale__in=scales).select_related("version")
    for grade in rows.order_by("ordinal"):
        found[grade.version.scale_id].append(grade)
    return found


def _lines(cohort: Cohort, width: int, today: date) -> list[Line]:
    rows = Enrolment.objects.filter(cohort=cohort).values_list(
        "pk",
        "state",
        "ended_on",
        "admission_order__effective_on",
        "study_plan_id",
        "started_on",
        "learner__person__last_name",
        "learner__person__first_name",
        "learner__person__patronymic",
    )
    return [
        Line(
            enrolment_id=pk,
            name=surname_first(last, first, patronymic),
            state=Enrolment.State(state).label,
            learns=state in LAWFUL_STATES or leaves,
            is_admitted=state == Enrolment.State.ADMITTED or (leaves and admitted is not None),
            has_finished=state == Enrolment.State.COMPLETED,
            slots=[None] * width,
            plan_id=plan,
            started_on=started,
            admitted_from=admitted,
        )
        for pk, state, ended, admitted, plan, started, last, first, patronymic in rows.order_by(
            "learner__person__sort_key", "pk"
        )
        for leaves in [state == TO_LEAVE and ended is not None and ended > today]
    ]
