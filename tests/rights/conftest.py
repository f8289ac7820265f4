"""An emergency of a test, and time that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.rights.emergencies import Case
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.learning.tests.make import make_mark


@pytest.fixture
def case(db: None) -> Case:
    book = make_mark().enrolment
    return Case(make_account("teacher", name="Дроздов Илья Павлович"), book.learner.person, book, make_mark().enrolment)


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Move the clock on from now."""
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller.shift
