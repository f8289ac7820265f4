"""Whom a card, or somebody about to be entered, looks like: found by what indexes hold, compared in memory (п. 2.1).

Three queries for any number of askers. A pair is compared only when it shares a date of birth (or the swapped one) and a
part of the name, a number a slip away, an address, a telephone, a document, or a whole name where a date is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from zachetka.core.text import search_key
from zachetka.people.merged import survivor_of
from zachetka.people.models import EducationDocument, Person, PersonName
from zachetka.people.queries import Named
from zachetka.people.rules.likeness import LIKELY_FROM, Facts, Reason, points, reasons, snils_slips, swapped, told
from zachetka.people.rules.names import FIRST_NAME_FROM

_Asker = TypeVar("_Asker", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Like:
    """A card and why it looks like the one asked about."""

    person: Person
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """How much the reasons weigh."""
        return points(self.reasons)

    @property
    def told(self) -> str:
        """The reasons as one sentence."""
        return told(self.reasons)


def facts_of(people: Collection[Person]) -> dict[int, Facts]:
    """Return the facts of cards by their keys; two queries."""
    papers: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    former: defaultdict[int, list[str]] = defaultdict(list)
    keys = [one.pk for one in people]
    documents = EducationDocument.objects.filter(person__id__any=keys).exclude(number="", surname="").order_by()
    for key, series, number, surname in documents.values_list("person", "series", "number", "surname"):
        papers[key].append((series, number))
        former[key].append(surname)
    later = PersonName.objects.filter(
        Q(valid_from__gt=FIRST_NAME_FROM) | Q(supersedes__isnull=False), person__id__any=keys
    )
    names = PersonName.objects.filter(person__in=later.values("person")).order_by()
    for key, surname in names.values_list("person", "last_name"):
        former[key].append(surname)
    return {
        one.pk: Facts.of(
            one.last_name,
            one.first_name,
            one.patronymic,
            former=former[one.pk],
            birth_date=one.birth_date,
            snils=one.snils,
            email=one.email,
            phone=one.phone,
            papers=papers[one.pk],
        )
        for one in people
    }


def alike(asked: Mapping[_Asker, Facts], names: Mapping[_Asker, str]) -> dict[_Asker, list[Like]]:
    """Return for each of `asked` the cards that look like them, the strongest first; who looks like nobody is left out.

    A card asked about finds itself too: the caller knows which it is. Whoever looks like an absorbed card looks like the
    card that stands for the person.

    Args:
        asked: facts by whatever the caller finds them again.
        names: their whole names as written, for those whose date of birth is not known.
    """
    slips = {asker: snils_slips(one.snils) if one.snils else set() for asker, one in asked.items()}
    within = _within(asked, names, slips)
    rows = Person.objects.filter(within).select_related("merged_into").defer("search", "sort_key")
    people = list(rows) if asked else []
    known, by_key = facts_of(people), {one.pk: one for one in people}
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for key, facts in known.items():
        for place in _places(
            facts, [facts.birth_date] if facts.birth_date else (), [facts.snils] if facts.snils else ()
        ):
            places[place].append(key)
    found: dict[_Asker, list[Like]] = {}
    for asker, facts in asked.items():
        near = {key for place in _places(facts, _days(facts.birth_date), slips[asker]) for key in places.get(place, ())}
        likes = dict[int, Like]()
        for key in near:
            if why := reasons(facts, known[key]):
                like = Like(survivor_of(by_key[key]), why)
                likes[like.person.pk] = max(like, likes.get(like.person.pk, like), key=lambda one: one.points)
        if likes:
            found[asker] = sorted(likes.values(), key=lambda like: (-like.points, like.person.pk))
    return found


def _within(asked: Mapping[_Asker, Facts], names: Mapping[_Asker, str], slips: Mapping[_Asker, set[str]]) -> Q:
    """Return the condition that leaves the cards worth comparing, each part of it by an index."""
    every = list(asked.values())
    days = {day for one in every for day in _days(one.birth_date)}
    numbers = {number for one in every for _, number in one.papers}
    keys = {search_key(name) for name in names.values()}
    undated = {search_key(names[asker]) for asker, one in asked.items() if one.birth_date is None}
    documents = EducationDocument.objects.filter(number__any=list(numbers))
    return (
        Q(birth_date__any=list(days))
        | Q(snils__any=list(set().union(*slips.values())))
        | Q(email__any=list({one.email for one in every if one.email}))
        | Q(phone__any=list({one.phone for one in every if one.phone}))
        | Q(name_key__any=list(keys), birth_date=None)
        | Q(name_key__any=list(undated))
        | Q(pk__any=ArraySubquery(documents.values("person")))
    )


def _days(day: date | None) -> Iterator[date]:
    if day is not None:
        yield day
        if (other := swapped(day)) is not None:
            yield other


def _places(facts: Facts, days: Iterable[date], numbers: Iterable[str]) -> Iterator[Hashable]:
    """Yield where a card stands, or where one that asks looks: under the swapped date and the slips of its number too."""
    for day in days:
        yield "first", day, facts.first_name
        for surname in facts.surnames:
            yield "last", day, surname
    for number in numbers:
        yield "snils", number
    if facts.email:
        yield "email", facts.email
    if facts.phone:
        yield "phone", facts.phone
    for paper in facts.papers:
        yield "paper", paper
    yield "name", facts.surnames[0], facts.first_name


class Entered(Named, Protocol):
    """Somebody about to be entered: what a form or a row of a list says of them."""

    @property
    def snils(self) -> str | None: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...


def doubles_of(
    given: Mapping[_Asker, tuple[Entered, Iterable[tuple[str, str]], Iterable[str]]],
    *,
    at_least: int = LIKELY_FROM,
) -> dict[_Asker, list[Like]]:
    """Return the cards that those about to be entered likely double; weaker likenesses stop nobody and wait for the list.

    Args:
        given: by whatever the caller finds them again: what is said of each, series and number of their documents, and
            the surnames in those.
        at_least: points from which a likeness is told.
    """
    asked = {
        key: Facts.of(
            one.last_name,
            one.first_name,
            one.patronymic,
            former=former,
            birth_date=one.birth_date,
            snils=one.snils,
            email=one.email,
            phone=one.phone,
            papers=papers,
        )
        for key, (one, papers, former) in given.items()
    }
    names = {
        key: " ".join(filter(None, (one.last_name, one.first_name, one.patronymic)))
        for key, (one, _, _) in given.items()
    }
    found = {key: [like for like in likes if like.points >= at_least] for key, likes in alike(asked, names).items()}
    return {key: likes for key, likes in found.items() if likes}
