"""The academy sets its norms by its own acts, ahead of the day from which they hold, and nobody else does (п. 2.3, 3.8)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.ledger.models import Event
from zachetka.postgres.address import Place
from zachetka.programs.actions.norms import set_norm
from zachetka.programs.models import HourShare
from zachetka.programs.norms import COMMISSION, NORMS, SHARE, Edition, Norm
from zachetka.programs.queries import editions_of, least_share
from zachetka.programs.tests.make import make_norm

pytestmark = [pytest.mark.clause("2.3")]
ACT = "приказ № 12-од от 01.12.2026"


def tomorrow() -> date:
    return legal_date(now()) + timedelta(days=1)


def set_share(percent: int = 90, *, actor: Account | None = None, since: date | None = None) -> Any:
    who = actor or make_account("head")
    return set_norm(SHARE, percent, since=since or tomorrow(), basis=ACT, actor=who, at=now())


def test_the_norm_in_force_ends_the_day_before_and_both_are_recorded(db: None) -> None:
    before = HourShare.objects.get()
    fresh = set_share()
    before.refresh_from_db()
    assert before.valid_to == tomorrow() - timedelta(days=1)
    assert (least_share(tomorrow() - timedelta(days=1)), least_share(tomorrow())) == (80, 90)
    told = Event.objects.filter(type__in=["norm.ended", "hour_share.set"], actor__isnull=False).order_by("pk")
    assert [(event.type, event.object_id) for event in told] == [
        ("norm.ended", str(before.pk)),
        ("hour_share.set", str(fresh.pk)),
    ]


def test_the_same_norm_again_is_the_same_norm(db: None) -> None:
    head = make_account("head")
    assert set_share(actor=head).pk == set_share(actor=head).pk
    assert HourShare.objects.count() == 2


@pytest.mark.parametrize("days", [0, -1])
def test_a_norm_is_set_ahead_for_what_was_decided_stays(db: None, days: int) -> None:
    with pytest.raises(RuleViolation, match="вводят вперёд") as refusal:
        set_share(since=legal_date(now()) + timedelta(days=days))
    assert refusal.value.field == "since"
    assert HourShare.objects.count() == 1


def test_no_norm_begins_before_the_newest(db: None) -> None:
    set_share(since=tomorrow() + timedelta(days=5))
    for days in (0, 5):
        with pytest.raises(RuleViolation, match="уже ввели"):
            set_share(95, since=tomorrow() + timedelta(days=days))
    assert set_share(95, since=tomorrow() + timedelta(days=6)).percent == 95


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: norm.name)
def test_every_norm_has_its_range_at_both_ends(db: None, norm: Norm) -> None:
    head = make_account("head")
    least, most = norm.between
    for number in (least - 1, most + 1):
        with pytest.raises(RuleViolation, match="Нужно число"):
            set_norm(norm, number, since=tomorrow(), basis=ACT, actor=head, at=now())
    row = set_norm(norm, most, since=tomorrow(), basis=ACT, actor=head, at=now())
    later = set_norm(norm, least, since=tomorrow() + timedelta(days=1), basis=ACT, actor=head, at=now())
    row.refresh_from_db()
    assert row.valid_to == tomorrow()
    assert later.number == least


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("role", ["methodist", "admin", "teacher", "registrar", "inspector"])
def test_only_the_head_sets_a_norm(db: None, role: str) -> None:
    with pytest.raises(Forbidden):
        set_share(actor=make_account(role))
    assert HourShare.objects.count() == 1


@pytest.mark.parametrize("people", [4])
def test_of_those_who_set_at_once_one_ends_the_norm_in_force(fresh_database: Place, people: int) -> None:
    head = make_account("head")
    tries = [partial(set_share, 60 + n, actor=head, since=tomorrow()) for n in range(people)]
    outcomes = at_once(*tries)
    assert sum(isinstance(one, HourShare) for one in outcomes) == 1
    assert HourShare.objects.count() == 2


@pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7")
@pytest.mark.clause("273-ФЗ ст. 58 ч. 6")
def test_the_page_of_norms_says_what_since_when_and_by_which_act_in_one_query(
    db: None, client: Client, collected_statics: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_norm(SHARE, 100, valid_from=date(2026, 9, 1), basis="Положение о зачёте, приказ № 6-од")
    make_norm(COMMISSION, 5, valid_from=date(2026, 9, 1), basis="Положение о комиссиях, приказ № 5-од")
    with django_assert_num_queries(1):
        told = {norm.name: editions for norm, editions in editions_of(*NORMS)}
    assert told == {norm.name: [Edition.of(row) for row in norm.rows()] for norm in NORMS}
    client.force_login(make_account("head"))
    with django_assert_num_queries(4):  # session, account with what the bell says, roles, every norm
        page = client.get("/programs/minima/").content.decode().replace("\u00a0", " ").replace("\u2060", "")
    for words in ("100 %", "приказ № 6-од", "5 человек", "приказ № 5-од"):
        assert words in page
    assert page.count("с 01.09.2013 по 31.08.2026") == 2


def test_the_head_sets_a_norm_on_the_page_and_a_wrong_day_keeps_what_was_typed(
    db: None, client: Client, collected_statics: None
) -> None:
    client.force_login(make_account("head"))
    assert "Ввести норму" in client.get("/programs/minima/").content.decode()
    assert client.get("/programs/minima/nothing/").status_code == 404
    typed = {"number": "7", "since": f"{legal_date(now()):%d.%m.%Y}", "basis": ACT}
    answer = client.post("/programs/minima/reopening/", typed)
    page = answer.content.decode().replace("\u00a0", " ").replace("\u2060", "")
    assert answer.status_code == 422
    assert "вводят вперёд" in page
    assert 'value="7"' in page
    answer = client.post("/programs/minima/reopening/", typed | {"since": f"{tomorrow():%d.%m.%Y}"}, follow=True)
    page = answer.content.decode().replace("\u00a0", " ").replace("\u2060", "")
    assert answer.status_code == 200
    assert "7 дней" in page
    assert "вступит" in page
    assert "с\u00a0председателем</h1>" in client.get("/programs/minima/commission/").content.decode()
    assert "с\u00a0председателем</h2>" in client.get("/programs/minima/").content.decode()
    client.force_login(make_account("methodist"))
    assert "Ввести норму" not in client.get("/programs/minima/").content.decode()
    assert client.get("/programs/minima/reopening/").status_code == 403
