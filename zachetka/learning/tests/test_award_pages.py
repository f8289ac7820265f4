"""Pages of encouragements: the book, recording, taking back, the list, each with a fixed cost (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.awards import cancel_award
from zachetka.learning.kept_books import BOOKS
from zachetka.learning.models import Award, Enrolment
from zachetka.learning.tests.make import make_cohort, make_enrolment, make_enrolments
from zachetka.learning.tests.test_awards import make_award, methodist_of
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event

pytestmark = [
    pytest.mark.clause("273-ФЗ ст. 28 ч. 3 п. 11"),
    pytest.mark.usefixtures("db", "collected_statics"),
]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    BOOKS.clear()
    yield
    BOOKS.clear()


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def words(answer: Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ")


def typed(**given: str) -> dict[str, str]:
    known = {
        "kind": "thanks",
        "wording": "за помощь группе",
        "awarded_on": "18.11.2026",
        "paper": "приказ",
        "number": "17-у",
        "issued_on": "18.11.2026",
    }
    return known | given


def test_a_methodist_records_it_from_the_book_and_another_takes_it_back() -> None:
    enrolment = make_enrolment()
    methodist, head = as_(methodist_of(enrolment)), as_(make_account("head"))
    address = f"/record-books/{enrolment.pk}/"
    assert f"{address}award/" in words(methodist.get(f"{address}awards/"))
    assert f"{address}award/" not in words(head.get(f"{address}awards/"))
    assert f'class="btn btn-link" href="{address}awards/"' in words(methodist.get(f"{address}award/"))
    answer = methodist.post(f"{address}award/", typed(), follow=True)
    assert answer.redirect_chain[-1][0] == f"{address}awards/"
    award = Award.objects.get()
    assert award.basis == "приказ № 17-у от 18.11.2026"
    assert "за помощь группе" in words(answer)
    own = words(methodist.get(f"/awards/{award.pk}/"))
    assert f'class="btn" href="{address}awards/"' in own
    assert "внесли вы" in own
    assert f"/awards/{award.pk}/cancel/" not in own
    assert f"/awards/{award.pk}/cancel/" in words(head.get(f"/awards/{award.pk}/"))
    assert head.post(f"/awards/{award.pk}/cancel/", {"why": ""}).status_code == 422
    taken_back = words(head.post(f"/awards/{award.pk}/cancel/", {"why": "не тот слушатель"}, follow=True))
    assert "не тот слушатель" in taken_back
    assert f"/awards/{award.pk}/cancel/" not in taken_back
    assert "за помощь группе" not in words(methodist.get(f"{address}awards/"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"wording": " "}, "wording"),
        ({"awarded_on": "01.09.2026"}, "awarded_on"),
        ({"issued_on": "31.12.2099"}, "issued_on"),
        ({"paper": "приказ" * 15, "number": "9" * 60}, ""),
        ({"wording": "о" * 501}, "wording"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wrong: dict[str, str], field: str) -> None:
    enrolment = make_enrolment()
    answer = as_(methodist_of(enrolment)).post(f"/record-books/{enrolment.pk}/award/", typed(**wrong))
    if not field:  # a paper of a hundred and fifty signs still fits
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Award.objects.exists()


@pytest.mark.clause("3.8")
def test_a_stranger_meets_nothing_and_each_look_of_others_is_recorded() -> None:
    enrolment = make_enrolment()
    award = make_award(enrolment)
    stranger, learner, inspector = (
        make_account("methodist", unit=make_unit()),
        owner_of(enrolment),
        make_account("inspector"),
    )
    assert as_(stranger).get(f"/awards/{award.pk}/").status_code == 404
    assert as_(stranger).get(f"/record-books/{enrolment.pk}/award/").status_code == 404
    assert as_(inspector).post(f"/awards/{award.pk}/cancel/", {"why": "x"}).status_code == 403
    looks = Event.objects.filter(type=EventType.RECORD_BOOK_READ)
    assert as_(learner).get(f"/awards/{award.pk}/").status_code == 200
    assert not looks.exists()
    assert as_(inspector).get(f"/awards/{award.pk}/").status_code == 200
    assert [(event.actor, event.body["section"]) for event in looks] == [(inspector, "awards")]


def test_the_list_is_found_by_group_kind_and_year_and_taken_as_a_file() -> None:
    one, other = make_enrolment(), make_enrolment()
    make_award(one, kind="thanks")
    cancel_award(make_award(other, kind="gift"), why="ошибка", actor=make_account("head"), at=now())
    head = as_(make_account("head"))

    def found(query: str) -> list[str]:
        return [row.kind for row, _ in head.get(f"/awards/?{query}").context["table"].rows]

    assert sorted(found("")) == ["gift", "thanks"]
    assert found(f"q={one.cohort.code}") == ["thanks"]
    assert found("kind=gift") == ["gift"]
    assert found("state=in_force") == ["thanks"]
    assert found("state=cancelled") == ["gift"]
    assert len(found("year=2026")) == 2
    assert head.get("/awards/?year=1999").status_code == 400
    for account, seen in (
        (methodist_of(one), 1),
        (make_account("methodist", unit=make_unit()), 0),
        (owner_of(other), 1),
    ):
        assert len(as_(account).get("/awards/").context["table"].rows) == seen
    years = as_(make_account("methodist", unit=make_unit())).get("/awards/?year=2026")
    assert years.status_code == 400, "the choices say nothing of what is out of reach"
    file = head.get("/awards/export/?file=csv&kind=gift").content.decode("utf-8-sig")
    assert "за победу в конкурсе проектов" in file
    assert one.cohort.code not in file


@pytest.mark.clause("2.5")
@pytest.mark.parametrize("section", ["", "awards/"])
def test_the_book_costs_the_same_however_many_awards(section: str) -> None:
    enrolment = make_enrolment()
    client = as_(make_account("inspector"))

    def cost() -> int:
        BOOKS.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/record-books/{enrolment.pk}/{section}").status_code == 200
        return len(queries)

    before = cost()
    for place in range(7):
        make_award(enrolment, wording=f"за победу {place}")
    assert cost() == before <= 15


def test_the_list_costs_the_same_however_long() -> None:
    people = make_enrolments(make_cohort(), 6)
    client = as_(make_account("head"))
    make_award(people[0])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/awards/").status_code == 200
        return len(queries)

    before = cost()
    for one in people[1:]:
        cancel_award(make_award(one), why="ошибка", actor=make_account("head"), at=now())
    assert cost() == before


@pytest.mark.clause("2.5")
def test_a_kept_page_counts_an_award_recorded_or_taken_back_since() -> None:
    enrolment = make_enrolment()
    client, address = as_(make_account("inspector")), f"/record-books/{enrolment.pk}/"

    def counted() -> int:
        (tab,) = [tab for tab in words(client.get(address)).split("<a ") if f"{address}awards/" in tab]
        return int(tab.partition('class="n">')[2].partition("<")[0])

    assert [counted(), counted()] == [0, 0]
    assert len(BOOKS) == 1  # the page is kept: only the rows tell that it is another now
    award = make_award(enrolment)
    assert counted() == 1
    cancel_award(award, why="ошибка", actor=make_account("head"), at=now())
    assert counted() == 0


def test_a_past_day_of_the_tab_says_what_came_later() -> None:
    enrolment = make_enrolment()
    client, address = as_(make_account("inspector")), f"/record-books/{enrolment.pk}/awards/"
    make_award(enrolment, at=now())
    yesterday: date = legal_date(now()) - timedelta(days=1)
    page = words(client.get(f"{address}?on={yesterday:%Y-%m-%d}"))
    assert "Позже внесено ещё 1 поощрение" in page
    assert "за победу в конкурсе проектов" not in page
    assert "за победу в конкурсе проектов" in words(client.get(address))


def test_the_learner_reads_of_it_among_notices_and_in_what_is_kept() -> None:
    enrolment: Enrolment = make_enrolment()
    learner = owner_of(enrolment)
    make_award(enrolment)
    client = as_(learner)
    assert "Внесено поощрение" in words(client.get("/notices/"))
    kept = words(client.get("/kept/", follow=True))
    assert "Поощрения" in kept
