"""Every write about people: one function a verb (п. 2.1, 3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from zachetka.access.guard import fields, require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.errors import Busy, Forbidden
from zachetka.core.text import tidy
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people.actions.posting import add_posting
from zachetka.people.actions.uniqueness import recorded_once
from zachetka.people.fields import field_class, value_shown
from zachetka.people.merged import require_unmerged
from zachetka.people.models import EducationDocument, Employee, Learner, Person, PersonName, Posting
from zachetka.people.rules.merging import BLANK
from zachetka.people.rules.names import FIRST_NAME_FROM
from zachetka.people.rules.own_card import OWN_CARD

if TYPE_CHECKING:
    from zachetka.access.models import Account, Unit

CLAUSE = "2.1"


@dataclass(frozen=True, slots=True)
class Schooling:
    """An education document as it is handed in (273-ФЗ ст. 76 ч. 3)."""

    level: str
    series: str = ""
    number: str = ""
    surname: str = ""
    issued_on: date | None = None
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a person when they come; checked by `people.rules` before it gets here."""

    last_name: str
    first_name: str
    patronymic: str = ""
    sex: str = ""
    birth_date: date | None = None
    snils: str | None = None
    citizenship: str = ""
    email: str = ""
    phone: str = ""
    education: Sequence[Schooling] = field(default_factory=tuple)
    uid: UUID = field(default_factory=uuid4)


def person_of(given: Particulars, *, at: datetime) -> Person:
    """Return an unsaved person with the keys by which lists sort and search find them."""
    person = Person(
        uid=given.uid,
        last_name=given.last_name,
        first_name=given.first_name,
        patronymic=given.patronymic,
        sex=given.sex,
        birth_date=given.birth_date,
        snils=given.snils or None,
        citizenship=given.citizenship,
        email=given.email,
        phone=given.phone,
        registered_at=at,
    )
    person.take_keys()
    return person


def register_learner(given: Particulars, *, actor: Account, at: datetime) -> Learner:
    """Enter one person as a learner (п. 2.1).

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: a person with this СНИЛС is already known.
    """
    require(actor, Permission.PERSON_EDIT)
    return register_learners([given], actor=actor, at=at)[0]


def register_learners(given: Sequence[Particulars], *, actor: Account | None, at: datetime) -> list[Learner]:
    """Enter many people as learners in one transaction: all or nothing, a constant number of statements.

    The caller has asked the policy; a whole list is one decision.

    Raises:
        RuleViolation: a person with one of these СНИЛС is already known.
    """
    with transaction.atomic():
        people = _create_people([person_of(one, at=at) for one in given])
        names = PersonName.objects.bulk_create(_first_name(person, at) for person in people)
        papers = EducationDocument.objects.bulk_create(
            _document(person, paper, at) for person, one in zip(people, given, strict=True) for paper in one.education
        )
        learners = Learner.objects.bulk_create(Learner(person=person, registered_at=at) for person in people)
        happened: Iterable[tuple[EventType, Sequence[Person | PersonName | EducationDocument | Learner]]] = (
            (EventType.PERSON_REGISTERED, people),
            (EventType.NAME_CHANGED, names),
            (EventType.EDUCATION_DOCUMENT_ADDED, papers),
            (EventType.LEARNER_REGISTERED, learners),
        )
        record_events(
            Happening(type=event, subject=record, actor=actor, at=at, clause=CLAUSE)
            for event, records in happened
            for record in records
        )
    return learners


def _create_people(people: list[Person]) -> list[Person]:
    with recorded_once():
        return Person.objects.bulk_create(people)


def _document(person: Person, paper: Schooling, at: datetime) -> EducationDocument:
    return EducationDocument(
        person=person,
        level=paper.level,
        series=paper.series,
        number=paper.number,
        surname=paper.surname,
        issued_on=paper.issued_on,
        organisation=paper.organisation,
        recorded_at=at,
    )


def _first_name(person: Person, at: datetime) -> PersonName:
    return PersonName(
        person=person,
        last_name=person.last_name,
        first_name=person.first_name,
        patronymic=person.patronymic,
        valid_from=FIRST_NAME_FROM,
        recorded_at=at,
    )


def register_employee(
    given: Particulars, *, unit: Unit, position: str, hired_on: date, actor: Account | None, at: datetime
) -> Employee:
    """Enter a person as an employee of `unit` (п. 3.8)."""
    with transaction.atomic():
        (person,) = _create_people([person_of(given, at=at)])
        name = _first_name(person, at)
        name.save()
        employee = Employee.objects.create(person=person, unit=unit, position=tidy(position), hired_on=hired_on)
        record_events(
            Happening(type=event, subject=record, actor=actor, at=at, clause="3.8")
            for event, record in (
                (EventType.PERSON_REGISTERED, person),
                (EventType.NAME_CHANGED, name),
                (EventType.EMPLOYEE_REGISTERED, employee),
            )
        )
        add_posting(employee, Posting.Kind.HIRED, since=hired_on, actor=actor, at=at)
    return employee


CHANGEABLE = ("sex", "birth_date", "snils", "citizenship", "email", "phone")


def change_person(person: Person, changes: dict[str, object], *, actor: Account, at: datetime) -> Person:
    """Set the named particulars of `person`; the name is not among them, see `change_name` (п. 2.1).

    Raises:
        Forbidden: the policy does not allow it.
        RuleViolation: another person has this СНИЛС, or it is one's own card.
    """
    unknown = changes.keys() - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"not particulars of a person: {sorted(unknown)}")
    with transaction.atomic():
        cards = _locked_cards(person) if not all(changes.values()) else {person.pk: lock(person)}
        person = cards.pop(person.pk)
        require(actor, Permission.PERSON_EDIT, person)
        require_another_person(person.uid, actor, OWN_CARD)
        require_unmerged(person)
        changed = [name for name, value in changes.items() if getattr(person, name) != value]
        if not changed:
            return person
        for name in changed:
            setattr(person, name, changes[name])
        with recorded_once():
            person.save(update_fields=changed)
        record_event(EventType.PERSON_CHANGED, person, actor=actor, at=at, clause=CLAUSE, fields=sorted(changed))
        if gone := [name for name in changed if not changes[name]]:
            _erase_beside(person, cards, gone, actor=actor, at=at)
    return person


def _locked_cards(person: Person) -> dict[int, Person]:
    """Return the card and those that it has absorbed, locked in the order of their keys, as whoever merges or reads a list does."""
    cards = Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person)).order_by("pk")
    return {card.pk: lock(card) for card in cards}


def _erase_beside(
    person: Person, cards: dict[int, Person], gone: Sequence[str], *, actor: Account, at: datetime
) -> None:
    """Delete from the cards that a locked one has absorbed what was deleted from it: they are one person (152-ФЗ ст. 21).

    Raises:
        Busy: another card was merged with it while this one waited for the lock.
    """
    if set(Person.objects.filter(merged_into=person).values_list("pk", flat=True)) != cards.keys():
        raise Busy(CLAUSE, "Карточку только что объединили с другой или разъединили. Повторите.")
    for card in cards.values():
        held = [name for name in gone if getattr(card, name)]
        for name in held:
            setattr(card, name, BLANK[name])
        if held:
            card.save(update_fields=held)
            record_event(EventType.PERSON_CHANGED, card, actor=actor, at=at, clause=CLAUSE, fields=sorted(held))


def add_education(person: Person, paper: Schooling, *, actor: Account, at: datetime) -> EducationDocument:
    """Add an education document; documents already known stay as they are (273-ФЗ ст. 76 ч. 3).

    Raises:
        Forbidden: the policy does not allow it.
        RuleViolation: the document is known already, or it is one's own card.
    """
    with transaction.atomic():
        person = lock(person)
        require(actor, Permission.PERSON_EDIT, person)
        require_another_person(person.uid, actor, OWN_CARD)
        require_unmerged(person)
        with recorded_once():
            document = _document(person, paper, at)
            document.save()
        record_event(EventType.EDUCATION_DOCUMENT_ADDED, document, actor=actor, at=at, clause="273-ФЗ ст. 76 ч. 3")
    return document


def reveal_field(person: Person, name: str, *, actor: Account, at: datetime) -> str:
    """Return a masked particular in the clear and record who looked at what (п. 3.8; 152-ФЗ ст. 19).

    Raises:
        Forbidden: the policy does not open this field to the actor.
    """
    with transaction.atomic():
        require(actor, Permission.PERSON_REVEAL, person)
        if field_class(name) not in fields(actor, person, Permission.PERSON_REVEAL):
            raise Forbidden("Ваша роль не открывает этих данных.")
        record_event(
            EventType.PERSONAL_DATA_REVEALED,
            person,
            actor=actor,
            at=at,
            clause="3.8",
            about=person.uid,
            field=name,
            roles=sorted(actor.roles_held),
        )
        return value_shown(person, name)
