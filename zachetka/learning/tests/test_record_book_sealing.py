"""The file of proofs between its promise and the sealer, and the paper that holds up nobody (п. 2.5, 3.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.record_books import print_record_book, sealed_bundle, state_bundle, stated_before
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import make_enrolment, make_mark, make_order
from zachetka.ledger.bundle import Overtaken
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import seal
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
    page = client.get(address)
    assert page.status_code == 202
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
