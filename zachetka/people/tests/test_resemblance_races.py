"""Cards compared and decided about at the same moment: each once (п. 2.1)."""

from __future__ import annotations

from functools import partial

import pytest

from tests.at_once import at_once
from zachetka.access.tests.make import make_account
from zachetka.people.actions import resemblances
from zachetka.people.actions.resemblances import look_through, tell_apart
from zachetka.people.models import Resemblance, Unlooked
from zachetka.people.tests.test_resemblances import NOON, anna, pair

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.usefixtures("fresh_database")]


def test_two_workers_at_once_compare_each_card_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resemblances, "BATCH", 2)
    for _ in range(8):
        anna()
    work = partial(look_through, NOON, batches=9)
    assert sum(one for one in at_once(work, work) if isinstance(one, int)) == 8
    assert Resemblance.objects.count() == 8 * 7 / 2, "each pair, once"
    assert not Unlooked.objects.exists()


def test_of_two_who_decide_at_once_one_decides() -> None:
    row = pair()
    acts = (partial(tell_apart, row, reason="сверены", actor=make_account("methodist"), at=NOON) for _ in range(2))
    assert sorted(type(one).__name__ for one in at_once(*acts)) == ["Distinction", "IllegalStep"]
