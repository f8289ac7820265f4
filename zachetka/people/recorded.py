"""The people recorded in the database, for the checks of a list: three queries for any file (п. 2.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from zachetka.core.text import search_key
from zachetka.people.intake.people import Found, Known, NameKey, Paper
from zachetka.people.models import EducationDocument, Learner, Person


class Recorded:
    """Finds who of a list is known. Asks about everybody: the policy has let the reader import.

    With `is_locking`, whoever is found stays as read to the end of the transaction: people are locked in the order
    of their keys, then read again, and their papers after them. `reader` is the person who hands in the list: what it
    says of themself is another person's to enter (п. 3.8).
    """

    def __init__(self, *, reader: UUID | None = None, is_locking: bool = False) -> None:
        self.reader, self.is_locking = reader, is_locking

    def find(self, snils: Collection[str], names: Collection[NameKey]) -> Found:
        """See `KnownPeople`."""
        days = {key.birth_date for key in names}
        people = list(Person.objects.filter(Q(snils__in=snils) | Q(birth_date__in=days)))
        wanted = [one for one in people if one.snils in snils or _key(one) in names]
        if self.is_locking:
            locked = Person.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in wanted])
            wanted = [one for one in locked.order_by("pk") if one.snils in snils or _key(one) in names]
        papers: dict[int, set[Paper]] = defaultdict(set)
        for paper in EducationDocument.objects.filter(person__in=[one.pk for one in wanted]):
            papers[paper.person_id].add(Paper(paper.level, paper.series, paper.number))
        known = [self._known(one, papers[one.pk]) for one in wanted]
        by_name: dict[NameKey, list[Known]] = defaultdict(list)
        for person, one in zip(wanted, known, strict=True):
            key = _key(person)
            if key is not None and key in names:
                by_name[key].append(one)
        return Found({one.snils: one for one in known if one.snils}, by_name)

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


def _key(person: Person) -> NameKey | None:
    if person.birth_date is None:
        return None
    return NameKey(search_key(person.last_name), search_key(person.first_name), person.birth_date)
