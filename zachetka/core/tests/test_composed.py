"""A query composed once reads what the queryset itself would read, for every value told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from zachetka.core.composed import Asked, Composed, Given, together

pytestmark = pytest.mark.clause("2.4")

BY_KEY = Composed(lambda: Session.objects.filter(session_key=Given("key")))
AMONG = Composed(lambda: Session.objects.filter(session_key__any=Given("keys")).order_by("session_key"))


@pytest.fixture
def sessions(db: None) -> list[Session]:
    expires = datetime(2030, 1, 1, tzinfo=UTC)
    return [Session.objects.create(session_key=key, session_data="", expire_date=expires) for key in ("a", "b", "c'--")]


def test_each_reading_gets_its_own_values(sessions: list[Session]) -> None:
    assert [BY_KEY(key=one.session_key) for one in sessions] == [[one] for one in sessions]
    assert BY_KEY(key="nobody's") == []
    assert BY_KEY.first(key="nobody's") is None


def test_a_list_is_one_parameter_however_long(sessions: list[Session]) -> None:
    assert AMONG(keys=["c'--", "a"]) == [sessions[0], sessions[2]]
    assert AMONG(keys=[]) == []
    with CaptureQueriesContext(connection) as captured:
        AMONG(keys=[str(number) for number in range(200)])
    assert len(captured) == 1


def test_a_value_never_becomes_text_of_the_statement(sessions: list[Session]) -> None:
    assert BY_KEY(key="' OR true --") == []
    assert AMONG(keys=["a') OR true --"]) == []


def test_what_the_code_says_is_written_into_the_statement_and_what_is_told_is_not(sessions: list[Session]) -> None:
    plain = Session.objects.filter(session_key__startswith="c'-", session_data="").exclude(session_key="%s'; --")
    asked = Composed(lambda: plain.filter(session_key=Given("key")))
    made = asked.told(key="c'--")
    assert made.values == ("c'--",)
    assert "c''-%%" in made.sql
    assert asked(key="c'--") == [sessions[2]] == list(plain)
    assert asked(key="a") == []


def test_a_condition_that_nothing_meets_asks_nothing(sessions: list[Session]) -> None:
    nothing = Composed(lambda: Session.objects.filter(pk__in=[]))
    with CaptureQueriesContext(connection) as captured:
        assert nothing() == []
    assert len(captured) == 0


def test_a_value_not_told_is_refused(sessions: list[Session]) -> None:
    with pytest.raises(KeyError, match="key"):
        BY_KEY()


def test_rows_and_values_are_read_alike(sessions: list[Session]) -> None:
    values = Composed(
        lambda: Session.objects.filter(session_key=Given("key")).values_list("session_key", "expire_date")
    )
    assert values(key="b") == [("b", sessions[1].expire_date)]


def test_several_are_read_together_as_they_are_apart(sessions: list[Session]) -> None:
    nothing = Composed(lambda: Session.objects.filter(pk__in=[]))
    values = Composed(lambda: Session.objects.filter(session_key=Given("key")).values_list("expire_date", flat=True))
    found = together(AMONG.told(keys=["b", "a"]), nothing.told(), BY_KEY.told(key="nobody's"), values.told(key="a"))
    assert found == [sessions[:2], [], [], [sessions[0].expire_date]]


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.parametrize("within", [nullcontext, transaction.atomic], ids=["alone", "in a transaction"])
def test_an_error_among_several_is_told_as_ever_and_spoils_no_later_reading(
    within: Callable[[], AbstractContextManager[None]],
) -> None:
    fine: Asked[Any] = Asked("SELECT 1", ())
    wrong: Asked[Any] = Asked("SELECT 1 / %s::integer", (0,))
    for times in range(12):  # somewhere among them is the one at which the driver prepares what follows the error
        connection.close()
        for _ in range(times):
            together(fine, BY_KEY.told(key="a"))
        with pytest.raises(DataError), within():
            together(wrong, BY_KEY.told(key="a"))
        for _ in range(7):
            assert together(fine, BY_KEY.told(key="a")) == [[(1,)], []]


@pytest.mark.usefixtures("fresh_database")
def test_threads_that_ask_at_once_do_not_mix_their_values() -> None:
    expires = datetime(2030, 1, 1, tzinfo=UTC)
    keys = [f"k{number}" for number in range(80)]
    Session.objects.bulk_create(Session(session_key=key, session_data="", expire_date=expires) for key in keys)
    fresh = Composed(lambda: Session.objects.filter(session_key=Given("key")))

    def read(part: list[str]) -> list[str]:
        return [row.session_key for key in part for row in fresh(key=key)]

    parts = [keys[place::4] for place in range(4)]
    assert at_once(*(partial(read, part) for part in parts)) == parts


def test_a_list_of_a_queryset_is_one_parameter_too(sessions: list[Session]) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert list(Session.objects.filter(session_key__any=["a", "c'--"]).order_by("pk")) == [sessions[0], sessions[2]]
        assert not Session.objects.filter(session_key__any=["a') OR true --"]).exists()
        assert not Session.objects.filter(session_key__any=[]).exists()
    assert len(captured) == 3
