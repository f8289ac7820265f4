"""Whether people may be enrolled in a cohort, and with which education document (273-ФЗ ст. 53, 76)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import QuerySet

from zachetka.core.composed import Composed, Given
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import Noun
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.refusal_words import OF_PEOPLE, PEOPLE, and_others
from zachetka.people.models import EducationDocument, Learner, Person, Upload
from zachetka.people.queries import found_by
from zachetka.people.review import entered
from zachetka.programs.models.program import NEEDS_EDUCATION

if TYPE_CHECKING:
    from zachetka.access.models import Account

LEVEL = EducationDocument.Level
ENOUGH: Final = (LEVEL.HIGHER, LEVEL.SECONDARY_VOCATIONAL)
"""Levels with which a person may be taught by further-education programmes, the higher first (273-ФЗ ст. 76 ч. 3)."""
LONGEST_KEY: Final = 19
FOUND: Final = 12
"""People shown for one search."""


class Fault(NamedTuple):
    """Why people cannot be enrolled.

    Attributes:
        clause: what it rests on.
        said: what follows the name of one person, {} being the cohort.
        others: what is said of the others who share it, {} being how many there are.
        noun: how they are counted in that sentence.
        mend: what to do about it.
    """

    clause: str
    said: str
    others: str
    noun: Noun
    mend: str


ALREADY_HERE: Final = Fault(
    clause="273-ФЗ ст. 53",
    said="уже в группе {}.",
    others="Ещё {} тоже уже в ней.",
    noun=PEOPLE,
    mend="Уберите из приказа.",
)
NO_EDUCATION: Final = Fault(
    clause="273-ФЗ ст. 76 ч. 3",
    said="нет среднего профессионального или высшего образования, и человек его не получает.",
    others="Ещё у {} его тоже нет.",
    noun=OF_PEOPLE,
    mend="Внесите документ об образовании в карточку или уберите из приказа.",
)


@dataclass(frozen=True, slots=True)
class Fitness:
    """What the academy knows about a person's way into a cohort.

    Attributes:
        education: the document that the enrolment rests on, or None.
        fault: why the person cannot be enrolled, or None.
        unfit: the same in Russian with what to do about it, or "".
        is_deferred: the document of this programme waits for the diploma of a student (273-ФЗ ст. 76 ч. 16).
    """

    education: EducationDocument | None
    fault: Fault | None = None
    unfit: str = ""
    is_deferred: bool = False


def fitness(cohort: Cohort, learners: Sequence[Learner]) -> dict[int, Fitness]:
    """Return the fitness of each of `learners`, by primary key; one query, their papers being prefetched."""
    kind = cohort.program_version.program.kind
    here = {key for (key,) in _HERE(cohort=cohort.pk, learners=[learner.pk for learner in learners])}
    return {learner.pk: _fitness(cohort, kind, learner, learner.pk in here) for learner in learners}


_HERE: Final = Composed(
    lambda: Enrolment.objects.filter(cohort_id=Given("cohort"), learner__pk__any=Given("learners")).values_list(
        "learner_id"
    )
)


def _fitness(cohort: Cohort, kind: str, learner: Learner, is_here: bool) -> Fitness:  # noqa: FBT001 - a fact of the pair
    papers = {paper.level: paper for paper in learner.person.education.all()}
    best = next((papers[level] for level in ENOUGH if level in papers), None)
    studying = papers.get(LEVEL.STUDENT)
    needs = kind in NEEDS_EDUCATION
    fault = ALREADY_HERE if is_here else NO_EDUCATION if needs and not (best or studying) else None
    if fault is not None:
        return Fitness(best, fault, f"{fault.said.format(cohort)} {fault.mend}")
    return Fitness(best or studying, is_deferred=needs and best is None)


def refuse_the_unfit(cohort: Cohort, learners: Sequence[Learner]) -> dict[int, Fitness]:
    """Pass when each of `learners` can be enrolled; return the fitness of each, as `fitness`.

    Raises:
        RuleViolation: somebody cannot; the first is named, those who share the fault are counted.
    """
    how = fitness(cohort, learners)
    for learner in learners:
        if fault := how[learner.pk].fault:
            more = and_others(sum(one.fault is fault for one in how.values()) - 1, fault.others, fault.noun)
            said = fault.said.format(cohort)
            raise RuleViolation(fault.clause, f"{learner.person.full_name}: {said}{more} {fault.mend}")
    return how


def with_papers(rows: QuerySet[Learner]) -> QuerySet[Learner]:
    """Read `rows` with all that `fitness` and a line of an order need, in the order of a list."""
    return rows.select_related("person").prefetch_related("person__education").order_by("person__sort_key", "pk")


def found_people(actor: Account, text: str, *, without: Iterable[int]) -> QuerySet[Learner]:
    """Return the first people that match `text` and are not named yet; СНИЛС by the whole number only (п. 2.1, 3.8)."""
    people = found_by(actor, Person.objects.all(), text).values("pk")
    return with_papers(Learner.objects.visible_to(actor).filter(person__in=people).exclude(pk__in=list(without)))[
        :FOUND
    ]


def confirmed_upload(actor: Account, upload: str) -> Upload | None:
    """Return the confirmed upload that an address names by its primary key; None for one that `actor` may not see."""
    if not (upload.isascii() and upload.isdigit() and len(upload) < LONGEST_KEY):
        return None
    confirmed = Upload.objects.visible_to(actor).filter(state=Upload.State.CONFIRMED)
    return confirmed.select_related("file").filter(pk=int(upload)).first()


def learners_of_upload(actor: Account, upload: str, sheet: str, day: date) -> list[int]:
    """Return everybody of one sheet of a confirmed upload, new and known; nobody for one that `actor` may not see.

    `upload` is its primary key and `sheet` the place of the sheet in the file, as the address says them. A file from one
    sheet of which people entered needs no `sheet`; from several, none of them is meant without it. The stored list is
    read again, as on the legal `day`.
    """
    found = confirmed_upload(actor, upload)
    if found is None:
        return []
    sheets = entered(found, day)
    meant = [one for one in sheets if str(one.place) == sheet] if sheet else sheets if len(sheets) == 1 else []
    people = [one.key for listed in meant for one in listed.people]
    rows = Learner.objects.visible_to(actor).filter(person__in=people)
    return list(rows.order_by("person__sort_key", "pk").values_list("pk", flat=True))
