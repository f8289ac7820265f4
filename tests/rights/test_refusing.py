"""What the database refuses is told by the name of its constraint (п. 2.1)."""

import json
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from zachetka.access.models import Account, Unit
from zachetka.core.constraints import constraint_of, guard_words, refusing, sqlstate_of
from zachetka.core.errors import RuleViolation
from zachetka.web.refusals import Refusals

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


def refused_by(statement: str) -> IntegrityError:
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return error.value


def test_what_a_guard_trigger_refuses_is_told_in_its_own_words_and_nothing_else_is() -> None:
    account = Account.objects.create(login="somebody", display_name="Кто-то", person_uid=uuid4())
    request, pages = (
        RequestFactory().get("/", headers={"Accept": "application/json"}),
        Refusals(lambda _: HttpResponse()),
    )
    guard = refused_by(f"DELETE FROM access_account WHERE id = {account.pk}")  # noqa: S608
    answer = pages.process_exception(request, guard)
    assert answer is not None
    assert (answer.status_code, json.loads(answer.content)["error"]) == (
        409,
        "Учётная запись не удаляется: её закрывают (п. 3.8).",
    )
    checked = refused_by("INSERT INTO access_account (login) VALUES (NULL)")
    assert (guard_words(checked), pages.process_exception(request, checked)) == ("", None)
    named = refused_by("INSERT INTO access_unit (name) VALUES ('А'), ('А')")
    assert (constraint_of(named), guard_words(named), pages.process_exception(request, named)) == (TAKEN, "", None)
