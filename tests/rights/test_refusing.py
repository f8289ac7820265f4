"""What the database refuses is told by the name of its constraint (п. 2.1)."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from zachetka.access.models import Account, Unit
from zachetka.core.constraints import constraint_of, refusing, sqlstate_of
from zachetka.core.errors import RuleViolation

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]

TAKEN = "access_unit_name_key"
REFUSALS = {TAKEN: RuleViolation("2.1", "Такое подразделение уже есть.", field="name")}


def test_a_named_constraint_is_its_refusal_and_the_transaction_goes_on() -> None:
    Unit.objects.create(name="Кафедра")
    with pytest.raises(RuleViolation) as refusal, refusing(REFUSALS):
        Unit.objects.create(name="Кафедра")
    assert refusal.value is REFUSALS[TAKEN]
    cause = refusal.value.__cause__
    assert isinstance(cause, IntegrityError)
    assert sqlstate_of(cause) == "23505"
    Unit.objects.create(name="Отдел")


def test_another_constraint_goes_on_up_though_its_message_holds_the_name() -> None:
    with pytest.raises(IntegrityError, match=TAKEN) as error, refusing(REFUSALS):
        Account.objects.create(login=f"{TAKEN}!", display_name="Кто-то", person_uid=uuid4())
    assert constraint_of(error.value) == "account_login_is_plain"
