"""Which results of earlier record books count in a record book: what transfers have carried (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, QuerySet

from zachetka.core.composed import Composed, Given
from zachetka.learning.models import Carried, Enrolment, Mark, PlanLine
from zachetka.learning.queries.completeness import LAWFUL_STATES
from zachetka.programs.models import Module


@dataclass(frozen=True, slots=True)
class Carrying:
    """Whose results count where.

    Attributes:
        takers: (earlier book, module of its plan) → the books in which its results count, each with the module of that book.
        sources: book → the earlier books that it goes on from: their results and good reasons count in it.
        editions: (earlier book, module of its plan, book, module of that one) → through which edition marks of another scale are read.
    """

    takers: Mapping[tuple[int, int], Sequence[tuple[int, int]]] = field(default_factory=dict)
    sources: Mapping[int, set[int]] = field(default_factory=dict)
    editions: Mapping[tuple[int, int, int, int], int] = field(default_factory=dict)

    def with_sources(self, enrolments: Iterable[int]) -> list[int]:
        """Return `enrolments` and every book whose results count in one of them, each once."""
        own = list(enrolments)
        return list(dict.fromkeys([*own, *(one for pk in own for one in sorted(self.sources.get(pk, ())))]))

    def with_origins(self, modules: Iterable[int]) -> list[int]:
        """Return `modules` and those of earlier plans whose results count as one of them, each once."""
        own = dict.fromkeys(modules)
        return list(own | dict.fromkeys(at for (_, at), to in self.takers.items() if any(one in own for _, one in to)))

    def places(self, enrolment: int, module: int, among: Mapping[int, object]) -> list[tuple[int, int]]:
        """Return in which books of `among`, and there as which module, a result of `enrolment` in `module` counts: its own, and where it was carried."""
        return [one for one in ((enrolment, module), *self.takers.get((enrolment, module), ())) if one[0] in among]


NOTHING: Final = Carrying()


def books_before(enrolment: str | OuterRef) -> Func:
    """Return the expression «every book that `enrolment` goes on from», whether or not it has results."""
    book = F(enrolment) if isinstance(enrolment, str) else enrolment
    return Func(book, function="learning_books_before", output_field=ArrayField(BigIntegerField()))


_ROWS: Final = Composed(
    lambda: (
        Carried.objects.filter(enrolment__id__any=Given("enrolments"))
        .annotate(before=books_before("enrolment_id"))
        .values_list("enrolment_id", "source_id", "origin_id", "module_id", "edition_id", "before")
    )
)


def carrying(people: Iterable[Enrolment], own: Mapping[int, Mapping[int, PlanLine]]) -> Carrying:
    """Return what was carried into the books of `people`, whose lines of the plan in force `own` holds, and what they go on from.

    Good reasons go along whether or not a result did. One query where something was carried, one where nothing was and somebody was
    transferred, none of others.
    """
    taken = carrying_into(
        [pk for pk, lines in own.items() if any(line.way == PlanLine.Way.CARRIED for line in lines.values())]
    )
    bare = continuing(one for one in people if one.pk not in taken.sources)
    return replace(taken, sources={**taken.sources, **bare.sources}) if bare.sources else taken


def carrying_into(enrolments: Sequence[int]) -> Carrying:
    """Return what was carried into `enrolments`; one query, none of none."""
    if not enrolments:
        return NOTHING
    takers: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    sources: defaultdict[int, set[int]] = defaultdict(set)
    editions: dict[tuple[int, int, int, int], int] = {}
    for enrolment, source, origin, module, edition, before in _ROWS(enrolments=list(enrolments)):
        takers[source, origin].append((enrolment, module))
        sources[enrolment].update((source, *before))
        if edition is not None:
            editions[source, origin, enrolment, module] = edition
    return Carrying(dict(takers), dict(sources), editions)


def continuing(people: Iterable[Enrolment]) -> Carrying:
    """Return the earlier books of `people`, carried results or none; one query, none when nobody was transferred."""
    asked = [one.pk for one in people if one.continues_id is not None]
    if not asked:
        return NOTHING
    rows = Enrolment.objects.filter(pk__in=asked).annotate(before=books_before("pk")).values_list("pk", "before")
    return Carrying(sources={pk: set(before) for pk, before in rows})


def grade_there(edition: F | OuterRef | None = None) -> Func:
    """Return the expression «the grade that a carried mark counts as»: of another scale by its edition or none, else its own (п. 2.3)."""
    through = edition or F("enrolment__given_on__edition_id")
    return Func(F("grade_id"), through, F("score"), function="learning_reads_as", output_field=BigIntegerField())


def failing_carried() -> QuerySet[Carried]:
    """Return what whoever learns has carried along with a result that does not pass; final attestation is never carried."""
    failing = Mark.objects.in_force().filter(
        enrolment=OuterRef("source"), sheet__module=OuterRef("origin"), grade__is_passing=False
    )
    failing = failing.annotate(reads_as=grade_there(OuterRef("edition_id"))).filter(reads_as__isnull=False)
    return Carried.objects.filter(Exists(failing), enrolment__state__in=LAWFUL_STATES).exclude(
        module__sort=Module.Sort.FINAL
    )


def carried_marks() -> QuerySet[Any]:
    """Return marks in force once for each book into which they were carried, annotated with it as `taker`, with its cohort, the module and the grade."""
    rows = Mark.objects.in_force().filter(grade__isnull=False)
    rows = rows.annotate(
        taker=F("enrolment__given_on__enrolment_id"),
        taken=F("enrolment__given_on__module_id"),
        sat_as=F("enrolment__given_on__origin_id"),
        into=F("enrolment__given_on__enrolment__cohort_id"),
        counts_as=grade_there(),
    )
    return rows.filter(sheet__module_id=F("sat_as"), counts_as__isnull=False)  # type: ignore[misc] # annotated above
