"""One person, two parts: somebody who works here begins to learn, a learner is hired (п. 2.1, 3.8).

A person is known once however many times they come, so the second part joins the first and nothing is entered twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.core.text import search_key, tidy
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people.actions.persons import Particulars
from zachetka.people.actions.posting import add_posting
from zachetka.people.merged import require_unmerged
from zachetka.people.models import Employee, Learner, Person, Posting
from zachetka.people.rules.own_card import OWN_CARD

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.actions.registering import Position

NOT_FOUND: Final = "Карточки с таким кодом и таким именем нет: сверьте оба."
HAS_LEFT: Final = "Этот человек уже работал здесь и уволен {:%d.%m.%Y}. Повторный приём система пока не ведёт."
WORKS: Final = "Этот человек уже внесён в работники. Другое место и должность записывают переводом на его странице."


def begin_to_learn(person: Person, *, actor: Account, at: datetime) -> Learner:
    """Enter somebody who is known already as a learner; what is known of them stays (п. 2.1).

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: it is one's own card.
        IllegalStep: the person is a learner already.
    """
    with transaction.atomic():
        person = lock(person)
        require(actor, Permission.PERSON_EDIT, person)
        require_another_person(person.uid, actor, OWN_CARD)
        require_unmerged(person)
        if Learner.objects.filter(person=person).exists():
            raise IllegalStep("2.1", "Этот человек уже внесён в слушатели.")
        learner = Learner.objects.create(person=person, registered_at=at)
        record_event(EventType.LEARNER_REGISTERED, learner, actor=actor, at=at, clause="2.1")
    return learner


def hire_known(card: UUID, given: Particulars, place: Position, *, actor: Account, at: datetime) -> Employee:
    """Enter the person of `card` as an employee. Whoever hires sees no cards: the code comes from who does (п. 3.8).

    Code and name have to agree; a refusal does not say which of them is wrong. The same form again gives the same employee.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: no such card, or another name on it, or it is one's own; or they work elsewhere, or have left.
    """
    require(actor, Permission.EMPLOYEE_EDIT)
    require_another_person(card, actor, OWN_CARD)
    full = " ".join(filter(None, (given.last_name, given.first_name, given.patronymic)))
    with transaction.atomic():
        known = Person.objects.filter(uid=card, name_key=search_key(full), merged_into=None).first()
        if known is None:
            raise RuleViolation("3.8", NOT_FOUND, field="card")
        person = lock(known)
        working = Employee.objects.select_related("person").filter(person=person).first()
        if working is not None:
            _require_the_same(working, place)
            return working
        employee = Employee.objects.create(
            person=person, unit=place.unit, position=tidy(place.position), hired_on=place.hired_on
        )
        record_event(EventType.EMPLOYEE_REGISTERED, employee, actor=actor, at=at, clause="3.8")
        add_posting(employee, Posting.Kind.HIRED, since=place.hired_on, actor=actor, at=at)
    return employee


def _require_the_same(working: Employee, place: Position) -> None:
    if working.left_on is not None:
        raise RuleViolation("3.8", HAS_LEFT.format(working.left_on), field="card")
    if (working.unit, working.position, working.hired_on) != (place.unit, tidy(place.position), place.hired_on):
        raise RuleViolation("3.8", WORKS, field="card")
