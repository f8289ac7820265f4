"""Papers name whoever signs as they were on the day of signing; lists name them as they are now (п. 2.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import legal_date
from zachetka.learning.actions.orders import approve_order, submit_order
from zachetka.learning.actions.record_books import _signer
from zachetka.learning.models import Enrolment
from zachetka.learning.order_text import order_text
from zachetka.learning.queries.orders import order_page
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.tests.make import ENROLLED, NOON, make_cohort, make_enrolment, make_mark, make_order
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import change_name
from zachetka.people.models import Person
from zachetka.people.tests.make import make_employee, make_learner
from zachetka.rendering.forms.mentions import Name

pytestmark = [pytest.mark.clause("2.1")]

MARRIED: Final = legal_date(ENROLLED) + timedelta(days=5)


def working(role: str) -> Account:
    employee = make_employee(last_name="Соколова", first_name="Анна", patronymic="Ильинична")
    return make_account(role, name=employee.person.full_name, person_uid=employee.person.uid)


def marry(account: Account, valid_from: date = MARRIED) -> Account:
    change_name(
        Person.objects.get(uid=account.person_uid), last_name="Белова", first_name="Анна", patronymic="Ильинична",
        valid_from=valid_from, basis="свидетельство о браке", actor=make_account("methodist"), at=NOON,
    )  # fmt: skip
    account.refresh_from_db()
    return account


def signed(head: Account, days: int) -> str:
    """Issue an order so many days after the first one and read who signed it."""
    cohort, at = make_cohort(), ENROLLED + timedelta(days=days)
    draft = make_order(cohort, [make_learner()], approved=False)
    assert draft.drafted_by is not None
    draft = submit_order(draft, actor=draft.drafted_by, at=at)
    order = approve_order(draft, seen=seen_of(draft), actor=head, at=at)
    shown = order_page(make_account("head"), order.pk).get()
    return order_text(
        shown, {one.learner_id: one for one in Enrolment.objects.filter(cohort=cohort)}, today=NOON.date()
    ).signed


def test_an_order_is_signed_with_the_name_of_its_day_whatever_the_account_is_called(db: None) -> None:
    head = working("head")
    assert signed(head, 0) == "А.\u00a0И.\u00a0Соколова"
    marry(head)
    assert signed(head, 4) == "А.\u00a0И.\u00a0Соколова", "the day before the wedding"
    assert signed(head, 5) == "А.\u00a0И.\u00a0Белова"
    Account.objects.filter(pk=head.pk).update(display_name="Соколова Анна Ильинична")
    assert signed(Account.objects.get(pk=head.pk), 6) == "А.\u00a0И.\u00a0Белова"


def test_an_extract_is_certified_with_the_name_of_its_day(db: None) -> None:
    registrar, enrolment = working("registrar"), make_enrolment()
    marry(registrar)
    Account.objects.filter(pk=registrar.pk).update(display_name="Соколова Анна Ильинична")
    for day, surname in ((MARRIED - timedelta(days=1), "Соколова"), (MARRIED, "Белова")):
        signer = _signer(registrar, enrolment, day)
        assert signer is not None
        assert signer.name == Name(surname, "Анна", "Ильинична")


def test_a_mark_names_who_wrote_it_as_they_were_then(db: None) -> None:
    mark = make_mark(closed=True)
    enrolment = Enrolment.objects.get(pk=mark.enrolment_id)
    teacher = mark.recorded_by
    before = teacher.display_name
    change_to = legal_date(mark.recorded_at)
    change_name(
        Person.objects.get(uid=teacher.person_uid), last_name="Белова", first_name="Анна", patronymic="",
        valid_from=change_to, basis="свидетельство о браке", actor=make_account("methodist"),
        at=mark.recorded_at + timedelta(days=1),
    )  # fmt: skip
    teacher.refresh_from_db()
    assert teacher.display_name == "Белова Анна"
    later = mark.recorded_at + timedelta(days=2)
    (written,) = [
        one
        for line in record_book(enrolment, at=later, seen_at=later).all_lines
        for attempt in line.attempts
        for one in attempt.marks
        if one.mark.pk == mark.pk
    ]
    assert written.entered_by == before


def test_lists_name_an_account_as_its_person_is_named_and_that_is_recorded(db: None) -> None:
    head = working("head")
    twin = make_account(name="Соколова Анна Ильинична", person_uid=head.person_uid)
    stranger = make_account(name="Соколова Анна Ильинична")
    marry(head)
    for account, name in ((head, "Белова"), (twin, "Белова"), (stranger, "Соколова")):
        account.refresh_from_db()
        assert account.display_name == f"{name} Анна Ильинична"
    events = Event.objects.filter(type=EventType.ACCOUNT_RENAMED).order_by("pk")
    assert [(one.subject_uid, one.object_id) for one in events] == [
        (head.person_uid, str(head.pk)),
        (head.person_uid, str(twin.pk)),
    ]
    assert "Белова" not in str([one.body for one in events])


@pytest.mark.clause("3.8")
def test_an_order_signed_by_a_substitute_of_the_head_says_so(db: None) -> None:
    away, deputy = give_role(make_account(), "head"), working("teacher")
    since = legal_date(ENROLLED)
    acting = RoleAssignment.objects.create(
        account=deputy, role="head", order_number="52-к", order_date=since, valid_from=since,
        valid_to=since.replace(year=since.year + 1), proposed_by_person=away.account.person_uid, substitutes=away,
    )  # fmt: skip
    acting.state, acting.approved_by_person = "active", make_account().person_uid
    acting.save()
    assert signed(Account.objects.get(pk=deputy.pk), 0) == "и. о. руководителя А.\u00a0И.\u00a0Соколова"
