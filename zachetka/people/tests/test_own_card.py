"""One's own card is edited by another person; a name changes when it already holds (п. 2.1, 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.people.actions import Schooling, add_education, change_name, change_person
from zachetka.people.models import Person
from zachetka.people.tests.make import make_person

LATE = datetime(2026, 11, 23, 20, 59, tzinfo=UTC)
"""A minute to midnight in Moscow."""


def phone(person: Person, actor: Account) -> object:
    return change_person(person, {"phone": "+79001234567"}, actor=actor, at=LATE)


def paper(person: Person, actor: Account) -> object:
    return add_education(person, Schooling("higher", "АБ", "7"), actor=actor, at=LATE)


def name(person: Person, actor: Account, day: date = date(2026, 11, 23)) -> object:
    return change_name(
        person, last_name="Белова", first_name="Анна", patronymic="", valid_from=day, basis="свидетельство",
        actor=actor, at=LATE,
    )  # fmt: skip


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("act", [phone, paper, name])
def test_nobody_edits_their_own_card(db: None, act: Callable[[Person, Account], object]) -> None:
    person = make_person()
    own = make_account("methodist", person_uid=person.uid)
    with pytest.raises(RuleViolation, match="ваша карточка") as refusal, transaction.atomic():
        act(person, own)
    assert refusal.value.clause == "3.8"
    act(person, make_account("methodist"))


@pytest.mark.clause("2.1")
def test_a_name_does_not_change_from_a_day_that_has_not_come(db: None) -> None:
    person, methodist = make_person(), make_account("methodist")
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        name(person, methodist, date(2026, 11, 24))
    assert refusal.value.field == "valid_from"
    name(person, methodist)
