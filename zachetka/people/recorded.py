"""The people recorded in the database, for the checks of a list: three queries for any file (п. 2.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from zachetka.core.text import search_key
from zachetka.people.intake.people import Found, Known, NameKey, Paper
from zachetka.people.models import EducationDocument, Learner, Person


class Recorded:
    """Finds who of a list is known. Asks about everybody: the policy has let the reader import.

    With `is_locking`, whoever is found stays as read to the end of the transaction: people are locked in the order
    of their keys, then read again, and their papers after them. A card absorbed by another leads to that one. `reader` is the person who hands in the list: what it
    says of themself is another person's to enter (п. 3.8).
    """

    def __init__(self, *, reader: UUID | None = None, is_locking: bool = False) -> None:
        self.reader, self.is_locking = reader, is_locking

    def find(self, snils: Collection[str], names: Collection[NameKey]) -> Found:
        """See `KnownPeople`."""
        days = {key.birth_date for key in names}
        people = list(Person.objects.filter(Q(snils__in=snils) | Q(birth_date__in=days)))
        wanted = [one for one in people if one.snils in snils or _key(one) in names]
        standing = {one.merged_into_id for one in wanted if one.merged_into_id}
        if self.is_locking or standing:
            read = Person.objects.select_for_update(no_key=True) if self.is_locking else Person.objects.all()
            wanted = list(read.filter(pk__in={one.pk for one in wanted} | standing).order_by("pk"))
        by_pk = {one.pk: one for one in wanted}
        papers: dict[int, set[Paper]] = defaultdict(set)
        for paper in EducationDocument.objects.filter(person__in=[one.pk for one in wanted]):
            papers[paper.person_id].add(Paper(paper.level, paper.series, paper.number))
        known = {one.pk: self._known(one, papers[one.pk]) for one in wanted if one.merged_into_id is None}
        by_name: dict[NameKey, dict[int, Known]] = defaultdict(dict)
        for card in wanted:
            key, stays = _key(card), by_pk.get(card.merged_into_id or card.pk)
            if key is not None and key in names and stays is not None and stays.pk in known:
                by_name[key].setdefault(stays.pk, _as_written(known[stays.pk], card))
        by_snils = {one.snils: one for one in known.values() if one.snils in snils}
        return Found(by_snils, {key: list(found.values()) for key, found in by_name.items()})

    def _known(self, person: Person, papers: Iterable[Paper]) -> Known:
        is_reader = person.uid == self.reader
        return Known(
            key=person.pk,
            last_name=person.last_name,
            first_name=person.first_name,
            patronymic=person.patronymic,
            birth_date=person.birth_date,
            snils=person.snils or "",
            sex=person.sex,
            citizenship=person.citizenship,
            email=person.email,
            phone=person.phone,
            papers=frozenset(papers),
            is_reader=is_reader,
            is_learner=not is_reader or Learner.objects.filter(person=person).exists(),
        )


def _as_written(stays: Known, card: Person) -> Known:
    """Return the person as the card found writes their name: who comes by the name of an absorbed card changes no name."""
    if stays.key == card.pk:
        return stays
    return replace(stays, last_name=card.last_name, first_name=card.first_name, patronymic=card.patronymic)


def _key(person: Person) -> NameKey | None:
    if person.birth_date is None:
        return None
    return NameKey(search_key(person.last_name), search_key(person.first_name), person.birth_date)
