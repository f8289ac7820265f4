"""The commission of the second resit is as large as the norm of the day asks: rule, form and database (273-ФЗ ст. 58 ч. 6)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from zachetka.learning.forms.resits import ResitForm
from zachetka.learning.models import Commissioner
from zachetka.learning.queries.debts import debts_of
from zachetka.learning.tests.make_debts import Debtors, refused
from zachetka.people.tests.make import make_employee
from zachetka.programs.norms import COMMISSION
from zachetka.programs.tests.make import make_norm

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 58 ч. 6")]

SECOND = date(2026, 4, 15)


@pytest.fixture
def debtors() -> Debtors:
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    return debtors


def test_the_refusal_names_the_number_of_the_norm_in_words(debtors: Debtors):
    assert "не меньше трёх разных человек" in refused(lambda: debtors.appoint(SECOND)).sentence
    make_norm(COMMISSION, 5, valid_from=SECOND)
    assert "не меньше пяти разных человек" in refused(lambda: debtors.appoint(SECOND, **debtors.panel())).sentence
    four = [make_employee(unit=debtors.sheet.teacher.unit) for _ in range(4)]
    assert debtors.appoint(SECOND, commission=four, basis="№ 41-к").commissioners.count() == 5


def test_the_norm_of_another_day_does_not_count(debtors: Debtors):
    make_norm(COMMISSION, 5, valid_from=date(2026, 4, 16))
    assert debtors.appoint(SECOND, **debtors.panel()).commissioners.count() == 3


@pytest.mark.parametrize(("people", "asked", "required"), [(2, 4, 1), (3, 4, 2), (7, 6, 6)])
def test_the_form_asks_for_as_many_members_as_the_norm(debtors: Debtors, people: int, asked: int, required: int):
    make_norm(COMMISSION, people, valid_from=date(2026, 4, 1))
    form = ResitForm(
        None, examinees=debts_of([debtors.cohort]), attempt=3, actor=debtors.methodist, today=date(2026, 4, 10)
    )
    members = [one for name, one in form.fields.items() if name.startswith("member_")]
    assert (len(members), sum(one.required for one in members)) == (asked, required)


def test_the_database_counts_by_the_same_norm(debtors: Debtors, monkeypatch: pytest.MonkeyPatch):
    make_norm(COMMISSION, 5, valid_from=SECOND)
    monkeypatch.setattr("zachetka.learning.actions.resits.least_commission", lambda _day: 3)  # a rule gone wrong
    with pytest.raises(IntegrityError, match="не меньше 5"):
        appointed_by_the_database(debtors, SECOND)
    make_norm(COMMISSION, 3, valid_from=date(2026, 4, 16))
    appointed_by_the_database(debtors, date(2026, 4, 16))
    assert Commissioner.objects.count() == 3


def test_without_a_norm_the_database_opens_no_second_resit(debtors: Debtors, monkeypatch: pytest.MonkeyPatch):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programs_commissionminimum SET valid_to = '2026-03-31'")
    assert "не установлено" in refused(lambda: debtors.appoint(SECOND, **debtors.panel())).sentence
    monkeypatch.setattr("zachetka.learning.actions.resits.least_commission", lambda _day: 3)
    with pytest.raises(IntegrityError, match="ведёт её председатель"):
        appointed_by_the_database(debtors, SECOND)


def appointed_by_the_database(debtors: Debtors, day: date) -> None:
    """Appoint with three people, and let the deferred guards speak."""
    with transaction.atomic(), connection.cursor() as cursor:
        debtors.appoint(day, **debtors.panel())
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
