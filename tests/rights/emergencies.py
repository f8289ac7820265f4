"""Emergency accesses of a test, opened by the action itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zachetka.access.models import Account, EmergencyAccess
from zachetka.core.clock import now
from zachetka.learning.models import Enrolment
from zachetka.people.actions.emergency import Wanted, open_emergency
from zachetka.people.models import Person

REASON = "Слушателю стало плохо на занятии, нужен телефон"
DONE = "Случай подтверждён журналом медпункта, смотрели одну карточку"
READING = {"read", "reveal"}


@dataclass(frozen=True)
class Case:
    """A learner with a record book whom the opener does not teach, and one more whom nobody named."""

    opener: Account
    person: Person
    book: Enrolment
    other: Enrolment


def wanted(person: Person, **change: Any) -> Wanted:
    known = {"name": person.full_name, "birth_date": person.birth_date}
    return Wanted(**(known | change))


def opened(case: Case, *, at: datetime | None = None, **change: Any) -> EmergencyAccess:
    given: dict[str, Any] = {"reason": REASON, "minutes": 30, "actor": fresh(case.opener), "at": at or now()}
    return open_emergency(wanted(case.person), **(given | change))


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)
