"""The diary: acts in the order of time, whether one process lives the academy or several (п. 2.1)."""

import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from zachetka.core.clock import legal_date
from zachetka.demo.acts import Act
from zachetka.demo.diary import BuildFailed, Calendar, _hand, live
from zachetka.postgres.address import MIGRATE

pytestmark = pytest.mark.clause("2.1")

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Walk:
    """A life of bare moments that writes each act down in a table, where all processes see it."""

    name: str
    hours: list[int]
    numbered: set[int] = field(default_factory=set)
    fails_at: int | None = None

    def acts(self) -> Iterator[Act]:
        for hour in self.hours:
            yield Act(AT + timedelta(hours=hour), hour in self.numbered)
            if hour == self.fails_at:
                raise ValueError("this life cannot go on")
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO lived (name, hour) VALUES (%s, %s)", [self.name, hour])


@pytest.fixture
def lived(fresh_database):
    """Reads the acts that came, in the order in which they came."""
    with psycopg.connect(fresh_database.conninfo(MIGRATE), autocommit=True) as owner:
        owner.execute("CREATE TABLE lived (id bigserial PRIMARY KEY, name text, hour integer)")
        owner.execute("GRANT ALL ON lived, lived_id_seq TO zachetka_app")

    def read() -> list[tuple[str, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, hour FROM lived ORDER BY id")
            return [(name, hour) for name, hour in cursor.fetchall()]

    return read


@pytest.mark.parametrize("hands", [1, 2])
def test_numbers_are_given_in_the_order_of_time_and_no_day_begins_before_another_ends(lived, hands):
    slow, quick = list(range(1, 96)), list(range(0, 96, 7))
    lives = [Walk("quick", quick, set(quick)), Walk("slow", slow, set(slow[::3]))]
    told: list[int] = []
    live(lives, AT + timedelta(days=3), hands=hands, done=told.append)
    came = lived()
    assert sorted(hour for name, hour in came if name == "slow") == list(range(1, 73))
    numbered = [hour for name, hour in came if name == "quick" or hour in slow[::3]]
    assert numbered == sorted(numbered)
    days = [legal_date(AT + timedelta(hours=hour)) for _, hour in came]
    assert days == sorted(days)
    assert told == sorted(told)


def test_a_process_that_fails_ends_the_others_and_the_build(lived, capfd):
    lives = [Walk("whole", list(range(200))), Walk("broken", list(range(200)), fails_at=30)]
    with pytest.raises(BuildFailed):
        live(lives, AT + timedelta(days=20), hands=2, done=lambda _acts: None)
    assert "this life cannot go on" in capfd.readouterr().err
    assert max(hour for name, hour in lived() if name == "whole") < 199
    assert not multiprocessing.active_children()


def test_a_process_takes_no_connection_of_whoever_started_it(lived):
    assert lived() == []  # opens the connection of this process
    until = AT + timedelta(days=1)
    child = multiprocessing.get_context("fork").Process(
        target=_hand, args=(0, [Walk("one", [1, 2])], until, Calendar(1))
    )
    child.start()
    child.join()
    assert child.exitcode == 0
    assert lived() == [("one", 1), ("one", 2)], "the connection of this process is as it was"


def test_a_process_whose_command_is_gone_does_not_go_on(monkeypatch):
    calendar = Calendar(1)
    monkeypatch.setattr(os, "getppid", os.getpid)
    calendar.come_to(0, Act(AT), 0)
    monkeypatch.setattr(os, "getppid", lambda: 1)
    with pytest.raises(BuildFailed):
        calendar.come_to(0, Act(AT), 0)
