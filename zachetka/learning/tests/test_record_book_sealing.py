"""The file of proofs between its promise and the sealer, and the paper that holds up nobody (п. 2.5, 3.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.module_loading import import_string

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.record_books import print_record_book, sealed_bundle, state_bundle, stated_before
from zachetka.learning.models import Enrolment, Mark, Order
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import make_enrolment, make_mark, make_order
from zachetka.ledger.actions import record_event
from zachetka.ledger.bundle import Overtaken
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
from zachetka.people.models import Employee
from zachetka.postgres.address import Place
from zachetka.rendering.press import Pdf, press

pytestmark = pytest.mark.clause("3.3")


@pytest.fixture
def enrolment(fresh_database: Place, settings: Any, tmp_path: Any, collected_statics: None) -> Enrolment:
    """A sealed book with one mark."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    made = make_enrolment()
    make_mark(made, text="4")
    seal(now())
    return book(made)


def book(made: Enrolment) -> Enrolment:
    return Enrolment.objects.select_related(*PAPERS).get(pk=made.pk)


def promises(enrolment: Enrolment) -> int:
    return Event.objects.of(enrolment).filter(type=EventType.RECORD_BOOK_EXPORTED).count()


def test_a_page_says_that_the_file_is_being_sealed_and_refreshes_until_it_comes(enrolment: Enrolment, client: Client):
    client.force_login(make_account("registrar"))
    address = f"/record-books/{enrolment.pk}/proof/"
    page = client.post(address, follow=True)
    assert (page.status_code, page.redirect_chain[0][1]) == (202, 302)
    assert "ещё закрепляется" in page.content.decode()
    seconds, _, again = page.headers["Refresh"].partition("; url=")
    assert (seconds, client.get(again).status_code, promises(enrolment)) == ("1", 202, 1)
    seal(now())
    answer = client.get(again)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Refresh" not in answer.headers
    assert promises(enrolment) == 1
    for wrong in ("0", "-1", "x", "9" * 40, "²"):
        assert client.get(address, {"stated": wrong}).status_code == 404
    client.force_login(make_account("registrar"))
    assert client.get(again).status_code == 404  # promised to somebody else


def test_a_file_that_waits_long_is_asked_for_less_often(enrolment: Enrolment, client: Client):
    client.force_login(actor := make_account("registrar"))
    stated = state_bundle(enrolment, actor=actor, at=now() - timedelta(minutes=1))
    page = client.get(f"/record-books/{enrolment.pk}/proof/", {"stated": stated.event})
    assert (page.status_code, page.headers["Refresh"][:3]) == (202, "30;")
    assert "задерживается" in page.content.decode()


def test_a_promise_is_kept_after_a_new_mark_and_refused_when_the_book_itself_changed(
    enrolment: Enrolment, client: Client
):
    client.force_login(actor := make_account("registrar"))
    stated = state_bundle(enrolment, actor=actor, at=now())
    make_mark(
        enrolment, enrolment.cohort.sheets.select_related("teacher__person").latest("module__ordinal"), "5", at=now()
    )
    seal(now())
    again = stated_before(book(enrolment), stated.event, actor=actor)
    assert again is not None
    assert sealed_bundle(again) == sealed_bundle(stated) is not None
    day = legal_date(now())
    given: dict[str, Any] = {"kind": Order.Kind.WITHDRAWAL, "ground": "own_wish", "effective_on": day}
    make_order(enrolment.cohort, [enrolment.learner], at=now(), **given)
    with pytest.raises(Overtaken):
        stated_before(book(enrolment), stated.event, actor=actor)
    answer = client.get(f"/record-books/{enrolment.pk}/proof/", {"stated": stated.event})
    assert (answer.status_code, "ещё раз" in answer.content.decode()) == (409, True)


@pytest.mark.clause("3.8")
def test_reading_never_states_and_asking_again_keeps_the_promise_until_the_book_changes(
    enrolment: Enrolment, client: Client
):
    address, evidence = f"/record-books/{enrolment.pk}/proof/", f"/record-books/{enrolment.pk}/evidence/"
    client.force_login(make_account("registrar"))
    assert [client.get(address).headers["Location"] for _ in range(7)] == [evidence] * 7
    told = client.get(evidence).content.decode().replace("\u00a0", " ")
    assert f'action="{address}"' in told
    assert "на сегодня ещё нет. Нажмите «Скачать файл доказательств»" in told
    assert "на сегодня ещё нет" not in client.get(evidence).content.decode()  # said once
    assert promises(enrolment) == 0
    asked = {client.post(address).headers["Location"] for _ in range(7)}
    seal(now())
    files = {client.get(where).content for where in [*asked, *[address] * 7]}
    assert (len(asked), len(files), promises(enrolment)) == (1, 1, 1)
    stated = state_bundle(book(enrolment), actor=make_account("registrar"), at=now())
    assert (f"{address}?stated={stated.event}" in asked, promises(enrolment)) == (False, 2)  # each has their own
    sheet = enrolment.cohort.sheets.select_related("teacher__person").latest("module__ordinal")
    make_mark(enrolment, sheet, "5", at=now())
    seal(now())
    assert client.get(address).headers["Location"] == evidence
    assert client.post(address).headers["Location"] not in asked
    assert promises(enrolment) == 3
    assert client.get(min(asked)).status_code == 200  # the promise itself is kept


@pytest.mark.clause("2.1", "3.8")
def test_a_change_that_the_file_does_not_show_is_a_change_too(enrolment: Enrolment, client: Client):
    """A promise that can no longer be proven is not given again: the person would never get a file."""
    address = f"/record-books/{enrolment.pk}/proof/"
    client.force_login(make_account("registrar"))
    first = client.post(address).headers["Location"]
    sheet = Mark.objects.filter(enrolment=enrolment).select_related("sheet__teacher__person").latest("pk").sheet
    employee = Employee.objects.get(pk=sheet.teacher_id)
    employee.position = f"{employee.position}, старший"
    with transaction.atomic():
        employee.save()
        record_event(EventType.EMPLOYEE_MOVED, employee, actor=None, at=now(), clause="2.1")
    seal(now())
    assert client.get(first).status_code == 409
    again = client.post(address).headers["Location"]
    seal(now())
    assert (again == first, client.get(again).status_code) == (False, 200)


@dataclass(frozen=True)
class Taking:
    """What is taken away, how, and where its limit stands."""

    method: str
    address: str
    limit: str


TAKINGS = (
    Taking("post", "/record-books/{}/proof/", "zachetka.learning.actions.record_books.STATEMENTS"),
    Taking("get", "/record-books/{}/pdf/", "zachetka.learning.actions.record_books.PRINTS"),
    Taking("get", "/people/export/?file=csv", "zachetka.rendering.taken.LISTS"),
    Taking("get", "/cohorts/export/?file=csv", "zachetka.rendering.taken.LISTS"),
)


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("taking", TAKINGS, ids=lambda one: one.address)
def test_an_account_takes_away_so_much_and_is_told_when_to_come_back(
    enrolment: Enrolment, client: Client, monkeypatch: pytest.MonkeyPatch, taking: Taking
):
    monkeypatch.setattr(taking.limit, replace(import_string(taking.limit), tries=2))
    address = taking.address.format(enrolment.pk)
    unit = enrolment.cohort.program_version.program.unit
    ask = getattr(client, taking.method)
    client.force_login(make_account("methodist", unit=unit))
    assert {ask(address).status_code for _ in range(2)} <= {200, 302}
    taken = Event.objects.count()
    refused = [ask(address) for _ in range(3)]
    assert {answer.status_code for answer in refused} == {429}
    assert 0 < int(refused[0].headers["Retry-After"]) <= 600
    assert "не больше 2 за 10 минут. Повторите через 10 мин." in refused[0].content.decode().replace("\u00a0", " ")
    assert Event.objects.count() == taken
    client.force_login(make_account("methodist", unit=unit))
    assert ask(address).status_code in {200, 302}  # another account has a count of its own


@pytest.mark.clause("2.5")
def test_no_transaction_is_open_while_the_paper_is_being_set(enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch):
    seen: list[bool] = []
    render = press.render

    def watched(*given: Any) -> Pdf:
        seen.append(connection.in_atomic_block)
        return render(*given)

    monkeypatch.setattr(press, "render", watched)
    print_record_book(enrolment, actor=None, at=now(), seen_at=now())
    assert (seen, promises(enrolment)) == ([False], 1)
