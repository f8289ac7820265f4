"""Names read of many people at once stand for those that would be read of each."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zachetka.core.composed import hand_over
from zachetka.people.models import Person, PersonName

pytestmark = pytest.mark.clause("2.4")


def test_rows_handed_over_are_not_read_again_and_nobody_is_given_what_is_anothers(db: None) -> None:
    one, other = Person(pk=1), Person(pk=2)
    name = PersonName(pk=7, person=one)
    with CaptureQueriesContext(connection) as captured:
        hand_over([one, other], "names", {1: [name]})
        assert (list(one.names.all()), list(other.names.all())) == ([name], [])
    assert len(captured) == 0
    assert list(Person(pk=1).names.all()) == [], "what was not handed over is read"
