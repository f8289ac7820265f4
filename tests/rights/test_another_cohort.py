"""What a teacher of one cohort, and an administrator, find of a learner of another: nothing, and nothing is said (п. 3.8)."""

from __future__ import annotations

import re
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.pages import signed_in
from zachetka.access.tests.make import make_account
from zachetka.learning.models import Mark
from zachetka.learning.tests.make import make_mark, make_sheet, teacher_of
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.8")]

LOOKS = (EventType.PERSON_READ, EventType.RECORD_BOOK_READ)


def addresses(mark: Mark) -> list[str]:
    """Return where a learner and what they got stand."""
    book = mark.enrolment
    return [
        f"/people/{book.learner.person.uid}/",
        f"/record-books/{book.pk}/",
        f"/sheets/{mark.sheet_id}/",
        f"/cohorts/{book.cohort.code}/sheet/",
        f"/marks/{mark.pk}/history/",
    ]


def of_nobody(address: str) -> str:
    """Return the same address of what does not exist."""
    first, _, *rest = address.strip("/").split("/")
    nothing = {"people": str(uuid4()), "cohorts": "ПК-00-00"}.get(first, "987654321")
    return "/" + "/".join([first, nothing, *rest]) + "/"


@pytest.fixture
def theirs() -> Mark:
    """A mark in a cohort of another teacher."""
    return make_mark(sheet=make_sheet(learners=1))


def test_t17_a_teacher_finds_nothing_of_a_learner_of_another_cohort(theirs: Mark, collected_statics: None) -> None:
    own = make_mark(sheet=make_sheet(learners=1))
    client = signed_in(teacher_of(own.sheet))
    for address in addresses(theirs):
        answer, nothing = client.get(address), client.get(of_nobody(address))
        assert (answer.status_code, nothing.status_code) == (404, 404), address
        assert bare(answer.content, address) == bare(nothing.content, of_nobody(address)), address
        assert theirs.enrolment.learner.person.last_name not in answer.content.decode()
    assert not Event.objects.filter(type__in=LOOKS, actor=teacher_of(own.sheet)).exists()


def test_the_same_addresses_of_ones_own_learner_open_and_leave_a_trace(theirs: Mark, collected_statics: None) -> None:
    """The control: it is the cohort that closes them."""
    client = signed_in(teacher_of(theirs.sheet))
    assert [client.get(address).status_code for address in addresses(theirs)] == [200] * 5
    assert set(Event.objects.filter(type__in=LOOKS).values_list("type", flat=True)) == {str(one) for one in LOOKS}


@pytest.mark.parametrize("role", ["admin", "security"])
def test_t17_an_administrator_reads_neither_people_nor_marks(role: str, theirs: Mark, collected_statics: None) -> None:
    client = signed_in(make_account(role))
    assert {client.get(address).status_code for address in addresses(theirs)} <= {403, 404}
    assert not Event.objects.filter(type__in=LOOKS).exists()


def bare(content: bytes, address: str) -> str:
    """Return a page without its own address and the tokens that differ from one answer to the next."""
    page = content.decode().replace(address, "").replace(quote(address), "")
    return re.sub(r"[A-Za-z0-9+/_-]{32,}", "", page)
