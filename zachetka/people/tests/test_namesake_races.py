"""Two clerks enter one person at the same moment, each by a form of their own: one of them is told (п. 2.1)."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from functools import partial
from uuid import uuid4

import pytest

from tests.at_once import at_once
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.people import queries
from zachetka.people.actions import registering
from zachetka.people.actions.registering import register_once
from zachetka.people.tests.make import make_particulars


def race(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Enter one person twice; both look for a namesake before either has written, if they can."""
    clerks = [make_account("methodist"), make_account("methodist")]
    looked = threading.Barrier(2)
    look = queries.namesakes

    def look_together(given: queries.Named) -> object:
        found = list(look(given))
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)
        return look(given).filter(pk__in=[person.pk for person in found])

    monkeypatch.setattr(queries, "namesakes", look_together)
    given = make_particulars(last_name="Двойникова", birth_date=date(1990, 5, 1), snils=None)
    came = at_once(
        *(partial(register_once, given, key=uuid4(), is_another=False, actor=clerk, at=now()) for clerk in clerks)
    )
    return sorted(type(one).__name__ for one in came)


@pytest.mark.clause("2.1")
@pytest.mark.usefixtures("fresh_database")
def test_one_of_two_clerks_is_told_that_the_person_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(monkeypatch) == ["Learner", "RuleViolation"]


@pytest.mark.clause("2.1")
@pytest.mark.usefixtures("fresh_database")
def test_without_turns_both_would_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "wait_for_namesakes", lambda *_given: None)
    assert race(monkeypatch) == ["Learner", "Learner"]
