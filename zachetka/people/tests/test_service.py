"""The card of an employee tells the service, and the ledger proves it: where, since when, by which order (п. 3.3, 3.8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.pages import text_of
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.employment import StaffOrder, dismiss, move
from zachetka.people.actions.services import tell_services
from zachetka.people.models import Employee, Posting
from zachetka.people.queries import service
from zachetka.people.tests.make import AT, make_employee, make_learner, make_person

pytestmark = [pytest.mark.clause("3.3", "3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

TODAY = legal_date(AT)
HIRED_ON = date(2020, 1, 9)
ORDER = StaffOrder("41-к", date(2026, 8, 20))


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_account("admin"))
    return client


def moved(employee: Employee, position: str = "доцент", since: date = TODAY) -> Employee:
    return move(
        employee, unit=employee.unit, position=position, since=since, order=ORDER, actor=make_account("admin"), at=AT
    )


def steps_of(employee: Employee) -> list[tuple[Any, ...]]:
    return list(employee.postings.values_list("kind", "position", "since", "order_number", "order_date"))


def entered_before(position: str = "преподаватель", left_on: date | None = None) -> Employee:
    """Make an employee as it was made before services were kept: the row and its event alone."""
    employee = Employee.objects.create(
        person=make_person(), unit=make_unit(), position=position, hired_on=HIRED_ON, left_on=left_on
    )
    told(EventType.EMPLOYEE_REGISTERED, employee)
    return employee


def told(event: EventType, employee: Employee, **order: Any) -> None:
    record_event(event, employee, actor=None, at=AT, clause="3.8", **order)


def test_the_card_tells_the_service_newest_first(admin: Client) -> None:
    employee, second, today = make_employee(), make_unit("Кафедра права"), legal_date(now())
    first, where = employee.unit, f"/employees/{employee.pk}/"
    assert "приём с 09.01.2020" in text_of(admin.get(where))
    since, order = today - timedelta(days=3), {"order_number": "41-к", "order_date": "20.08.2026"}
    assert f'value="{today:%d.%m.%Y}"' in text_of(admin.get(f"{where}move/")), "the day is offered"
    form = order | {"unit": second.pk, "position": "доцент", "since": f"{since:%d.%m.%Y}"}
    assert admin.post(f"{where}move/", form).status_code == 302
    left = {"order_number": "52-к", "order_date": f"{today:%d.%m.%Y}", "left_on": f"{today:%d.%m.%Y}"}
    assert admin.post(f"{where}dismiss/", left).status_code == 302
    assert steps_of(employee) == [
        ("hired", "преподаватель", HIRED_ON, "", None),
        ("moved", "доцент", since, "41-к", date(2026, 8, 20)),
        ("dismissed", "доцент", today, "52-к", today),
    ]
    assert list(employee.postings.values_list("unit", flat=True)) == [first.pk, second.pk, second.pk]
    page = text_of(admin.get(where))
    said = [
        f"последний день {today:%d.%m.%Y} · приказ № 52-к от {today:%d.%m.%Y}",
        f"перевод с {since:%d.%m.%Y} · приказ № 41-к от 20.08.2026",
        f"преподаватель, {first}",
        "приём с 09.01.2020",
    ]
    assert sorted(said, key=page.index) == said
    assert page.count("закрепляется") == 3
    assert "не сходится" not in page


def test_a_step_that_the_ledger_does_not_confirm_is_named_on_the_card(admin: Client) -> None:
    employee = moved(make_employee())
    assert all(one.agrees and one.event for one in service(employee))
    Posting.objects.create(
        employee=employee, kind="moved", unit=employee.unit, position="ректор", since=TODAY,
        order_number="1-к", order_date=TODAY, recorded_at=AT,
    )  # fmt: skip
    assert [(one.posting.position, one.agrees) for one in service(employee)] == [
        ("ректор", False), ("доцент", True), ("преподаватель", True),
    ]  # fmt: skip
    assert text_of(admin.get(f"/employees/{employee.pk}/")).count("не сходится с журналом") == 1
    row = Posting.objects.get(position="доцент")
    known = Event.objects.of(row).get()
    assert (known.type, known.body) == (EventType.POSTING_ADDED, {"kind": "moved"})
    assert known.subject_uid == employee.person.uid


def test_the_card_costs_the_same_whatever_the_service(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    short, long = make_employee(), make_employee()
    for position in ("старший преподаватель", "доцент", "профессор"):
        moved(long, position)
    costs = set()
    for employee in (short, long):
        with django_assert_max_num_queries(12) as counted:
            assert "Служба" in text_of(admin.get(f"/employees/{employee.pk}/"))
        costs.add(len(counted))
    assert len(costs) == 1


@pytest.mark.parametrize("role", sorted(Role))
def test_whoever_may_see_the_employee_sees_the_service_and_nobody_else(role: Role) -> None:
    employee, client = moved(make_employee()), Client()
    client.force_login(make_account(role))
    answer = client.get(f"/employees/{employee.pk}/")
    sees = role in {Role.METHODIST, Role.HEAD, Role.ADMIN, Role.SECURITY}
    assert answer.status_code == (200 if sees else 403)
    assert ("приказ № 41-к от 20.08.2026" in text_of(answer)) is sees


@pytest.mark.parametrize(
    "change",
    ["UPDATE people_posting SET order_number = '1-к'", "DELETE FROM people_posting", "TRUNCATE people_posting"],
)
def test_what_was_written_stays(change: str) -> None:
    make_employee()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Posting.objects.get().kind == Posting.Kind.HIRED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "moved"}, "posting_has_an_order"),
        ({"kind": "moved", "order_number": "1-к"}, "posting_has_an_order"),
        ({"kind": "dismissed", "order_date": TODAY}, "posting_has_an_order"),
        ({"kind": "hired"}, "posting_begins_a_service_once"),
        ({"kind": "married", "order_number": "1-к", "order_date": TODAY}, "posting_is_a_step_of_a_service"),
        (
            {"kind": "moved", "order_number": "1-к", "order_date": TODAY, "since": date(2019, 1, 9)},
            "Служба идёт вперёд",
        ),
    ],
)
def test_the_database_refuses_a_service_that_cannot_be(given: dict[str, Any], said: str) -> None:
    employee = make_employee()
    known = {"unit": employee.unit, "position": "доцент", "since": TODAY, "recorded_at": AT}
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        Posting.objects.create(employee=employee, **(known | given))


def test_nothing_follows_a_dismissal() -> None:
    employee = make_employee()
    dismiss(employee, left_on=TODAY, order=ORDER, actor=make_account("admin"), at=AT)
    known = {"unit": employee.unit, "position": "доцент", "since": TODAY, "recorded_at": AT}
    ordered = {"order_number": "1-к", "order_date": TODAY}
    for kind in ("moved", "dismissed"):
        with pytest.raises(IntegrityError, match="кончается увольнением"), transaction.atomic():
            Posting.objects.create(employee=employee, kind=kind, **known, **ordered)


def test_a_step_is_not_before_the_one_that_it_follows() -> None:
    employee, day = make_employee(), date(2026, 5, 4)
    moved(employee, since=day)
    admin = make_account("admin")
    with pytest.raises(RuleViolation, match=r"переведён 04\.05\.2026: перевести раньше"):
        moved(employee, "профессор", since=day - timedelta(days=1))
    with pytest.raises(RuleViolation, match=r"переведён 04\.05\.2026: уволить раньше"):
        dismiss(employee, left_on=day - timedelta(days=1), order=ORDER, actor=admin, at=AT)
    moved(employee, "профессор", since=day)
    dismiss(employee, left_on=day, order=ORDER, actor=admin, at=AT)
    assert [row.kind for row in employee.postings.all()] == ["hired", "moved", "moved", "dismissed"]


def test_a_learner_who_is_hired_begins_a_service_once(admin: Client) -> None:
    person, unit = make_learner().person, make_unit()
    name = {"last_name": person.last_name, "first_name": person.first_name, "patronymic": person.patronymic}
    place = {"unit": unit.pk, "position": "методист", "hired_on": "01.09.2026"}
    for _twice in range(2):
        assert admin.post("/employees/new/", name | place | {"key": uuid4(), "card": person.uid}).status_code == 302
    assert steps_of(Employee.objects.get(person=person)) == [("hired", "методист", date(2026, 9, 1), "", None)]


def test_a_form_sent_twice_begins_one_service(admin: Client) -> None:
    form = {"key": uuid4(), "last_name": "Птицына", "first_name": "Зоя", "patronymic": "Львовна", "unit": make_unit().pk,
            "position": "методист", "hired_on": "01.09.2026"}  # fmt: skip
    for _twice in range(2):
        assert admin.post("/employees/new/", form).status_code == 302
    assert Posting.objects.get().kind == Posting.Kind.HIRED


# --- Those entered before a service was kept -----------------------------------------------------------------------------


def test_who_was_entered_before_is_told_as_the_records_say_once() -> None:
    works, left = entered_before(), entered_before(left_on=date(2026, 8, 31))
    told(EventType.EMPLOYEE_DISMISSED, left, order="7-к", order_date="2026-08-30")
    shifted = entered_before("доцент")
    for number, day in (("5-к", "2024-02-01"), ("6-к", "2025-02-03")):
        told(EventType.EMPLOYEE_MOVED, shifted, order=number, order_date=day)
    has_one = make_employee()
    assert tell_services(AT) == 3
    assert tell_services(AT) == 0
    assert steps_of(works) == [("hired", "преподаватель", HIRED_ON, "", None)]
    assert steps_of(left) == [
        ("hired", "преподаватель", HIRED_ON, "", None),
        ("dismissed", "преподаватель", date(2026, 8, 31), "7-к", date(2026, 8, 30)),
    ]
    assert steps_of(shifted) == [("moved", "доцент", date(2025, 2, 3), "6-к", date(2025, 2, 3))]
    assert len(steps_of(has_one)) == 1
    assert all(one.agrees for employee in (works, left, shifted) for one in service(employee))


def test_nothing_is_told_of_a_record_that_was_changed_past_the_system_or_speaks_against_itself() -> None:
    forged, backward, honest = entered_before(), entered_before(left_on=date(2026, 8, 3)), entered_before()
    Employee.objects.filter(pk=forged.pk).update(position="ректор")
    told(EventType.EMPLOYEE_MOVED, backward, order="5-к", order_date="2026-08-20")
    told(EventType.EMPLOYEE_DISMISSED, backward, order="7-к", order_date="2026-08-20")
    assert tell_services(AT) == 1
    assert Posting.objects.get().employee == honest
