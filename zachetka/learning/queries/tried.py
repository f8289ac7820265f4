"""Attempts as the rules of debts see them, each read through the edition by which it counts where it does (п. 2.3; 273-ФЗ ст. 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q

from zachetka.core.composed import Composed, Given
from zachetka.learning.equivalence_rules import counts_as
from zachetka.learning.models import Mark
from zachetka.learning.queries.carrying import Carrying
from zachetka.learning.queries.last_marks import IN_TURN, SETTLED, lapse
from zachetka.learning.rules import Tried
from zachetka.programs.models import Grade

_COLUMNS: Final = (
    "enrolment_id", "sheet__module_id", "held_on", "score", "grade_id", "grade__is_passing", "grade__is_absence",
    "grade__label", "lapsed_on", "is_settled",
)  # fmt: skip
_IN_BOOKS: Final = Composed(
    lambda: (
        Mark.objects.in_force()
        .filter(enrolment__id__any=Given("enrolments"), grade__isnull=False)
        .annotate(lapsed_on=lapse(), is_settled=ExpressionWrapper(SETTLED, output_field=BooleanField()))
        .order_by("enrolment_id", *IN_TURN)
        .values_list(*_COLUMNS)
    )
)
_IN_MODULES: Final = Composed(
    lambda: (
        Mark.objects.in_force()
        .filter(enrolment__id__any=Given("enrolments"), sheet__module__id__any=Given("modules"), grade__isnull=False)
        .annotate(lapsed_on=lapse(), is_settled=ExpressionWrapper(SETTLED, output_field=BooleanField()))
        .order_by("enrolment_id", *IN_TURN)
        .values_list(*_COLUMNS)
    )
)
_GRADES: Final = Composed(
    lambda: Grade.objects.filter(Q(version__id__any=Given("editions")) | Q(pk__any=Given("grades"))).order_by(
        "version", "ordinal", "pk"
    )
)


class Counted(NamedTuple):
    """An attempt where it counts: in the record book `enrolment` as `module`, and how the grade is called there.

    Attributes:
        is_settled: nobody types it anew: its sheet is closed, or the learner has left its group.
    """

    enrolment: int
    module: int
    tried: Tried
    label: str
    is_settled: bool


def tried_in(
    people: Mapping[int, object], carried: Carrying, modules: Iterable[int] | None = None
) -> Iterator[Counted]:
    """Yield every attempt that counts in one of the record books `people`, those of a book in their order.

    One query, one more where marks of another scale count. A mark that the edition of its transfer does not know counts as nothing.

    Args:
        people: record books.
        carried: what was carried into them.
        modules: of their plans; None for all.
    """
    books = carried.with_sources(people)
    if modules is None:
        rows = _IN_BOOKS(enrolments=books)
    else:
        rows = _IN_MODULES(enrolments=books, modules=carried.with_origins(modules))
    grades, values = _grades(carried, {row[4] for row in rows})
    for enrolment, line, held_on, score, grade, passes, is_absence, label, lapsed_on, is_settled in rows:
        for book, module in carried.places(enrolment, line, people):
            edition = carried.editions.get((enrolment, line, book, module))
            if edition is None:
                yield Counted(book, module, Tried(held_on, passes, is_absence, lapsed_on), label, is_settled)
            elif there := counts_as(grades[grade], score, values[edition]):
                read = Tried(held_on, there.is_passing, there.is_absence, lapsed_on)
                yield Counted(book, module, read, there.label, is_settled)


def _grades(carried: Carrying, used: Iterable[int]) -> tuple[dict[int, Grade], Mapping[int, list[Grade]]]:
    """Return grades by key, and those of the editions of `carried` by edition; no query where there are none."""
    found: dict[int, Grade] = {}
    values: defaultdict[int, list[Grade]] = defaultdict(list)
    editions = sorted(set(carried.editions.values()))
    for one in _GRADES(editions=editions, grades=sorted(used)) if editions else ():
        found[one.pk] = one
        values[one.version_id].append(one)
    return found, values
