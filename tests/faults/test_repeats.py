"""The same request twenty times at once, or again after the server was killed: one effect (п. 3.3, 3.9; N1, N15, R1)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.faults.visitor import Visitor
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.learning.actions.orders import submit_order
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order
from zachetka.learning.tests.make import enrolments_of, fill_sheet, make_cohort, make_order, make_sheet, teacher_of
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import upload_list
from zachetka.people.intake.tests.make import make_person
from zachetka.people.models import Learner, Upload
from zachetka.people.review import fingerprint, review
from zachetka.people.tests.make import make_learners
from zachetka.postgres.address import Place

TIMES = 20


def waiting_order(learners: int = 3) -> Order:
    order = make_order(make_cohort(), make_learners(learners), approved=False)
    return submit_order(order, actor=order.drafted_by, at=now())


def waiting_list(methodist: Account) -> Upload:
    content = make_xlsx({"Лист1": [HEADER, *(make_person(number) for number in range(1, 6))]})
    return upload_list(content, name="Список.xlsx", key=uuid4(), actor=methodist, at=now())


def cell_of(sheet: MarkSheet, text: str = "5") -> bytes:
    cell = {"enrolment": enrolments_of(sheet)[0].pk, "text": text, "seen": None}
    return json.dumps({"cells": [cell], "check": False}).encode()


def events(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def port_of(site: str) -> int:
    return int(site.rpartition(":")[2])


@pytest.mark.clause("3.3")
def test_an_order_approved_twenty_times_at_once_is_issued_once(live_site: str) -> None:
    order, head = waiting_order(), make_account("head")
    statuses = Visitor.of(head, port_of(live_site)).at_once(
        TIMES, f"/orders/{order.pk}/approve/", {"seen": seen_of(order)}
    )
    assert set(statuses) == {302, 409}
    assert (statuses.count(302), events("order.approved")) == (1, 1)
    assert Enrolment.objects.count() == 3
    order.refresh_from_db()
    following = waiting_order(1)
    read = {"seen": seen_of(following)}
    assert Visitor.of(head, port_of(live_site)).post(f"/orders/{following.pk}/approve/", read)[0] == 302
    following.refresh_from_db()
    first, second = (int("".join(filter(str.isdigit, one.number.partition("-")[0]))) for one in (order, following))
    assert second == first + 1, "the refused nineteen took no number"


@pytest.mark.clause("3.3")
def test_a_list_confirmed_twenty_times_at_once_is_entered_once(live_site: str) -> None:
    methodist = make_account("methodist")
    upload = waiting_list(methodist)
    seen = fingerprint(review(upload, legal_date(now())))
    statuses = Visitor.of(methodist, port_of(live_site)).at_once(
        TIMES, f"/imports/{upload.pk}/confirm/", {"seen": seen}
    )
    assert set(statuses) == {302, 409}
    assert (statuses.count(302), Learner.objects.count(), events("import.confirmed")) == (1, 5, 1)


@pytest.mark.clause("2.1")
def test_a_list_sent_twenty_times_at_once_is_one_upload(live_site: str) -> None:
    content = make_xlsx({"Лист1": [HEADER, make_person(1)]})
    form = {"key": str(uuid4()), "file": SimpleUploadedFile("a.xlsx", content)}
    methodist = Visitor.of(make_account("methodist"), port_of(live_site))
    methodist.headers = {"Content-Type": MULTIPART_CONTENT}
    statuses = methodist.at_once(TIMES, "/imports/", encode_multipart(BOUNDARY, form))
    assert statuses == [302] * TIMES
    assert (Upload.objects.count(), events("import.uploaded"), events("file.stored")) == (1, 1, 1)


@pytest.mark.clause("3.3")
def test_a_sheet_closed_twenty_times_at_once_is_closed_once(live_site: str) -> None:
    sheet = make_sheet()
    fill_sheet(sheet)
    statuses = Visitor.of(teacher_of(sheet), port_of(live_site)).at_once(TIMES, f"/sheets/{sheet.pk}/close/", {})
    assert set(statuses) == {302, 409}
    assert (statuses.count(302), events("sheet.closed")) == (1, 1)


@pytest.mark.clause("3.3")
def test_a_mark_sent_twenty_times_at_once_is_one_mark(live_site: str) -> None:
    sheet = make_sheet()
    statuses = Visitor.of(teacher_of(sheet), port_of(live_site)).at_once(
        TIMES, f"/sheets/{sheet.pk}/marks/", cell_of(sheet)
    )
    assert set(statuses) <= {200, 409, 422}
    assert 200 in statuses
    assert Mark.objects.count() == 1


@contextmanager
def supervised_server(place: Place) -> Iterator[tuple[int, Callable[[], int]]]:
    """Serve `place` by processes of their own; yield the port, and what tells the signal that killed the last one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.mortal", place.database],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "zachetka.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout
        yield int(told.readline()), lambda: int(told.readline())
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.clause("3.9")
def test_what_was_committed_before_the_server_was_killed_is_not_done_again(
    fresh_database: Place, collected_statics: None
) -> None:
    sheet, methodist = make_sheet(), make_account("methodist")
    teacher, upload, order, head = teacher_of(sheet), waiting_list(methodist), waiting_order(), make_account("head")
    people, enrolled, approved = Learner.objects.count(), Enrolment.objects.count(), events("order.approved")
    seen = fingerprint(review(upload, legal_date(now())))
    requests: tuple[tuple[Account, str, bytes | dict[str, str], int], ...] = (
        (teacher, f"/sheets/{sheet.pk}/marks/", cell_of(sheet), 200),
        (methodist, f"/imports/{upload.pk}/confirm/", {"seen": seen}, 409),
        (head, f"/orders/{order.pk}/approve/", {"seen": seen_of(order)}, 409),
    )
    with supervised_server(fresh_database) as (port, killed_by):
        for account, address, body, again in requests:
            visitor = Visitor.of(account, port)
            with pytest.raises(OSError, match=r"closed|reset"):
                visitor.post(address, body, **{"X-Die": "1"})
            assert killed_by() == signal.SIGKILL
            assert visitor.post(address, body)[0] == again, address
    assert Mark.objects.count() == 1
    assert (Learner.objects.count() - people, events("import.confirmed")) == (5, 1)
    assert (Enrolment.objects.count() - enrolled, events("order.approved") - approved) == (3, 1)
