"""What learners have to show when they come from another plan, and what the draft says counts there (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zachetka.learning.equivalence_rules import Choices, Chosen, Earlier, Key, Line, Norms, counts_as, normal, unfit
from zachetka.learning.models import Carried, Enrolment, Equivalence, Mark
from zachetka.learning.queries.carrying import Carrying, continuing
from zachetka.learning.queries.excuses import excuses_of
from zachetka.learning.queries.last_marks import IN_TURN
from zachetka.learning.rules import Excused, Tried, counted
from zachetka.programs.models import Grade, Module, ResultModule
from zachetka.programs.queries import least_share

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from zachetka.learning.models import Order


@dataclass(frozen=True)
class Shown:
    """What one learner has to show.

    Attributes:
        earlier: every module with results, of the book that ends first, then what was left behind in those before.
        results: by what a choice names, the marks in force of it, oldest first.
        excused: days with a good reason, of every book.
    """

    earlier: tuple[Earlier, ...]
    results: Mapping[Key, Sequence[Mark]]
    excused: Sequence[Excused]


@dataclass(frozen=True)
class Matching:
    """The two plans of an order, and what each of its people has to show.

    Attributes:
        targets: the plan of the target cohort, final attestation too.
        editions: by scale of these, the edition in force on the day of issue.
        shown: by enrolment.
        said: by learner, what the draft says; of whom it says nothing yet there is no line.
    """

    targets: tuple[Line, ...]
    norms: Norms
    editions: Mapping[int, int]
    shown: Mapping[int, Shown]
    said: Mapping[int, Choices]


def matching_of(order: Order, people: Sequence[Enrolment], *, day: date) -> Matching:
    """Return what `people` of an order of transfer to another plan have to show; at most ten queries.

    Args:
        order: read with both cohorts.
        people: read with their people.
        day: by whose norms it is judged: of the issue, until then today.
    """
    assert order.target is not None  # noqa: S101 - of a transfer, by its constraint
    chain = continuing(people)
    books = _books(chain, people)
    version = order.target.program_version_id
    lines = _lines({version, *(book.cohort.program_version_id for book in books.values())})
    targets = tuple(one for key, (of, one) in lines.items() if of == version)
    marks = _marks(books)
    into = _carried_into(books)
    reasons = excuses_of([one.pk for one in people], chain)
    shown = {
        one.pk: _shown(
            [*sorted({one.pk, *chain.sources.get(one.pk, ())}, reverse=True)],
            books,
            lines,
            marks,
            into,
            reasons[one.pk],
        )
        for one in people
    }
    values = values_on({one.scale for one in targets}, day)
    return Matching(
        targets=targets,
        norms=Norms(least_share(day), values),
        editions={scale: grades[0].version_id for scale, grades in values.items()},
        shown=shown,
        said=said_of(order, targets),
    )


def values_on(scales: Iterable[int], day: date) -> dict[int, list[Grade]]:
    """Return by scale the grades of the edition that is in force on `day`; one query."""
    found: defaultdict[int, list[Grade]] = defaultdict(list)
    rows = Grade.objects.filter(version__scale__in=set(scales)).select_related("version").order_by("ordinal", "pk")
    for grade in rows:
        if grade.version.holds_on(day):
            found[grade.version.scale_id].append(grade)
    return dict(found)


def said_of(order: Order, targets: Iterable[Line]) -> dict[int, Choices]:
    """Return by learner what the draft says of each of `targets`, the newest row of each; one query."""
    wanted = {one.key for one in targets if not one.is_final}
    found: defaultdict[int, dict[int, Chosen | None]] = defaultdict(dict)
    for row in Equivalence.objects.filter(order=order, module__in=wanted).order_by("pk"):
        told = None if row.source_id is None or row.origin_id is None else (row.source_id, row.origin_id)
        found[row.learner_id][row.module_id] = Chosen(told, row.is_shared) if told else None
    return {learner: choices for learner, choices in found.items() if choices.keys() == wanted}


def unsaid_in(order: Order) -> list[Enrolment]:
    """Return the record books that a transfer to another plan ends and of whose modules its draft does not say yet; three queries."""
    assert order.target is not None  # noqa: S101 - of a transfer, by its constraint
    rows = Module.objects.filter(version=order.target.program_version_id).exclude(sort=Module.Sort.FINAL)
    wanted = set(rows.values_list("pk", flat=True))
    said: defaultdict[int, set[int]] = defaultdict(set)
    for learner, module in Equivalence.objects.filter(order=order).values_list("learner_id", "module_id"):
        said[learner].add(module)
    return [one for one in movers_of(order) if not wanted <= said[one.learner_id]]


def movers_of(order: Order) -> list[Enrolment]:
    """Return the record books that an order of transfer ends, in the order of a list; one query."""
    rows = Enrolment.objects.filter(cohort=order.cohort_id, learner__order_lines__order=order.pk)
    rows = rows.exclude(state=Enrolment.State.MOVED).select_related("learner__person", "study_plan")
    return list(rows.order_by("learner__person__sort_key", "pk"))


def is_within_a_plan(order: Order) -> bool:
    """True of a transfer whose two cohorts learn by one version of a programme; `order` is read with both."""
    return order.target is not None and order.target.program_version_id == order.cohort.program_version_id


def _books(chain: Carrying, people: Sequence[Enrolment]) -> dict[int, Enrolment]:
    rows = Enrolment.objects.filter(pk__in=chain.with_sources(one.pk for one in people)).select_related("cohort")
    return {book.pk: book for book in rows}


def _lines(versions: Iterable[int]) -> dict[int, tuple[int, Line]]:
    """Return every module of these plans with its version, in the order of the plan; two queries."""
    results: defaultdict[int, set[str]] = defaultdict(set)
    linked = ResultModule.objects.filter(module__version__in=set(versions))
    for module, text in linked.values_list("module_id", "plannedresult__text"):
        results[module].add(normal(text))
    rows = Module.objects.filter(version__in=set(versions)).select_related("scale", "version")
    return {
        one.pk: (
            one.version_id,
            _line(one, results[one.pk]),
        )
        for one in rows.order_by("version", "ordinal")
    }


def _line(one: Module, results: Iterable[str] = ()) -> Line:
    return Line(
        key=one.pk,
        program=one.version.program_id,
        title=one.title,
        hours=one.hours,
        control=one.control,
        control_words=one.get_control_display(),
        scale=one.scale_id,
        scale_words=one.scale.name,
        results=frozenset(results),
        is_final=one.sort == Module.Sort.FINAL,
    )


def why_carried_may_not_pass(mark: Mark, grade: Grade, score: Decimal | None) -> str:
    """Return why `mark`, carried to another plan, may not be corrected to `grade`; "" when it may.

    Whatever it becomes is read through the edition of the transfer. A debt went along unjudged by hours and control, so it becomes no
    credit unjudged. `learning_carried_mark_may_pass` holds the same.
    """
    begins = grade.is_passing and not (mark.grade and mark.grade.is_passing)
    found = Carried.objects.filter(source=mark.enrolment_id, origin=mark.sheet.module_id).select_related(
        "module__version", "module__scale", "origin__version", "origin__scale", "enrolment__enrolment_order",
        "enrolment__continues__cohort",
    )  # fmt: skip
    rows = list(found.order_by("pk"))
    for row in rows:
        target, origin, before = _line(row.module), _line(row.origin), row.enrolment.continues
        values = Grade.objects.filter(version=row.edition_id).order_by("ordinal", "pk") if row.edition_id else ()
        flaw = ""
        if row.edition_id and counts_as(grade, score, list(values)) is None:
            flaw = f"«{grade.label}» не переводится в шкалу «{target.scale_words}»."
        elif begins and before is not None and before.cohort.program_version_id != row.module.version_id:
            beside = sum(o.module.hours for o in rows if o.enrolment_id == row.enrolment_id and o.pk != row.pk)
            by_order = row.enrolment.enrolment_order
            flaw = unfit(target, origin, least_share(by_order.order_date or by_order.effective_on), beside=beside)
        if flaw:
            return (
                f"Результат перенесён в книжку № {row.enrolment}, «{target.title}», и зачесть его там нельзя: {flaw} "
                "Назначьте слушателю пересдачу в ведомости новой группы."
            )
    return ""


def _marks(books: Iterable[int]) -> dict[Key, list[Mark]]:
    found: defaultdict[Key, list[Mark]] = defaultdict(list)
    marks = Mark.objects.in_force().filter(enrolment__in=list(books), grade__isnull=False)
    for mark in marks.select_related("grade", "sheet__module", "enrolment").order_by("enrolment_id", *IN_TURN):
        found[mark.enrolment_id, mark.sheet.module_id].append(mark)
    return dict(found)


def _carried_into(books: Iterable[int]) -> dict[Key, list[Key]]:
    found: defaultdict[Key, list[Key]] = defaultdict(list)
    rows = Carried.objects.filter(enrolment__in=list(books)).order_by("source_id", "pk")
    for book, module, source, origin in rows.values_list("enrolment_id", "module_id", "source_id", "origin_id"):
        found[book, module].append((source, origin))
    return dict(found)


def _shown(
    chain: Sequence[int],
    books: Mapping[int, Enrolment],
    lines: Mapping[int, tuple[int, Line]],
    marks: Mapping[Key, Sequence[Mark]],
    into: Mapping[Key, Sequence[Key]],
    excused: Sequence[Excused],
) -> Shown:
    """Gather what counts in one line of a book, the newest book first; what went into a line of a later book is told there."""
    told: set[Key] = set()
    earlier: list[Earlier] = []
    results: dict[Key, list[Mark]] = {}
    for book in chain:
        for key, (version, line) in lines.items():
            if version != books[book].cohort.program_version_id or line.is_final or (book, key) in told:
                continue
            parts = [*into.get((book, key), ()), (book, key)]
            told.update(parts)
            of = [mark for part in parts for mark in marks.get(part, ())]
            if of:
                results[book, key] = of
                earlier.append(
                    _earlier(books[book], line, of, lines, excused, parts=[part for part in parts if part in marks])
                )
    return Shown(tuple(earlier), results, excused)


def _earlier(
    book: Enrolment,
    line: Line,
    marks: Sequence[Mark],
    lines: Mapping[int, tuple[int, Line]],
    excused: Sequence[Excused],
    *,
    parts: Sequence[Key],
) -> Earlier:
    how = counted([_tried(mark) for mark in marks], excused)
    last = marks[how.result or 0]
    assert last.grade is not None  # noqa: S101 - only graded marks are read
    each = dict.fromkeys([line.key, *(mark.sheet.module_id for mark in marks)])
    return Earlier(
        source=book.pk,
        book=str(book),
        line=line,
        lines=tuple(lines[key][1] for key in each),
        counted=lines[last.sheet.module_id][1],
        grade=last.grade,
        score=last.score,
        parts=tuple(parts),
        counted_in=last.enrolment_id,
        others=tuple(
            (mark.sheet.module.scale_id, mark.grade, mark.score) for mark in marks if mark.grade and mark is not last
        ),
        is_excused=how.is_put_off,
    )


def _tried(mark: Mark) -> Tried:
    return Tried(mark.held_on, bool(mark.grade and mark.grade.is_passing), bool(mark.grade and mark.grade.is_absence))
