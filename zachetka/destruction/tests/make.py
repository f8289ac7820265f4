"""Builders of withdrawals, cases and acts; everybody is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.destruction.actions.acts import Outside, approve_act, compose_act
from zachetka.destruction.models import Act
from zachetka.people.actions.consents import Terms, give_consent, withdraw_consent
from zachetka.people.models import Person, Withdrawal
from zachetka.people.tests.make import make_person

NOON: Final = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EMAIL: Final = "zvyagina@example.ru"
PHONE: Final = "+79001230099"


class Withdrawn(NamedTuple):
    """A person who took a consent back, and the three who deal with it."""

    person: Person
    withdrawal: Withdrawal
    methodist: Account
    privacy: Account
    head: Account


def make_withdrawn(purpose: str = "mailing", person: Person | None = None, **given: Any) -> Withdrawn:
    """Make a person who learns nowhere now, with an address and a number, who took back one consent."""
    person = person or make_person(**({"email": EMAIL, "phone": PHONE} | given))
    methodist, privacy, head = (make_account(role) for role in ("methodist", "privacy", "head"))
    terms = Terms(purpose, date(2026, 9, 1), None, "заявлением", "paper", "Согласие № 12 от 01.09.2026")
    consent = give_consent(person, terms, key=uuid4(), actor=methodist, at=NOON)
    withdrawal = withdraw_consent(
        consent, withdrawn_on=date(2026, 11, 20), document="Заявление № 16", actor=methodist, at=NOON
    )
    return Withdrawn(person, withdrawal, methodist, privacy, head)


def make_act(case: Withdrawn, **outside: Any) -> Act:
    return compose_act(case.withdrawal, outside=Outside(**outside), key=uuid4(), actor=case.privacy, at=NOON)


def make_done(case: Withdrawn) -> Act:
    return approve_act(make_act(case), actor=case.head, at=NOON)
