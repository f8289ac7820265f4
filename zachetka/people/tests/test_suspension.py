"""A role that an unreviewed emergency access holds up: told to the ledger once, and said wherever the role stands (п. 3.8)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from tests.pages import signed_in, words_of
from zachetka.access.models import Account, EmergencyAccess, RoleAssignment
from zachetka.access.policy import MATRIX, Permission, Role
from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import legal_date, now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people import editions, matrix_files
from zachetka.people.actions.emergency import VERDICT, Wanted, open_emergency, review_emergency
from zachetka.people.actions.matrix import VERDICT as OF_MATRIX
from zachetka.people.actions.matrix import decide_matrix, matrix_file, propose_matrix
from zachetka.people.actions.suspending import record_suspensions
from zachetka.people.tests.make import make_employee, make_learner, make_teacher

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

REASON = "Слушателю стало плохо на занятии, нужен телефон"
DONE = "Случай подтверждён журналом медпункта, смотрели одну карточку"


@pytest.fixture
def opener(db: None) -> Account:
    """A teacher, and by another order a learner too."""
    account = make_teacher(make_employee(position="доцент"))
    give_role(account, "learner")
    return account


@pytest.fixture
def later() -> Iterator[Callable[[date], None]]:
    """Move the clock to the same hour of a day."""
    with time_machine.travel(now(), tick=False) as traveller:
        yield lambda day: traveller.shift(timedelta(days=(day - legal_date(now())).days))


def opened(account: Account) -> EmergencyAccess:
    person = make_learner().person
    assert person.birth_date is not None
    wanted = Wanted(person.full_name, person.birth_date)
    return open_emergency(wanted, reason=REASON, minutes=15, actor=fresh(account), at=now())


def reviewed(one: EmergencyAccess, reviewer: Account | None = None) -> None:
    review_emergency(one, VERDICT.JUSTIFIED, DONE, actor=fresh(reviewer or make_account("privacy")), at=now())


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def of_the_teacher(account: Account) -> RoleAssignment:
    return RoleAssignment.objects.get(account=account, role="teacher")


def told(role: RoleAssignment) -> list[tuple[str, dict[str, Any]]]:
    kinds = [EventType.ROLE_SUSPENDED.value, EventType.ROLE_RESUMED.value]
    found = Event.objects.filter(object_type="access.roleassignment", object_id=str(role.pk), type__in=kinds)
    return list(found.order_by("pk").values_list("type", "body"))


def test_the_ledger_is_told_once_that_a_role_is_suspended_and_once_that_it_acts_again(
    opener: Account, later: Callable[[date], None]
):
    beside, role = make_teacher(), of_the_teacher(opener)
    one = opened(opener)
    later(one.review_by)
    assert record_suspensions(now()) == 0, "the last day of the review is in time"
    later(one.review_by + timedelta(days=1))
    assert [record_suspensions(now()) for _ in range(2)] == [1, 0]
    body = {
        "emergency": one.pk,
        "since": f"{one.review_by + timedelta(days=1):%Y-%m-%d}",
        "order": role.order_number,
        "role": "teacher",
    }
    assert told(role) == [("role.suspended", body)]
    event = Event.objects.get(type="role.suspended")
    assert (event.actor, event.subject_uid) == (None, opener.person_uid), "nobody's hand, about the holder"
    assert not told(of_the_teacher(beside)), "the negative control: a colleague works"
    reviewed(one)
    assert [kind for kind, _ in told(role)] == ["role.suspended", "role.resumed"]
    assert record_suspensions(now()) == 0


def test_a_role_acts_again_when_the_last_of_its_accesses_is_reviewed(opener: Account, later: Callable[[date], None]):
    role, first = of_the_teacher(opener), opened(opener)
    later(legal_date(now()) + timedelta(days=1))
    second = opened(opener)
    later(second.review_by + timedelta(days=1))
    record_suspensions(now())
    reviewed(first)
    assert [kind for kind, _ in told(role)] == ["role.suspended"]
    assert fresh(opener).suspended == {Role.TEACHER}, "the event says what the request does"
    reviewed(second)
    assert [kind for kind, _ in told(role)] == ["role.suspended", "role.resumed"]
    assert not fresh(opener).suspended


def test_a_review_after_its_day_and_before_the_clock_leaves_both_in_the_ledger(
    opener: Account, later: Callable[[date], None]
):
    one = opened(opener)
    later(one.review_by + timedelta(days=1))
    reviewed(one)
    assert [kind for kind, _ in told(of_the_teacher(opener))] == ["role.suspended", "role.resumed"]
    in_time = opened(opener)
    later(in_time.review_by)
    reviewed(in_time)
    assert len(told(of_the_teacher(opener))) == 2, "the negative control: a review in time suspends nothing"


def test_the_matrix_says_which_role_is_suspended_since_when_and_why(opener: Account, later: Callable[[date], None]):
    security = make_account("security")
    head = make_account("head", person_uid=make_employee().person.uid)
    decide_matrix(propose_matrix(actor=security, at=now()), OF_MATRIX.APPROVED, actor=head, at=now())
    one = opened(opener)
    later(one.review_by)
    assert not editions.taken(None, now()).differs, "the negative control: until the day it is what was approved"
    later(one.review_by + timedelta(days=1))
    why = f"с {one.review_by + timedelta(days=1):%d.%m.%Y}: экстренный доступ № {one.pk} не проверен в срок"
    role = of_the_teacher(opener)
    order = f"№ {role.order_number} от {role.order_date:%d.%m.%Y}"

    (line,) = editions.taken(None, now()).differs
    assert (line.part, line.change, line.row["assignment"]) == ("holders", "changed", role.pk)
    page = words_of(signed_in(security).get("/roles/matrix/"))
    assert page.count(f"приостановлена {why}") == 2, "in the difference and beside the holder"
    assert order in page

    book = CalamineWorkbook.from_filelike(io.BytesIO(matrix_file("xlsx", None, actor=security, at=now()).content))
    held = [row for row in book.get_sheet_by_name("Держатели ролей").to_python() if row[1] == opener.display_name]
    assert [row[-1] for row in held] == [why]
    assert any(f"приостановлена {why}" in str(row[3]) for row in book.get_sheet_by_name("Отличия").to_python())
    printed = matrix_files.printed(editions.taken(None, now()))
    assert [row[-1] for row in printed["holders"] if row[1] == opener.display_name] == [
        f"с {role.valid_from:%d.%m.%Y}; приостановлена {why}"
    ]
    assert order in next(row[-2] for row in printed["holders"] if row[1] == opener.display_name)
    assert matrix_file("pdf", None, actor=security, at=now()).content.startswith(b"%PDF")

    reviewed(one, security)
    assert not editions.taken(None, now()).differs


def test_lists_and_the_page_of_a_role_say_that_it_is_suspended(opener: Account, later: Callable[[date], None]):
    one, role = opened(opener), of_the_teacher(opener)
    admin = signed_in(make_account("admin"))
    addresses = ("/roles/?role=teacher", f"/roles/{role.pk}/", f"/accounts/{opener.pk}/")
    for address in addresses:
        assert "приостановлена" not in words_of(admin.get(address)), "the negative control"
    later(one.review_by + timedelta(days=1))
    admin, security = signed_in(make_account("admin")), signed_in(make_account("security"))
    for address in addresses:
        assert "приостановлена" in words_of(admin.get(address)), address
    where = f'href="/emergency/{one.pk}/"'
    assert where in security.get(f"/roles/{role.pk}/").content.decode()
    assert where not in admin.get(f"/roles/{role.pk}/").content.decode(), "whoever may not see the access gets no link"


def test_only_roles_that_open_an_emergency_access_are_suspended(opener: Account, later: Callable[[date], None]):
    one = opened(opener)
    later(one.review_by + timedelta(days=1))
    assert record_suspensions(now()) == 1
    assert Role.LEARNER not in MATRIX[Permission.EMERGENCY_OPEN]
    assert Event.objects.get(type="role.suspended").body["role"] == "teacher"


def test_whose_role_is_suspended_reads_it_on_the_first_page_until_it_acts_again(
    opener: Account, later: Callable[[date], None]
):
    one = opened(opener)
    later(one.review_by)
    said = "Приостановлена роль: преподаватель"
    assert said not in words_of(signed_in(fresh(opener)).get("/")), "the negative control: the day has not passed"
    later(one.review_by + timedelta(days=1))
    page = words_of(signed_in(fresh(opener)).get("/"))
    assert said in page
    assert hash(fresh(opener).suspended) != hash(make_account("teacher").suspended), "a kept page is told apart by it"
    assert "преподаватель (приостановлена)" in page
    reviewed(one)
    assert said not in words_of(signed_in(fresh(opener)).get("/"))
