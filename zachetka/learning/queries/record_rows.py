"""The rows that a record book is read from: six queries, whatever its length (п. 2.5).

Nothing here depends on the moment shown: the same rows are read as of today and as of any past day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim, TruncDate

from zachetka.access.guard import Scopes, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.composed import Asked, Composed, Given, together
from zachetka.learning.models import (
    Award,
    Carried,
    Correction,
    Enrolment,
    Excuse,
    Mark,
    MarkSheet,
    SheetMember,
    StudyPlan,
)
from zachetka.learning.queries.awards import AWARDS_OF
from zachetka.learning.queries.excuses import ALL_OF
from zachetka.learning.queries.record_carried import carried_into, chain_of, counting, grades_of, lines_counting
from zachetka.learning.queries.record_events import Appointed, Seal, events_of
from zachetka.learning.queries.study_plans import plans_of
from zachetka.ledger.agreement import differing, name_of
from zachetka.people.models import Employee, Person, PersonName
from zachetka.programs.models import Grade, Module
from zachetka.rendering.forms.mentions import Name

if TYPE_CHECKING:
    from zachetka.access.models import Account

LEAST_COMPANY: Final = 5
"""Learners with a mark below which the group's average would tell the marks of the others."""


class Names:
    """The names that people had, by the day they held and the moment they became known."""

    def __init__(self, kept: Iterable[PersonName], teachers: Mapping[int, int] | None = None) -> None:
        self._kept: dict[int, list[PersonName]] = defaultdict(list)
        for name in sorted(kept, key=lambda name: (name.valid_from, name.pk)):
            self._kept[name.person_id].append(name)
        self._teachers = teachers or {}

    def record_of(self, person_id: int, day: date, *, known_at: datetime) -> PersonName | None:
        """Return the record of the name on the legal `day` as it was known at `known_at`; None when none is kept."""
        kept = self._kept[person_id]
        known = [name for name in kept if name.recorded_at <= known_at]
        held = [name for name in known if name.valid_from <= day]
        return next(iter(held[-1:] or known[:1] or kept[:1]), None)

    def of(self, person_id: int, day: date, *, known_at: datetime) -> Name:
        """Return the name itself; without a kept record, the present one."""
        found = self.record_of(person_id, day, known_at=known_at) or Person.objects.get(pk=person_id)
        return Name(found.last_name, found.first_name, found.patronymic)

    def teacher(self, employee_id: int, day: date, *, known_at: datetime) -> Name:
        """Return the name of an employee, likewise."""
        return self.of(self.person_of(employee_id), day, known_at=known_at)

    def person_of(self, employee_id: int) -> int:
        """Return whose position it is."""
        known = self._teachers.get(employee_id)
        return known if known is not None else Employee.objects.values_list("person_id", flat=True).get(pk=employee_id)


_NAMES: Final = Composed(lambda: PersonName.objects.filter(person__id__any=Given("people")))


def names_of(person_id: int, teachers: Mapping[int, int]) -> Names:
    """Read the names of a learner and of teachers (employee → person); one query, no row of a person."""
    return Names(_NAMES(people=[person_id, *set(teachers.values())]), teachers)


def names_of_all(people: Iterable[int]) -> Names:
    """Read the names of many people at once; one query."""
    return Names(_NAMES(people=list(people)))


@dataclass(frozen=True)
class Rows:
    """Everything the book of one enrolment is made of.

    Attributes:
        marks: every mark ever written, superseded ones too, oldest first.
        seals: by mark.
        opened: by sheet, the moment it was opened.
        reopened: by sheet, from when until when it was open again; None: it still is.
        changed: by sheet, the moments at which it passed to another teacher or day, each with what stood before it.
        correctable: marks that the reader may propose to correct.
        awaited: marks whose correction waits for the second person.
        excuses: every row about good reasons, those taken back too.
        damaged: marks that are not what the ledger committed to: changed past the system.
        plans: individual plans that orders have set, oldest first.
        awards: every row about encouragements, those taken back too.
        carried: what a transfer carried here from earlier books; their sheets and marks stand among the others, before them.
        editions: by edition of a scale, the grades through which carried marks of another scale are read.
    """

    enrolment: Enrolment
    modules: list[Module]
    sheets: list[MarkSheet]
    marks: list[Mark]
    names: Names
    seals: Mapping[int, Seal]
    opened: Mapping[int, datetime]
    reopened: Mapping[int, Sequence[tuple[datetime, datetime | None]]]
    changed: Mapping[int, Sequence[tuple[datetime, Appointed]]]
    correctable: frozenset[int]
    awaited: frozenset[int]
    excuses: Sequence[Excuse]
    damaged: frozenset[int]
    plans: Sequence[StudyPlan] = ()
    awards: Sequence[Award] = ()
    carried: Sequence[Carried] = ()
    editions: Mapping[int, Sequence[Grade]] = field(default_factory=dict)

    @cached_property
    def counted_in(self) -> Mapping[tuple[int, int], Sequence[Carried]]:
        """By earlier book and module of its plan, where its results count."""
        return lines_counting(self.carried)

    @cached_property
    def lines_of(self) -> Mapping[int, Sequence[int]]:
        """By sheet with a mark of an earlier book, the modules of the plan in which it counts."""
        own = self.enrolment.pk
        earlier = {
            (mark.sheet_id, mark.enrolment_id, mark.sheet.module_id) for mark in self.marks if mark.enrolment_id != own
        }
        return {sheet: [one.module_id for one in self.counted_in[book, module]] for sheet, book, module in earlier}

    def carried_as(self, mark: Mark, module: int) -> Carried | None:
        """Return by which row `mark` of an earlier book counts in `module`; None for a mark of this one."""
        rows = self.counted_in.get((mark.enrolment_id, mark.sheet.module_id), ())
        return next((one for one in rows if one.module_id == module), None)


PAPERS: Final = (
    "learner__person",
    "cohort__program_version__program",
    "enrolment_order",
    "admission_order",
    "withdrawal_order",
    "continues__cohort",
    "continued_by",
)
"""What an enrolment is read with, so that its book asks nothing more about it."""


_MODULES: Final = Composed(
    lambda: Module.objects.filter(version_id=Given("version")).select_related("scale").order_by("ordinal")
)


def modules_of(version_id: int) -> list[Module]:
    """Return the plan of a version of a programme in its order; one query."""
    return _MODULES(version=version_id)


_TEACHER: Final = F("teacher__person_id")
_SHEETS: Final = Composed(
    lambda: (
        MarkSheet.objects.filter(cohort__id__any=Given("cohorts"))
        .annotate(
            teacher_person=_TEACHER,
            names_me=Exists(SheetMember.objects.filter(sheet=OuterRef("pk"), enrolment__id__any=Given("enrolments"))),
        )
        .order_by("attempt", "serial")
    )
)


def rows_of(enrolment: Enrolment, reader: Account | None = None) -> Rows:
    """Read the rows of `enrolment`, which came with `PAPERS`; seven queries, two more when it has individual plans, two more when it goes on from
    another book, another when marks are read through another scale.

    Args:
        enrolment: read by `Enrolment.objects.select_related(*PAPERS)`.
        reader: whose right to correct marks is asked; None asks for nobody.
    """
    scopes = scopes_of(reader, Permission.CORRECTION_PROPOSE) if reader else ()
    carried = carried_into(enrolment)
    books = list(dict.fromkeys([enrolment.pk, *(one.source_id for one in carried)]))
    chain = chain_of(enrolment)
    modules, sheets, marks, excuses, awards = together(
        _MODULES.told(version=enrolment.cohort.program_version_id),
        _SHEETS.told(cohorts=[enrolment.cohort_id, *(one.source.cohort_id for one in carried)], enrolments=books),
        _marks_within(scopes).told(enrolments=books, person_uid=reader and reader.person_uid),
        ALL_OF.told(enrolments=chain),
        AWARDS_OF.told(enrolments=chain),
    )
    if carried:
        sheets, marks = counting(enrolment, carried, sheets, marks)
    _join(enrolment, carried, modules, sheets, marks)
    teachers = {row.teacher_id: row.teacher_person for rows in (sheets, marks) for row in rows}
    names = names_of(enrolment.learner.person_id, teachers)
    seals, opened, reopened, changed = events_of(marks, sheets)
    return Rows(
        enrolment=enrolment,
        modules=modules,
        sheets=sheets,
        marks=marks,
        names=names,
        seals=seals,
        opened=opened,
        reopened=reopened,
        changed=changed,
        correctable=frozenset(mark.pk for mark in marks if mark.may_correct),
        awaited=frozenset(mark.pk for mark in marks if mark.is_awaited),
        excuses=excuses,
        damaged=_damaged(marks),
        plans=plans_of(enrolment),
        awards=_of(enrolment, awards),
        carried=carried,
        editions=grades_of(carried),
    )


def _of(enrolment: Enrolment, awards: list[Award]) -> list[Award]:
    for award in awards:
        if award.enrolment_id == enrolment.pk:
            award.enrolment = enrolment
        else:
            award.enrolment.learner = enrolment.learner  # an earlier book of the same person
    return awards


def _damaged(marks: Iterable[Mark]) -> frozenset[int]:
    """Return the marks that say something else than their events; one query, so that no forged mark has a green shield."""
    wrong = differing({name_of(mark): mark for mark in marks})
    return frozenset(mark.pk for mark in marks if name_of(mark) in wrong) if wrong else frozenset()


def _join(
    enrolment: Enrolment,
    carried: Iterable[Carried],
    modules: Iterable[Module],
    sheets: Iterable[MarkSheet],
    marks: Iterable[Mark],
) -> None:
    """Point the rows at one another, so that a walk «mark → sheet → module» asks the database nothing."""
    carried = list(carried)
    module_of = {one.origin_id: one.origin for one in carried} | {module.pk: module for module in modules}
    book_of = {one.source_id: one.source for one in carried} | {enrolment.pk: enrolment}
    cohort_of = {one.cohort_id: one.cohort for one in book_of.values()}
    for one in carried:
        one.module = module_of[one.module_id]
    for sheet in sheets:
        sheet.cohort, sheet.module = cohort_of[sheet.cohort_id], module_of[sheet.module_id]
    sheet_of = {sheet.pk: sheet for sheet in sheets}
    for mark in marks:
        mark.enrolment, mark.sheet = book_of[mark.enrolment_id], sheet_of[mark.sheet_id]


@cache
def _marks_within(scopes: Scopes) -> Composed[Mark]:
    """Compose the marks of an enrolment, with the right of a reader with such `scopes` to correct each."""
    return Composed(
        lambda: (
            Mark.objects.filter(enrolment__id__any=Given("enrolments"))
            .select_related("grade")
            .annotate(
                teacher_person=_TEACHER,
                entered_by=_signed("recorded_by"),
                seconded_by=_signed("confirmed_by"),
                reopened_by=_signed("reopening__decided_by"),
                may_correct=ExpressionWrapper(reach(scopes, Mark), output_field=BooleanField()),
                is_awaited=Exists(Correction.objects.waiting().filter(mark=OuterRef("pk"))),
            )
            .order_by("recorded_at", "pk")
        )
    )


def _signed(who: str) -> Coalesce:
    """How the holder of an account was named when they wrote, without reading the account (п. 2.1).

    A name that came later is not on the papers of that day; an account of nobody recorded is signed as lists show it.
    """
    moment = ExpressionWrapper(OuterRef("recorded_at"), DateTimeField())
    held = PersonName.objects.filter(
        person__uid=OuterRef(f"{who}__person_uid"),
        valid_from__lte=TruncDate(moment),
        recorded_at__lte=OuterRef("recorded_at"),
    ).order_by("-valid_from", "-pk")
    full = Trim(Concat("last_name", Value(" "), "first_name", Value(" "), "patronymic"))
    return Coalesce(
        Subquery(held.values(full=full)[:1]), NullIf(F(f"{who}__display_name"), Value("")), F(f"{who}__login")
    )


_COHORT_AVERAGE: Final = """
WITH closing AS (
    SELECT max(sheet.closed_at) AS at FROM learning_marksheet sheet JOIN programs_module module ON module.id = sheet.module_id
    WHERE sheet.cohort_id = %s AND sheet.attempt = 1 AND sheet.serial = 1 AND module.sort <> 'final'
    HAVING bool_and(sheet.closed_at IS NOT NULL AND sheet.closed_at <= %s)
)
SELECT avg(points), count(DISTINCT enrolment_id) FROM (
    SELECT DISTINCT ON (mark.enrolment_id, sheet.module_id) mark.enrolment_id, grade.points
    FROM closing
    JOIN learning_marksheet sheet ON sheet.cohort_id = %s
    JOIN learning_mark mark ON mark.sheet_id = sheet.id AND mark.recorded_at <= closing.at
    JOIN programs_module module ON module.id = sheet.module_id
    JOIN programs_grade grade ON grade.id = mark.grade_id
    WHERE module.sort <> 'final' AND NOT EXISTS (
        SELECT FROM learning_mark later WHERE later.supersedes_id = mark.id AND later.recorded_at <= closing.at)
    ORDER BY mark.enrolment_id, sheet.module_id, sheet.attempt DESC, sheet.serial DESC
) last WHERE points IS NOT NULL
"""


def cohort_average(cohort_id: int, at: datetime) -> Decimal | None:
    """Return the mean of the group's marks at the closing of its last first sheet, one place; None where it would tell a mark.

    It is told once every first sheet had been closed by `at`, and of a company that is not small. It is one figure, which
    no later resit, correction or reopening moves: the difference of two figures would be the mark of the one classmate who
    sat or was corrected between them, and neither a large group nor rounding hides that in its first module. The same
    marks are counted as for one learner: final attestation apart, «зачтено» has no points.
    """
    asked: Asked[Any] = Asked(_COHORT_AVERAGE, (cohort_id, at, cohort_id))
    ((mean, company),) = asked.rows()
    if mean is None or company < LEAST_COMPANY:
        return None
    return Decimal(mean).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
