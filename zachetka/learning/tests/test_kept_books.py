"""A kept page of a record book is always the page that would be made now, for whoever may see it (п. 2.5, 3.8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core import kept
from zachetka.core.clock import legal_date, now, start_of_day
from zachetka.core.traces import Trace
from zachetka.learning.actions.marks import confirm_correction
from zachetka.learning.actions.sheets import change_sheet
from zachetka.learning.kept_books import BOOKS, SECTIONS, keep_book
from zachetka.learning.models import Correction, Enrolment, Mark, Order
from zachetka.learning.tests.make import (
    enrolments_of,
    make_correction,
    make_enrolment,
    make_mark,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.lifecycle.hands import seen_of
from zachetka.notices.actions import read_all, tell
from zachetka.notices.kinds import NoticeKind
from zachetka.people.actions import change_name
from zachetka.people.tests.make import make_employee, make_teacher
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("2.5"), pytest.mark.usefixtures("collected_statics")]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    BOOKS.clear()
    yield
    BOOKS.clear()


class Reader:
    """Somebody who has signed in and opens pages."""

    def __init__(self, account: Account) -> None:
        self.account, self.client = account, Client()
        self.client.force_login(account)

    def open(self, address: str) -> str:
        """Return the page without the token of its forms, which is another at every answer."""
        answer = self.client.get(address)
        assert answer.status_code == 200
        return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())

    def open_anew(self, address: str) -> str:
        """Return the page that nothing kept has a part in."""
        BOOKS.clear()
        return self.open(address)


def address_of(enrolment: Enrolment) -> str:
    return f"/record-books/{enrolment.pk}/"


def looks() -> list[Event]:
    return list(Event.objects.filter(type=EventType.RECORD_BOOK_READ).order_by("pk"))


@pytest.fixture
def mark(db: None) -> Mark:
    """A mark of a closed sheet, in a book of a methodist's unit."""
    return make_mark(text="4", closed=True)


@pytest.fixture
def methodist(mark: Mark) -> Reader:
    return Reader(make_account("methodist", unit=mark.enrolment.cohort.program_version.program.unit))


@pytest.fixture
def inspector(mark: Mark) -> Reader:
    """Whoever reads every book and is told of nothing by the bell."""
    return Reader(make_account("inspector"))


# --- What a kept page saves, and what it never does -------------------------------------------------------------------


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_a_page_that_nothing_changed_is_made_once_and_each_look_is_recorded(
    mark: Mark, methodist: Reader, section: str
):
    address = f"{address_of(mark.enrolment)}{section and f'{section}/'}"
    first = methodist.open(address)
    assert len(BOOKS) == 1
    with CaptureQueriesContext(connection) as asked:
        assert methodist.open(address) == first
    assert len(asked) == 5  # session, account, roles, whether the page still holds, the look
    assert [event.body["section"] for event in looks()] == [section or "results"] * 2
    assert {event.subject_uid for event in looks()} == {mark.enrolment.subject_uid}
    assert {event.actor_id for event in looks()} == {methodist.account.pk}
    assert methodist.open_anew(address) == first


def test_a_look_at_a_kept_page_says_the_moment_and_the_day_shown(mark: Mark, methodist: Reader):
    yesterday = legal_date(now()) - timedelta(days=1)
    for address in (address_of(mark.enrolment), f"{address_of(mark.enrolment)}?on={yesterday:%Y-%m-%d}"):
        for _ in range(2):
            methodist.open(address)
    today_first, today_kept, past_first, past_kept = looks()
    for event in (today_first, today_kept):
        assert event.body["as_of"] == event.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert today_kept.at > today_first.at
    assert past_first.body["as_of"] == past_kept.body["as_of"] < today_first.body["as_of"]


def test_where_the_look_cannot_be_recorded_a_kept_page_is_not_shown(
    mark: Mark, methodist: Reader, monkeypatch: pytest.MonkeyPatch
):
    methodist.open(address_of(mark.enrolment))

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("the ledger does not take it")

    monkeypatch.setattr("zachetka.learning.actions.record_books.record_look", refuse)
    with pytest.raises(RuntimeError, match="does not take it"):
        methodist.client.get(address_of(mark.enrolment))


@pytest.mark.parametrize("section", ["orders", "readers", "evidence"])
def test_what_names_its_moment_or_opens_what_is_masked_is_never_kept(mark: Mark, methodist: Reader, section: str):
    person = Reader(make_account("learner", person_uid=mark.enrolment.subject_uid))
    person.open(f"{address_of(mark.enrolment)}{section}/")
    revealed = methodist.client.post(f"{address_of(mark.enrolment)}birth-date/")
    assert revealed.status_code == 200
    assert len(BOOKS) == 0


def test_the_token_of_forms_is_nobody_elses(mark: Mark, methodist: Reader):
    tokens = set()
    for client in (methodist.client, Reader(methodist.account).client):
        for _ in range(2):
            page = client.get(address_of(mark.enrolment)).content.decode()
            (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
            tokens.add(token)
            sent = client.post("/theme/", {"csrfmiddlewaretoken": token, "theme": "", "next": "/"})
            assert sent.status_code == 302
    assert len(tokens) == 4


# --- A changed fact ---------------------------------------------------------------------------------------------------


def _proposed(mark: Mark) -> None:
    make_correction(mark, text="5", at=now())


def _corrected(mark: Mark) -> None:
    unit = mark.enrolment.cohort.program_version.program.unit
    correction = make_correction(mark, text="5", at=now())
    confirm_correction(correction, actor=make_account("methodist", unit=unit), at=now())


def _left(mark: Mark) -> None:
    learner, cohort = mark.enrolment.learner, mark.enrolment.cohort
    make_order(
        cohort, [learner], kind=Order.Kind.WITHDRAWAL, at=now(), effective_on=legal_date(now()), ground="own_wish"
    )


def _renamed(mark: Mark) -> None:
    today = legal_date(now())
    change_name(
        mark.enrolment.learner.person, last_name="Перемышлева", first_name="Инна", patronymic="", valid_from=today,
        basis="свидетельство", actor=make_account("methodist", unit=mark.enrolment.cohort.program_version.program.unit), at=now(),
    )  # fmt: skip


CHANGES: dict[str, Callable[[Mark], None]] = {
    "исправление предложено": _proposed,
    "оценка исправлена": _corrected,
    "слушатель отчислен": _left,
    "слушатель сменил имя": _renamed,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_fact_is_on_the_next_page(mark: Mark, inspector: Reader, change: Callable[[Mark], None]):
    for address in (address_of(mark.enrolment), f"{address_of(mark.enrolment)}?open=1"):
        before = inspector.open(address)
        assert inspector.open(address) == before
    change(mark)
    for address in (address_of(mark.enrolment), f"{address_of(mark.enrolment)}?open=1"):
        after = inspector.open(address)
        assert after != before
        assert after == inspector.open_anew(address)


def test_without_asking_the_rows_anew_the_old_page_would_be_shown(
    mark: Mark, inspector: Reader, monkeypatch: pytest.MonkeyPatch
):
    """The control: the tests above fail when a kept page is believed."""
    before = inspector.open(address_of(mark.enrolment))
    monkeypatch.setattr(kept, "_reads_the_same", lambda *_: True)
    _corrected(mark)
    assert inspector.open(address_of(mark.enrolment)) == before != inspector.open_anew(address_of(mark.enrolment))


def test_a_mark_in_an_open_sheet_is_on_the_next_page_of_a_past_day_too(db: None):
    sheet = make_sheet(learners=2)
    first, second = enrolments_of(sheet)
    head, today = Reader(make_account("head")), legal_date(now())
    past = f"{address_of(first)}?on={today - timedelta(days=1):%Y-%m-%d}"
    old = {address: head.open(address) for address in (past, address_of(first), address_of(second))}
    make_mark(first, sheet, "5", at=now())
    new = {address: head.open(address) for address in old}
    assert [address for address in old if old[address] != new[address]] == [past, address_of(first)]
    assert "потом: отлично" in new[past]
    assert new == {address: head.open_anew(address) for address in old}


def test_the_mean_of_the_group_stands_still_whatever_comes_after_the_closing(db: None):
    sheet = make_sheet(learners=6)
    people = enrolments_of(sheet)
    for one in people[1:]:
        make_mark(one, sheet, "5")
    own = make_mark(people[0], sheet, "5", closed=True)
    head = Reader(make_account("head"))
    assert "по\u00a0группе 5,0" in head.open(address_of(own.enrolment))
    held = Mark.objects.in_force().get(sheet=sheet, enrolment=people[1])
    unit = sheet.cohort.program_version.program.unit
    confirm_correction(make_correction(held, text="2", at=now()), actor=make_account("methodist", unit=unit), at=now())
    assert "по\u00a0группе 5,0" in head.open(address_of(own.enrolment))
    assert "по\u00a0группе 5,0" in head.open_anew(address_of(own.enrolment))


@pytest.mark.clause("3.3")
def test_the_seal_and_a_mark_changed_past_the_system_are_on_the_next_page(fresh_database: Place, settings, tmp_path):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    mark, better = make_mark(text="3", closed=True), make_mark(text="5", closed=True)
    head, address = Reader(make_account("head")), address_of(mark.enrolment)
    assert "закрепляется" in head.open(address)
    seal(now())
    assert "закрепляется" not in head.open(address)
    assert "не сходится с журналом" not in head.open(address)
    with psycopg.connect(fresh_database.administrator(database=fresh_database.database), autocommit=True) as superuser:
        superuser.execute("ALTER TABLE learning_mark DISABLE TRIGGER ALL")
        superuser.execute("UPDATE learning_mark SET grade_id = %s WHERE id = %s", [better.grade_id, mark.pk])
    assert "не сходится с журналом" in head.open(address)


# --- Whose page it is -------------------------------------------------------------------------------------------------


@pytest.mark.clause("3.8")
def test_another_reader_gets_their_own_page(mark: Mark, methodist: Reader):
    address = address_of(mark.enrolment)
    theirs = methodist.open(address)
    colleague = Reader(make_account("methodist", unit=mark.enrolment.cohort.program_version.program.unit))
    owner = Reader(make_account("learner", person_uid=mark.enrolment.subject_uid))
    for other in (colleague, owner):
        page = other.open(address)
        assert page != theirs
        assert methodist.account.display_name.split()[-1] not in page
        assert page == other.open(address) == other.open_anew(address)
    assert methodist.open(address) == theirs
    for stranger in (make_account("methodist", unit=make_unit()), make_account("learner")):
        assert Reader(stranger).client.get(address).status_code == 404


@pytest.mark.clause("3.8")
def test_a_right_that_is_gone_is_gone_at_the_next_page(mark: Mark, methodist: Reader):
    address = address_of(mark.enrolment)
    methodist.open(address)
    RoleAssignment.objects.filter(account=methodist.account).update(state=RoleAssignment.State.ENDED)
    assert methodist.client.get(address).status_code == 403
    give_role(methodist.account, "methodist", unit=make_unit())
    assert methodist.client.get(address).status_code == 404
    assert len(looks()) == 1


@pytest.mark.clause("3.8")
def test_a_teacher_who_hands_the_sheet_over_reads_the_book_no_more(db: None):
    sheet = make_sheet(learners=1)
    (enrolment,) = enrolments_of(sheet)
    make_mark(enrolment, sheet, "4")
    teacher = Reader(teacher_of(sheet))
    page = teacher.open(address_of(enrolment))
    assert page == teacher.open(address_of(enrolment))
    assert len(BOOKS) == 1
    unit, employee = sheet.cohort.program_version.program.unit, make_employee(unit=sheet.teacher.unit)
    make_teacher(employee)
    methodist = make_account("methodist", unit=unit)
    given = {"held_on": sheet.held_on, "due_on": sheet.due_on, "seen": seen_of(sheet)}
    change_sheet(sheet, teacher=employee, **given, actor=methodist, at=now())  # type: ignore[arg-type]
    assert teacher.client.get(address_of(enrolment)).status_code == 404


@pytest.mark.clause("2.4")
def test_the_bell_a_message_the_look_and_the_day_are_those_of_now(mark: Mark, methodist: Reader):
    address = address_of(mark.enrolment)
    plain = methodist.open(address)
    with transaction.atomic():
        tell(NoticeKind.ROLE_GIVEN, [methodist.account], title="Роль", url="/roles/", key="cause", at=now())
    assert 'class="bell-count">1<' in methodist.open(address)
    read_all(actor=methodist.account, at=now())
    assert methodist.open(address) == plain
    methodist.client.post("/theme/", {"theme": "dark", "next": address})
    assert 'data-bs-theme="dark"' in methodist.open(address)
    methodist.client.post("/theme/", {"theme": "", "next": address})
    assert methodist.open(address) == plain


def test_a_new_day_gets_a_new_page(mark: Mark, methodist: Reader):
    address, midnight = address_of(mark.enrolment), start_of_day(legal_date(now()) + timedelta(days=1))
    with time_machine.travel(midnight - timedelta(minutes=2), tick=False):
        methodist.client.force_login(methodist.account)
        today = methodist.open(address)
    with time_machine.travel(midnight - timedelta(minutes=1), tick=False):
        assert methodist.open(address) == today
    with time_machine.travel(midnight + timedelta(minutes=1), tick=False):
        tomorrow = methodist.open(address)
        assert tomorrow != today
        assert tomorrow == methodist.open_anew(address)


def test_a_record_of_a_moment_ahead_appears_when_that_moment_comes(db: None):
    """A second web server whose clock is ahead has written it."""
    sheet = make_sheet(learners=1)
    (enrolment,) = enrolments_of(sheet)
    make_mark(enrolment, sheet, "4", at=now() + timedelta(seconds=40))
    head = Reader(make_account("head"))
    assert "хорошо" not in head.open(address_of(enrolment))
    assert "хорошо" not in head.open(address_of(enrolment))
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert "хорошо" in head.open(address_of(enrolment))


def test_pages_stay_a_quarter_of_an_hour_at_most_and_weigh_no_more_than_allowed(
    mark: Mark, methodist: Reader, monkeypatch: pytest.MonkeyPatch
):
    methodist.open(address_of(mark.enrolment))
    other = Reader(make_account("head"))
    with time_machine.travel(now() + timedelta(minutes=14)):
        other.client.force_login(other.account)
        other.open(address_of(mark.enrolment))
        assert len(BOOKS) == 2
    with time_machine.travel(now() + timedelta(minutes=16)):
        other.client.force_login(other.account)
        other.open(f"{address_of(mark.enrolment)}?open=1")
        assert len(BOOKS) == 2  # the methodist's is gone, though nobody asked for it
    monkeypatch.setattr(BOOKS, "_most", 1)
    make_enrolment()
    other.open(address_of(make_mark().enrolment))
    assert len(BOOKS) == 0


def test_a_page_for_which_something_else_was_asked_is_not_kept(
    mark: Mark, methodist: Reader, monkeypatch: pytest.MonkeyPatch
):
    """Whoever adds a reading that does not go through `core.composed` gets a page made anew, never an old one."""

    def asking(*_: object) -> dict[str, object]:
        assert not Correction.objects.filter(pk=0).exists()
        return {}

    monkeypatch.setattr("zachetka.learning.views.record_book._section", asking)
    methodist.open(address_of(mark.enrolment))
    assert len(BOOKS) == 0
    monkeypatch.undo()
    methodist.open(address_of(mark.enrolment))
    assert len(BOOKS) == 1


def test_a_page_without_a_key_takes_no_place_among_the_kept(mark: Mark, methodist: Reader):
    trace, whose, at = Trace(now()), mark.enrolment.whose, now()
    keep_book(None, trace, HttpResponse("x"), "token", whose=whose, seen_at=at)
    for section in ("planned", "orders", "evidence"):
        methodist.open(f"{address_of(mark.enrolment)}{section}/")
    assert len(BOOKS) == 0
    methodist.open(address_of(mark.enrolment))
    assert len(BOOKS) == 1
